using Fermat.Air;
using Fermat.Algebra;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests;

/// <summary>
/// With the inputs fixed (the leaves and the statement), replacing any one computed cell and computing everything that depends on it from the replacement is rejected: no
/// computed cell has two values.
/// </summary>
public sealed class PropagatedLieTests
{
    // What is chosen or copied, not computed; CellMutationTests change these.
    private static readonly string[] NotComputed = ["blind.out", "blind.in"];

    [Fact]
    public void A_sample_of_computed_cells_has_one_value() => AssertRejected(every: 97);

    [Fact]
    public void A_sample_of_computed_cells_of_a_later_segment_has_one_value() => AssertRejected(every: 97, segmentDepth: 1, segment: 1);

    [Fact]
    [Trait("Category", "Slow")]
    public void Every_computed_cell_has_one_value() => AssertRejected(every: 1);

    private static void AssertRejected(int every, int? segmentDepth = null, int segment = 0)
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny(), reveal: false, hashSlots: 2, segmentDepth, segment);
        var witness = Witness.Of(scene);
        var survivors = new List<string>();
        int number = 0, tried = 0;
        foreach (TableTrace trace in scene.Traces)
            foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase < 2 && !NotComputed.Contains(c.Name)))
                for (int row = 0; row < UsedRows(scene, trace); row++)
                {
                    if (number++ % every != 0) continue;
                    var lie = new Lie(trace.Table.Index, column, row, honest => number % 2 == 0 ? honest + 1 : honest == 0 ? 1 : honest - 1);
                    if (!Fill(scene, witness, lie, out bool rejected)) continue;
                    tried++;
                    if (!rejected) survivors.Add($"{trace.Table.Name}[{row}].{column.Name}");
                }
        Assert.True(tried > 50, $"only {tried} lies were told");
        Assert.True(survivors.Count == 0, $"{survivors.Count} of {tried} lies were believed, the first: {string.Join("; ", survivors.Take(10))}");
    }

    /// <summary>Tells the lie; false when the cell is not one that is filled in.</summary>
    private static bool Fill(Scene scene, Witness witness, Lie lie, out bool rejected)
    {
        IReadOnlyList<TableTrace>? traces = WitnessFiller.TryFill(scene, witness, lie);
        rejected = false;
        if (traces is null) return false;
        rejected = new TraceChecker(scene.Circuit.Circuit, traces, Scene.Challenges).CheckAll(limit: 1).Count > 0;
        foreach (TableTrace trace in traces) trace.Dispose();
        return true;
    }

    private static int UsedRows(Scene scene, TableTrace trace) => trace.Table.Index == scene.Circuit.Range.Table
        ? 8
        : Math.Min(trace.ActiveRows, scene.ActiveRows[trace.Table.Index]);
}
