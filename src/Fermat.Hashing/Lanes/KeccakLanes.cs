using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>Keccak-256 over four messages of equal length, one in each lane of the vectors: the twin of <see cref="KeccakF"/>.</summary>
internal static unsafe class KeccakLanes
{
    internal const int Lanes = 4;

    /// <summary>Whether to use the lanes rather than the scalar code.</summary>
    internal static bool IsActive => Kernels.Active != KernelKind.Scalar;

    /// <summary>Hashes four messages, padding included, with the logic that suits the machine and <see cref="Kernels.Active"/>.</summary>
    /// <param name="messages">The first message, padded to whole blocks of 136 bytes.</param>
    /// <param name="pitch">Bytes from one message to the next.</param>
    /// <param name="blocks">Blocks in each padded message.</param>
    /// <param name="digests">Room for four digests.</param>
    internal static void Hash(byte* messages, nint pitch, int blocks, Digest* digests)
    {
        if (Kernels.Active == KernelKind.Avx512) KeccakLanes<Avx512Logic>.Hash(messages, pitch, blocks, digests);
        else KeccakLanes<PortableLogic>.Hash(messages, pitch, blocks, digests);
    }

    /// <summary>Puts the padding of Keccak-256 after a message; the bytes up to the end of its last block are zero.</summary>
    internal static void Pad(byte* message, int length)
    {
        message[length] = 0x01;
        message[(Blocks(length) * Keccak256.Rate) - 1] |= 0x80;
    }

    /// <summary>Blocks in a message with its padding.</summary>
    internal static int Blocks(int length) => (length / Keccak256.Rate) + 1;
}

/// <inheritdoc cref="KeccakLanes"/>
internal static unsafe class KeccakLanes<TLogic>
    where TLogic : struct, ILaneLogic
{
    private const int RateWords = Keccak256.Rate / sizeof(ulong);

    /// <inheritdoc cref="KeccakLanes.Hash"/>
    [SkipLocalsInit]
    internal static void Hash(byte* messages, nint pitch, int blocks, Digest* digests)
    {
        Vector256<ulong>* state = stackalloc Vector256<ulong>[KeccakF.Lanes];
        for (int i = 0; i < KeccakF.Lanes; i++) state[i] = Vector256<ulong>.Zero;

        byte* m0 = messages, m1 = messages + pitch, m2 = messages + (2 * pitch), m3 = messages + (3 * pitch);
        for (int b = 0; b < blocks; b++)
        {
            for (int w = 0; w < RateWords; w++)
            {
                nint at = (b * Keccak256.Rate) + (w * sizeof(ulong));
                state[w] ^= Vector256.Create(
                    Unsafe.ReadUnaligned<ulong>(m0 + at),
                    Unsafe.ReadUnaligned<ulong>(m1 + at),
                    Unsafe.ReadUnaligned<ulong>(m2 + at),
                    Unsafe.ReadUnaligned<ulong>(m3 + at));
            }

            Permute(state);
        }

        for (int lane = 0; lane < KeccakLanes.Lanes; lane++)
        {
            ulong* digest = (ulong*)(digests + lane);
            for (int w = 0; w < Digest.Length / sizeof(ulong); w++) digest[w] = state[w][lane];
        }
    }

    /// <summary>Keccak-f[1600] on four states.</summary>
    [SkipLocalsInit]
    internal static void Permute(Vector256<ulong>* state)
    {
        Vector256<ulong>* other = stackalloc Vector256<ulong>[KeccakF.Lanes];
        for (int r = 0; r < 24; r += 2)
        {
            Round(state, other, KeccakF.RoundConstants[r]);
            Round(other, state, KeccakF.RoundConstants[r + 1]);
        }
    }

    /// <summary>
    /// One round from a to e: θ, then row by row ρ, π and χ. Row y of the result takes lanes (3y + x) mod 5 + 5x, x = 0 … 4, each rotated
    /// by its own amount.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round(Vector256<ulong>* a, Vector256<ulong>* e, ulong constant)
    {
        Vector256<ulong> c0 = Parity(a), c1 = Parity(a + 1), c2 = Parity(a + 2), c3 = Parity(a + 3), c4 = Parity(a + 4);
        Vector256<ulong> d0 = c4 ^ TLogic.RotateLeft(c1, 1);
        Vector256<ulong> d1 = c0 ^ TLogic.RotateLeft(c2, 1);
        Vector256<ulong> d2 = c1 ^ TLogic.RotateLeft(c3, 1);
        Vector256<ulong> d3 = c2 ^ TLogic.RotateLeft(c4, 1);
        Vector256<ulong> d4 = c3 ^ TLogic.RotateLeft(c0, 1);

        Row(
            a[0] ^ d0,
            TLogic.RotateLeft(a[6] ^ d1, 44),
            TLogic.RotateLeft(a[12] ^ d2, 43),
            TLogic.RotateLeft(a[18] ^ d3, 21),
            TLogic.RotateLeft(a[24] ^ d4, 14),
            e);
        e[0] ^= Vector256.Create(constant);
        Row(
            TLogic.RotateLeft(a[3] ^ d3, 28),
            TLogic.RotateLeft(a[9] ^ d4, 20),
            TLogic.RotateLeft(a[10] ^ d0, 3),
            TLogic.RotateLeft(a[16] ^ d1, 45),
            TLogic.RotateLeft(a[22] ^ d2, 61),
            e + 5);
        Row(
            TLogic.RotateLeft(a[1] ^ d1, 1),
            TLogic.RotateLeft(a[7] ^ d2, 6),
            TLogic.RotateLeft(a[13] ^ d3, 25),
            TLogic.RotateLeft(a[19] ^ d4, 8),
            TLogic.RotateLeft(a[20] ^ d0, 18),
            e + 10);
        Row(
            TLogic.RotateLeft(a[4] ^ d4, 27),
            TLogic.RotateLeft(a[5] ^ d0, 36),
            TLogic.RotateLeft(a[11] ^ d1, 10),
            TLogic.RotateLeft(a[17] ^ d2, 15),
            TLogic.RotateLeft(a[23] ^ d3, 56),
            e + 15);
        Row(
            TLogic.RotateLeft(a[2] ^ d2, 62),
            TLogic.RotateLeft(a[8] ^ d3, 55),
            TLogic.RotateLeft(a[14] ^ d4, 39),
            TLogic.RotateLeft(a[15] ^ d0, 41),
            TLogic.RotateLeft(a[21] ^ d1, 2),
            e + 20);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Parity(Vector256<ulong>* column) =>
        TLogic.Xor(TLogic.Xor(column[0], column[5], column[10]), column[15], column[20]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(
        Vector256<ulong> b0, Vector256<ulong> b1, Vector256<ulong> b2, Vector256<ulong> b3, Vector256<ulong> b4, Vector256<ulong>* row)
    {
        row[0] = TLogic.Chi(b0, b1, b2);
        row[1] = TLogic.Chi(b1, b2, b3);
        row[2] = TLogic.Chi(b2, b3, b4);
        row[3] = TLogic.Chi(b3, b4, b0);
        row[4] = TLogic.Chi(b4, b0, b1);
    }
}
