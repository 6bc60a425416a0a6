using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// Eight extension elements side by side: lane i of the five vectors holds the coefficients of element i, as reduced words.
/// </summary>
/// <typeparam name="TLanes">The implementation of the base field's lanes.</typeparam>
/// <param name="C0">Coefficients of X^0.</param>
/// <param name="C1">Coefficients of X^1.</param>
/// <param name="C2">Coefficients of X^2.</param>
/// <param name="C3">Coefficients of X^3.</param>
/// <param name="C4">Coefficients of X^4.</param>
public readonly record struct QuinticLanes<TLanes>(
    Vector256<uint> C0, Vector256<uint> C1, Vector256<uint> C2, Vector256<uint> C3, Vector256<uint> C4)
    where TLanes : struct, ILanes
{
    /// <summary>The same element in all lanes.</summary>
    /// <param name="value">The element.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuinticLanes<TLanes> Broadcast(Quintic value) => new(
        Vector256.Create(value.C0.Raw),
        Vector256.Create(value.C1.Raw),
        Vector256.Create(value.C2.Raw),
        Vector256.Create(value.C3.Raw),
        Vector256.Create(value.C4.Raw));

    /// <summary>Reads eight consecutive elements.</summary>
    /// <param name="source">The first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe QuinticLanes<TLanes> Load(Quintic* source)
    {
        uint* words = (uint*)source;
        return new(Column(words), Column(words + 1), Column(words + 2), Column(words + 3), Column(words + 4));
    }

    /// <summary>Writes eight consecutive elements.</summary>
    /// <param name="destination">The first.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Store(Quintic* destination)
    {
        uint* words = stackalloc uint[Quintic.Degree * KoalaBearVector.Lanes];
        C0.Store(words);
        C1.Store(words + 8);
        C2.Store(words + 16);
        C3.Store(words + 24);
        C4.Store(words + 32);
        uint* output = (uint*)destination;
        for (int i = 0; i < KoalaBearVector.Lanes; i++, output += Quintic.Degree)
        {
            output[0] = words[i];
            output[1] = words[i + 8];
            output[2] = words[i + 16];
            output[3] = words[i + 24];
            output[4] = words[i + 32];
        }
    }

    /// <summary>Lane-wise addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuinticLanes<TLanes> operator +(QuinticLanes<TLanes> a, QuinticLanes<TLanes> b) =>
        new(TLanes.Add(a.C0, b.C0), TLanes.Add(a.C1, b.C1), TLanes.Add(a.C2, b.C2), TLanes.Add(a.C3, b.C3), TLanes.Add(a.C4, b.C4));

    /// <summary>Lane-wise subtraction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuinticLanes<TLanes> operator -(QuinticLanes<TLanes> a, QuinticLanes<TLanes> b) =>
        new(TLanes.Sub(a.C0, b.C0), TLanes.Sub(a.C1, b.C1), TLanes.Sub(a.C2, b.C2), TLanes.Sub(a.C3, b.C3), TLanes.Sub(a.C4, b.C4));

    /// <summary>Lane-wise multiplication by base-field elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuinticLanes<TLanes> operator *(QuinticLanes<TLanes> a, Vector256<uint> b) =>
        new(TLanes.Mul(a.C0, b), TLanes.Mul(a.C1, b), TLanes.Mul(a.C2, b), TLanes.Mul(a.C3, b), TLanes.Mul(a.C4, b));

    /// <summary>Lane-wise multiplication; the formulas are those of <see cref="Quintic"/>, with one reduction a coefficient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static QuinticLanes<TLanes> operator *(QuinticLanes<TLanes> a, QuinticLanes<TLanes> b)
    {
        Vector256<uint> b1m4 = TLanes.Sub(b.C1, b.C4), b0m3 = TLanes.Sub(b.C0, b.C3);
        Vector256<uint> b4m2 = TLanes.Sub(b.C4, b.C2), b3m14 = TLanes.Sub(b.C3, b1m4);
        QuinticLanes<TLanes> aOdd = a.OddToEven(), bOdd = b.OddToEven();
        Vector256<uint> b1m4Odd = TLanes.OddToEven(b1m4), b0m3Odd = TLanes.OddToEven(b0m3);
        Vector256<uint> b4m2Odd = TLanes.OddToEven(b4m2), b3m14Odd = TLanes.OddToEven(b3m14);
        return new(
            Reduce(Dot(a, b.C0, b.C4, b.C3, b.C2, b1m4), Dot(aOdd, bOdd.C0, bOdd.C4, bOdd.C3, bOdd.C2, b1m4Odd)),
            Reduce(Dot(a, b.C1, b.C0, b.C4, b.C3, b.C2), Dot(aOdd, bOdd.C1, bOdd.C0, bOdd.C4, bOdd.C3, bOdd.C2)),
            Reduce(Dot(a, b.C2, b1m4, b0m3, b4m2, b3m14), Dot(aOdd, bOdd.C2, b1m4Odd, b0m3Odd, b4m2Odd, b3m14Odd)),
            Reduce(Dot(a, b.C3, b.C2, b1m4, b0m3, b4m2), Dot(aOdd, bOdd.C3, bOdd.C2, b1m4Odd, b0m3Odd, b4m2Odd)),
            Reduce(Dot(a, b.C4, b.C3, b.C2, b1m4, b0m3), Dot(aOdd, bOdd.C4, bOdd.C3, bOdd.C2, b1m4Odd, b0m3Odd)));
    }

    /// <summary>The five-term dot products of the even lanes, below p · 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Dot(
        QuinticLanes<TLanes> a, Vector256<uint> m0, Vector256<uint> m1, Vector256<uint> m2, Vector256<uint> m3, Vector256<uint> m4)
    {
        Vector256<ulong> sum = (TLanes.WideEven(a.C0, m0) + TLanes.WideEven(a.C1, m1))
            + (TLanes.WideEven(a.C2, m2) + TLanes.WideEven(a.C3, m3)); // ≤ 4(p − 1)² < 2^64, and < 2 · p · 2^32
        return SubtractOnce(SubtractOnce(sum) + TLanes.WideEven(a.C4, m4)); // inside < p · 2^32 + p² < 2 · p · 2^32
    }

    /// <summary>
    /// From [0, 2p · 2^32) to [0, p · 2^32): the multiple of 2^32 changes the high halves only, where the wrapped difference loses.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> SubtractOnce(Vector256<ulong> sum)
    {
        Vector256<uint> words = sum.AsUInt32();
        return Vector256.Min(words, words - Vector256.Create((ulong)KoalaBear.Modulus << 32).AsUInt32()).AsUInt64();
    }

    /// <summary>Montgomery reduction of even and odd lanes, each below p · 2^32, into one vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Reduce(Vector256<ulong> even, Vector256<ulong> odd)
    {
        Vector256<uint> p = Vector256.Create(KoalaBear.Modulus), mu = Vector256.Create(KoalaBear.ModulusInverse);
        Vector256<uint> quotientEven = TLanes.WideEven(even.AsUInt32(), mu).AsUInt32();
        Vector256<uint> quotientOdd = TLanes.WideEven(odd.AsUInt32(), mu).AsUInt32();
        Vector256<ulong> high = (even - TLanes.WideEven(quotientEven, p)) >> 32; // in (−p, p) modulo 2^32
        Vector256<uint> both = (high | (odd - TLanes.WideEven(quotientOdd, p))).AsUInt32(); // the difference's low half is zero
        return Vector256.Min(both, both + p);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private QuinticLanes<TLanes> OddToEven() =>
        new(TLanes.OddToEven(C0), TLanes.OddToEven(C1), TLanes.OddToEven(C2), TLanes.OddToEven(C3), TLanes.OddToEven(C4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<uint> Column(uint* words) =>
        Vector256.Create(words[0], words[5], words[10], words[15], words[20], words[25], words[30], words[35]);
}
