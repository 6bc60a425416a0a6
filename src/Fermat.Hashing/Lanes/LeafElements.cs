using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>The inputs of eight leaves for an algebraic hash, one after the other in scratch memory: salt elements, row, and zeros up to whole blocks.</summary>
internal sealed unsafe class LeafElements : IDisposable
{
    private const int Leaves = 8;

    private readonly LeafRows _rows;
    private readonly int _saltElements;
    private KoalaBear* _memory;

    internal LeafElements(LeafRows rows, int blockLength)
    {
        _rows = rows;
        _saltElements = rows.SaltLength / 2;
        Length = _saltElements + rows.Width;
        Blocks = (Length + blockLength - 1) / blockLength;
        Pitch = Blocks * blockLength;
        nuint bytes = (nuint)(Leaves * Pitch * sizeof(KoalaBear));
        _memory = (KoalaBear*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_memory, bytes);
    }

    /// <summary>Elements in a leaf.</summary>
    internal int Length { get; }

    internal int Blocks { get; }

    /// <summary>Elements from one leaf to the next.</summary>
    internal nint Pitch { get; }

    internal KoalaBear* Memory => _memory;

    /// <summary>Writes leaves <paramref name="first"/> to <paramref name="first"/> + 7.</summary>
    internal void Fill(int first, byte* salts)
    {
        for (int i = 0; i < Leaves; i++)
        {
            KoalaBear* to = _memory + (i * Pitch);
            for (int j = 0; j < _saltElements; j++)
                to[j] = KoalaBear.From((uint)BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(salts + (SaltSource.SaltLength * i) + (2 * j), 2)));
            _rows.CopyRow(first + i, new Span<KoalaBear>(to + _saltElements, _rows.Width));
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
