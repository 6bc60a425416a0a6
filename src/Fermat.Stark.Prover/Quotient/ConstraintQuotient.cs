using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Runs a table's folded constraints over many points, strip by strip, and divides by Z_act.</summary>
internal static class ConstraintQuotient
{
    /// <summary>Most strips of a task, which has registers of its own; a short table is cut into several tasks all the same.</summary>
    private const int StripsPerTask = 16, LeastTasks = 8;

    /// <summary>Evaluates on a coset of n rows in bit-reversed order.</summary>
    /// <param name="program">Σ α^j·sel_j·C_j as its one output.</param>
    /// <param name="bound">The program with the columns of the coset.</param>
    /// <param name="selectors">The selectors of the coset, for 1 / Z_act.</param>
    /// <param name="values">Where the quotient goes, n rows.</param>
    /// <param name="column">The first of five columns there.</param>
    /// <param name="ct">Cancels.</param>
    public static void OnCoset(StripProgram program, BoundStrip bound, Matrix selectors, Matrix values, int column, CancellationToken ct)
    {
        int n = values.Rows, log = int.Log2(n);
        int strip = Math.Min(StripProgram.StripRows, n);
        int stripsLog = log - int.Log2(strip);
        Parallelism.ForRanges(1 << stripsLog, Math.Clamp((1 << stripsLog) / LeastTasks, 1, StripsPerTask), (from, to) =>
        {
            using StripScratch scratch = program.CreateScratch();
            Span<int> rows = stackalloc int[strip], next = stackalloc int[strip];
            for (int s = from; s < to; s++)
            {
                // Strips are blocks of neighbouring rows, taken in bit-reversed order: the next rows of one are then the rows of the following one.
                int first = (int)Ntt.ReverseBits((uint)s, stripsLog) * strip;
                for (int i = 0; i < strip; i++)
                {
                    rows[i] = first + i;
                    next[i] = (int)Ntt.ReverseBits((Ntt.ReverseBits((uint)rows[i], log) + 1) & (uint)(n - 1), log);
                }

                bound.Run(rows, next, scratch);
                Divide(scratch, selectors, values, first, strip, column);
            }
        }, ct);
    }

    /// <summary>Evaluates on the tail rows, in natural order; row 0 is behind them.</summary>
    /// <param name="program">Σ α^j·sel_j·C_j as its one output.</param>
    /// <param name="bound">The program with the columns of the tail.</param>
    /// <param name="selectors">The selectors of the tail, for 1 / Z_act.</param>
    /// <param name="values">Where the quotient goes, k rows of five columns.</param>
    public static void OnTail(StripProgram program, BoundStrip bound, Matrix selectors, Matrix values)
    {
        using StripScratch scratch = program.CreateScratch();
        Span<int> rows = stackalloc int[StripProgram.StripRows], next = stackalloc int[StripProgram.StripRows];
        for (int first = 0; first < values.Rows; first += rows.Length)
        {
            int count = Math.Min(rows.Length, values.Rows - first);
            for (int i = 0; i < count; i++) (rows[i], next[i]) = (first + i, first + i + 1);
            bound.Run(rows[..count], next[..count], scratch);
            Divide(scratch, selectors, values, first, count, 0);
        }
    }

    private static void Divide(StripScratch scratch, Matrix selectors, Matrix values, int first, int count, int column)
    {
        ReadOnlySpan<KoalaBear> c0 = scratch.Output(0, 0), c1 = scratch.Output(0, 1), c2 = scratch.Output(0, 2);
        ReadOnlySpan<KoalaBear> c3 = scratch.Output(0, 3), c4 = scratch.Output(0, 4);
        for (int i = 0; i < count; i++)
        {
            KoalaBear inverse = selectors.Row(first + i)[Selectors.InverseVanishingColumn];
            Span<KoalaBear> row = values.Row(first + i).Slice(column, Quintic.Degree);
            row[0] = c0[i] * inverse;
            row[1] = c1[i] * inverse;
            row[2] = c2[i] * inverse;
            row[3] = c3[i] * inverse;
            row[4] = c4[i] * inverse;
        }
    }
}
