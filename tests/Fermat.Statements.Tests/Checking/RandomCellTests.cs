using Fermat.Air;
using Fermat.Algebra;
using Fermat.Statements.Accounts;
using Fermat.Statements.Proving;
using Fermat.Statements.Tests.Accounts;
using Fermat.Statements.Tests.Lies;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Tests.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Checking;

/// <summary>Every column of every table, on rows and by amounts that are drawn: hashes, siblings, public records' uses and the range table too.</summary>
public sealed class RandomCellTests
{
    private const int Tries = 6;

    /// <summary>Buses' columns and blinding, which the framework draws; and bits of a row of the range table that offers its number no times.</summary>
    private static bool IsFree(ColumnInfo column, TableTrace trace, int row) =>
        column.Name.StartsWith("blind.", StringComparison.Ordinal)
        || (trace.Table.Name == "range" && column.Name.StartsWith("bit[", StringComparison.Ordinal) && trace.Table.Columns.Where(c => c.Name.EndsWith(".uses", StringComparison.Ordinal)).All(c => trace.Phase(0)[row, c.Offset].IsZero));

    [Theory]
    [InlineData(AccountStatementKind.LiquidationDue, AccountScene.Erin)]
    [InlineData(AccountStatementKind.LiquidationNotDue, AccountScene.Dave)]
    [InlineData(AccountStatementKind.Health, AccountScene.Alice)]
    public void No_cell_of_an_accounts_statement_is_free(AccountStatementKind kind, int account) =>
        NoneIsFree(AccountScene.CrossTiered.Circuit(kind).Circuit, AccountScene.CrossTiered.Fill(kind, account), 20261126 + (int)kind);

    [Fact]
    public void No_cell_of_a_batch_is_free() =>
        NoneIsFree(TransitionScene.Circuit.Circuit, Of(Trade(Carol, TransitionScene.Alice, EthPerp, 20, 3100, fee: 2.5m), Open(Frank, "frank"), Transfer(TransitionScene.Alice, Frank, 12.5m)).Traces(), 20261126);

    [Theory]
    [InlineData(null, false, 0)]
    [InlineData(null, true, 0)]
    [InlineData(1, false, 0)]
    [InlineData(1, true, 1)]
    public void No_cell_of_a_book_is_free(int? segmentDepth, bool reveals, int segment)
    {
        var witness = new SegmentWitness(SegmentChain.Of(SolvencyScene.Of(QuickProofs.Tiny, segmentDepth, reveals)), segment);
        SolvencyTraceBuilder builder = witness.Builder();
        NoneIsFree(builder.Publics.Circuit.Circuit, witness.Fill(builder, SolvencyScene.LogHeights(builder), SolvencyScene.TailRows), 20261127 + segment);
    }

    private static void NoneIsFree(Circuit circuit, IReadOnlyList<TableTrace> traces, int seed)
    {
        var random = new Random(seed);
        var checker = new TraceChecker(circuit, traces, [.. SolvencyScene.Challenges, .. SolvencyScene.Points[1]]);
        Assert.Empty(checker.CheckAll());
        var free = new List<string>();
        int tried = 0;
        foreach (TableTrace trace in traces)
            foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase < circuit.LogUpPhase))
                for (int t = 0; t < Tries; t++)
                {
                    // the first rows are in use in every table, the others mostly idle
                    int row = random.Next(t % 2 == 0 ? 4 : trace.ActiveRows), cell = column.Offset + random.Next(column.BaseWidth);
                    KoalaBear honest = trace.Phase(column.Phase)[row, cell], other = KoalaBear.From((t / 2) switch { 0 => random.Next(1, 3), 1 => random.Next(1, 70000), _ => random.Next(1, int.MaxValue >> 1) }) + honest;
                    if (IsFree(column, trace, row)) continue;
                    tried++;
                    if (checker.Change(column, row, cell, other) is null) free.Add($"{trace.Table.Name}[{row}].{column.Name}: {honest} may be {other}");
                }
        foreach (TableTrace trace in traces) trace.Dispose();
        Assert.True(free.Count == 0, $"{free.Count} of {tried}: {string.Join("; ", free.Take(30))}");
        Assert.True(tried > 3000, $"{tried}");
    }
}
