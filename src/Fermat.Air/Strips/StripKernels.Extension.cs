using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Instructions on extension operands, one vector at a time: the ten running sums of a product fill the machine's registers.</summary>
internal static unsafe partial class StripKernels
{
    private const int Degree = Quintic.Degree;

    public static void ExtDot(in Step step)
    {
        int terms = step.Data[0];
        int initScalar = step.Data[1];
        bool hasInit = step.Data[2] != 0;
        int* scalars = step.Data + 3;
        uint** d = stackalloc uint*[Degree];
        uint** init = stackalloc uint*[Degree];
        Gather(step, step.Defined, d);
        if (hasInit)
            Gather(step, step.Used + terms, init);
        uint* start = initScalar < 0 ? null : step.Scalars + initScalar;
        for (int at = 0, end = step.Groups * GroupRows; at < end; at += Lanes)
        {
            Vector256<ulong> e0 = default, e1 = default, e2 = default, e3 = default, e4 = default;
            Vector256<ulong> o0 = default, o1 = default, o2 = default, o3 = default, o4 = default;
            for (int i = 0; i < terms; i++)
            {
                Vector256<uint> x = Vector256.Load(step.Register(step.Used[i]) + at);
                Vector256<uint> odd = WideLanes.Odd(x);
                uint* k = step.Scalars + scalars[i];
                Vector256<uint> k0 = Vector256.Create(k[0]);
                e0 += WideLanes.Mul(x, k0);
                o0 += WideLanes.Mul(odd, k0);
                Vector256<uint> k1 = Vector256.Create(k[1]);
                e1 += WideLanes.Mul(x, k1);
                o1 += WideLanes.Mul(odd, k1);
                Vector256<uint> k2 = Vector256.Create(k[2]);
                e2 += WideLanes.Mul(x, k2);
                o2 += WideLanes.Mul(odd, k2);
                Vector256<uint> k3 = Vector256.Create(k[3]);
                e3 += WideLanes.Mul(x, k3);
                o3 += WideLanes.Mul(odd, k3);
                Vector256<uint> k4 = Vector256.Create(k[4]);
                e4 += WideLanes.Mul(x, k4);
                o4 += WideLanes.Mul(odd, k4);
                if (NeedsStep(i, terms))
                {
                    e0 = WideLanes.Step(e0);
                    o0 = WideLanes.Step(o0);
                    e1 = WideLanes.Step(e1);
                    o1 = WideLanes.Step(o1);
                    e2 = WideLanes.Step(e2);
                    o2 = WideLanes.Step(o2);
                    e3 = WideLanes.Step(e3);
                    o3 = WideLanes.Step(o3);
                    e4 = WideLanes.Step(e4);
                    o4 = WideLanes.Step(o4);
                }
            }
            Vector256<uint> d0 = Finish(WideLanes.Reduce(e0, o0), start, init, 0, hasInit, at);
            Vector256<uint> d1 = Finish(WideLanes.Reduce(e1, o1), start, init, 1, hasInit, at);
            Vector256<uint> d2 = Finish(WideLanes.Reduce(e2, o2), start, init, 2, hasInit, at);
            Vector256<uint> d3 = Finish(WideLanes.Reduce(e3, o3), start, init, 3, hasInit, at);
            Vector256<uint> d4 = Finish(WideLanes.Reduce(e4, o4), start, init, 4, hasInit, at);
            Store(d, at, d0, d1, d2, d3, d4);
        }
    }

    public static void ExtMul(in Step step)
    {
        uint** d = stackalloc uint*[Degree];
        uint** x = stackalloc uint*[Degree];
        uint** y = stackalloc uint*[Degree];
        Gather(step, step.Defined, d);
        Gather(step, step.Used, x);
        Gather(step, step.Used + Degree, y);
        for (int at = 0, end = step.Groups * GroupRows; at < end; at += Lanes)
        {
            Vector256<uint> x0 = Vector256.Load(x[0] + at), x1 = Vector256.Load(x[1] + at), x2 = Vector256.Load(x[2] + at);
            Vector256<uint> x3 = Vector256.Load(x[3] + at), x4 = Vector256.Load(x[4] + at);
            Vector256<uint> y0 = Vector256.Load(y[0] + at), y1 = Vector256.Load(y[1] + at), y2 = Vector256.Load(y[2] + at);
            Vector256<uint> y3 = Vector256.Load(y[3] + at), y4 = Vector256.Load(y[4] + at);
            QuinticLanes.Multiply(
                x0, x1, x2, x3, x4, y0, y1, y2, y3, y4,
                out Vector256<uint> d0, out Vector256<uint> d1, out Vector256<uint> d2, out Vector256<uint> d3, out Vector256<uint> d4);
            Store(d, at, d0, d1, d2, d3, d4);
        }
    }

    public static void ExtScale(in Step step)
    {
        uint** d = stackalloc uint*[Degree];
        uint** x = stackalloc uint*[Degree];
        Gather(step, step.Defined, d);
        Gather(step, step.Used, x);
        uint* y = step.Register(step.Used[Degree]);
        for (int at = 0, end = step.Groups * GroupRows; at < end; at += Lanes)
        {
            Vector256<uint> factor = Vector256.Load(y + at);
            Store(
                d,
                at,
                KoalaBearVector.Mul(Vector256.Load(x[0] + at), factor),
                KoalaBearVector.Mul(Vector256.Load(x[1] + at), factor),
                KoalaBearVector.Mul(Vector256.Load(x[2] + at), factor),
                KoalaBearVector.Mul(Vector256.Load(x[3] + at), factor),
                KoalaBearVector.Mul(Vector256.Load(x[4] + at), factor));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        uint** d, int at, Vector256<uint> d0, Vector256<uint> d1, Vector256<uint> d2, Vector256<uint> d3, Vector256<uint> d4)
    {
        d0.Store(d[0] + at);
        d1.Store(d[1] + at);
        d2.Store(d[2] + at);
        d3.Store(d[3] + at);
        d4.Store(d[4] + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Finish(Vector256<uint> value, uint* constant, uint** init, int component, bool hasInit, int at)
    {
        if (constant != null)
            value = KoalaBearVector.Add(value, Vector256.Create(constant[component]));
        return hasInit ? KoalaBearVector.Add(value, Vector256.Load(init[component] + at)) : value;
    }

    private static void Gather(in Step step, int* registers, uint** into)
    {
        for (int c = 0; c < Degree; c++)
            into[c] = step.Register(registers[c]);
    }
}
