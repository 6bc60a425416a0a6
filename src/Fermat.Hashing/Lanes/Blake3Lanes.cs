using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>BLAKE3 over eight inputs of equal length, one in each lane of the vectors: the twin of <see cref="Blake3Core"/>.</summary>
internal static unsafe class Blake3Lanes
{
    internal const int Lanes = 8;

    /// <summary>Whether to use the lanes rather than the scalar code.</summary>
    internal static bool IsActive => Kernels.Active != KernelKind.Scalar;

    /// <summary>Hashes eight inputs with the rotations that suit the machine and <see cref="Kernels.Active"/>.</summary>
    /// <param name="input">The first input, whose bytes up to the next multiple of 64 must be readable and zero after its end.</param>
    /// <param name="pitch">Bytes from one input to the next, a multiple of 4.</param>
    /// <param name="length">Bytes in each input, more than 0.</param>
    /// <param name="key">Eight words.</param>
    /// <param name="modeFlags">The flags of the mode.</param>
    /// <param name="digests">Room for eight digests.</param>
    internal static void Hash(byte* input, nint pitch, int length, ReadOnlySpan<uint> key, uint modeFlags, Digest* digests)
    {
        if (Kernels.Active == KernelKind.Vector256) Blake3Lanes<PortableRotation>.Hash(input, pitch, length, key, modeFlags, digests);
        else if (Kernels.Active == KernelKind.Avx512) Blake3Lanes<Avx512Rotation>.Hash(input, pitch, length, key, modeFlags, digests);
        else Blake3Lanes<Avx2Rotation>.Hash(input, pitch, length, key, modeFlags, digests);
    }

    /// <summary>Writes 8 × 64 bytes of an output stream, beginning with block <paramref name="firstBlock"/>.</summary>
    internal static void Stream(Blake3Xof xof, ulong firstBlock, byte* into)
    {
        if (Kernels.Active == KernelKind.Vector256) Blake3Lanes<PortableRotation>.Stream(xof, firstBlock, into);
        else if (Kernels.Active == KernelKind.Avx512) Blake3Lanes<Avx512Rotation>.Stream(xof, firstBlock, into);
        else Blake3Lanes<Avx2Rotation>.Stream(xof, firstBlock, into);
    }
}

