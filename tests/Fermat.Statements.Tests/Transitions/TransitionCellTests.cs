using Fermat.Air;
using Fermat.Algebra;
using Fermat.Stark;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Solvency;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Changing any one cell of what versions, items, events and siblings are made of breaks a named constraint or a bus other than those of the range tables, which a liar could balance again.</summary>
public sealed class TransitionCellTests
{
    /// <summary>The framework's blinding messages, chosen at random by every prover.</summary>
    private static readonly string[] DontCare = ["blind.out", "blind.in"];

    private static readonly HashSet<string> RangeBuses = ["range16", "bytes", "tops"];

    [Fact]
    public void Changing_any_cell_of_a_few_events_breaks_something_named() => AllBreak(
        Of(Trade(Carol, Alice, EthPerp, 20, 3100, fee: 2.5m), Liquidate(Erin, Alice, BtcPerp, 5, 64000.1m, penalty: 50), Open(Frank, "frank"), Transfer(Alice, Frank, 12.5m)), (_, _) => true);

    [Fact]
    public void Changing_sampled_cells_of_a_day_breaks_something_named() => AllBreak(Of(Day), (row, cell) => (31 * row + 7 * cell) % 11 == 0);

    [Fact]
    public void Changing_any_cell_of_rejected_events_breaks_something_named() =>
        AllBreak(Of(RejectTrade(Alice, BtcPerp, 2, 150_000, fee: 7), RejectTrade(Dave, EthPerp, 1000, 3100), RejectPayment(Bob, 900_000), RejectStep(Carol), RejectStep(Dave)), (_, _) => true);

    [Fact]
    public void Changing_any_cell_of_rejected_spot_trades_and_loans_breaks_something_named() =>
        AllBreak(Of([.. RejectSpot(Alice, 1, -2.5m, 1), RejectBorrowing(Dave, 0, 5), .. RejectSpot(Dave, 1, 1, -70_000), Transfer(Insurance, Dave, 1)]), (_, _) => true);

    internal static void AllBreak(TransitionScene scene, Func<int, int, bool> isSampled) => AllBreak(
        TransitionScene.Circuit.Circuit, scene.Traces(), [.. TransitionScene.Circuit.Versions.Lowering.Domains.Select(domain => domain.Table.Index), TransitionScene.Circuit.Events.Table, TransitionScene.Circuit.Siblings.Table], isSampled);

    /// <summary>The same of any circuit's tables.</summary>
    internal static void AllBreak(Circuit circuit, IReadOnlyList<TableTrace> traces, int[] tables, Func<int, int, bool> isSampled)
    {
        var checker = new TraceChecker(circuit, traces, [.. SolvencyScene.Challenges, new Quintic(KoalaBear.From(31), KoalaBear.From(4), KoalaBear.From(15), KoalaBear.From(926), KoalaBear.From(5)), new Quintic(KoalaBear.From(27), KoalaBear.From(18), KoalaBear.From(2), KoalaBear.From(818), KoalaBear.From(28))]);
        Assert.Empty(checker.CheckAll());
        var survivors = new List<string>();
        int tried = 0;
        foreach (TableTrace trace in tables.Select(table => traces[table]))
            foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase < 2 && !DontCare.Contains(c.Name)))
                for (int cell = column.Offset; cell < column.Offset + column.BaseWidth; cell++)
                    for (int row = 0; row < trace.ActiveRows; row++)
                    {
                        if (!isSampled(row, cell)) continue;
                        tried++;
                        KoalaBear honest = trace.Phase(column.Phase)[row, cell];
                        if (checker.Change(column, row, cell, honest + KoalaBear.One, RangeBuses) is null) survivors.Add($"{trace.Table.Name}[{row}].{column.Name}: {honest}");
                    }
        foreach (TableTrace trace in traces) trace.Dispose();
        Assert.True(survivors.Count == 0, $"{survivors.Count} of {tried} changes went unnoticed, the first: {string.Join("; ", survivors.Take(40))}");
        Assert.True(tried > 1000);
    }
}
