using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fermat.Hashing;

/// <summary>The permutation Keccak-f[1600] (FIPS 202, section 3), one state at a time. Lane (x, y) is word x + 5y.</summary>
internal static class KeccakF
{
    internal const int Lanes = 25;

    internal static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>The rotation of lane i in step ρ.</summary>
    internal static ReadOnlySpan<byte> Rotations =>
        [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

    [SkipLocalsInit]
    internal static void Permute(Span<ulong> state)
    {
        Span<ulong> moved = stackalloc ulong[Lanes];
        Span<ulong> parity = stackalloc ulong[5];
        foreach (ulong constant in RoundConstants)
        {
            // θ
            for (int x = 0; x < 5; x++) parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
            for (int x = 0; x < 5; x++)
            {
                ulong d = parity[(x + 4) % 5] ^ BitOperations.RotateLeft(parity[(x + 1) % 5], 1);
                for (int i = x; i < Lanes; i += 5) state[i] ^= d;
            }

            // ρ and π: lane (x, y) moves to (y, 2x + 3y)
            for (int y = 0; y < 5; y++)
            {
                for (int x = 0; x < 5; x++)
                {
                    int from = x + (5 * y);
                    moved[y + (5 * (((2 * x) + (3 * y)) % 5))] = BitOperations.RotateLeft(state[from], Rotations[from]);
                }
            }

            // χ
            for (int y = 0; y < Lanes; y += 5)
            {
                for (int x = 0; x < 5; x++) state[y + x] = moved[y + x] ^ (~moved[y + ((x + 1) % 5)] & moved[y + ((x + 2) % 5)]);
            }

            // ι
            state[0] ^= constant;
        }
    }
}
