using System.Diagnostics;
using Fermat.Air;
using Fermat.Hashing;
using Fermat.Stark;

namespace Fermat.Benchmarks;

/// <summary>How long one account's proof takes, from balances to bytes: in a process that has made some, and in one that has not even started.</summary>
internal static class HealthBenchmark
{
    /// <summary>The command of this program that makes one proof and ends: what a new process is measured by.</summary>
    public const string OnceCommand = "prove-one-account";

    private const int LogHeight = 10, Warmup = 60, WarmRuns = 41, ColdRuns = 11, Blowup = 2, Grinding = 12;

    private static readonly int[] Heights = [LogHeight, LogHeight, LogHeight];

    /// <summary>The figures.</summary>
    public static IEnumerable<Figure> Run()
    {
        const string name = "statement.small";
        var health = new HealthCircuit();
        ProofOptions options = Options(health.Circuit);
        HealthAccount account = Account();
        using var preprocessing = Preprocessing.Commit(health.Circuit, options, Heights);
        var seconds = new List<double>();
        var allocated = new List<double>();
        var stages = new Dictionary<ProverStage, List<double>>();
        byte[] proof = [];
        ProverReport? last = null;
        for (int run = -Warmup; run < WarmRuns; run++)
        {
            long bytes = GC.GetTotalAllocatedBytes(), started = Stopwatch.GetTimestamp();
            TableTrace[] traces = HealthTrace.Fill(health, account, LogHeight, options.TailRows);
            var context = new ProverContext { Preprocessing = preprocessing, Completed = run < 0 ? null : Note };
            proof = Prover.Prove(health.Circuit, traces, account, null, options, context);
            if (run < 0) continue;
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            allocated.Add(GC.GetTotalAllocatedBytes() - bytes);
        }

        VerificationResult result = Verifier.Verify(health.Circuit, VerifyingKey.Compile(health.Circuit, options, Heights), account, proof, VerifierPolicy.Default);
        if (!result.Accepted) throw new InvalidOperationException($"{name}: the proof was rejected: {result.Rejection}");
        double bits = result.Soundness!.OracleBits;
        string parameters = $"{HealthCircuit.Assets} balances, depth {HealthCircuit.Depth}, 3 tables of 2^{LogHeight} rows, {options.Hash}, rate 1/{1 << options.BlowupLog2}, {options.Queries} queries, "
            + $"{options.QueryGrindingBits}-bit grinding, zero knowledge";
        double median = MacroBenchmarks.Median(seconds);
        yield return new Figure(name, median, "ms", "≤ 60", WarmRuns, MachineLimits.Share(last!.Multiplications, median / 1000), MacroBenchmarks.PeakMemoryMiB(), parameters + "; trace, proof and bytes in a warm process", bits);
        yield return new Figure(name + ".allocated", MacroBenchmarks.Median(allocated) / 1024, "KiB", Runs: WarmRuns, Parameters: "managed memory of a proof, the trace's filling included");
        yield return new Figure(name + ".proof", proof.Length / 1024.0, "KiB", Parameters: parameters, ProvenBits: bits);
        foreach ((ProverStage stage, List<double> times) in stages)
            yield return new Figure($"{name}.stage.{stage.ToString().ToLowerInvariant()}", MacroBenchmarks.Median(times), "ms", Runs: WarmRuns);
        List<double> cold = [.. Enumerable.Range(0, ColdRuns + 1).Select(_ => NewProcess()).Skip(1)];
        yield return new Figure(name + ".new", MacroBenchmarks.Median(cold), "ms", "≤ 600", ColdRuns, null, 0, "a new process from start to end: circuit, key, trace, proof; compiled " + (Ahead is null ? "as it runs" : "ahead of time"), bits);

        void Note(ProverReport report)
        {
            last = report;
            foreach (StageTime stage in report.Stages)
            {
                if (!stages.TryGetValue(stage.Stage, out List<double>? times)) stages.Add(stage.Stage, times = []);
                times.Add(stage.Elapsed.TotalMilliseconds);
            }
        }
    }

    /// <summary>Makes one proof, as a process of its own does.</summary>
    public static int Once()
    {
        long started = Stopwatch.GetTimestamp();
        var health = new HealthCircuit();
        ProofOptions options = Options(health.Circuit);
        HealthAccount account = Account();
        double prepared = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        TableTrace[] traces = HealthTrace.Fill(health, account, LogHeight, options.TailRows);
        double filled = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        byte[] proof = Prover.Prove(health.Circuit, traces, account, null, options, new ProverContext
        {
            Completed = report => Console.WriteLine(string.Join(", ", report.Stages.Select(s => $"{s.Stage} {s.Elapsed.TotalMilliseconds:N0}"))),
        });
        double proven = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Console.WriteLine($"circuit and options {prepared:N0} ms, trace {filled - prepared:N0} ms, proof {proven - filled:N0} ms, {proof.Length} bytes");
        return 0;
    }

    private static HealthAccount Account() =>
        new([1_000_000, 25_000_000, -4_000, 0, 77, -5_000_000, 123_456_789_012, 1], [900, 650_000, 40, 3, 1, 80, 2, 500], [1100, 700_000, 50, 4, 2, 100, 3, 600]);

    /// <summary>The fewest queries with which 100 bits are proven; less grinding than the profiles ask for, since its time counts here.</summary>
    private static ProofOptions Options(Circuit circuit)
    {
        CircuitShape shape = CircuitShape.Of(circuit, Heights);
        int low = 1, high = 200;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Soundness.Compute(new SoundnessInput(shape, With(middle))).Meets(Profiles.StandardBits)) high = middle;
            else low = middle + 1;
        }

        return With(low);
    }

    private static ProofOptions With(int queries) =>
        new(CommitmentHash.Blake3, Blowup, queries, Grinding, Profiles.FoldingLog2, 4, TailRows: Math.Min(ProofOptions.MinimumTailRows(queries), 1 << (LogHeight - 2)));

    /// <summary>This program compiled ahead of time, as ./fermat is; null where there is none.</summary>
    private static string? Ahead => Environment.GetEnvironmentVariable("FERMAT_BENCH_AHEAD") is { Length: > 0 } path ? path : null;

    private static double NewProcess()
    {
        long started = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Ahead ?? typeof(HealthBenchmark).Assembly.Location, OnceCommand]) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(started).TotalMilliseconds : throw new InvalidOperationException($"a new process ended with {process.ExitCode}");
    }
}
