using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Products of eight extension elements at once, a vector for each component.</summary>
internal static unsafe class QuinticLanes
{
    /// <summary>
    /// Schoolbook product modulo X^5 = 1 − X²: with s_m = Σ_{i+j=m} x_i·y_j the components are s0 + s5 − s8, s1 + s6, s2 − s5 + s7 + s8, s3 − s6 + s8, s4 − s7
    /// (as X^5 = 1 − X², X^6 = X − X³, X^7 = X² − X⁴, X^8 = −1 + X² + X³). Sums of one or two products need no step, four need one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply(
        Vector256<uint> x0, Vector256<uint> x1, Vector256<uint> x2, Vector256<uint> x3, Vector256<uint> x4,
        Vector256<uint> y0, Vector256<uint> y1, Vector256<uint> y2, Vector256<uint> y3, Vector256<uint> y4,
        out Vector256<uint> d0, out Vector256<uint> d1, out Vector256<uint> d2, out Vector256<uint> d3, out Vector256<uint> d4)
    {
        Vector256<uint> s8 = KoalaBearVector.Mul(x4, y4);
        Vector256<uint> s7 = Sum2(x3, y4, x4, y3);
        Vector256<uint> s6 = Sum3(x2, y4, x3, y3, x4, y2);
        Vector256<uint> s5 = Sum4(x1, y4, x2, y3, x3, y2, x4, y1);
        Vector256<uint> s4 = Sum5(x0, y4, x1, y3, x2, y2, x3, y1, x4, y0);
        Vector256<uint> s3 = Sum4(x0, y3, x1, y2, x2, y1, x3, y0);
        Vector256<uint> s2 = Sum3(x0, y2, x1, y1, x2, y0);
        Vector256<uint> s1 = Sum2(x0, y1, x1, y0);
        Vector256<uint> s0 = KoalaBearVector.Mul(x0, y0);
        Vector256<uint> s58 = KoalaBearVector.Sub(s5, s8);
        d0 = KoalaBearVector.Add(s0, s58);
        d1 = KoalaBearVector.Add(s1, s6);
        d2 = KoalaBearVector.Add(KoalaBearVector.Sub(s2, s58), s7);
        d3 = KoalaBearVector.Add(KoalaBearVector.Sub(s3, s6), s8);
        d4 = KoalaBearVector.Sub(s4, s7);
    }

    /// <summary>d = x · y for operands in memory, components <c>stride</c> words apart; d may be x or y.</summary>
    public static void Multiply(uint* x, nint xStride, uint* y, nint yStride, uint* d, nint dStride)
    {
        Multiply(
            Vector256.Load(x), Vector256.Load(x + xStride), Vector256.Load(x + (2 * xStride)), Vector256.Load(x + (3 * xStride)), Vector256.Load(x + (4 * xStride)),
            Vector256.Load(y), Vector256.Load(y + yStride), Vector256.Load(y + (2 * yStride)), Vector256.Load(y + (3 * yStride)), Vector256.Load(y + (4 * yStride)),
            out Vector256<uint> d0, out Vector256<uint> d1, out Vector256<uint> d2, out Vector256<uint> d3, out Vector256<uint> d4);
        d0.Store(d);
        d1.Store(d + dStride);
        d2.Store(d + (2 * dStride));
        d3.Store(d + (3 * dStride));
        d4.Store(d + (4 * dStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Sum2(Vector256<uint> a0, Vector256<uint> b0, Vector256<uint> a1, Vector256<uint> b1) =>
        WideLanes.Reduce(Even(a0, b0, a1, b1), Odd(a0, b0, a1, b1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Sum3(
        Vector256<uint> a0, Vector256<uint> b0, Vector256<uint> a1, Vector256<uint> b1, Vector256<uint> a2, Vector256<uint> b2) =>
        WideLanes.Reduce(
            WideLanes.Step(Even(a0, b0, a1, b1) + WideLanes.Mul(a2, b2)),
            WideLanes.Step(Odd(a0, b0, a1, b1) + WideLanes.Mul(WideLanes.Odd(a2), WideLanes.Odd(b2))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Sum4(
        Vector256<uint> a0, Vector256<uint> b0, Vector256<uint> a1, Vector256<uint> b1,
        Vector256<uint> a2, Vector256<uint> b2, Vector256<uint> a3, Vector256<uint> b3) =>
        WideLanes.Reduce(
            WideLanes.Step(Even(a0, b0, a1, b1) + Even(a2, b2, a3, b3)),
            WideLanes.Step(Odd(a0, b0, a1, b1) + Odd(a2, b2, a3, b3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Sum5(
        Vector256<uint> a0, Vector256<uint> b0, Vector256<uint> a1, Vector256<uint> b1, Vector256<uint> a2, Vector256<uint> b2,
        Vector256<uint> a3, Vector256<uint> b3, Vector256<uint> a4, Vector256<uint> b4) =>
        WideLanes.Reduce(
            WideLanes.Step(WideLanes.Step(Even(a0, b0, a1, b1) + Even(a2, b2, a3, b3)) + WideLanes.Mul(a4, b4)),
            WideLanes.Step(WideLanes.Step(Odd(a0, b0, a1, b1) + Odd(a2, b2, a3, b3)) + WideLanes.Mul(WideLanes.Odd(a4), WideLanes.Odd(b4))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Even(Vector256<uint> a0, Vector256<uint> b0, Vector256<uint> a1, Vector256<uint> b1) =>
        WideLanes.Mul(a0, b0) + WideLanes.Mul(a1, b1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Odd(Vector256<uint> a0, Vector256<uint> b0, Vector256<uint> a1, Vector256<uint> b1) =>
        WideLanes.Mul(WideLanes.Odd(a0), WideLanes.Odd(b0)) + WideLanes.Mul(WideLanes.Odd(a1), WideLanes.Odd(b1));
}
