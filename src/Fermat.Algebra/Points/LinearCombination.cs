using System.Runtime.InteropServices;

namespace Fermat.Algebra;

/// <summary>Linear combinations of columns with extension coefficients, row by row: the batching step before FRI.</summary>
public static unsafe class LinearCombination
{
    private const int RowsPerTask = 256;

    /// <summary>Adds Σ_j coefficients[j] · matrix[r, firstColumn + j] to sums[r], for every row r.</summary>
    /// <param name="matrix">The columns.</param>
    /// <param name="firstColumn">The column of the first coefficient.</param>
    /// <param name="coefficients">One a column, for consecutive columns.</param>
    /// <param name="sums">One a row of the matrix.</param>
    /// <param name="cancellationToken">Checked between tasks; a cancelled call leaves the sums unspecified.</param>
    /// <exception cref="ArgumentException">The columns are not in the matrix, or the sums are not one a row.</exception>
    public static void Rows(
        Matrix matrix,
        int firstColumn,
        ReadOnlySpan<Quintic> coefficients,
        Span<Quintic> sums,
        CancellationToken cancellationToken = default)
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
        {
            throw new ArgumentException(
                $"{coefficients.Length} columns from {firstColumn} are not in a matrix of {matrix.Columns}", nameof(coefficients));
        }

        if (firstRow < 0 || firstRow > matrix.Rows - sums.Length)
            throw new ArgumentException($"{sums.Length} rows from {firstRow} are not in a matrix of {matrix.Rows}", nameof(sums));
        if (coefficients.IsEmpty || sums.IsEmpty)
            return;
        switch (Kernels.Active)
        {
            case KernelKind.Avx2 or KernelKind.Avx512:
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
        uint* table = (uint*)NativeMemory.AlignedAlloc((nuint)(groups * LinearCombinationTable.WordsPerGroup * sizeof(uint)), 64);
        try
        {
            LinearCombinationTable.Fill(table, groups, coefficients, firstColumn - start);
            int count = sums.Length;
            fixed (Quintic* pinned = sums)
            {
                Quintic* destination = pinned;
                Parallelism.ForRanges(count, RowsPerTask, (from, to) =>
                {
                    uint* rows = (uint*)matrix.RowPointer(firstRow + from) + start;
                    LinearCombinationKernel<TLanes>.Run(rows, matrix.Stride, table, groups, destination + from, to - from);
                }, cancellationToken);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(table);
        }
    }
}
