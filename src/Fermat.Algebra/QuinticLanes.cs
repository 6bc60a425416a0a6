using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>Eight extension elements side by side: lane i of the five vectors holds the coefficients of element i, as reduced words.</summary>
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

    /// <summary>Lane-wise multiplication; the formulas are those of <see cref="Quintic"/>.</summary>
    public static QuinticLanes<TLanes> operator *(QuinticLanes<TLanes> a, QuinticLanes<TLanes> b)
    {
        Vector256<uint> b1m4 = TLanes.Sub(b.C1, b.C4), b0m3 = TLanes.Sub(b.C0, b.C3);
        Vector256<uint> b4m2 = TLanes.Sub(b.C4, b.C2), b3m14 = TLanes.Sub(b.C3, b1m4);
        return new(
            Dot(a, b.C0, b.C4, b.C3, b.C2, b1m4),
            Dot(a, b.C1, b.C0, b.C4, b.C3, b.C2),
            Dot(a, b.C2, b1m4, b0m3, b4m2, b3m14),
            Dot(a, b.C3, b.C2, b1m4, b0m3, b4m2),
            Dot(a, b.C4, b.C3, b.C2, b1m4, b0m3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Dot(
        QuinticLanes<TLanes> a, Vector256<uint> m0, Vector256<uint> m1, Vector256<uint> m2, Vector256<uint> m3, Vector256<uint> m4)
    {
        Vector256<uint> first = TLanes.Add(TLanes.Mul(a.C0, m0), TLanes.Mul(a.C1, m1));
        Vector256<uint> second = TLanes.Add(TLanes.Mul(a.C2, m2), TLanes.Mul(a.C3, m3));
        return TLanes.Add(TLanes.Add(first, second), TLanes.Mul(a.C4, m4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<uint> Column(uint* words) =>
        Vector256.Create(words[0], words[5], words[10], words[15], words[20], words[25], words[30], words[35]);
}
