using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra;

/// <summary>Σ over rows of value · x/(x − z), for all columns: lanes are columns, weights are broadcast.</summary>
internal static unsafe class BarycentricSum<TLanes>
    where TLanes : struct, ILanes
{
    /// <summary>
    /// Rows that are summed for one vector of columns and one coefficient before the next: they stay in the first-level cache.
    /// </summary>
    private const int Strip = 32;

    /// <summary>Products added before their sum is taken apart: 4(p − 1)² &lt; 2^64.</summary>
    private const int Group = 4;

    /// <summary>The sums, one a column.</summary>
    public static Quintic[] Run(Matrix matrix, int firstRow, DomainPoints points, Quintic z)
    {
        var polynomial = new PointPolynomial(z);
        int rows = points.BlockRows;
        int padded = Math.Max(rows, KoalaBearVector.Lanes);
        int stride = matrix.Stride;
        int weightWords = padded * (Quintic.Degree + 1);
        int accumulatorBytes = stride * Quintic.Degree * 2 * sizeof(ulong);
        using var pool = new ScratchPool((nuint)((weightWords * sizeof(uint)) + accumulatorBytes));
        var sums = new Quintic[matrix.Columns];
        var gate = new Lock();
        Parallelism.For(0, points.Blocks, block =>
        {
            ulong* accumulators = (ulong*)pool.Rent();
            uint* x = (uint*)(accumulators + (stride * Quintic.Degree * 2));
            uint* weights = x + padded;
            NativeMemory.Clear(accumulators, (nuint)accumulatorBytes);
            points.Fill<TLanes>(block, x);
            if (!PointKernel<TLanes>.TryRun(polynomial, x, padded, timesPoint: true, weights))
                throw PointInverses.InDomain(nameof(z));
            Accumulate((uint*)matrix.RowPointer(firstRow + (block * rows)), stride, weights, rows, padded, accumulators);
            lock (gate)
                AddTo(sums, accumulators, stride); // field addition: exact and commutative, so the order of blocks does not matter
            pool.Return(accumulators);
        });
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate(uint* values, int stride, uint* weights, int rows, int weightStride, ulong* accumulators)
    {
        for (int strip = 0; strip < rows; strip += Strip)
        {
            int count = Math.Min(Strip, rows - strip);
            uint* stripValues = values + ((nint)strip * stride);
            for (int column = 0; column < stride; column += KoalaBearVector.Lanes)
            {
                // Of the next strip, as many lines as this column's share: eight elements of each of 32 rows.
                for (int line = 0; line < Strip / 2 && Sse.IsSupported; line++)
                    Sse.Prefetch0(stripValues + ((nint)Strip * stride) + ((column * Strip) + (line * Matrix.StrideMultiple)));
                for (int c = 0; c < Quintic.Degree; c++)
                {
                    ulong* sum = accumulators + ((((nint)c * stride) + column) * 2);
                    AccumulateStrip(stripValues + column, stride, weights + ((nint)c * weightStride) + strip, count, sum);
                }
            }
        }
    }

    /// <summary>
    /// Adds weight·value over some rows for eight columns. Groups of four products are added in 64 bits without overflow; then their
    /// high halves are added in one accumulator and the whole sums, modulo 2^64, in another. After up to 2^22 groups the sum of low halves
    /// (below 2^54) is the second minus 2^32 times the first, and nothing was lost.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AccumulateStrip(uint* values, int stride, uint* weights, int count, ulong* sum)
    {
        Vector256<ulong> even = Vector256.Load(sum), odd = Vector256.Load(sum + 4);
        Vector256<ulong> evenHigh = Vector256.Load(sum + 8), oddHigh = Vector256.Load(sum + 12);
        int row = 0;
        for (; row + Group <= count; row += Group, values += Group * (nint)stride)
        {
            Vector256<uint> v0 = Vector256.LoadAligned(values), v1 = Vector256.LoadAligned(values + stride);
            Vector256<uint> v2 = Vector256.LoadAligned(values + (2 * (nint)stride));
            Vector256<uint> v3 = Vector256.LoadAligned(values + (3 * (nint)stride));
            Vector256<uint> w0 = Vector256.Create(weights[row]), w1 = Vector256.Create(weights[row + 1]);
            Vector256<uint> w2 = Vector256.Create(weights[row + 2]), w3 = Vector256.Create(weights[row + 3]);
            Vector256<ulong> evens = (TLanes.WideEven(v0, w0) + TLanes.WideEven(v1, w1))
                + (TLanes.WideEven(v2, w2) + TLanes.WideEven(v3, w3));
            Vector256<ulong> odds = (TLanes.WideEven(TLanes.OddToEven(v0), w0) + TLanes.WideEven(TLanes.OddToEven(v1), w1))
                + (TLanes.WideEven(TLanes.OddToEven(v2), w2) + TLanes.WideEven(TLanes.OddToEven(v3), w3));
            even += evens;
            odd += odds;
            evenHigh += evens >> 32;
            oddHigh += odds >> 32;
        }

        for (; row < count; row++, values += stride)
        {
            Vector256<uint> v = Vector256.LoadAligned(values), w = Vector256.Create(weights[row]);
            Vector256<ulong> evens = TLanes.WideEven(v, w), odds = TLanes.WideEven(TLanes.OddToEven(v), w);
            even += evens;
            odd += odds;
            evenHigh += evens >> 32;
            oddHigh += odds >> 32;
        }

        even.Store(sum);
        odd.Store(sum + 4);
        evenHigh.Store(sum + 8);
        oddHigh.Store(sum + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTo(Quintic[] sums, ulong* accumulators, int stride)
    {
        Span<KoalaBear> coefficients = stackalloc KoalaBear[Quintic.Degree];
        for (int column = 0; column < sums.Length; column++)
        {
            for (int c = 0; c < Quintic.Degree; c++)
            {
                ulong* sum = accumulators + ((((nint)c * stride) + (column & ~7)) * 2);
                int slot = ((column & 1) * 4) + ((column & 7) >> 1); // even columns first, then odd
                coefficients[c] = WideSum.Reduce(sum[slot], sum[slot + 8]);
            }

            sums[column] += Quintic.From(coefficients);
        }
    }
}
