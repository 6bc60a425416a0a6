using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Random batches with aggregates: sums by an independent count, cells changed at random, one and two at a time.</summary>
public sealed class AggregateFuzzTests
{
    private static readonly HashSet<string> RangeBuses = ["range16", "bytes", "tops"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_batches(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 4; i++)
        {
            TransitionScene scene = Scene(random, random.Next(1, 14));
            CheckReport report = scene.Check();
            Assert.True(report.IsSatisfied, report.ToString());
            IReadOnlyList<LedgerAccount> after = TransitionProver.Apply(scene.Batch, out _)!;
            TransitionAggregates shown = scene.Inputs.Aggregates!;
            Assert.Null(scene.Inputs.Problem());
            Assert.Equal(Interest(scene.Batch.Accounts), shown.OpenInterestBefore);
            Assert.Equal(Interest(after), shown.OpenInterestAfter);
            Assert.Equal(Fund(scene.Batch.Accounts), shown.FundBefore);
            Assert.Equal(Fund(after), shown.FundAfter);
            for (int lie = 0; lie < 6; lie++)
            {
                BigInteger by = (BigInteger)random.NextInt64(1, 1L << random.Next(1, 40)) * (random.Next(2) == 0 ? 1 : -1);
                int which = random.Next(5), asset = random.Next(shown.FundBefore.Length), instrument = random.Next(2);
                TransitionAggregates other = which switch
                {
                    0 => shown with { OpenInterestBefore = shown.OpenInterestBefore.SetItem(instrument, shown.OpenInterestBefore[instrument] + by) },
                    1 => shown with { OpenInterestAfter = shown.OpenInterestAfter.SetItem(instrument, shown.OpenInterestAfter[instrument] + by) },
                    2 => shown with { FundBefore = shown.FundBefore.SetItem(asset, shown.FundBefore[asset] + by) },
                    3 => shown with { FundAfter = shown.FundAfter.SetItem(asset, shown.FundAfter[asset] + by) },
                    _ => shown with { FundTouched = !shown.FundTouched },
                };
                TransitionInputs inputs = scene.Inputs with { Aggregates = other };
                if (inputs.Problem() is not null) continue;
                Assert.False(scene.Check(inputs: inputs, versions: [.. scene.Plan.Versions]).IsSatisfied, $"{which} by {by} is believed");
            }
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Random_cells(int seed)
    {
        var random = new Random(seed);
        TransitionScene scene = Scene(random, random.Next(1, 8));
        IReadOnlyList<TableTrace> traces = scene.Traces();
        var checker = new TraceChecker(scene.ItsCircuit.Circuit, traces, [.. SolvencyScene.Challenges, new Quintic(KoalaBear.From(31), KoalaBear.From(4), KoalaBear.From(15), KoalaBear.From(926), KoalaBear.From(5)), new Quintic(KoalaBear.From(27), KoalaBear.From(18), KoalaBear.From(2), KoalaBear.From(818), KoalaBear.From(28))]);
        Assert.Empty(checker.CheckAll());
        var survivors = new List<string>();
        int tried = 0;
        foreach (TableTrace trace in traces)
            foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase < 1 && IsOfAggregates(trace, c)))
                for (int cell = column.Offset; cell < column.Offset + column.BaseWidth; cell++)
                    for (int row = 0; row < trace.ActiveRows; row++)
                        foreach (KoalaBear to in (KoalaBear[])[KoalaBear.One, KoalaBear.Zero, KoalaBear.Zero - KoalaBear.One, KoalaBear.From(2), KoalaBear.From(random.Next(1 << 30)), trace.Phase(0)[row, cell] + KoalaBear.From(65536), trace.Phase(0)[row, cell] - KoalaBear.One])
                        {
                            if (to == trace.Phase(0)[row, cell]) continue;
                            tried++;
                            if (checker.Change(column, row, cell, to, RangeBuses) is null) survivors.Add($"{trace.Table.Name}[{row}].{column.Name}: {trace.Phase(0)[row, cell]} -> {to}");
                        }
        Assert.True(survivors.Count == 0, $"{survivors.Count} of {tried}: {string.Join("; ", survivors.Take(30))}");
        Assert.True(tried > 1000, $"{tried}");

        // two and three cells of a row at a time
        int believed = 0, pairs = 0;
        for (int i = 0; i < 60; i++)
        {
            TableTrace trace = traces[random.Next(traces.Count)];
            ColumnInfo[] columns = [.. trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase < 1 && IsOfAggregates(trace, c))];
            if (columns.Length < 2) { i--; continue; }
            int row = random.Next(trace.ActiveRows);
            ColumnInfo[] some = [.. random.GetItems(columns, random.Next(2, 4)).Distinct()];
            pairs++;
            int offset = trace.Table.Index;
            bool changed = false;
            CheckReport report = scene.Check(change: all =>
            {
                foreach (ColumnInfo column in some)
                {
                    ref KoalaBear cell = ref all[offset].Phase(0).Row(row)[column.Offset];
                    KoalaBear to = random.Next(3) switch { 0 => KoalaBear.One - cell, 1 => KoalaBear.One, _ => KoalaBear.Zero - KoalaBear.One };
                    changed |= to != cell;
                    cell = to;
                }
            });
            if (changed && report.IsSatisfied) believed++;
        }
        Assert.Equal(0, believed);
        foreach (TableTrace trace in traces) trace.Dispose();
    }

    private static bool IsOfAggregates(TableTrace trace, ColumnInfo c) => !c.Name.StartsWith("blind", StringComparison.Ordinal) && IsOne(trace, c);

    private static bool IsOne(TableTrace trace, ColumnInfo c) => trace.Table.Name == "aggregates" || c.Name.Contains("insurance fund", StringComparison.Ordinal) || c.Name.Contains("counts as open", StringComparison.Ordinal)
        || ((trace.Table.Name is "accounts" or "positions" or "balances") && (c.Name.Contains("first", StringComparison.OrdinalIgnoreCase) || c.Name.Contains("last", StringComparison.OrdinalIgnoreCase)));

    private static TransitionScene Scene(Random random, int count)
    {
        var allowed = new List<BatchEvent>();
        bool opened = false;
        while (allowed.Count < count)
        {
            BatchEvent e = Event(random, opened);
            if (e.Kind == EventKind.Opening && opened) continue;
            if (VersionMaker.Make(Start([.. allowed, e]) with { Aggregates = true }, out _) is null) continue;
            allowed.Add(e);
            opened |= e.Kind == EventKind.Opening;
        }
        return TransitionScene.Of(Start([.. allowed]) with { Aggregates = true });
    }

    private static BatchEvent Event(Random random, bool opened)
    {
        int most = opened ? 8 : 7, first = random.Next(1, most), second = random.Next(0, most), instrument = random.Next(2);
        decimal size = random.Next(-400, 400) / 100m, price = instrument == 0 ? 64000 + random.Next(-500, 500) : 3100 + random.Next(-50, 50);
        return random.Next(14) switch
        {
            0 => Deposit(first, random.Next(0, 50_000) / 10m),
            1 => Withdraw(first, random.Next(1, 50_000) / 10m),
            2 or 3 => Transfer(first, second, random.Next(1, 50_000) / 10m),
            4 => Liquidate(first, second, instrument, size, Mark(instrument), random.Next(0, 100)),
            5 => Open(Frank, "frank"),
            6 => Cover(first, random.Next(1, 50_000) / 10m),
            7 => RejectTrade(first, instrument, 20 * size, price, random.Next(0, 3)),
            8 => RejectPayment(first, random.Next(1, 500_000)),
            9 => Transfer(Insurance, first, 100_000),
            _ => Trade(first, second, instrument, size, price, random.Next(0, 3)),
        };
    }

    private static ImmutableArray<BigInteger> Interest(IReadOnlyList<LedgerAccount> accounts) => [.. Enumerable.Range(0, 2).Select(i => accounts.SelectMany(a => a.Account.Items[Positions]).Where(p => p[0] == i && p[1].Sign > 0).Aggregate(BigInteger.Zero, (s, p) => s + p[1]))];

    private static ImmutableArray<BigInteger> Fund(IReadOnlyList<LedgerAccount> accounts) => [.. Enumerable.Range(0, 3).Select(a => accounts[Insurance].Account.Items[Balances].Where(b => b[0] == a).Aggregate(BigInteger.Zero, (s, b) => s + b[1]))];
}
