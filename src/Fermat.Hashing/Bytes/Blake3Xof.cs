using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Fermat.Hashing;

/// <summary>
/// The extendable output of a BLAKE3 hash: a stream of up to 2^64 bytes that can be read from any position. Its first 32 bytes are
/// the digest. Immutable but for <see cref="Position"/>.
/// </summary>
public sealed class Blake3Xof
{
    /// <summary>From here on eight blocks side by side take less time than those that are needed one by one.</summary>
    private const int LeastOfBatch = 3 * Blake3Core.BlockLength;

    private readonly uint[] _cv;
    private readonly uint[] _block;
    private readonly uint _blockLength;
    private readonly uint _flags;

    internal Blake3Xof(ReadOnlySpan<uint> cv, ReadOnlySpan<uint> block, uint blockLength, uint flags)
    {
        _cv = cv.ToArray();
        _block = block.ToArray();
        _blockLength = blockLength;
        _flags = flags | Blake3Core.Root;
    }

    /// <summary>The position in the stream of the next byte that <see cref="Read"/> gives.</summary>
    public ulong Position { get; set; }

    internal ReadOnlySpan<uint> ChainingValue => _cv;
    internal ReadOnlySpan<uint> Block => _block;
    internal uint BlockLength => _blockLength;
    internal uint Flags => _flags;

    /// <summary>Fills <paramref name="destination"/> with the bytes at <see cref="Position"/> and moves on.</summary>
    public void Read(Span<byte> destination)
    {
        ReadAt(Position, destination);
        Position += (ulong)destination.Length;
    }

    /// <summary>Fills <paramref name="destination"/> with the bytes at <paramref name="position"/>; safe from several threads.</summary>
    [SkipLocalsInit]
    public void ReadAt(ulong position, Span<byte> destination)
    {
        if (Blake3Lanes.IsActive && position % Blake3Core.BlockLength == 0) ReadBatches(ref position, ref destination);
        Span<uint> words = stackalloc uint[16];
        Span<byte> bytes = stackalloc byte[Blake3Core.BlockLength];
        while (destination.Length > 0)
        {
            Blake3Core.Compress(_cv, _block, position / Blake3Core.BlockLength, _blockLength, _flags, words);
            for (int i = 0; i < 16; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * i)..], words[i]);
            int skip = (int)(position % Blake3Core.BlockLength);
            int take = Math.Min(Blake3Core.BlockLength - skip, destination.Length);
            bytes.Slice(skip, take).CopyTo(destination);
            destination = destination[take..];
            position += (ulong)take;
        }
    }

    /// <summary>Reads eight blocks at a time, as long as at least <see cref="LeastOfBatch"/> bytes are wanted.</summary>
    [SkipLocalsInit]
    private unsafe void ReadBatches(ref ulong position, ref Span<byte> destination)
    {
        byte* batch = stackalloc byte[Blake3Lanes.Lanes * Blake3Core.BlockLength];
        var whole = new ReadOnlySpan<byte>(batch, Blake3Lanes.Lanes * Blake3Core.BlockLength);
        while (destination.Length >= LeastOfBatch)
        {
            Blake3Lanes.Stream(this, position / Blake3Core.BlockLength, batch);
            int take = Math.Min(whole.Length, destination.Length);
            whole[..take].CopyTo(destination);
            destination = destination[take..];
            position += (ulong)take;
        }
    }
}
