using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>Eight lanes with the operations every <c>Vector256</c> has, in hardware or in software.</summary>
public readonly struct PortableLanes : ILanes
{
    private static Vector256<uint> P => Vector256.Create(KoalaBear.Modulus);

    private static Vector256<uint> Mu => Vector256.Create(KoalaBear.ModulusInverse);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b)
    {
        Vector256<uint> sum = a + b; // < 2p < 2^32
        return Vector256.Min(sum, sum - P); // sum − p wraps above sum when sum < p
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Sub(Vector256<uint> a, Vector256<uint> b)
    {
        Vector256<uint> difference = a - b; // in (−p, p) modulo 2^32
        return Vector256.Min(difference, difference + P);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Mul(Vector256<uint> a, Vector256<uint> b)
    {
        Vector256<uint> quotient = a * b * Mu; // a·b·p^−1 mod 2^32: a·b and quotient·p agree in their low halves, so no borrow
        Vector256<uint> difference = MultiplyHigh(a, b) - MultiplyHigh(quotient, P); // both < p, so in (−p, p)
        return Vector256.Min(difference, difference + P);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> MulConstant(Vector256<uint> a, Vector256<uint> w, Vector256<uint> wPre)
    {
        // a·wPre / 2^32 is at most a·w/p and more than a·w/p − 1, as wPre·p > w·2^32 − p and a < 2^32; rounded down, more than a·w/p − 2.
        Vector256<uint> remainder = (a * w) - (MultiplyHigh(a, wPre) * P); // so in [0, 2p), which fits the low halves
        return Vector256.Min(remainder, remainder - P);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Cube(Vector256<uint> a) => Mul(Mul(a, a), a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> WideEven(Vector256<uint> a, Vector256<uint> b)
    {
        Vector256<ulong> low = Vector256.Create((ulong)uint.MaxValue);
        return (a.AsUInt64() & low) * (b.AsUInt64() & low);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> OddToEven(Vector256<uint> a) => (a.AsUInt64() >> 32).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> MultiplyHigh(Vector256<uint> a, Vector256<uint> b)
    {
        (Vector256<ulong> aLow, Vector256<ulong> aHigh) = Vector256.Widen(a);
        (Vector256<ulong> bLow, Vector256<ulong> bHigh) = Vector256.Widen(b);
        return Vector256.Narrow((aLow * bLow) >> 32, (aHigh * bHigh) >> 32);
    }
}
