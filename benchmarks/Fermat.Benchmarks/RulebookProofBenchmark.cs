using System.Diagnostics;
using System.Globalization;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Stark;
using Fermat.Statements.Solvency;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;

namespace Fermat.Benchmarks;

/// <summary>Rulebooks proven: statement S over one, and the circuit of a scenario rulebook by itself. Zero knowledge, 100 proven bits.</summary>
internal static class RulebookProofBenchmark
{
    private const int OptionsHeld = 40;

    /// <summary>Statement S over cross_tiered: book check, tree, traces and proofs.</summary>
    /// <param name="name">Of the figures.</param>
    /// <param name="accounts">In the book.</param>
    /// <param name="target">Accounts a second.</param>
    /// <param name="runs">How many, after one that is not counted; the figures are those of the median run.</param>
    public static IEnumerable<Figure> CrossTiered(string name, int accounts, string? target, int runs)
    {
        SolvencyBook book = RulebookBooks.CrossTiered(accounts);
        using VenueSecret secret = VenueSecret.Generate();
        using var salts = new SaltDeriver(secret);
        SolvencyOutcome outcome = MedianRun(runs, () => SolvencyProver.Prove(book, salts), made => made.Elapsed);
        if (outcome.Inputs is not { } inputs) throw new InvalidOperationException($"{name}: {string.Join("; ", outcome.Reasons)}");
        long peak = MacroBenchmarks.PeakMemoryMiB(), started = Stopwatch.GetTimestamp();
        SolvencyVerification verified = SolvencyStatement.Verify(inputs, outcome.Proof, new SolvencyAnchors { StateRoot = inputs.StateRoot });
        double verify = Stopwatch.GetElapsedTime(started).TotalMilliseconds, bits = verified.ProvenBits, seconds = outcome.Elapsed.TotalSeconds;
        if (!verified.Accepted) throw new InvalidOperationException($"{name}: the proof was rejected: {verified.Rejection}");
        ProofOptions o = outcome.Options!;
        string parameters = string.Create(
            CultureInfo.InvariantCulture, $"{accounts} accounts × (2 balances + 2 positions), {inputs.Segments.Count} segments, rate 1/{1 << o.BlowupLog2}, {o.Queries} queries, {o.TailRows} tail rows, {o.Hash}, zero knowledge");
        yield return new Figure(name, accounts / seconds, "accounts/s", target, runs, MachineLimits.Share(outcome.Report!.Multiplications, seconds), peak, parameters, bits);
        yield return new Figure(name + ".prove", seconds, "s", null, runs, null, peak, parameters, bits);
        yield return new Figure(name + ".verify", verify, "ms", Parameters: "one run", ProvenBits: bits);
        foreach (Figure stage in Stages(name, outcome.Report, outcome.Elapsed, "book check, state tree, traces", outcome.Proof.Length)) yield return stage;
    }

    /// <summary>The circuit of scenario_pm, all definitions: public values, traces and proof.</summary>
    /// <param name="name">Of the figures.</param>
    /// <param name="accounts">How many.</param>
    /// <param name="scenarios">How many.</param>
    /// <param name="target">Positions a second.</param>
    /// <param name="runs">How many, after one that is not counted; the figures are those of the median run.</param>
    public static IEnumerable<Figure> ScenarioPm(string name, int accounts, int scenarios, string? target, int runs)
    {
        LoweredProof proof = MedianRun(runs, () => new LoweredProof(RulebookBooks.ScenarioPm(accounts, scenarios)), made => made.Elapsed);
        double seconds = proof.Elapsed.TotalSeconds;
        long peak = MacroBenchmarks.PeakMemoryMiB();
        ProofOptions o = proof.Options;
        string parameters = string.Create(
            CultureInfo.InvariantCulture, $"{accounts} accounts × {OptionsHeld} options of 4 expiries, {scenarios} scenarios, all definitions, without leaves; rate 1/{1 << o.BlowupLog2}, {o.Queries} queries, {o.Hash}, zero knowledge");
        yield return new Figure(name, accounts * OptionsHeld / seconds, "positions/s", target, runs, MachineLimits.Share(proof.Report.Multiplications, seconds), peak, parameters, proof.ProvenBits);
        yield return new Figure(name + ".prove", seconds, "s", null, runs, null, peak, parameters, proof.ProvenBits);
        yield return new Figure(name + ".stage.public", proof.PublicValues.TotalSeconds, "s", Parameters: "what everybody computes: options in scenarios");
        foreach (Figure stage in Stages(name, proof.Report, proof.Elapsed - proof.PublicValues, "rows and phase 0 of the traces", proof.Bytes)) yield return stage;
    }

    private static T MedianRun<T>(int runs, Func<T> run, Func<T, TimeSpan> elapsed)
    {
        run();
        T[] all = [.. Enumerable.Range(0, runs).Select(_ => run()).OrderBy(elapsed)];
        return all[runs / 2];
    }

    private static IEnumerable<Figure> Stages(string name, ProverReport report, TimeSpan elapsed, string rest, int bytes)
    {
        yield return new Figure(name + ".cells", report.TraceCells / 1e6, "M cells", Parameters: string.Create(CultureInfo.InvariantCulture, $"{report.TraceCells / elapsed.TotalSeconds / 1e6:F1} M cells/s"));
        yield return new Figure(name + ".proof", bytes / 1024.0, "KiB");
        yield return new Figure(name + ".stage.traces", (elapsed - report.Total).TotalSeconds, "s", Parameters: rest);
        foreach (StageTime stage in report.Stages)
            yield return new Figure(
                $"{name}.stage.{stage.Stage.ToString().ToLowerInvariant()}", stage.Elapsed.TotalSeconds, "s",
                Parameters: string.Create(CultureInfo.InvariantCulture, $"{stage.CoresPercent / 100.0:F2} cores, {stage.AllocatedBytes >> 20} MiB of managed memory"));
    }
}
