using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Sums of products of eight lanes kept as 64-bit words, even and odd lanes apart, and reduced once.
/// </summary>
/// <remarks>
/// Bounds. A product of two words ≤ p is ≤ p² &lt; 2^62. <see cref="Step"/> takes any 64-bit word to one whose high half is below p + 2^25; adding two
/// products to that stays below (p + 2^25)·2^32 + 2p² &lt; 2^64 − 2^55, so from then on there is one step for every two products. Before the first step
/// there may be four products (4p² &lt; 2^64), and a sum of one or two needs none: 2p² &lt; 2^63 is below p + 2^25 in its high half.
/// </remarks>
internal static class WideLanes
{
    /// <summary>p^−1 mod 2^32.</summary>
    private const uint ModulusInverse = 0x81000001;

    /// <summary>Floor(2^52 / p), for <see cref="ReduceSmall"/>.</summary>
    private const uint Barrett = (uint)((1UL << 52) / KoalaBear.Modulus);

    public static Vector256<uint> P
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create(KoalaBear.Modulus);
    }

    /// <summary>p · 2^32 in each 64-bit lane.</summary>
    public static Vector256<uint> HighP
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create((ulong)KoalaBear.Modulus << 32).AsUInt32();
    }

    /// <summary>The products of the even lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Mul(Vector256<uint> a, Vector256<uint> b) =>
        Avx2.IsSupported ? Avx2.Multiply(a, b) : Low(a) * Low(b);

    /// <summary>The odd lanes, moved to the even ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Odd(Vector256<uint> a) =>
        Avx2.IsSupported ? Avx.DuplicateOddIndexed(a.AsSingle()).AsUInt32() : (a.AsUInt64() >> 32).AsUInt32();

    /// <summary>Subtracts p · 2^32 where the high half is at least p; afterwards the high half is below p + 2^25 (below p if it was below 2p).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Step(Vector256<ulong> sum) =>
        Vector256.Min(sum.AsUInt32(), sum.AsUInt32() - HighP).AsUInt64(); // low halves: minus zero

    /// <summary>sum · 2^−32 mod p for sums whose high half is below p + 2^25, as <see cref="Step"/> leaves them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Reduce(Vector256<ulong> even, Vector256<ulong> odd)
    {
        Vector256<uint> difference = Difference(even, odd); // in (−p, p + 2^25) modulo 2^32
        difference = Vector256.Min(difference, difference + P); // in [0, p + 2^25)
        return Vector256.Min(difference, difference - P);
    }

    /// <summary>sum · 2^−32 mod p for sums below p · 2^32: a single product, or a sum of two after a <see cref="Step"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ReduceProduct(Vector256<ulong> even, Vector256<ulong> odd)
    {
        Vector256<uint> difference = Difference(even, odd); // in (−p, p) modulo 2^32
        return Vector256.Min(difference, difference + P);
    }

    /// <summary>sum mod p for sums below 2^43 (no Montgomery factor): sums of words times small integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ReduceSmall(Vector256<ulong> even, Vector256<ulong> odd)
    {
        // q = floor(floor(s / 2^24) · floor(2^52 / p) / 2^28) is floor(s / p) or one below it: the inner floors lose less than 2^24/p + s/2^52 < 2^−6.
        Vector256<uint> barrett = Vector256.Create((ulong)Barrett).AsUInt32();
        Vector256<ulong> quotientEven = Mul((even >> 24).AsUInt32(), barrett) >> 28; // both factors below 2^22
        Vector256<ulong> quotientOdd = Mul((odd >> 24).AsUInt32(), barrett) >> 28;
        Vector256<ulong> restEven = even - Mul(quotientEven.AsUInt32(), P); // below 2p < 2^32
        Vector256<ulong> restOdd = odd - Mul(quotientOdd.AsUInt32(), P);
        Vector256<uint> rest = Merge(restEven.AsUInt32(), (restOdd << 32).AsUInt32());
        return Vector256.Min(rest, rest - P);
    }

    /// <summary>Even lanes of one, odd lanes of the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Merge(Vector256<uint> even, Vector256<uint> odd) => Avx2.IsSupported
        ? Avx2.Blend(even, odd, 0b10101010)
        : Vector256.ConditionalSelect(Vector256.Create((ulong)uint.MaxValue).AsUInt32(), even, odd);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Difference(Vector256<ulong> even, Vector256<ulong> odd)
    {
        Vector256<uint> mu = Vector256.Create(ModulusInverse);
        Vector256<ulong> multipleEven = Mul(Mul(even.AsUInt32(), mu).AsUInt32(), P); // its low half equals the sum's, so no borrow below
        Vector256<ulong> multipleOdd = Mul(Mul(odd.AsUInt32(), mu).AsUInt32(), P);
        return Merge(Odd((even - multipleEven).AsUInt32()), (odd - multipleOdd).AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Low(Vector256<uint> a) => a.AsUInt64() & Vector256.Create((ulong)uint.MaxValue);
}
