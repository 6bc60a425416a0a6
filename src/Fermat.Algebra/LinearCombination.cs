using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>Linear combinations of columns with extension coefficients, row by row: the batching step before FRI.</summary>
public static unsafe class LinearCombination
{
    private const int RowsPerTask = 1024;

    /// <summary>Adds Σ_j coefficients[j] · matrix[r, firstColumn + j] to sums[r], for every row r.</summary>
    /// <param name="matrix">The columns.</param>
    /// <param name="firstColumn">The column of the first coefficient.</param>
    /// <param name="coefficients">One a column, for consecutive columns.</param>
    /// <param name="sums">One a row of the matrix.</param>
    /// <param name="cancellationToken">Checked between tasks; a cancelled call leaves the sums unspecified.</param>
    /// <exception cref="ArgumentException">The columns are not in the matrix, or the sums are not one a row.</exception>
    public static void Rows(
        Matrix matrix, int firstColumn, ReadOnlySpan<Quintic> coefficients, Span<Quintic> sums, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (sums.Length != matrix.Rows)
            throw new ArgumentException($"there are {matrix.Rows} rows but {sums.Length} sums", nameof(sums));
        Rows(matrix, 0, firstColumn, coefficients, sums, cancellationToken);
    }

    /// <summary>Adds Σ_j coefficients[j] · matrix[firstRow + r, firstColumn + j] to sums[r], for every index r of the sums.</summary>
    /// <inheritdoc cref="Rows(Matrix, int, ReadOnlySpan{Quintic}, Span{Quintic}, CancellationToken)"/>
    /// <param name="matrix">The columns.</param>
    /// <param name="firstRow">The row of the first sum.</param>
    /// <param name="firstColumn">The column of the first coefficient.</param>
    /// <param name="coefficients">One a column, for consecutive columns.</param>
    /// <param name="sums">One a row, for consecutive rows.</param>
    /// <param name="cancellationToken">Checked between tasks.</param>
    public static void Rows(
        Matrix matrix,
        int firstRow,
        int firstColumn,
        ReadOnlySpan<Quintic> coefficients,
        Span<Quintic> sums,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (firstColumn < 0 || firstColumn > matrix.Columns - coefficients.Length)
            throw new ArgumentException($"{coefficients.Length} columns from {firstColumn} are not in a matrix of {matrix.Columns}", nameof(coefficients));
        if (firstRow < 0 || firstRow > matrix.Rows - sums.Length)
            throw new ArgumentException($"{sums.Length} rows from {firstRow} are not in a matrix of {matrix.Rows}", nameof(sums));
        if (coefficients.IsEmpty || sums.IsEmpty)
            return;
        switch (Kernels.Active)
        {
            case KernelKind.Avx2:
                Run<Avx2Lanes>(matrix, firstRow, firstColumn, coefficients, sums, cancellationToken);
                break;
            case KernelKind.Vector256:
                Run<PortableLanes>(matrix, firstRow, firstColumn, coefficients, sums, cancellationToken);
                break;
            default:
                Run<ScalarLanes>(matrix, firstRow, firstColumn, coefficients, sums, cancellationToken);
                break;
        }
    }

