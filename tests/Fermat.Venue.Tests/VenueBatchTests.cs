using System.Collections.Immutable;
using System.Numerics;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Statements.Parameters;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Code = Fermat.Venue.BatchRefusalCode;

namespace Fermat.Venue.Tests;

/// <summary>From a venue's log to batches of statement T: what the engine's accounts are before and after is what T leads from and to.</summary>
public sealed class VenueBatchTests
{
    [Fact]
    public void Every_kind_that_can_be_proven_is_a_batch_whose_roots_are_those_of_the_ledger()
    {
        var kinds = new HashSet<EventKind>();
        foreach (VenueLog log in (VenueLog[])[Day(), Crash(), RejectedBatchTests.Spared(), RejectedBatchTests.Spot(), IsolatedBatchTests.Ended(), PledgeBatchTests.Pledged(), VariationMarginBatchTests.Days(), Listed()])
        {
            (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
            Assert.Null(refused);
            kinds.UnionWith(batches.SelectMany(batch => batch.Batch.Events).Select(e => e.Kind));
            Assert.Equal(log.Log.Skip(VenueLog.Listings).Count(logged => !EventTranslator.IsBetween(logged.Event)), batches.Sum(batch => batch.Events.Length));
            AgreeWithLedger(log, batches);
        }
        Assert.Equal(Enum.GetValues<EventKind>(), kinds.Order());
    }

    /// <summary>What happened to a failing account is in the batches step by step, each with its own terms.</summary>
    [Fact]
    public void A_crash_is_proven_as_the_engine_logged_it()
    {
        VenueLog log = Crash();
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        foreach (VenueBatch batch in batches)
        {
            TransitionOutcome outcome = TransitionProver.Prove(batch.Batch, VenueLog.Salts);
            Assert.Null(outcome.Refused);
            Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
            Assert.Equal(batch.Events.Length, outcome.Inputs!.LogEvents);
            Assert.Null(TransitionStatementFile.TryRead(TransitionStatementFile.Write(outcome.Inputs), log.Rulebook, out TransitionInputs? read));
            Assert.Equal(outcome.Inputs.ToCanonicalBytes(), read!.ToCanonicalBytes());
            Assert.Equal(outcome.Inputs.Classes.AsEnumerable(), read.Classes);
        }
        Assert.Null(TransitionChain.Check([.. batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))]));
    }

    [Theory]
    [InlineData("cross_perps", 1)]
    [InlineData("cross_perps", 2)]
    [InlineData("cross_perps", 3)]
    [InlineData("cross_tiered", 4)]
    [InlineData("cross_tiered", 5)]
    [InlineData("cross_perps", 6)]
    [InlineData("cross_perps", 7)]
    [InlineData("cross_perps", 8)]
    public void Random_runs_lead_from_and_to_the_ledger_s_accounts(string rulebook, int seed)
    {
        var random = new Random(seed);
        var log = new VenueLog(rulebook);
        string[] names = ["a", "b", "c", "d", "fees", "insurance"];
        log.Deposit("insurance", "1000000");
        foreach (string name in names[..4]) log.Open(name, $"{random.Next(500, 5000)}.{random.Next(100):00}");
        int applied = 0, rejected = 0;
        for (int i = 0; i < 120; i++)
        {
            SubmitResult result = Step(log, random, names, rulebook == "cross_perps");
            if (result.IsApplied) applied++;
            else if (result.Outcome == EventOutcome.Rejected) rejected++;
        }
        Assert.True(applied > 40 && rejected > 3, $"{applied} applied, {rejected} rejected");
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(size: 15);
        Assert.Null(refused);
        Assert.True(batches.Sum(batch => batch.Events.Length) > 20, $"{refused}");
        Assert.Contains(batches.SelectMany(batch => batch.Batch.Events), e => e.Kind is EventKind.RejectedTrade or EventKind.RejectedPayment or EventKind.RejectedStep);
        AgreeWithLedger(log, batches);
    }

    [Fact]
    public void A_batch_ends_where_the_market_changes_and_where_it_is_full()
    {
        var log = new VenueLog();
        log.Open("a", "100");
        log.Deposit("a", "1");
        log.Prices(("P", "101"));
        log.Deposit("a", "1");
        Assert.Equal(EventOutcome.Rejected, log.Withdraw("a", "1000").Outcome);
        log.Deposit("a", "1");
        log.Apply((id, t) => new FundingTick(id, t, "P", VenueLog.Number("0.001")));
        foreach (int _ in Enumerable.Range(0, 5)) log.Deposit("a", "1");
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(size: 3);
        Assert.Null(refused);
        Assert.Equal([3, 3, 3, 2], batches.Select(batch => batch.Events.Length));
        Assert.Equal([7UL, 11UL, 15UL, 18UL], batches.Select(batch => batch.Batch.Height));
        Assert.NotEqual(batches[0].Batch.Rulebook.ParametersDigest(batches[0].Batch.Market), batches[1].Batch.Rulebook.ParametersDigest(batches[1].Batch.Market));
        AgreeWithLedger(log, batches);
    }

    [Fact]
    public void What_cannot_be_proven_is_refused_by_kind_and_height_and_what_is_before_it_is_not_lost()
    {
        Refused(Code.MarginMode, log => log.Open("i", mode: MarginMode.Isolated));
        foreach (bool ends in (bool[])[true, false])
            Refused(Code.RuledOut, log =>
            {
                Assert.True(log.Trade("a", "b", "1").IsApplied);
                log.Apply((id, t) => new Settlement(id, t, "P", VenueLog.Number("101"), ends));
            });
        Refused(Code.NegativeFees, log => Assert.True(log.Trade("a", "b", "1", buyerFee: "0.1", sellerFee: "-0.2").IsApplied));
        Refused(Code.FeesParty, log =>
        {
            log.Deposit("fees", "1000");
            Assert.True(log.Trade("a", "fees", "1", buyerFee: "0.1", sellerFee: "0").IsApplied);
        });

        static void Refused(Code code, Action<VenueLog> act)
        {
            var log = new VenueLog();
            log.Open("a", "1000");
            log.Open("b", "1000");
            act(log);
            int at = log.Log.Count;
            log.Deposit("a", "1");
            (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
            Assert.Equal(code, refused!.Code);
            Assert.Equal((ulong)at, refused.Height);
            Assert.Same(log.Log[at - 1].Event, refused.Event);
            Assert.True(batches.Sum(batch => batch.Events.Length) >= (code == Code.RuledOut ? 0 : 4));
            AgreeWithLedger(log, batches);
        }
    }

    [Fact]
    public void Without_parameters_nothing_is_judged_and_under_a_rulebook_without_funding_index_nothing_with_one()
    {
        var early = new VenueLog();
        early.Open("a");
        early.Log.RemoveAt(5); // the parameters
        Assert.Equal(Code.NoMarket, early.Cut(from: 6).Refused!.Code);

        var log = new VenueLog("cross_tiered");
        log.Open("a", "1000");
        log.Open("b", "1000");
        log.Apply((id, t) => new FundingTick(id, t, "P", VenueLog.Number("0.01")));
        Assert.True(log.Trade("a", "b", "1").IsApplied);
        Assert.Equal(Code.FundingWithoutIndex, log.Cut().Refused!.Code);

        var moved = new VenueLog("cross_tiered");
        moved.Open("a", "1000");
        moved.Open("b", "1000");
        Assert.True(moved.Trade("a", "b", "1").IsApplied);
        moved.Apply((id, t) => new FundingTick(id, t, "P", VenueLog.Number("0.01")));
        moved.Deposit("a", "1");
        (List<VenueBatch> batches, BatchRefusal? refused) = moved.Cut();
        Assert.Equal(Code.AccountsMoved, refused!.Code);
        AgreeWithLedger(moved, batches);
    }

    /// <summary>What is listed in the middle of a venue's life goes behind what is there, whatever its symbol: nobody's holdings become another's, and the proofs go on.</summary>
    [Fact]
    public void What_is_listed_later_moves_no_record_and_is_proven()
    {
        VenueLog log = Listed();
        var cutter = new VenueBatches(log.Rulebook, log.Options, new BatchOptions(VenueLog.Depth));
        var batches = new List<VenueBatch>();
        var updates = new List<UpdateStatement>();
        for (int i = 0; i < log.Log.Count; i++)
        {
            if (cutter.UpdateOf(log.Log[i]) is { } update) updates.Add(new UpdateStatement((ulong)i + 1, update));
            if (i < VenueLog.Listings) cutter.Pass(log.Log[i]);
            else if (cutter.Add(log.Log[i]) is { } batch) batches.Add(batch);
        }
        batches.Add(cutter.Finish()!);
        Assert.Null(cutter.Refused);
        AgreeWithLedger(log, batches);
        MarketData first = batches[0].Batch.Market, last = batches[^1].Batch.Market;
        Assert.Equal(["BTC", "USD"], first.Tables[0].Select(asset => asset.Symbol));
        Assert.Equal(["BTC", "USD", "AAA", "0"], last.Tables[0].Select(asset => asset.Symbol));
        Assert.Equal(["P", "Q", "A", "B", "0-PERP"], last.Tables[1].Select(instrument => instrument.Symbol));
        AccountData alice = batches[^1].Accounts[2].Account;
        Assert.Equal([1, 2, 3], alice.Items[log.Rulebook.Schema.CollectionOf("balances")].Select(balance => (int)balance[0]));
        Assert.Equal([0, 2, 4], alice.Items[log.Rulebook.Schema.CollectionOf("positions")].Select(position => (int)position[0]));

        // the batches follow each other, and statements P lead from set to set, also as they are read from their files
        TransitionInputs[] inputs = [.. batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))];
        Assert.Null(TransitionChain.Check(inputs));
        Assert.Null(TransitionStatementFile.TryRead(TransitionStatementFile.Write(inputs[^1]), log.Rulebook, out TransitionInputs? read));
        Assert.Equal(inputs[^1].ToCanonicalBytes(), read!.ToCanonicalBytes());
        List<UpdateStatement> stated = [];
        foreach (UpdateStatement update in updates)
        {
            Assert.Null(ParameterStatementFile.TryRead(ParameterStatementFile.Write(update.Update), log.Rulebook, out ParameterUpdate? again));
            Assert.Equal(update.Update.Digest, again!.Digest);
            stated.Add(update with { Update = again });
        }
        Assert.Equal(2, stated.Count);
        ParameterEvidenceResult evidence = ParameterEvidence.Check([.. inputs[..^1], read], [.. stated], required: true);
        Assert.True(evidence.Fault is null, evidence.Fault?.Rejection.ToString());
        Assert.Equal(["Asset 0 is new", "Instrument 0-PERP is new"], evidence.Changes[^1].Where);

        TransitionOutcome outcome = TransitionProver.Prove(batches[^1].Batch, VenueLog.Salts);
        Assert.Null(outcome.Refused);
        Assert.True(TransitionStatement.Verify(read, outcome.Proof, TransitionAnchors.None).Accepted);
    }

    /// <summary>Where every symbol comes after those before it, numbers are by symbol, as in batches of before listings had an order of their own.</summary>
    [Fact]
    public void Symbols_that_come_in_order_are_numbered_by_symbol()
    {
        (List<VenueBatch> batches, _) = Day().Cut();
        MarketData market = batches[^1].Batch.Market;
        Assert.All(market.Tables, table => Assert.True(MarketData.IsRising(table)));
        RuleInputs sorted = RuleInputs.Read(batches[0].Batch.Rulebook.Schema, ("market", MarketFile.Write(batches[0].Batch.Rulebook, market)));
        Assert.Equal(batches[0].Batch.Rulebook.MarketDigest(sorted.Market!), batches[0].Batch.Rulebook.MarketDigest(market));
        Assert.DoesNotContain("listed", System.Text.Encoding.UTF8.GetString(MarketFile.Write(batches[0].Batch.Rulebook, market)), StringComparison.Ordinal);
    }

    [Fact]
    public void Owners_keys_and_nonces_are_those_of_the_ledger()
    {
        var log = new VenueLog();
        var key = Signatures.Secp256k1Key.FromBytes([.. Enumerable.Range(1, 32).Select(i => (byte)i)])!;
        var signature = new EventSignature("test venue", 1);
        log.Open("a", "1000", EventSignature.OwnerOf(key.Address));
        log.Open("b", "1000");
        for (ulong nonce = 1; nonce <= 2; nonce++)
            log.Apply((id, t) =>
            {
                var unsigned = new Transfer(id, t, new AccountId("a"), new AccountId("b"), "USD", new Quantity(5), null);
                return unsigned with { By = signature.Sign(unsigned, nonce, long.MaxValue, key) };
            });
        Assert.True(log.Withdraw("b", "3").IsApplied);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        Assert.Equal([0UL, 0UL, 2UL, 1UL], batches[^1].Accounts.Select(account => account.Nonce));
        Assert.Equal(EventSignature.OwnerOf(key.Address), batches[^1].Accounts[2].Owner);
        AgreeWithLedger(log, batches);
    }

    /// <summary>A day with each kind of event that can be proven, among them a liquidation that the engine made.</summary>
    internal static VenueLog Day()
    {
        var log = new VenueLog();
        log.Deposit("insurance", "100000");
        log.Open("alice", "2000");
        log.Open("bob", "1000");
        Assert.True(log.Trade("alice", "bob", "60", "100", buyerFee: "1.5", sellerFee: "0.5").IsApplied);
        Assert.True(log.Trade("bob", "alice", "10", "50.5", "Q", buyerFee: "0.25", sellerFee: "-0.25").IsApplied);
        log.Apply((id, t) => new FundingTick(id, t, "P", VenueLog.Number("0.0001")));
        Assert.True(log.Transfer("alice", "bob", "10").IsApplied);
        Assert.True(log.Withdraw("alice", "100").IsApplied);
        EventId request = log.Log[^1].Event.Id;
        log.Apply((id, t) => new WithdrawalSettled(id, t, request, Paid: true));
        Assert.True(log.Withdraw("alice", "50").IsApplied);
        EventId second = log.Log[^1].Event.Id;
        log.Apply((id, t) => new WithdrawalSettled(id, t, second, Paid: false));
        Assert.True(log.Trade("alice", "bob", "10", "100").IsApplied);
        Assert.Equal(EventOutcome.Rejected, log.Trade("alice", "bob", "600", "100").Outcome);
        log.Prices(("P", "110"));
        Assert.Contains(log.Log, logged => logged.Event is Liquidation);
        return log;
    }

    /// <summary>Bob falls: his collateral is sold, his position goes against Alice's, the insurance fund pays what it has and the others the rest. And a spot trade, and a future that expires.</summary>
    internal static VenueLog Crash()
    {
        var log = new VenueLog();
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("BTC-USD", InstrumentKind.Spot, "USD", 8, 2, new Quantity(1)) { Underlying = "BTC" }));
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("F", InstrumentKind.Future, "USD", 3, 2, new Quantity(1)) { Expiry = t + 1_000_000 }));
        log.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"F"}]}}"""));
        log.Prices(("F", "33.37"));
        log.Open("alice", "2000");
        log.Open("bob", "1000");
        log.Open("carol", "333.333333");
        log.Deposit("insurance", "50");
        log.Deposit("bob", "0.002", "BTC");
        Assert.True(log.Trade("alice", "bob", "0.001", "20010.01", "BTC-USD", buyerFee: "0.02", sellerFee: "0.01").IsApplied);
        Assert.True(log.Trade("carol", "alice", "1.333", "33.31", "F").IsApplied);
        Assert.True(log.Trade("bob", "carol", "0.777", "33.4", "F").IsApplied);
        log.Apply((id, t) => new Settlement(id, t, "F", VenueLog.Number("33.37"), Close: true));
        Assert.Equal(EventOutcome.Rejected, log.Withdraw("bob", "2000").Outcome);
        Assert.Equal(EngineRejectionCode.Borrowing, log.Withdraw("bob", "0.01", "BTC").Rejection?.Code);
        Assert.True(log.Trade("alice", "bob", "60", "100").IsApplied);
        log.Prices(("P", "119"));
        foreach (Type kind in (Type[])[typeof(AutoDeleveraged), typeof(CollateralSold), typeof(InsurancePaid), typeof(LossSocialized)]) Assert.Contains(log.Log, logged => logged.Event.GetType() == kind);
        return log;
    }

    /// <summary>While Alice and Bob have positions, assets and instruments are listed twice, with symbols that come before all others.</summary>
    internal static VenueLog Listed()
    {
        var log = new VenueLog();
        log.Deposit("insurance", "100000");
        log.Open("alice", "2000");
        log.Open("bob", "2000");
        Assert.True(log.Trade("alice", "bob", "20", "100").IsApplied);
        List("AAA", """{"market":{"Asset":[{"haircut":[["0","0.5"]],"symbol":"AAA"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"B"},{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"A"}]}}""", "B", "A");
        log.Deposit("alice", "100", "AAA");
        Assert.True(log.Trade("alice", "bob", "3", "100", "A", buyerFee: "0.1").IsApplied);
        Assert.True(log.Trade("bob", "alice", "1", "100").IsApplied);
        log.Apply((id, t) => new FundingTick(id, t, "A", VenueLog.Number("0.001")));
        Assert.True(log.Trade("bob", "alice", "1", "101", "A").IsApplied);
        List("0", """{"market":{"Asset":[{"haircut":[["0","0.5"]],"symbol":"0"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"0-PERP"}]}}""", "0-PERP");
        log.Deposit("alice", "10", "0");
        Assert.True(log.Trade("bob", "alice", "2", "100", "0-PERP").IsApplied);
        Assert.True(log.Withdraw("alice", "1", "AAA").IsApplied);
        Assert.Equal(EventOutcome.Rejected, log.Withdraw("bob", "100000").Outcome);
        return log;

        void List(string asset, string change, params string[] instruments)
        {
            log.Apply((id, t) => new AssetListed(id, t, asset, 6));
            foreach (string symbol in instruments) log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms(symbol, InstrumentKind.LinearPerpetual, "USD", 3, 2, new Quantity(1))));
            log.Apply((id, t) => new ParametersUpdated(id, t, change));
            log.Prices([(asset, "2"), .. instruments.Select(symbol => (symbol, "100"))]);
        }
    }

    internal static void AgreeWithLedger(VenueLog log, IReadOnlyList<VenueBatch> batches)
    {
        var roots = new VenueLog.Roots(log);
        foreach (VenueBatch batch in batches)
        {
            TransitionInputs inputs = TransitionProver.InputsOf(batch.Batch with { Aggregates = true }, VenueLog.Salts);
            Assert.Null(inputs.Problem());
            TransitionAggregates shown = inputs.Aggregates!;
            Assert.Equal(roots.At(inputs.Height), inputs.RootBefore);
            Assert.Equal(roots.Sums(inputs), (shown.OpenInterestBefore, shown.FundBefore), Same);
            Assert.Equal(roots.At(inputs.EndHeight), inputs.RootAfter);
            Assert.Equal(roots.Sums(inputs), (shown.OpenInterestAfter, shown.FundAfter), Same);
        }
        for (int i = 1; i < batches.Count; i++) Assert.True(batches[i].Batch.Height >= batches[i - 1].Batch.Height + (ulong)batches[i - 1].Events.Length);

        static bool Same((ImmutableArray<BigInteger> Open, ImmutableArray<BigInteger> Fund) ledger, (ImmutableArray<BigInteger> Open, ImmutableArray<BigInteger> Fund) batch) =>
            ledger.Open.AsSpan().SequenceEqual(batch.Open.AsSpan()) && ledger.Fund.AsSpan().SequenceEqual(batch.Fund.AsSpan());
    }

    private static SubmitResult Step(VenueLog log, Random random, string[] names, bool hasFunding)
    {
        string first = names[random.Next(names.Length)], second = names[random.Next(names.Length)], instrument = random.Next(2) == 0 ? "P" : "Q";
        string cents = $"{random.Next(1, 3000)}.{random.Next(100):00}";
        int price = instrument == "P" ? 100 + random.Next(-4, 5) : 50 + random.Next(-2, 3);
        switch (random.Next(16))
        {
            case 0: return log.Submit((id, t) => new Deposit(id, t, new AccountId(first), random.Next(3) == 0 ? "BTC" : "USD", VenueLog.Number("0.5")));
            case 1: return log.Withdraw(first, cents);
            case 2: return log.Transfer(first, second, cents);
            case 3: return log.Submit((id, t) => new PricesSet(id, t, new Dictionary<string, Quantity> { [instrument] = new(price) }, null));
            case 4 when hasFunding: return log.Submit((id, t) => new FundingTick(id, t, instrument, new Quantity(random.Next(-20, 20), 5)));
            case 5: return log.Submit((id, t) => new AccountOpened(id, t, new AccountId($"n{log.Log.Count}"), default, MarginMode.Cross));
            case 6 when log.Engine.State.Pending.Count > 0: return log.Submit((id, t) => new WithdrawalSettled(id, t, log.Engine.State.Pending.Keys.First(), random.Next(2) == 0));
            case 8: return log.Pledge(first, second, cents);
            case 9 when log.Engine.State.Accounts.FirstOrDefault(account => account.Pledged > 0) is { } pledged:
                return log.Release(pledged.Id.Value, log.Engine.State.Accounts[pledged.PledgedTo].Id.Value, $"{new Quantity(random.Next(3) == 0 ? pledged.Pledged : (pledged.Pledged + 1) / 2, LedgerLimits.PledgeScale)}");
            case 10 when log.Engine.State.TryFindInstrument(instrument, out InstrumentState? settled): return log.Submit((id, t) => new Settlement(id, t, instrument, new Quantity(settled!.Mark!.Value, 2), Close: false));
            case 7: return log.Liquidate(first, second, random.Next(2) == 0 ? "0.5" : "-0.5", $"{price}", instrument);
            default:
                if (first is "fees" || second is "fees") first = second = "a";
                int fee = random.Next(4);
                return log.Trade(first, second, $"{random.Next(1, 60)}.{random.Next(1000):000}", $"{price}", instrument, $"{fee / 2m}", fee == 1 ? "-0.5" : "0");
        }
    }
}
