using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Sums of many terms, four vectors at a time so that a term's constant and addresses are fetched once for 32 rows.</summary>
internal static unsafe partial class StripKernels
{
    public static void Linear(in Step step)
    {
        int* data = step.Data;
        int multiples = data[0], products = data[1], plus = data[2], minus = data[3];
        uint* d = step.Register(step.Defined[0]);
        Vector256<uint> constant = Vector256.Create(data[4] < 0 ? 0 : step.Scalars[data[4]]);
        int* scalars = data + 5;
        int* negated = scalars + multiples;
        int* factors = step.Used + multiples;
        int* units = factors + (2 * products);
        for (int at = 0, end = step.Groups * GroupRows; at < end; at += GroupRows)
        {
            Sums low = default, high = default;
            for (int i = 0; i < multiples; i++)
            {
                uint* x = step.Register(step.Used[i]) + at;
                Vector256<uint> k = Vector256.Create(step.Scalars[scalars[i]]);
                low.AddMultiple(x, k);
                high.AddMultiple(x + HalfGroupRows, k);
                if (NeedsStep(i, multiples + products))
                {
                    low.Step();
                    high.Step();
                }
            }
            for (int i = 0; i < products; i++)
            {
                uint* x = step.Register(factors[2 * i]) + at;
                uint* y = step.Register(factors[(2 * i) + 1]) + at;
                Vector256<uint> sign = Vector256.Create(negated[i] != 0 ? KoalaBear.Modulus : 0);
                Vector256<uint> flip = Vector256.Create(negated[i] != 0 ? uint.MaxValue : 0);
                low.AddProduct(x, y, sign, flip);
                high.AddProduct(x + HalfGroupRows, y + HalfGroupRows, sign, flip);
                if (NeedsStep(multiples + i, multiples + products))
                {
                    low.Step();
                    high.Step();
                }
            }
            var result = new Quad
            {
                V0 = KoalaBearVector.Add(WideLanes.Reduce(low.E0, low.O0), constant),
                V1 = KoalaBearVector.Add(WideLanes.Reduce(low.E1, low.O1), constant),
                V2 = KoalaBearVector.Add(WideLanes.Reduce(high.E0, high.O0), constant),
                V3 = KoalaBearVector.Add(WideLanes.Reduce(high.E1, high.O1), constant),
            };
            AddUnits(ref result, step, units, plus, minus, at);
            result.Store(d + at);
        }
    }

    public static void LinearSmall(in Step step)
    {
        int* data = step.Data;
        int positives = data[0], negatives = data[1], plus = data[2], minus = data[3];
        uint* d = step.Register(step.Defined[0]);
        Vector256<uint> constant = Vector256.Create(data[4] < 0 ? 0 : step.Scalars[data[4]]);
        int* coefficients = data + 5;
        ulong negativeSum = 0;
        for (int i = positives; i < positives + negatives; i++)
            negativeSum += (uint)coefficients[i];
        Vector256<ulong> start = Vector256.Create(negativeSum * KoalaBear.Modulus); // at least what is subtracted, and zero mod p
        for (int at = 0, end = step.Groups * GroupRows; at < end; at += GroupRows)
        {
            Sums low = Sums.From(start), high = Sums.From(start);
            for (int i = 0; i < positives; i++)
            {
                uint* x = step.Register(step.Used[i]) + at;
                Vector256<uint> k = Vector256.Create((uint)coefficients[i]);
                low.AddMultiple(x, k);
                high.AddMultiple(x + HalfGroupRows, k);
            }
            for (int i = positives; i < positives + negatives; i++)
            {
                uint* x = step.Register(step.Used[i]) + at;
                Vector256<uint> k = Vector256.Create((uint)coefficients[i]);
                low.SubtractMultiple(x, k);
                high.SubtractMultiple(x + HalfGroupRows, k);
            }
            var result = new Quad
            {
                V0 = KoalaBearVector.Add(WideLanes.ReduceSmall(low.E0, low.O0), constant),
                V1 = KoalaBearVector.Add(WideLanes.ReduceSmall(low.E1, low.O1), constant),
                V2 = KoalaBearVector.Add(WideLanes.ReduceSmall(high.E0, high.O0), constant),
                V3 = KoalaBearVector.Add(WideLanes.ReduceSmall(high.E1, high.O1), constant),
            };
            AddUnits(ref result, step, step.Used + positives + negatives, plus, minus, at);
            result.Store(d + at);
        }
    }