    private static void Run<TLanes>(
        Matrix matrix,
        int firstRow,
        int firstColumn,
        ReadOnlySpan<Quintic> coefficients,
        Span<Quintic> sums,
        CancellationToken cancellationToken)
        where TLanes : struct, ILanes
    {
        int start = firstColumn / Matrix.StrideMultiple * Matrix.StrideMultiple;
        int groups = (firstColumn + coefficients.Length - start + Matrix.StrideMultiple - 1) / Matrix.StrideMultiple;
        nuint tableWords = (nuint)(groups * Matrix.StrideMultiple * Quintic.Degree * 2);
        uint* table = (uint*)NativeMemory.AlignedAlloc(tableWords * sizeof(uint), 64);
        try
        {
            FillTable(table, groups, coefficients, firstColumn - start);
            int count = sums.Length;
            fixed (Quintic* pinned = sums)
            {
                Quintic* destination = pinned;
                Parallelism.ForRanges(count, RowsPerTask, (from, to) =>
                {
                    for (int row = from; row < to; row++)
                        destination[row] += OneRow<TLanes>((uint*)matrix.RowPointer(firstRow + row) + start, table, groups);
                }, cancellationToken);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(table);
        }
    }

    /// <summary>
    /// For each group of 16 columns and each of the five coefficients four vectors: the words of columns 0–7 and of columns 8–15, each as
    /// they are (for the even lanes) and with odd lanes moved down (for the odd). Columns outside the combination get zeros.
    /// </summary>
    private static void FillTable(uint* table, int groups, ReadOnlySpan<Quintic> coefficients, int offset)
    {
        for (int group = 0; group < groups; group++)
        {
            for (int c = 0; c < Quintic.Degree; c++)
            {
                uint* vectors = table + ((((nint)group * Quintic.Degree) + c) * 4 * KoalaBearVector.Lanes);
                for (int lane = 0; lane < Matrix.StrideMultiple; lane++)
                {
                    int index = (group * Matrix.StrideMultiple) + lane - offset;
                    uint word = (uint)index < (uint)coefficients.Length ? coefficients[index][c].Raw : 0;
                    uint* vector = vectors + ((lane >> 3) * 2 * KoalaBearVector.Lanes);
                    vector[lane & 7] = word;
                    vector[KoalaBearVector.Lanes + (lane & 6)] = word; // an even lane is overwritten by the odd one after it
                    vector[KoalaBearVector.Lanes + (lane & 6) + 1] = 0;
                }
            }
        }
    }

    private static Quintic OneRow<TLanes>(uint* row, uint* table, int groups)
        where TLanes : struct, ILanes
    {
        Vector256<ulong> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default;
        Vector256<ulong> h0 = default, h1 = default, h2 = default, h3 = default, h4 = default;
        for (int group = 0; group < groups; group++, row += Matrix.StrideMultiple, table += Quintic.Degree * 4 * KoalaBearVector.Lanes)
        {
            Vector256<uint> low = Vector256.LoadAligned(row), high = Vector256.LoadAligned(row + KoalaBearVector.Lanes);
            Vector256<uint> lowOdd = TLanes.OddToEven(low), highOdd = TLanes.OddToEven(high);
            Accumulate<TLanes>(low, lowOdd, high, highOdd, table, ref s0, ref h0);
            Accumulate<TLanes>(low, lowOdd, high, highOdd, table + 32, ref s1, ref h1);
            Accumulate<TLanes>(low, lowOdd, high, highOdd, table + 64, ref s2, ref h2);
            Accumulate<TLanes>(low, lowOdd, high, highOdd, table + 96, ref s3, ref h3);
            Accumulate<TLanes>(low, lowOdd, high, highOdd, table + 128, ref s4, ref h4);
        }

        return new Quintic(Reduce(s0, h0), Reduce(s1, h1), Reduce(s2, h2), Reduce(s3, h3), Reduce(s4, h4));
    }

    /// <summary>Four products are below 4p² &lt; 2^64; then see <see cref="WideSum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TLanes>(
        Vector256<uint> low,
        Vector256<uint> lowOdd,
        Vector256<uint> high,
        Vector256<uint> highOdd,
        uint* table,
        ref Vector256<ulong> sum,
        ref Vector256<ulong> highSum)
        where TLanes : struct, ILanes
    {
        Vector256<ulong> products = (TLanes.WideEven(low, Vector256.LoadAligned(table)) + TLanes.WideEven(lowOdd, Vector256.LoadAligned(table + 8)))
            + (TLanes.WideEven(high, Vector256.LoadAligned(table + 16)) + TLanes.WideEven(highOdd, Vector256.LoadAligned(table + 24)));
        sum += products;
        highSum += products >> 32;
    }

    /// <summary>The four lanes together: the wrapped sums add modulo 2^64, the high sums exactly.</summary>
    private static KoalaBear Reduce(Vector256<ulong> sum, Vector256<ulong> highSum) =>
        WideSum.Reduce(Vector256.Sum(sum), Vector256.Sum(highSum));
}
