using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Signatures;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Benchmarks;

/// <summary>Statement T: trades proven a second, in chained batches, each from its state root to the next. Zero knowledge, 100 proven bits.</summary>
internal static class TransitionBenchmark
{
    private const int Depth = 15;
    private static readonly EventSignature Signature = new("benchmark", 1);

    /// <summary>Trades between random accounts, native execution, leaves, trees, traces and proofs included.</summary>
    /// <param name="name">Of the figures.</param>
    /// <param name="scene">The rulebook, what accounts have, and trades.</param>
    /// <param name="accounts">How many accounts.</param>
    /// <param name="trades">How many trades.</param>
    /// <param name="perProof">How many in one proof.</param>
    /// <param name="target">Trades a second.</param>
    public static IEnumerable<Figure> Trades(string name, TradeScene scene, int accounts, int trades, int perProof, string? target)
    {
        using VenueSecret secret = VenueSecret.Generate();
        using var salts = new SaltDeriver(secret);
        (Secp256k1Key Key, OwnerKey Owner)[] owners = new (Secp256k1Key, OwnerKey)[accounts];
        Parallel.For(0, accounts, i =>
        {
            Secp256k1Key key = Secp256k1Key.FromBytes(Blake3.Hash(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"owner {i}"))).ToArray())!;
            owners[i] = (key, EventSignature.OwnerOf(key.Address));
        });
        IReadOnlyList<LedgerAccount> state =
        [
            new(new AccountData("fees", scene.Scalars, [[], []]), OwnerKey.None, 0, 0),
            new(new AccountData("insurance", scene.Scalars, [[], []]), OwnerKey.None, 0, 0),
            .. Enumerable.Range(0, accounts).Select(i => new LedgerAccount(new AccountData($"account-{i}", scene.Scalars, [scene.Balances, scene.Positions(i)]), owners[i].Owner, 0, 0)),
        ];
        var random = new Random(20261126);
        (ulong height, double seconds, double authorising, double verify, long cells, long multiplications, long bytes) = (1, 0, 0, 0, 0, 0, 0);
        ProofOptions? options = null;
        double bits = 0;
        for (int done = 0; done < trades; done += perProof)
        {
            BatchEvent[] events = [.. Enumerable.Range(0, Math.Min(perProof, trades - done)).Select(_ => scene.Trade(random, accounts))];
            Trade[] signed = Signed(scene, events, done, owners);
            long checking = Stopwatch.GetTimestamp();
            int wrong = 0;
            Parallel.For(0, signed.Length, i =>
            {
                if (!IsAuthorised(signed[i], owners[events[i].First - 2].Owner, owners[events[i].Second!.Value - 2].Owner)) Interlocked.Increment(ref wrong);
            });
            if (wrong > 0) throw new InvalidOperationException($"{name}: {wrong} trades are not signed");
            authorising += Stopwatch.GetElapsedTime(checking).TotalSeconds;
            var batch = new TransitionBatch(scene.Rulebook, scene.Market, "benchmark", height, state, Depth, FeesSlot: 0, InsuranceSlot: 1, events);
            TransitionOutcome outcome = TransitionProver.Prove(batch, salts);
            if (outcome.Inputs is not { } inputs) throw new InvalidOperationException($"{name}: event {outcome.Refused!.Event}: {outcome.Refused.Message}");
            (seconds, cells, multiplications, bytes, options) = (seconds + outcome.Elapsed.TotalSeconds, cells + outcome.Report!.TraceCells, multiplications + outcome.Report.Multiplications, bytes + outcome.Proof.Length, outcome.Options);
            long started = Stopwatch.GetTimestamp();
            TransitionVerification verified = TransitionStatement.Verify(inputs, outcome.Proof, TransitionAnchors.None);
            verify += Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (!verified.Accepted) throw new InvalidOperationException($"{name}: the proof was rejected: {verified.Rejection}");
            (state, height, bits) = (outcome.Accounts, height + (ulong)events.Length, verified.ProvenBits);
        }
        int proofs = (trades + perProof - 1) / perProof;
        seconds += authorising;
        string parameters = string.Create(CultureInfo.InvariantCulture, $"{trades} trades over {accounts} accounts of {scene.Words}, {proofs} proofs, rate 1/{1 << options!.BlowupLog2}, {options.Queries} queries, zero knowledge; both owners' secp256k1 signatures of each trade checked");
        yield return new Figure(name, trades / seconds, "trades/s", target, 1, MachineLimits.Share(multiplications, seconds), MacroBenchmarks.PeakMemoryMiB(), parameters, bits);
        yield return new Figure(name + ".cells", cells / 1e6, "M cells", Parameters: string.Create(CultureInfo.InvariantCulture, $"{(double)cells / trades:F0} a trade, {cells / seconds / 1e6:F1} M cells/s"));
        yield return new Figure(name + ".proof", bytes / 1024.0 / proofs, "KiB", Parameters: "each");
        yield return new Figure(name + ".authorising", authorising, "s", Parameters: string.Create(CultureInfo.InvariantCulture, $"{2 * trades / authorising:F0} signatures/s, in the figure above"));
        yield return new Figure(name + ".verify", verify / proofs, "ms", Parameters: "each");
    }

    private static Trade[] Signed(TradeScene scene, BatchEvent[] events, int first, (Secp256k1Key Key, OwnerKey Owner)[] owners)
    {
        var trades = new Trade[events.Length];
        Parallel.For(0, events.Length, i =>
        {
            BatchEvent e = events[i];
            var trade = new Trade(
                new EventId(string.Create(CultureInfo.InvariantCulture, $"t{first + i}")), 1, string.Create(CultureInfo.InvariantCulture, $"P{e.Instrument!.Value}"), new AccountId($"account-{e.First - 2}"), new AccountId($"account-{e.Second!.Value - 2}"),
                new Quantity((long)e.Size, scene.SizeScale), new Quantity(scene.Prices[e.Instrument!.Value]), new Quantity(1, 1), new Quantity(1, 1), null, null);
            trades[i] = trade with { ByBuyer = Signature.Sign(trade, 1, long.MaxValue, owners[e.First - 2].Key), BySeller = Signature.Sign(trade, 1, long.MaxValue, owners[e.Second!.Value - 2].Key) };
        });
        return trades;
    }

    private static bool IsAuthorised(Trade trade, OwnerKey buyer, OwnerKey seller) =>
        Signature.Check(trade, trade.Buyer, buyer, trade.ByBuyer!) is null && Signature.Check(trade, trade.Seller, seller, trade.BySeller!) is null;
}
