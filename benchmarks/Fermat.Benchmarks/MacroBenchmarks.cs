using Fermat.Hashing;
using Fermat.Stark;

namespace Fermat.Benchmarks;

/// <summary>One macro benchmark: a name (prefix of its figures) and the run that yields its figures as they are measured.</summary>
internal sealed record MacroBenchmark(string Name, Func<IEnumerable<Figure>> Run);

/// <summary>What <c>./bench</c> runs. <c>names.txt</c> has the names in order, with what each takes and measures: <c>./bench</c> shows and checks them before anything is built.</summary>
internal static class MacroBenchmarks
{
    private static readonly Dictionary<string, Func<IEnumerable<Figure>>> Runs = new()
    {
        ["machine"] = MachineLimits.Figures,
        ["lde"] = KernelFigures.Lde,
        ["commit"] = KernelFigures.Commitment,
        ["yardstick.fast"] = () => YardstickBenchmark.Published("yardstick.fast", CommitmentHash.Blake3, "≥ 300000", verify: true),
        ["yardstick.keccak"] = () => YardstickBenchmark.Published("yardstick.keccak", CommitmentHash.Keccak256, "≥ 220000"),
        ["yardstick.algebraic"] = () => YardstickBenchmark.Published("yardstick.algebraic", CommitmentHash.Poseidon2, "≥ 170000"),
        ["yardstick.zk"] = () => YardstickBenchmark.ZeroKnowledge("yardstick.zk", "≥ 150000"),
        ["statement.small"] = HealthBenchmark.Run,
        ["liquidation"] = AccountBenchmark.Liquidation,
        ["health"] = AccountBenchmark.Health,
        ["rules.eval"] = RulesBenchmark.Evaluate,
        ["trades.native"] = EngineBenchmark.Trades,
        ["revalue.1m"] = EngineBenchmark.Revalue,
        ["rules.cross_tiered"] = () => RulebookProofBenchmark.CrossTiered("rules.cross_tiered", 100_000, "≥ 4000", runs: 3),
        ["rules.scenario_pm"] = ScenarioPm,
        ["rules.quick.cross_tiered"] = () => RulebookProofBenchmark.CrossTiered("rules.quick.cross_tiered", 10_000, null, runs: 5),
        ["rules.quick.scenario_pm"] = () => RulebookProofBenchmark.ScenarioPm("rules.quick.scenario_pm", 100, 31, null, runs: 5),
        ["trades.proven"] = () => TransitionBenchmark.Trades("trades.proven", TradeScene.CrossTiered(), 10_000, 100_000, 20_000, "≥ 500"),
        ["trades.quick.proven"] = () => TransitionBenchmark.Trades("trades.quick.proven", TradeScene.CrossTiered(), 500, 2_000, 2_000, null),
        ["trades.portfolio"] = () => TransitionBenchmark.Trades("trades.portfolio", TradeScene.Portfolio(), 1_000, 10_000, 5_000, null),
        ["ledger.trades"] = LedgerBenchmark.Trades,
        ["ledger.append"] = LedgerBenchmark.Append,
        ["ledger.tree"] = LedgerBenchmark.Tree,
        ["solvency.1k"] = () => SolvencyBenchmark.Run("1k", 1_000, ProofProfile.Fast, null, null, null),
        ["solvency.100k"] = () => SolvencyBenchmark.Run("100k", 100_000, ProofProfile.Fast, "≤ 120", "≤ 1000", "≤ 12288"),
        ["solvency.1m"] = () => SolvencyBenchmark.Run("1m", 1_000_000, ProofProfile.Fast, "≤ 300", "≤ 5000", "≤ 16384"),
        ["solvency.compact.100k"] = () => SolvencyBenchmark.Run("compact.100k", 100_000, ProofProfile.Compact, null, null, null),
    };

    public static IReadOnlyList<MacroBenchmark> All { get; } = [.. Names().Select(name => new MacroBenchmark(name, Runs[name]))];

    private static IEnumerable<string> Names()
    {
        using var reader = new StreamReader(typeof(MacroBenchmarks).Assembly.GetManifestResourceStream("names.txt")!);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#')
                yield return line.Split('|')[0].Trim();
    }

    private static IEnumerable<Figure> ScenarioPm()
    {
        double few = 0, many = 0;
        foreach (Figure figure in RulebookProofBenchmark.ScenarioPm("rules.scenario_pm", 1_000, 31, "≥ 10000", runs: 3))
        {
            if (figure.Name.EndsWith(".prove", StringComparison.Ordinal)) few = figure.Value;
            yield return figure;
        }
        foreach (Figure figure in RulebookProofBenchmark.ScenarioPm("rules.scenario_pm.310", 1_000, 310, null, runs: 3))
        {
            if (figure.Name.EndsWith(".prove", StringComparison.Ordinal)) many = figure.Value;
            yield return figure;
        }
        yield return new Figure("rules.scenario_pm.310.times", many / few, "× 31", "≤ 3");
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Peak resident memory of this process in MiB (VmHWM on Linux).</summary>
    public static long PeakMemoryMiB()
    {
        if (File.Exists("/proc/self/status"))
            foreach (string line in File.ReadLines("/proc/self/status"))
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0]) / 1024;
        return Environment.WorkingSet >> 20;
    }
}
