using System.Runtime.InteropServices;

namespace Fermat.Hashing;

/// <summary>The salts of a range of leaves in scratch memory; nothing if the leaves are not salted.</summary>
internal sealed unsafe class LeafSalts : IDisposable
{
    private byte* _memory;

    internal LeafSalts(LeafRows rows, int first, int count)
    {
        if (rows.Salts is null) return;
        _memory = (byte*)NativeMemory.Alloc((nuint)count, SaltSource.SaltLength);
        rows.Salts.Fill(rows.LogHeight, first, count, _memory);
    }

    /// <summary>The salt of the leaf <paramref name="offset"/> places after the first, and those after it.</summary>
    internal byte* At(int offset) => _memory + (offset * SaltSource.SaltLength);

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
