using System.Diagnostics;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Margin.Books;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;

namespace Fermat.Benchmarks;

/// <summary>Statement S under exchange_sample on a generated book, which streams: accounts/s, cells/s, peak memory, proof size, verify time, and where the time went.</summary>
internal static class SolvencyBenchmark
{
    /// <param name="label">Suffix of the benchmark's name.</param>
    /// <param name="accounts">Generated accounts, four assets each.</param>
    /// <param name="profile">The proof profile.</param>
    /// <param name="proveTarget">Goal for proving, in seconds.</param>
    public static IEnumerable<Figure> Run(string label, int accounts, ProofProfile profile, string? proveTarget, string? verifyTarget, string? memoryTarget)
    {
        string name = "solvency." + label;
        var book = new BookGenerator(new BookGeneratorOptions(accounts));
        using VenueSecret secret = VenueSecret.Generate();
        using var salts = new SaltDeriver(secret);
        SolvencyOutcome proof = SolvencyProver.Prove(SolvencyBook.Of(RulebookBooks.Rulebook("exchange_sample"), book.Header, book.Accounts()), salts, new SolvencyProverOptions { Profile = profile, MemoryLimit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3 });
        if (proof.Inputs is not { } inputs) throw new InvalidOperationException($"{name}: {string.Join("; ", proof.Reasons)}");
        long proverPeak = MacroBenchmarks.PeakMemoryMiB();

        var verifyTimes = new List<double>();
        SolvencyVerification? verified = null;
        for (int run = 0; run < 5; run++)
        {
            long started = Stopwatch.GetTimestamp();
            verified = SolvencyStatement.Verify(inputs, proof.Proof, new SolvencyAnchors { StateRoot = inputs.StateRoot });
            verifyTimes.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        if (!verified!.Accepted)
            throw new InvalidOperationException($"{name}: the proof was rejected: {verified.Rejection}");
        double bits = verified.ProvenBits;
        ProofOptions o = proof.Options!;
        string parameters = $"{accounts} accounts × 4, {verified.Segments.Count} segments, rate 1/{1 << o.BlowupLog2}, {o.Queries} queries, {o.TailRows} tail rows, {o.Hash}, zero knowledge";
        double seconds = proof.Elapsed.TotalSeconds;
        double cells = proof.Report!.TraceCells;
        yield return new Figure(name + ".prove", seconds, "s", proveTarget, 1, MachineLimits.Share(proof.Report.Multiplications, seconds), proverPeak, parameters, bits);
        yield return new Figure(name + ".rate", accounts / seconds, "accounts/s", null, 1, null, proverPeak, parameters, bits);
        yield return new Figure(name + ".cells", cells / seconds / 1e6, "M cells/s", null, 1, null, proverPeak, $"{cells / 1e6:F0} M trace cells", bits);
        yield return new Figure(name + ".memory", proverPeak, "MiB", memoryTarget, 1, null, proverPeak, "peak resident memory of the process", bits);
        yield return new Figure(name + ".proof", proof.Proof.Length / 1024.0, "KiB", null, 1, null, proverPeak, parameters, bits);
        yield return new Figure(name + ".verify", MacroBenchmarks.Median(verifyTimes), "ms", verifyTarget, verifyTimes.Count, null, proverPeak, parameters, bits);
        yield return new Figure(name + ".stage.traces", (proof.Elapsed - proof.Report.Total).TotalSeconds, "s", Parameters: "book check, state tree, traces of all segments");
        foreach (StageTime stage in proof.Report.Stages)
            yield return new Figure($"{name}.stage.{stage.Stage.ToString().ToLowerInvariant()}", stage.Elapsed.TotalSeconds, "s", Parameters: $"{stage.CoresPercent / 100.0:F2} cores, {stage.AllocatedBytes >> 20} MiB of managed memory");
    }
}
