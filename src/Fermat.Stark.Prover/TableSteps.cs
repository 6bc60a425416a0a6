using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// Which tables a step of the prover works on. Short ones are all done in one step, side by side: alone they have too few rows to keep several cores busy, and
/// together they take little memory. Each tall one is a step of its own.
/// </summary>
internal sealed class TableSteps
{
    /// <summary>The tallest of the short ones.</summary>
    public const int ShortLog = 12;

    private TableSteps(int[][] steps) => Steps = steps;

    /// <summary>The tables of each step.</summary>
    public int[][] Steps { get; }

    /// <summary>The steps of a proof: first the short tables, the widest before the others so that no core is left with it at the end, then the tall ones.</summary>
    public static TableSteps Of(ProofShape shape)
    {
        IEnumerable<Table> shortOnes = shape.Circuit.Tables.Where(table => shape.LogHeights[table.Index] <= ShortLog);
        int[] together = [.. shortOnes.OrderByDescending(table => Cells(shape, table)).Select(table => table.Index)];
        IEnumerable<int[]> alone = shape.Circuit.Tables.Where(table => shape.LogHeights[table.Index] > ShortLog).Select(table => new[] { table.Index });
        return new TableSteps(together.Length == 0 ? [.. alone] : [together, .. alone]);
    }

    /// <summary>Runs <paramref name="body"/> for every table of a step, on all cores.</summary>
    public static void Each(int[] tables, Action<int> body, CancellationToken ct) => Parallelism.For(0, tables.Length, i => body(tables[i]), ct);

    private static long Cells(ProofShape shape, Table table) =>
        (long)Enumerable.Range(0, shape.Circuit.Phases).Sum(table.PhaseWidth) << shape.LogHeights[table.Index];
}
