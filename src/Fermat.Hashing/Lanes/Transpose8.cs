using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Hashing;

/// <summary>8 × 8 words between rows in memory and vectors whose lane i belongs to row i.</summary>
internal static unsafe class Transpose8
{
    /// <summary><c>into[j]</c>, lane i ← word j of the row at <c>from + i·pitch</c>, for i, j &lt; 8.</summary>
    /// <param name="from">The first row; need not be aligned.</param>
    /// <param name="pitch">Words from one row to the next.</param>
    /// <param name="into">Eight vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Load(uint* from, nint pitch, Vector256<uint>* into)
    {
        if (!Avx2.IsSupported)
        {
            for (int j = 0; j < 8; j++)
            {
                into[j] = Vector256.Create(
                    from[j], from[pitch + j], from[(2 * pitch) + j], from[(3 * pitch) + j],
                    from[(4 * pitch) + j], from[(5 * pitch) + j], from[(6 * pitch) + j], from[(7 * pitch) + j]);
            }

            return;
        }

        // Halves of rows i and i + 4 side by side, then a 4 × 4 transposition in each 128-bit half.
        uint* r0 = from, r1 = from + pitch, r2 = from + (2 * pitch), r3 = from + (3 * pitch);
        nint four = 4 * pitch;
        Quarter(Pair(r0, four), Pair(r1, four), Pair(r2, four), Pair(r3, four), into);
        Quarter(Pair(r0 + 4, four), Pair(r1 + 4, four), Pair(r2 + 4, four), Pair(r3 + 4, four), into + 4);
    }

    /// <summary>The reverse: word j of the row at <c>to + i·pitch</c> ← <c>from[j]</c>, lane i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store(Vector256<uint>* from, uint* to, nint pitch)
    {
        if (!Avx2.IsSupported)
        {
            for (int i = 0; i < 8; i++)
            {
                for (int j = 0; j < 8; j++) to[(i * pitch) + j] = from[j][i];
            }

            return;
        }

        Vector256<uint>* left = stackalloc Vector256<uint>[4];
        Vector256<uint>* right = stackalloc Vector256<uint>[4];
        Quarter(from[0], from[1], from[2], from[3], left);
        Quarter(from[4], from[5], from[6], from[7], right);
        for (int i = 0; i < 4; i++)
        {
            Avx2.Permute2x128(left[i], right[i], 0x20).Store(to + (i * pitch));
            Avx2.Permute2x128(left[i], right[i], 0x31).Store(to + ((i + 4) * pitch));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Pair(uint* row, nint four) => Vector256.Create(Vector128.Load(row), Vector128.Load(row + four));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, Vector256<uint>* into)
    {
        Vector256<ulong> ab = Avx2.UnpackLow(a, b).AsUInt64(), cd = Avx2.UnpackLow(c, d).AsUInt64();
        into[0] = Avx2.UnpackLow(ab, cd).AsUInt32();
        into[1] = Avx2.UnpackHigh(ab, cd).AsUInt32();
        ab = Avx2.UnpackHigh(a, b).AsUInt64();
        cd = Avx2.UnpackHigh(c, d).AsUInt64();
        into[2] = Avx2.UnpackLow(ab, cd).AsUInt32();
        into[3] = Avx2.UnpackHigh(ab, cd).AsUInt32();
    }
}
