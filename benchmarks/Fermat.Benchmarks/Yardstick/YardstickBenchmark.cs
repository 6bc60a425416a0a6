using System.Diagnostics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Stark;

namespace Fermat.Benchmarks;

/// <summary>
/// Permutations proven a second on the yardstick AIR: 2^16 rows of eight. A run is all of it, filling the trace included; it is timed after one that is not.
/// </summary>
internal static class YardstickBenchmark
{
    private const int LogHeight = 16, Runs = 5, Grinding = 16, Queries = 100, WarmUps = 100;

    /// <summary>Rate 1/2, 100 queries and 16 bits of grinding without zero knowledge: the setting others publish.</summary>
    public static IEnumerable<Figure> Published(string name, CommitmentHash hash, string target, bool verify = false) =>
        Run(name, new ProofOptions(hash, 1, Queries, Grinding, 3, 7, TailRows: 8, ZeroKnowledge: false), target, verify);

    /// <summary>BLAKE3, zero knowledge, 100 proven bits.</summary>
    public static IEnumerable<Figure> ZeroKnowledge(string name, string target)
    {
        Circuit circuit = Poseidon2Circuit.Build();
        return Run(name, Profiles.Select(ProofProfile.Fast, 100, CircuitShape.Of(circuit, [LogHeight])), target, verify: false);
    }

    private static IEnumerable<Figure> Run(string name, ProofOptions options, string target, bool verify)
    {
        Circuit circuit = Poseidon2Circuit.Build();
        double permutations = Poseidon2Circuit.Permutations * ((1 << LogHeight) - options.TailRows);
        var publics = new NoPublics();
        var seconds = new List<double>();
        var proving = new List<double>();
        var allocated = new List<double>();
        ProverReport? report = null;
        byte[] proof = [];
        for (int run = 0; run <= Runs; run++)
        {
            long bytes = GC.GetTotalAllocatedBytes(precise: true), started = Stopwatch.GetTimestamp();
            TableTrace trace = Poseidon2Trace.Fill(circuit, LogHeight, options.TailRows, (uint)run);
            double filled = Stopwatch.GetElapsedTime(started).TotalSeconds;
            proof = Prover.Prove(circuit, [trace], publics, null, options, new ProverContext { Completed = made => report = made });
            if (run == 0) continue;
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            proving.Add(seconds[^1] - filled);
            allocated.Add(GC.GetTotalAllocatedBytes(precise: true) - bytes);
        }

        VerifyingKey key = VerifyingKey.Compile(circuit, options, [LogHeight]);
        var policy = new VerifierPolicy(MinimumProvenBits: 0);
        VerificationResult result = Verifier.Verify(circuit, key, publics, proof, policy);
        if (!result.Accepted) throw new InvalidOperationException($"{name}: the proof was rejected: {result.Rejection}");
        double bits = result.Soundness!.OracleBits, median = MacroBenchmarks.Median(seconds);
        string parameters = $"2^{LogHeight} rows × {Poseidon2Circuit.Permutations}, {options.Hash}, rate 1/{1 << options.BlowupLog2}, {options.Queries} queries, "
            + $"{options.QueryGrindingBits}-bit grinding{(options.ZeroKnowledge ? ", zero knowledge" : "")}, trace filling included";
        double work = report!.Multiplications + (Poseidon2Trace.Products * (double)(1 << LogHeight));
        yield return new Figure(
            name, permutations / median, "perm/s", target, Runs, MachineLimits.Share(work, median), MacroBenchmarks.PeakMemoryMiB(), parameters, bits);
        yield return new Figure(name + ".prove", permutations / MacroBenchmarks.Median(proving), "perm/s", Runs: Runs, Parameters: "trace filling not included", ProvenBits: bits);
        yield return new Figure(name + ".proof", proof.Length / 1024.0, "KiB", Parameters: parameters, ProvenBits: bits);
        yield return new Figure(name + ".allocated", MacroBenchmarks.Median(allocated) / (1 << 20), "MiB", Parameters: "managed memory of a proof, the trace's filling included");
        foreach (StageTime stage in report.Stages)
            yield return new Figure($"{name}.stage.{stage.Stage.ToString().ToLowerInvariant()}", stage.Elapsed.TotalSeconds, "s", Parameters: $"the last run; {stage.CoresPercent / 100.0:F2} cores");
        if (!verify) yield break;

        var verifications = new List<double>();
        for (int run = 0; run < WarmUps + 21; run++)
        {
            long started = Stopwatch.GetTimestamp();
            _ = Verifier.Verify(circuit, key, publics, proof, policy);
            if (run >= WarmUps) verifications.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        double verification = MacroBenchmarks.Median(verifications);
        yield return new Figure("verify", verification, "ms", "≤ 10", verifications.Count, MachineLimits.Share(ProofWork.Verifying(new ProofShape(circuit, options, [LogHeight])), verification / 1000), Parameters: "of " + name + ", key at hand", ProvenBits: bits);
    }

    private sealed class NoPublics : IPublicTables
    {
        public ReadOnlySpan<byte> PublicInputs => [];

        public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
        {
        }
    }
}