/// <inheritdoc cref="Blake3Lanes"/>
internal static unsafe class Blake3Lanes<TRotation>
    where TRotation : struct, IWordRotation
{
    private const int ChunkBlocks = Blake3Core.ChunkLength / Blake3Core.BlockLength;
    private const int MaxDepth = 24;

    /// <inheritdoc cref="Blake3Lanes.Hash"/>
    [SkipLocalsInit]
    internal static void Hash(byte* input, nint pitch, int length, ReadOnlySpan<uint> key, uint modeFlags, Digest* digests)
    {
        int chunks = (length + Blake3Core.ChunkLength - 1) / Blake3Core.ChunkLength;
        Vector256<uint>* keys = stackalloc Vector256<uint>[8];
        Vector256<uint>* cv = stackalloc Vector256<uint>[8];
        Vector256<uint>* stack = stackalloc Vector256<uint>[8 * MaxDepth];
        for (int i = 0; i < 8; i++) keys[i] = Vector256.Create(key[i]);

        int depth = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            bool last = chunk == chunks - 1;
            int chunkLength = last ? length - (chunk * Blake3Core.ChunkLength) : Blake3Core.ChunkLength;
            byte* from = input + ((nint)chunk * Blake3Core.ChunkLength);
            Copy(keys, cv);
            Chunk(from, pitch, chunkLength, cv, (uint)chunk, modeFlags, chunks == 1 ? Blake3Core.Root : 0);

            // Complete subtrees are merged when the chunk after them begins, all others at the end, the last merge being the root.
            int merges = last ? depth : int.TrailingZeroCount(chunk + 1);
            for (int m = 0; m < merges; m++)
            {
                depth--;
                bool root = last && m == merges - 1;
                Merge(stack + (8 * depth), cv, keys, modeFlags | Blake3Core.Parent | (root ? Blake3Core.Root : 0));
            }

            Copy(cv, stack + (8 * depth++));
        }

        Transpose8.Store(cv, (uint*)digests, Digest.Words);
    }

    /// <inheritdoc cref="Blake3Lanes.Stream"/>
    [SkipLocalsInit]
    internal static void Stream(Blake3Xof xof, ulong firstBlock, byte* into)
    {
        Vector256<uint>* cv = stackalloc Vector256<uint>[8];
        Vector256<uint>* block = stackalloc Vector256<uint>[16];
        Vector256<uint>* output = stackalloc Vector256<uint>[16];
        for (int i = 0; i < 8; i++) cv[i] = Vector256.Create(xof.ChainingValue[i]);
        for (int i = 0; i < 16; i++) block[i] = Vector256.Create(xof.Block[i]);

        uint low = (uint)firstBlock, high = (uint)(firstBlock >> 32);
        Vector256<uint> counter = Vector256.Create(low) + Vector256<uint>.Indices;
        Vector256<uint> carry = Vector256.LessThan(counter, Vector256.Create(low)); // all ones where the low word wrapped
        Compress(cv, block, counter, Vector256.Create(high) - carry, xof.BlockLength, xof.Flags, output);
        for (int i = 0; i < 8; i++) output[i + 8] ^= cv[i];
        Transpose8.Store(output, (uint*)into, 16);
        Transpose8.Store(output + 8, (uint*)into + 8, 16);
    }

    private static void Chunk(byte* from, nint pitch, int length, Vector256<uint>* cv, uint index, uint flags, uint rootFlag)
    {
        Vector256<uint>* block = stackalloc Vector256<uint>[16];
        Vector256<uint>* output = stackalloc Vector256<uint>[16];
        int blocks = (length + Blake3Core.BlockLength - 1) / Blake3Core.BlockLength;
        for (int b = 0; b < blocks; b++)
        {
            bool last = b == blocks - 1;
            uint* words = (uint*)(from + (b * Blake3Core.BlockLength));
            Transpose8.Load(words, pitch / sizeof(uint), block);
            Transpose8.Load(words + 8, pitch / sizeof(uint), block + 8);
            uint blockLength = last ? (uint)(length - (b * Blake3Core.BlockLength)) : Blake3Core.BlockLength;
            uint blockFlags = flags | (b == 0 ? Blake3Core.ChunkStart : 0) | (last ? Blake3Core.ChunkEnd | rootFlag : 0);
            Compress(cv, block, Vector256.Create(index), Vector256<uint>.Zero, blockLength, blockFlags, output);
            Copy(output, cv);
        }
    }

    private static void Merge(Vector256<uint>* left, Vector256<uint>* right, Vector256<uint>* keys, uint flags)
    {
        Vector256<uint>* block = stackalloc Vector256<uint>[16];
        Vector256<uint>* output = stackalloc Vector256<uint>[16];
        Copy(left, block);
        Copy(right, block + 8);
        Compress(keys, block, Vector256<uint>.Zero, Vector256<uint>.Zero, Blake3Core.BlockLength, flags, output);
        Copy(output, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(Vector256<uint>* from, Vector256<uint>* to)
    {
        for (int i = 0; i < 8; i++) to[i] = from[i];
    }

    /// <summary>
    /// The compression function: output words 0 … 7 are v[i] ^ v[i + 8], and 8 … 15 the bare v[i] (an output stream adds the chaining value).
    /// The state stays in locals; message words are read from memory where the schedule says.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress(
        Vector256<uint>* cv,
        Vector256<uint>* block,
        Vector256<uint> counterLow,
        Vector256<uint> counterHigh,
        uint blockLength,
        uint flags,
        Vector256<uint>* output)
    {
        Vector256<uint> v0 = cv[0], v1 = cv[1], v2 = cv[2], v3 = cv[3], v4 = cv[4], v5 = cv[5], v6 = cv[6], v7 = cv[7];
        Vector256<uint> v8 = Vector256.Create(Blake3Core.Iv[0]), v9 = Vector256.Create(Blake3Core.Iv[1]);
        Vector256<uint> v10 = Vector256.Create(Blake3Core.Iv[2]), v11 = Vector256.Create(Blake3Core.Iv[3]);
        Vector256<uint> v12 = counterLow, v13 = counterHigh, v14 = Vector256.Create(blockLength);
        Vector256<uint>* v15 = output + 15; // in memory: with 16 registers, one must be free for the rotations
        *v15 = Vector256.Create(flags);

        ref byte schedule = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(Blake3Core.Schedule);
        for (int r = 0; r < 7; r++)
        {
            Mix(ref v0, ref v4, ref v8, ref v12, block + schedule, block + Unsafe.Add(ref schedule, 1));
            Mix(ref v1, ref v5, ref v9, ref v13, block + Unsafe.Add(ref schedule, 2), block + Unsafe.Add(ref schedule, 3));
            Mix(ref v2, ref v6, ref v10, ref v14, block + Unsafe.Add(ref schedule, 4), block + Unsafe.Add(ref schedule, 5));
            Mix(ref v3, ref v7, ref v11, ref *v15, block + Unsafe.Add(ref schedule, 6), block + Unsafe.Add(ref schedule, 7));
            Mix(ref v0, ref v5, ref v10, ref *v15, block + Unsafe.Add(ref schedule, 8), block + Unsafe.Add(ref schedule, 9));
            Mix(ref v1, ref v6, ref v11, ref v12, block + Unsafe.Add(ref schedule, 10), block + Unsafe.Add(ref schedule, 11));
            Mix(ref v2, ref v7, ref v8, ref v13, block + Unsafe.Add(ref schedule, 12), block + Unsafe.Add(ref schedule, 13));
            Mix(ref v3, ref v4, ref v9, ref v14, block + Unsafe.Add(ref schedule, 14), block + Unsafe.Add(ref schedule, 15));
            schedule = ref Unsafe.Add(ref schedule, 16);
        }

        output[0] = v0 ^ v8;
        output[1] = v1 ^ v9;
        output[2] = v2 ^ v10;
        output[3] = v3 ^ v11;
        output[4] = v4 ^ v12;
        output[5] = v5 ^ v13;
        output[6] = v6 ^ v14;
        output[7] = v7 ^ *v15;
        output[8] = v8;
        output[9] = v9;
        output[10] = v10;
        output[11] = v11;
        output[12] = v12;
        output[13] = v13;
        output[14] = v14;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d, Vector256<uint>* x, Vector256<uint>* y)
    {
        a = a + b + *x;
        d = TRotation.Right16(d ^ a);
        c += d;
        b = TRotation.Right12(b ^ c);
        a = a + b + *y;
        d = TRotation.Right8(d ^ a);
        c += d;
        b = TRotation.Right7(b ^ c);
    }
}
