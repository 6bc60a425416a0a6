using Fermat.Air;
using Fermat.Algebra;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Checking;

namespace Fermat.Statements.Tests;

/// <summary>Changing any one cell of an honest trace of the example book breaks a named constraint or a bus.</summary>
public sealed class CellMutationTests
{
    /// <summary>
    /// The cells that may be anything: the framework's blinding multiplicities, which only feed the bus of blinding messages, and are chosen at random by
    /// every prover. (Tail rows are not part of the statement at all.)
    /// </summary>
    private static readonly string[] DontCare = ["blind.out", "blind.in"];

    [Fact]
    public void Changing_sampled_cells_breaks_something_named()
    {
        using Scene scene = Scene.Of(SampleBooks.Example, reveal: false, hashSlots: 3);
        AssertAllBreak(scene, (trace, column) => SampledRows(scene, trace, column), changes: 2);
    }

    [Fact]
    public void Changing_sampled_cells_of_a_revealing_book_with_all_classes_breaks_something_named()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny(), reveal: true, hashSlots: 2);
        AssertAllBreak(scene, (trace, column) => SampledRows(scene, trace, column), changes: 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Changing_sampled_cells_of_a_segment_breaks_something_named(int segment)
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny(), reveal: segment == 0, hashSlots: 2, segmentDepth: 1, segment: segment);
        AssertAllBreak(scene, (trace, column) => SampledRows(scene, trace, column), changes: 2);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Changing_any_cell_breaks_something_named()
    {
        using Scene scene = Scene.Of(SampleBooks.Example, reveal: false, hashSlots: 3);
        AssertAllBreak(scene, (trace, _) => Enumerable.Range(0, trace.ActiveRows), changes: 1);
    }

    private static void AssertAllBreak(Scene scene, Func<TableTrace, int, IEnumerable<int>> rows, int changes)
    {
        TraceChecker checker = scene.Checker();
        Assert.Empty(checker.CheckAll());
        var survivors = new List<string>();
        long tried = 0;
        foreach (TableTrace trace in scene.Traces)
            foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase < 2 && !DontCare.Contains(c.Name)))
                for (int cell = column.Offset; cell < column.Offset + column.BaseWidth; cell++)
                    foreach (int row in rows(trace, cell))
                        for (int change = 0; change < changes; change++)
                        {
                            KoalaBear honest = trace.Phase(column.Phase)[row, cell];
                            KoalaBear value = Changed(honest, row, cell, change);
                            tried++;
                            if (checker.Change(column, row, cell, value) is null)
                                survivors.Add($"{trace.Table.Name}[{row}].{column.Name}: {honest} -> {value}");
                        }
        Assert.True(survivors.Count == 0, $"{survivors.Count} of {tried} changes went unnoticed, the first: {string.Join("; ", survivors.Take(10))}");
    }

    /// <summary>One more, one less, or something else altogether.</summary>
    private static KoalaBear Changed(KoalaBear honest, int row, int cell, int change) => ((row + cell + change) % 3) switch
    {
        0 => honest + KoalaBear.One,
        1 => honest - KoalaBear.One,
        _ => honest + KoalaBear.From((uint)(row * 1000003 + cell * 7919 + 12345)),
    };

    private static IEnumerable<int> SampledRows(Scene scene, TableTrace trace, int column)
    {
        int used = Math.Clamp(scene.ActiveRows[trace.Table.Index], 1, trace.ActiveRows);
        var random = new Random(trace.Table.Index * 1000 + column);
        return new[] { 0, used - 1, Math.Min(used, trace.ActiveRows - 1), trace.ActiveRows - 1, random.Next(used), random.Next(used), random.Next(trace.ActiveRows) }.Distinct();
    }
}
