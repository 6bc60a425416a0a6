using Fermat.Hashing;
using Fermat.Stark;

namespace Fermat.Benchmarks;

/// <summary>One macro benchmark: a name (prefix of its figures), what it does, and the run that yields its figures as they are measured.</summary>
internal sealed record MacroBenchmark(string Name, string Description, Func<IEnumerable<Figure>> Run);

/// <summary>The list <c>./bench</c> knows.</summary>
internal static class MacroBenchmarks
{
    public static IReadOnlyList<MacroBenchmark> All { get; } =
    [
        new("machine", "the machine's own limits: multiplications and memory traffic", MachineLimits.Figures),
        new("lde", "coset low-degree extension, 2^20 × 64, rate 1/2", KernelFigures.Lde),
        new("commit", "BLAKE3 Merkle commitment, 2^18 × 256", KernelFigures.Commitment),
        new("yardstick.fast", "Poseidon2 permutations proven a second, BLAKE3, and verify", () => YardstickBenchmark.Published("yardstick.fast", CommitmentHash.Blake3, "≥ 300000", verify: true)),
        new("yardstick.keccak", "the same with Keccak-256 commitments", () => YardstickBenchmark.Published("yardstick.keccak", CommitmentHash.Keccak256, "≥ 220000")),
        new("yardstick.algebraic", "the same with Poseidon2 commitments", () => YardstickBenchmark.Published("yardstick.algebraic", CommitmentHash.Poseidon2, "≥ 170000")),
        new("yardstick.zk", "the same with BLAKE3, zero knowledge, 100 proven bits", () => YardstickBenchmark.ZeroKnowledge("yardstick.zk", "≥ 150000")),
        new("statement.small", "one account opened under a state root, its margin not negative: latency, warm and in a new process", HealthBenchmark.Run),
        new("liquidation", "one account under cross_tiered may be liquidated: latency, warm", AccountBenchmark.Liquidation),
        new("health", "one account under cross_tiered has free collateral, shown by its owner: latency, warm", AccountBenchmark.Health),
        new("rules.eval", "accounts evaluated natively a second under rules/cross_tiered.risk, two balances and two positions each", RulesBenchmark.Evaluate),
        new("trades.native", "trades booked and margin-checked a second, 10,000 accounts under rules/cross_perps.risk", EngineBenchmark.Trades),
        new("revalue.1m", "1,000,000 accounts × 4 positions valued after a price move, under rules/cross_perps.risk", EngineBenchmark.Revalue),
        new("rules.cross_tiered", "solvency of 100,000 accounts under rules/cross_tiered.risk, two balances and two positions each", () => RulebookProofBenchmark.CrossTiered("rules.cross_tiered", 100_000, "≥ 4000", runs: 3)),
        new("rules.scenario_pm", "margins of 1,000 accounts × 40 options under rules/scenario_pm.risk, 31 scenarios, then 310", ScenarioPm),
        new("rules.quick.cross_tiered", "the same of 10,000 accounts", () => RulebookProofBenchmark.CrossTiered("rules.quick.cross_tiered", 10_000, null, runs: 5)),
        new("rules.quick.scenario_pm", "the same of 100 accounts, 31 scenarios", () => RulebookProofBenchmark.ScenarioPm("rules.quick.scenario_pm", 100, 31, null, runs: 5)),
        new("trades.proven", "100,000 trades over 10,000 accounts under rules/cross_tiered.risk, proven from state root to state root", () => TransitionBenchmark.Trades("trades.proven", 10_000, 100_000, 20_000, "≥ 500")),
        new("trades.quick.proven", "the same of 2,000 trades over 500 accounts", () => TransitionBenchmark.Trades("trades.quick.proven", 500, 2_000, 2_000, null)),
        new("ledger.trades", "trades booked a second, without log and margin rules, one core", LedgerBenchmark.Trades),
        new("ledger.append", "trades booked and logged a second, durable in SQLite every 10,000", LedgerBenchmark.Append),
        new("ledger.tree", "account updates of the state tree a second, 1,048,576 accounts", LedgerBenchmark.Tree),
        new("solvency.1k", "solvency of 1,000 generated accounts × 4 assets", () => SolvencyBenchmark.Run("1k", 1_000, ProofProfile.Fast, null, null, null)),
        new("solvency.100k", "solvency of 100,000 generated accounts × 4 assets", () => SolvencyBenchmark.Run("100k", 100_000, ProofProfile.Fast, "≤ 120", "≤ 1000", "≤ 12288")),
        new("solvency.1m", "solvency of 1,000,000 generated accounts × 4 assets, in segments", () => SolvencyBenchmark.Run("1m", 1_000_000, ProofProfile.Fast, "≤ 300", "≤ 5000", "≤ 16384")),
        new("solvency.compact.100k", "the same with the compact profile (rate 1/8)", () => SolvencyBenchmark.Run("compact.100k", 100_000, ProofProfile.Compact, null, null, null)),
    ];

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
