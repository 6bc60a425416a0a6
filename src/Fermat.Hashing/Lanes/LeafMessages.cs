using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The messages of eight leaves, one after the other in scratch memory: a prefix, the salt, and the row as canonical little-endian words.
/// Each message is followed by zeros up to the pitch; the owner may put padding there, and must do so again after every <see cref="Fill"/>.
/// </summary>
internal sealed unsafe class LeafMessages : IDisposable
{
    /// <summary>How many messages there are: 8.</summary>
    internal const int Leaves = 8;

    private readonly LeafRows _rows;
    private readonly int _prefixLength;
    private byte* _memory;

    /// <param name="rows">The leaves.</param>
    /// <param name="prefix">Bytes with which every message begins.</param>
    /// <param name="blockLength">The pitch is a multiple of this and leaves room for padding.</param>
    internal LeafMessages(LeafRows rows, ReadOnlySpan<byte> prefix, int blockLength)
    {
        _rows = rows;
        _prefixLength = prefix.Length;
        Length = prefix.Length + rows.SaltLength + (sizeof(uint) * rows.Width);
        int room = Length + Vector256<byte>.Count; // the last store of a row may pass its end
        Pitch = (room + blockLength - 1) / blockLength * blockLength;
        nuint bytes = (nuint)(Leaves * Pitch);
        _memory = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_memory, bytes);
        for (int i = 0; i < Leaves; i++) prefix.CopyTo(new Span<byte>(Message(i), prefix.Length));
    }

    /// <summary>Bytes in a message.</summary>
    internal int Length { get; }

    /// <summary>Bytes from one message to the next.</summary>
    internal nint Pitch { get; }

    internal byte* Message(int i) => _memory + (i * Pitch);

    /// <summary>Writes the messages of leaves <paramref name="first"/> to <paramref name="first"/> + 7.</summary>
    /// <param name="first">The first leaf.</param>
    /// <param name="salts">Their salts, 16 bytes each, if the leaves are salted.</param>
    internal void Fill(int first, byte* salts)
    {
        LaneFactor toCanonical = LaneFactor.ToCanonical;
        for (int i = 0; i < Leaves; i++)
        {
            byte* to = Message(i) + _prefixLength;
            if (_rows.SaltLength > 0)
            {
                Vector128.Load(salts + (SaltSource.SaltLength * i)).Store(to);
                to += SaltSource.SaltLength;
            }

            foreach (Matrix matrix in _rows.Matrices)
            {
                // Padding columns of the matrix are zero, so that what is written past the row's end is zero: it is overwritten or padding.
                KoalaBear* row = matrix.RowPointer(first + i);
                for (int c = 0; c < matrix.Columns; c += Vector256<uint>.Count)
                {
                    toCanonical.Multiply(KoalaBearVector.Load(row + c)).Store((uint*)to + c);
                }

                to += sizeof(uint) * matrix.Columns;
            }
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
