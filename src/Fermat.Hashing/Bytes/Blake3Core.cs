using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fermat.Hashing;

/// <summary>
/// The BLAKE3 compression function and its constants (the BLAKE3 paper, sections 2.2 to 2.6), one message at a time.
/// </summary>
internal static class Blake3Core
{
    internal const int BlockLength = 64;
    internal const int ChunkLength = 1024;

    internal const uint ChunkStart = 1, ChunkEnd = 2, Parent = 4, Root = 8, KeyedHash = 16, DeriveKeyContext = 32, DeriveKeyMaterial = 64;

    internal static ReadOnlySpan<uint> Iv =>
        [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];

    /// <summary>Which message word each of the 16 inputs of a round takes, for the seven rounds.</summary>
    internal static ReadOnlySpan<byte> Schedule =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8,
        3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1,
        10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6,
        12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4,
        9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7,
        11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13,
    ];

    /// <summary>The full 16-word output of the compression function.</summary>
    internal static void Compress(ReadOnlySpan<uint> cv, ReadOnlySpan<uint> block, ulong counter, uint blockLength, uint flags, Span<uint> output)
    {
        ReadOnlySpan<byte> schedule = Schedule;
        uint v0 = cv[0], v1 = cv[1], v2 = cv[2], v3 = cv[3], v4 = cv[4], v5 = cv[5], v6 = cv[6], v7 = cv[7];
        uint v8 = Iv[0], v9 = Iv[1], v10 = Iv[2], v11 = Iv[3];
        uint v12 = (uint)counter, v13 = (uint)(counter >> 32), v14 = blockLength, v15 = flags;

        for (int r = 0; r < 7 * 16; r += 16)
        {
            ReadOnlySpan<byte> s = schedule.Slice(r, 16);
            Mix(ref v0, ref v4, ref v8, ref v12, block[s[0]], block[s[1]]);
            Mix(ref v1, ref v5, ref v9, ref v13, block[s[2]], block[s[3]]);
            Mix(ref v2, ref v6, ref v10, ref v14, block[s[4]], block[s[5]]);
            Mix(ref v3, ref v7, ref v11, ref v15, block[s[6]], block[s[7]]);
            Mix(ref v0, ref v5, ref v10, ref v15, block[s[8]], block[s[9]]);
            Mix(ref v1, ref v6, ref v11, ref v12, block[s[10]], block[s[11]]);
            Mix(ref v2, ref v7, ref v8, ref v13, block[s[12]], block[s[13]]);
            Mix(ref v3, ref v4, ref v9, ref v14, block[s[14]], block[s[15]]);
        }

        output[15] = v15 ^ cv[7];
        output[14] = v14 ^ cv[6];
        output[13] = v13 ^ cv[5];
        output[12] = v12 ^ cv[4];
        output[11] = v11 ^ cv[3];
        output[10] = v10 ^ cv[2];
        output[9] = v9 ^ cv[1];
        output[8] = v8 ^ cv[0];
        output[7] = v7 ^ v15;
        output[6] = v6 ^ v14;
        output[5] = v5 ^ v13;
        output[4] = v4 ^ v12;
        output[3] = v3 ^ v11;
        output[2] = v2 ^ v10;
        output[1] = v1 ^ v9;
        output[0] = v0 ^ v8;
    }

    /// <summary>The compression function in place: <paramref name="cv"/> becomes the first eight words of its output.</summary>
    internal static void CompressInPlace(Span<uint> cv, ReadOnlySpan<uint> block, ulong counter, uint blockLength, uint flags)
    {
        Span<uint> output = stackalloc uint[16];
        Compress(cv, block, counter, blockLength, flags, output);
        output[..8].CopyTo(cv);
    }

    /// <summary>Reads up to 64 bytes as 16 words, filling with zeros.</summary>
    internal static void LoadBlock(ReadOnlySpan<byte> bytes, Span<uint> block)
    {
        if (bytes.Length < BlockLength)
        {
            Span<byte> padded = stackalloc byte[BlockLength];
            padded.Clear();
            bytes.CopyTo(padded);
            for (int i = 0; i < 16; i++) block[i] = BinaryPrimitives.ReadUInt32LittleEndian(padded[(4 * i)..]);
            return;
        }

        for (int i = 0; i < 16; i++) block[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint a, ref uint b, ref uint c, ref uint d, uint x, uint y)
    {
        a = a + b + x;
        d = BitOperations.RotateRight(d ^ a, 16);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 12);
        a = a + b + y;
        d = BitOperations.RotateRight(d ^ a, 8);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 7);
    }
}