    /// <summary>Whether a sum of products takes a step after its i-th product: after the fourth, then after every second, and at the end if it has more than two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool NeedsStep(int i, int count) => i >= 2 && ((i & 1) != 0 || i == count - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddUnits(ref Quad result, in Step step, int* units, int plus, int minus, int at)
    {
        for (int i = 0; i < plus; i++)
            result = Quad.Add(result, step.Register(units[i]) + at);
        for (int i = plus; i < plus + minus; i++)
            result = Quad.Sub(result, step.Register(units[i]) + at);
    }

    /// <summary>Four vectors of words.</summary>
    private struct Quad
    {
        public Vector256<uint> V0, V1, V2, V3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Quad Add(in Quad a, uint* b) => new()
        {
            V0 = KoalaBearVector.Add(a.V0, Vector256.Load(b)),
            V1 = KoalaBearVector.Add(a.V1, Vector256.Load(b + Lanes)),
            V2 = KoalaBearVector.Add(a.V2, Vector256.Load(b + (2 * Lanes))),
            V3 = KoalaBearVector.Add(a.V3, Vector256.Load(b + (3 * Lanes))),
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Quad Sub(in Quad a, uint* b) => new()
        {
            V0 = KoalaBearVector.Sub(a.V0, Vector256.Load(b)),
            V1 = KoalaBearVector.Sub(a.V1, Vector256.Load(b + Lanes)),
            V2 = KoalaBearVector.Sub(a.V2, Vector256.Load(b + (2 * Lanes))),
            V3 = KoalaBearVector.Sub(a.V3, Vector256.Load(b + (3 * Lanes))),
        };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(uint* d)
        {
            V0.Store(d);
            V1.Store(d + Lanes);
            V2.Store(d + (2 * Lanes));
            V3.Store(d + (3 * Lanes));
        }
    }

    /// <summary>Unreduced sums of products for two vectors, even and odd lanes apart. Four fields: the JIT keeps no larger struct in registers.</summary>
    private struct Sums
    {
        public Vector256<ulong> E0, O0, E1, O1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Sums From(Vector256<ulong> start) => new() { E0 = start, O0 = start, E1 = start, O1 = start };

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddMultiple(uint* x, Vector256<uint> k)
        {
            Vector256<uint> v = Vector256.Load(x);
            E0 += WideLanes.Mul(v, k);
            O0 += WideLanes.Mul(WideLanes.Odd(v), k);
            v = Vector256.Load(x + Lanes);
            E1 += WideLanes.Mul(v, k);
            O1 += WideLanes.Mul(WideLanes.Odd(v), k);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void SubtractMultiple(uint* x, Vector256<uint> k)
        {
            Vector256<uint> v = Vector256.Load(x);
            E0 -= WideLanes.Mul(v, k);
            O0 -= WideLanes.Mul(WideLanes.Odd(v), k);
            v = Vector256.Load(x + Lanes);
            E1 -= WideLanes.Mul(v, k);
            O1 -= WideLanes.Mul(WideLanes.Odd(v), k);
        }

        /// <summary>Adds x·y, or (p − x)·y when sign is p and flip is all ones: p − x is p for zero, still within the bound of a factor.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddProduct(uint* x, uint* y, Vector256<uint> sign, Vector256<uint> flip)
        {
            Product(ref E0, ref O0, sign + (Vector256.Load(x) ^ flip) - flip, Vector256.Load(y));
            Product(ref E1, ref O1, sign + (Vector256.Load(x + Lanes) ^ flip) - flip, Vector256.Load(y + Lanes));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Step()
        {
            E0 = WideLanes.Step(E0);
            O0 = WideLanes.Step(O0);
            E1 = WideLanes.Step(E1);
            O1 = WideLanes.Step(O1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Product(ref Vector256<ulong> even, ref Vector256<ulong> odd, Vector256<uint> x, Vector256<uint> y)
        {
            even += WideLanes.Mul(x, y);
            odd += WideLanes.Mul(WideLanes.Odd(x), WideLanes.Odd(y));
        }
    }
}
