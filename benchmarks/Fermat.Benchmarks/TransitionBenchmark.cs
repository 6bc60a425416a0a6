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
    private const int Depth = 15, InUse = 4;
    private static readonly EventSignature Signature = new("benchmark", 1);

    /// <summary>Trades between random accounts under cross_tiered, native execution, leaves, trees, traces and proofs included.</summary>
    /// <param name="name">Of the figures.</param>
    /// <param name="accounts">How many accounts, of two balances and up to four positions.</param>
    /// <param name="trades">How many trades.</param>
    /// <param name="perProof">How many in one proof.</param>
    /// <param name="target">Trades a second.</param>
    public static IEnumerable<Figure> Trades(string name, int accounts, int trades, int perProof, string? target)
    {
        VenueRulebook rulebook = RulebookBooks.Rulebook("cross_tiered");
        MarketData market = RulebookBooks.CrossTieredMarket(rulebook);
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
            new(new AccountData("fees", [], [[], []]), OwnerKey.None, 0, 0),
            new(new AccountData("insurance", [], [[], []]), OwnerKey.None, 0, 0),
            .. Enumerable.Range(0, accounts).Select(i => new LedgerAccount(new AccountData($"account-{i}", [], [[[0, 10_000_000_00000000], [5, 100_00000000]], []]), owners[i].Owner, 0, 0)),
        ];
        var random = new Random(20261126);
        (ulong height, double seconds, double authorising, double verify, long cells, long multiplications, long bytes) = (1, 0, 0, 0, 0, 0, 0);
        ProofOptions? options = null;
        double bits = 0;
        for (int done = 0; done < trades; done += perProof)
        {
            BatchEvent[] events = [.. Enumerable.Range(0, Math.Min(perProof, trades - done)).Select(_ => Trade(random, accounts))];
            Trade[] signed = Signed(events, done, owners);
            long checking = Stopwatch.GetTimestamp();
            int wrong = 0;
            Parallel.For(0, signed.Length, i =>
            {
                if (!IsAuthorised(signed[i], owners[events[i].First - 2].Owner, owners[events[i].Second!.Value - 2].Owner)) Interlocked.Increment(ref wrong);
            });
            if (wrong > 0) throw new InvalidOperationException($"{name}: {wrong} trades are not signed");
            authorising += Stopwatch.GetElapsedTime(checking).TotalSeconds;
            var batch = new TransitionBatch(rulebook, market, "benchmark", height, state, Depth, FeesSlot: 0, InsuranceSlot: 1, events);
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
        string parameters = string.Create(CultureInfo.InvariantCulture, $"{trades} trades over {accounts} accounts of 2 balances and up to {InUse} positions, cross_tiered, {proofs} proofs, rate 1/{1 << options!.BlowupLog2}, {options.Queries} queries, zero knowledge; both owners' secp256k1 signatures of each trade checked");
        yield return new Figure(name, trades / seconds, "trades/s", target, 1, MachineLimits.Share(multiplications, seconds), MacroBenchmarks.PeakMemoryMiB(), parameters, bits);
        yield return new Figure(name + ".cells", cells / 1e6, "M cells", Parameters: string.Create(CultureInfo.InvariantCulture, $"{(double)cells / trades:F0} a trade, {cells / seconds / 1e6:F1} M cells/s"));
        yield return new Figure(name + ".proof", bytes / 1024.0 / proofs, "KiB", Parameters: "each");
        yield return new Figure(name + ".authorising", authorising, "s", Parameters: string.Create(CultureInfo.InvariantCulture, $"{2 * trades / authorising:F0} signatures/s, in the figure above"));
        yield return new Figure(name + ".verify", verify / proofs, "ms", Parameters: "each");
    }

    private static Trade[] Signed(BatchEvent[] events, int first, (Secp256k1Key Key, OwnerKey Owner)[] owners)
    {
        var trades = new Trade[events.Length];
        Parallel.For(0, events.Length, i =>
        {
            BatchEvent e = events[i];
            var trade = new Trade(
                new EventId(string.Create(CultureInfo.InvariantCulture, $"t{first + i}")), 1, string.Create(CultureInfo.InvariantCulture, $"P{e.Instrument!.Value}"), new AccountId($"account-{e.First - 2}"), new AccountId($"account-{e.Second!.Value - 2}"),
                new Quantity((long)e.Size, 8), new Quantity(1 + e.Instrument!.Value * 37), new Quantity(1, 1), new Quantity(1, 1), null, null);
            trades[i] = trade with { ByBuyer = Signature.Sign(trade, 1, long.MaxValue, owners[e.First - 2].Key), BySeller = Signature.Sign(trade, 1, long.MaxValue, owners[e.Second!.Value - 2].Key) };
        });
        return trades;
    }

    private static bool IsAuthorised(Trade trade, OwnerKey buyer, OwnerKey seller) =>
        Signature.Check(trade, trade.Buyer, buyer, trade.ByBuyer!) is null && Signature.Check(trade, trade.Seller, seller, trade.BySeller!) is null;

    private static BatchEvent Trade(Random random, int accounts)
    {
        int buyer = 2 + random.Next(accounts), seller = 2 + (buyer - 2 + 1 + random.Next(accounts - 1)) % accounts, instrument = random.Next(InUse);
        BigInteger size = random.NextInt64(1, 10_0000), cost = size * (1 + instrument * 37) * 10_000 / 1_000_000;
        return new BatchEvent(EventKind.Trade, buyer, seller, 0, -100_000, -100_000, instrument, size, cost);
    }
}
