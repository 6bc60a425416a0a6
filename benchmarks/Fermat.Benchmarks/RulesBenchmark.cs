using System.Diagnostics;
using System.Globalization;
using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Statements.Rulebooks;

namespace Fermat.Benchmarks;

/// <summary>Rulebooks evaluated natively.</summary>
internal static class RulesBenchmark
{
    private const int Accounts = 1 << 20, Batch = 1 << 11, Runs = 5;

    public static IEnumerable<Figure> Evaluate()
    {
        VenueRulebook venue = RulebookBooks.Rulebook("cross_tiered");
        CoreRulebook rulebook = venue.Rulebook;
        MarketData market = RulebookBooks.CrossTieredMarket(venue);
        var evaluator = new BatchEvaluator(new Interpreter(rulebook, market));
        AccountBatch[] batches = [.. Enumerable.Range(0, Accounts / Batch).Select(i => Random(new Random(i)))];
        int equity = rulebook.Definitions.IndexOf(rulebook.Find("equity")!), maintenance = rulebook.Definitions.IndexOf(rulebook.Find("maintenance")!);
        var seconds = new List<double>();
        long liquidatable = 0;
        for (int run = -1; run < Runs; run++) // the first run warms up
        {
            long start = Stopwatch.GetTimestamp();
            liquidatable = 0;
            Parallel.ForEach(batches, batch =>
            {
                using BatchResult result = evaluator.Evaluate(batch);
                ReadOnlySpan<Int128> have = result.Narrow(equity), need = result.Narrow(maintenance);
                int below = 0;
                for (int i = 0; i < have.Length; i++)
                    if (have[i] < need[i]) below++;
                Interlocked.Add(ref liquidatable, below);
            });
            if (run >= 0) seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        yield return new Figure(
            "rules.eval", Accounts / MacroBenchmarks.Median(seconds), "accounts/s", "≥ 1000000", Runs, null, MacroBenchmarks.PeakMemoryMiB(),
            string.Create(CultureInfo.InvariantCulture, $"cross_tiered, {Accounts} accounts × (2 balances + 2 positions), {liquidatable} liquidatable, {Environment.ProcessorCount} cores"));
    }

    private static AccountBatch Random(Random random)
    {
        ItemColumns Items(int records, bool positions)
        {
            var ends = new int[Batch];
            var fields = new Int128[positions ? 3 : 2][];
            for (int f = 0; f < fields.Length; f++) fields[f] = new Int128[2 * Batch];
            for (int account = 0, i = 0; account < Batch; account++)
            {
                for (int item = 0; item < 2; item++, i++)
                {
                    fields[0][i] = item * records / 2 + random.Next(records / 2);
                    fields[1][i] = random.NextInt64(positions ? -50_00000000 : 0, 50_00000000);
                    if (positions) fields[2][i] = random.NextInt64(-10_000_000000, 10_000_000000);
                }
                ends[account] = i;
            }
            return new ItemColumns(ends, fields);
        }
        return new AccountBatch(Batch, [], [Items(RulebookBooks.Assets, positions: false), Items(RulebookBooks.Instruments, positions: true)]);
    }
}
