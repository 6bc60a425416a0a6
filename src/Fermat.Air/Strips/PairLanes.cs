using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Sums of words times small integers in 16-bit halves: a word x is x0 + 2^16·x1 with −2^15 ≤ x0 &lt; 2^15 and 0 ≤ x1 ≤ 2^15 − 2^8; a lane holds the same halves of two
/// words, and one multiply-add serves both.
/// </summary>
/// <remarks>With Σ|k| ≤ <see cref="SmallSum"/> = 2^9, sums of halves are below 2^24 in magnitude.</remarks>
internal static class PairLanes
{
    /// <summary>The largest Σ|k|.</summary>
    public const int SmallSum = 1 << 9;

    /// <summary>2^48 mod p: the Montgomery word that multiplies by 2^16.</summary>
    private const int Shift16 = (int)((1UL << 48) % KoalaBear.Modulus);

    private const uint ModulusInverse = 0x81000001;

    /// <summary>The low halves of two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Low(Vector256<uint> x, Vector256<uint> y) => Halves(x, y << 16);

    /// <summary>The high halves of two words; 2^15 rounds, because low halves are signed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> High(Vector256<uint> x, Vector256<uint> y)
    {
        Vector256<uint> half = Vector256.Create(1U << 15);
        return Halves((x + half) >> 16, y + half);
    }

    /// <summary>k0·x0 + k1·x1 for the two signed halves of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<uint> pair, Vector256<uint> k) => Avx2.IsSupported
        ? Avx2.MultiplyAddAdjacent(pair.AsInt16(), k.AsInt16())
        : (((pair << 16).AsInt32() >> 16) * ((k << 16).AsInt32() >> 16)) + ((pair.AsInt32() >> 16) * (k.AsInt32() >> 16));

    /// <summary>low + 2^16 · high mod p, reduced, for sums below 2^24 in magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Reduce(Vector256<int> low, Vector256<int> high)
    {
        Vector256<int> factor = Vector256.Create(Shift16);
        Vector256<int> p = Vector256.Create((int)KoalaBear.Modulus);
        Vector256<int> quotient = high * Vector256.Create(unchecked(Shift16 * (int)ModulusInverse)); // high·2^48·p^−1 mod 2^32, read as signed
        Vector256<long> even = Mul(high, factor) - Mul(quotient, p); // a multiple of 2^32, within ±(2^23 + p/2)·2^32
        Vector256<long> odd = Mul(Odd(high), factor) - Mul(Odd(quotient), p);
        Vector256<uint> sum = WideLanes.Merge(WideLanes.Odd(even.AsUInt32()), odd.AsUInt32()) + low.AsUInt32(); // in (−p, p)
        return Vector256.Min(sum, sum + WideLanes.P);
    }

    /// <summary>The packed multipliers of a pair.</summary>
    public static int Pack(long first, long second) => (int)(((uint)second << 16) | (ushort)first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Halves(Vector256<uint> low, Vector256<uint> high) => Avx2.IsSupported
        ? Avx2.Blend(low.AsInt16(), high.AsInt16(), 0b10101010).AsUInt32()
        : Vector256.ConditionalSelect(Vector256.Create(0xFFFFU), low, high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Odd(Vector256<int> a) => WideLanes.Odd(a.AsUInt32()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Mul(Vector256<int> a, Vector256<int> b) => Avx2.IsSupported
        ? Avx2.Multiply(a, b)
        : ((a.AsInt64() << 32) >> 32) * ((b.AsInt64() << 32) >> 32);
}
