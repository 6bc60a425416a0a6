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

    /// <summary>d = x · y for operands in memory, each from a position on; d may be x or y.</summary>
    public static void Multiply(in Pointers x, int xAt, in Pointers y, int yAt, in Pointers d, int dAt)
    {
        Multiply(
            Vector256.Load(x.P0 + xAt), Vector256.Load(x.P1 + xAt), Vector256.Load(x.P2 + xAt), Vector256.Load(x.P3 + xAt), Vector256.Load(x.P4 + xAt),
            Vector256.Load(y.P0 + yAt), Vector256.Load(y.P1 + yAt), Vector256.Load(y.P2 + yAt), Vector256.Load(y.P3 + yAt), Vector256.Load(y.P4 + yAt),
            out Vector256<uint> d0, out Vector256<uint> d1, out Vector256<uint> d2, out Vector256<uint> d3, out Vector256<uint> d4);
        d0.Store(d.P0 + dAt);
        d1.Store(d.P1 + dAt);
        d2.Store(d.P2 + dAt);
        d3.Store(d.P3 + dAt);
        d4.Store(d.P4 + dAt);
    }

    /// <summary>x = x · factor with base-field factors.</summary>
    public static void Scale(in Pointers x, int at, Vector256<uint> factor)
    {
        KoalaBearVector.Mul(Vector256.Load(x.P0 + at), factor).Store(x.P0 + at);
        KoalaBearVector.Mul(Vector256.Load(x.P1 + at), factor).Store(x.P1 + at);
        KoalaBearVector.Mul(Vector256.Load(x.P2 + at), factor).Store(x.P2 + at);
        KoalaBearVector.Mul(Vector256.Load(x.P3 + at), factor).Store(x.P3 + at);
        KoalaBearVector.Mul(Vector256.Load(x.P4 + at), factor).Store(x.P4 + at);
    }

    /// <summary>d = x.</summary>
    public static void Copy(in Pointers x, int xAt, in Pointers d, int dAt)
    {
        Vector256.Load(x.P0 + xAt).Store(d.P0 + dAt);
        Vector256.Load(x.P1 + xAt).Store(d.P1 + dAt);
        Vector256.Load(x.P2 + xAt).Store(d.P2 + dAt);
        Vector256.Load(x.P3 + xAt).Store(d.P3 + dAt);
        Vector256.Load(x.P4 + xAt).Store(d.P4 + dAt);
    }

    /// <summary>Where the components of extension elements lie.</summary>
    public readonly struct Pointers(uint* p0, uint* p1, uint* p2, uint* p3, uint* p4)
    {
        public readonly uint* P0 = p0, P1 = p1, P2 = p2, P3 = p3, P4 = p4;

        /// <summary>Components the same number of words apart.</summary>
        public static Pointers Strided(uint* first, int stride) =>
            new(first, first + stride, first + (2 * stride), first + (3 * stride), first + (4 * stride));
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
