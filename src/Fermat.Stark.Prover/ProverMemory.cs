using System.Globalization;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>An upper bound on the memory of a proof, from its shape alone: what stays (codewords and trees) and what comes and goes (traces, cosets).</summary>
public static class ProverMemory
{
    /// <summary>Bytes of the matrices and trees that a proof needs at its peak, the traces it is given included.</summary>
    /// <param name="shape">The proof's shape.</param>
    public static long Estimate(ProofShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        long traces = 0, peak = 0;
        long kept = Preprocessed(shape) + shape.Circuit.Tables.Sum(table => Tails(shape, table));
        for (int phase = 0; phase < shape.Circuit.Phases; phase++)
        {
            foreach (Table table in shape.Circuit.Tables)
            {
                traces += Bytes(shape.LogHeights[table.Index], table.PhaseWidth(phase));
                if (phase == 0) traces += Bytes(shape.LogHeights[table.Index], table.PublicWidth);
                kept += Bytes(shape.LogHeights[table.Index] + shape.Options.BlowupLog2, table.PhaseWidth(phase));
            }

            if (shape.HasPhase(phase)) kept += Tree(shape.CodewordLog2);
            peak = Math.Max(peak, traces + kept);
        }

        kept += Tree(shape.CodewordLog2);
        foreach (int[] tables in TableSteps.Of(shape).Steps)
        {
            peak = Math.Max(peak, kept + tables.Sum(table => QuotientScratch(shape, shape.Circuit.Tables[table])));
            kept += tables.Sum(table => Bytes(shape.LogHeights[table] + shape.Options.BlowupLog2, QuotientPieces.WidthWithMask));
        }

        // Batched codewords on n points, from sums and inverses; FRI's longest codeword, extended, copied and committed in rows of 8, each later one an
        // eighth of it.
        foreach (int log in shape.LogHeights.Distinct()) kept += Bytes(log, Quintic.Degree);
        int codeword = shape.CodewordLog2;
        peak = Math.Max(peak, kept + (80L << shape.LogHeights.Max()));
        kept += Bytes(codeword - 3, 8 * Quintic.Degree) * 8 / 7 + Tree(codeword - 3) * 8 / 7;
        return Math.Max(peak, kept + Bytes(codeword, Quintic.Degree) + (20L << codeword));
    }

    /// <summary>Refuses a proof that needs more than it may take.</summary>
    /// <exception cref="ProverException">It does.</exception>
    internal static void Check(ProofShape shape, long? limit)
    {
        if (limit is not { } allowed) return;
        long needed = Estimate(shape);
        if (needed <= allowed) return;
        throw new ProverException(ProverError.Memory, string.Create(
            CultureInfo.InvariantCulture,
            $"the proof needs about {needed >> 20} MiB and may take {allowed >> 20} MiB; allow more, use a smaller blowup, or prove smaller segments"));
    }

    private static long Preprocessed(ProofShape shape)
    {
        long bytes = 0;
        foreach (Table table in shape.Circuit.Tables.Where(table => table.PreprocessedWidth > 0))
        {
            int log = shape.LogHeights[table.Index];
            bytes += Bytes(log, table.PreprocessedWidth) + Bytes(log + shape.Options.BlowupLog2, table.PreprocessedWidth);
            bytes += Tree(log + shape.Options.BlowupLog2);
        }

        return bytes;
    }

    /// <summary>
    /// Selectors and public columns of two sets of points; the quotient's values and what interpolates them; its coefficients and their codeword.
    /// </summary>
    private static long QuotientScratch(ProofShape shape, Table table)
    {
        int log = shape.LogHeights[table.Index];
        long evaluating = 2 * Bytes(log, Selectors.Columns) + 2 * Bytes(log, table.PublicWidth) + 3 * Bytes(log, Quintic.Degree);
        long pieces = Bytes(log, QuotientPieces.WidthWithMask);
        return Bytes(log, QuotientDomain.Cosets * Quintic.Degree) + pieces + Math.Max(evaluating, pieces << shape.Options.BlowupLog2);
    }

    /// <summary>The tail rows and row 0, kept of the trace.</summary>
    private static long Tails(ProofShape shape, Table table)
    {
        long row = Bytes(0, table.PreprocessedWidth);
        for (int phase = 0; phase < shape.Circuit.Phases; phase++) row += Bytes(0, table.PhaseWidth(phase));
        return row * (shape.Options.TailRows + 1);
    }

    private static long Bytes(int logRows, int columns) =>
        columns == 0 ? 0 : ((long)(columns + Matrix.StrideMultiple - 1) / Matrix.StrideMultiple * Matrix.StrideMultiple * sizeof(uint)) << logRows;

    /// <summary>All digests of a binary tree.</summary>
    private static long Tree(int logLeaves) => 2L * Digest.Length << Math.Max(logLeaves, 0);
}
