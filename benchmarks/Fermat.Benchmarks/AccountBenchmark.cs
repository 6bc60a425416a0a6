using System.Diagnostics;
using System.Globalization;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Accounts;
using Fermat.Statements.Proving;
using Fermat.Statements.Proving.Accounts;

namespace Fermat.Benchmarks;

/// <summary>How long a proof about one account takes in a process that has made some: an account of two balances and two positions under cross_tiered, of a state tree of depth 17.</summary>
internal static class AccountBenchmark
{
    private const int Depth = 17, Warmup = 20, Runs = 31, Accounts = 64;

    private const ulong Height = 1_000_000;

    private const string Venue = "benchmark";

    private static readonly OwnerSecret Owner = new([.. FieldConstants.Derive("owner of a benchmark", 8)], []);

    /// <summary>Statement L: a liquidation is due.</summary>
    public static IEnumerable<Figure> Liquidation()
    {
        SolvencyBook book = RulebookBooks.CrossTiered(Accounts);
        using var prover = new AccountProver(book.Rulebook, AccountStatementKind.LiquidationDue);
        AccountOpening opening = book.Accounts.Select(account => Open(book, account)).First(one => prover.ProveLiquidation(one, book.Market, Venue, Height).Refused is null);
        foreach (Figure figure in Run("liquidation", () => prover.ProveLiquidation(opening, book.Market, Venue, Height))) yield return figure;
    }

    /// <summary>Statement H: free collateral of at least a threshold.</summary>
    public static IEnumerable<Figure> Health()
    {
        SolvencyBook book = RulebookBooks.CrossTiered(Accounts);
        using var prover = new AccountProver(book.Rulebook, AccountStatementKind.Health);
        var request = new HealthRequest("a lender", "loans", default, 0, 0);
        AccountOpening opening = book.Accounts.Select(account => Open(book, account)).First(one => prover.ProveHealth(one, book.Market, Venue, Height, request, Owner).Refused is null);
        foreach (Figure figure in Run("health", () => prover.ProveHealth(opening, book.Market, Venue, Height, request, Owner))) yield return figure;
    }

    private static AccountOpening Open(SolvencyBook book, AccountData account) => new(
        book.Rulebook, account with { OwnerKey = Owner.Key, Nonce = 5 }, Digest.FromFields(FieldConstants.Derive("salt", 8)), 12345,
        [.. Enumerable.Range(0, Depth).Select(level => Digest.FromFields(FieldConstants.Derive(string.Create(CultureInfo.InvariantCulture, $"sibling {level}"), 8)))]);

    private static IEnumerable<Figure> Run(string name, Func<AccountOutcome> prove)
    {
        var seconds = new List<double>();
        var allocated = new List<double>();
        var stages = new Dictionary<ProverStage, List<double>>();
        AccountOutcome outcome = prove();
        for (int run = -Warmup; run < Runs; run++)
        {
            long bytes = GC.GetTotalAllocatedBytes();
            outcome = prove();
            if (run < 0) continue;
            seconds.Add(outcome.Elapsed.TotalMilliseconds);
            allocated.Add(GC.GetTotalAllocatedBytes() - bytes);
            foreach (StageTime stage in outcome.Report!.Stages)
            {
                if (!stages.TryGetValue(stage.Stage, out List<double>? times)) stages.Add(stage.Stage, times = []);
                times.Add(stage.Elapsed.TotalMilliseconds);
            }
        }
        long started = Stopwatch.GetTimestamp();
        AccountVerification verified = AccountStatement.Verify(outcome.Inputs!, outcome.Proof, AccountAnchors.None);
        double verify = Stopwatch.GetElapsedTime(started).TotalMilliseconds, bits = verified.ProvenBits;
        if (!verified.Accepted) throw new InvalidOperationException($"{name}: the proof was rejected: {verified.Rejection}");
        ProofOptions o = outcome.Options!;
        string parameters = string.Create(
            CultureInfo.InvariantCulture, $"2 balances, 2 positions, cross_tiered, depth {Depth}, rate 1/{1 << o.BlowupLog2}, {o.Queries} queries, {o.QueryGrindingBits}-bit grinding, {o.TailRows} tail rows, {o.Hash}, zero knowledge; trace, proof and bytes in a warm process");
        double median = MacroBenchmarks.Median(seconds);
        yield return new Figure(name, median, "ms", "≤ 150", Runs, MachineLimits.Share(outcome.Report!.Multiplications, median / 1000), MacroBenchmarks.PeakMemoryMiB(), parameters, bits);
        yield return new Figure(name + ".allocated", MacroBenchmarks.Median(allocated) / 1024, "KiB", Runs: Runs, Parameters: "managed memory of a proof, the trace's filling included");
        yield return new Figure(name + ".proof", outcome.Proof.Length / 1024.0, "KiB", ProvenBits: bits);
        yield return new Figure(name + ".cells", outcome.Report.TraceCells / 1e6, "M cells");
        yield return new Figure(name + ".verify", verify, "ms", Parameters: "one run, the circuit compiled from the rulebook included", ProvenBits: bits);
        foreach ((ProverStage stage, List<double> times) in stages)
            yield return new Figure($"{name}.stage.{stage.ToString().ToLowerInvariant()}", MacroBenchmarks.Median(times), "ms", Runs: Runs);
    }
}
