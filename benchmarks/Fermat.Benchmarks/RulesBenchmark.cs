using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fermat.Rules;
using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Benchmarks;

/// <summary>Rulebooks evaluated natively.</summary>
internal static class RulesBenchmark
{
    private const int Accounts = 1 << 20, Batch = 1 << 11, Assets = 64, Instruments = 64, Runs = 5;

    public static IEnumerable<Figure> Evaluate()
    {
        CoreRulebook rulebook = Compile("cross_tiered");
        MarketData market = Market(rulebook);
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
                BatchResult result = evaluator.Evaluate(batch);
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

    private static CoreRulebook Compile(string name)
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Fermat.slnx"))) root = Path.GetDirectoryName(root) ?? throw new FileNotFoundException("run from within the repository");
        CompilationResult compiled = RulebookCompiler.Compile(File.ReadAllText(Path.Combine(root, "rules", name + ".risk")), name);
        return compiled.Rulebook ?? throw new InvalidOperationException(compiled.Render());
    }

    private static MarketData Market(CoreRulebook rulebook)
    {
        var json = new StringBuilder("{\"market\":{\"Asset\":[");
        json.AppendJoin(',', Enumerable.Range(0, Assets).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{{\"symbol\":\"A{i:D3}\",\"index\":\"{1 + i * 37}.25\",\"haircut\":[[\"0\",\"1\"],[\"10000\",\"0.9\"],[\"100000\",\"0.75\"],[\"1000000\",\"0\"]]}}")));
        json.Append("],\"Instrument\":[");
        json.AppendJoin(',', Enumerable.Range(0, Instruments).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"symbol\":\"P{i:D3}\",\"mark\":\"{1 + i * 37}.5\",\"initial\":[[\"0\",\"0.02\",\"0\"],[\"50000\",\"0.05\",\"1500\"],[\"500000\",\"0.1\",\"26500\"]],\"maintenance\":[[\"0\",\"0.01\",\"0\"],[\"50000\",\"0.025\",\"750\"],[\"500000\",\"0.05\",\"13250\"]]}}")));
        json.Append("]}}");
        var inputs = RuleInputs.Read(rulebook.Schema, ("market", Encoding.UTF8.GetBytes(json.ToString())));
        return inputs.Market ?? throw new InvalidOperationException(string.Join('\n', inputs.Errors));
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
        return new AccountBatch(Batch, [], [Items(Assets, positions: false), Items(Instruments, positions: true)]);
    }
}
