using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Settlements that go on, as a venue makes them day by day: what each position gained is paid, it costs what it is worth, and the log can be proven to its end.</summary>
public sealed class VariationMarginBatchTests
{
    [Fact]
    public void Days_of_variation_margin_are_proven()
    {
        VenueLog log = Days();
        log.Apply((id, t) => new Settlement(id, t, "Q", VenueLog.Number("50"), Close: false)); // nobody has any
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.Equal(9, batches.SelectMany(batch => batch.Batch.Events).Count(e => e.Kind == EventKind.VariationMargin));
        VenueBatch day = batches.First(batch => batch.Batch.Events.Any(e => e.Kind == EventKind.VariationMargin));
        TransitionOutcome outcome = TransitionProver.Prove(day.Batch, VenueLog.Salts);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
        Assert.Equal(3, outcome.Inputs!.Classes.Count(shown => shown == EventClass.VariationMargin));
    }

    /// <summary>The insurance fund, which has taken a failing account's position, is settled as others are.</summary>
    [Fact]
    public void The_insurance_fund_is_settled_too()
    {
        var log = new VenueLog();
        log.Open("alice", "200");
        log.Open("bob", "5000");
        log.Deposit("insurance", "5000");
        Assert.True(log.Trade("alice", "bob", "15").IsApplied);
        log.Prices(("P", "91"));
        Assert.NotEqual(0, log.Engine.State.Accounts[log.Engine.State.Insurance].Position(1).Size);
        log.Apply((id, t) => new Settlement(id, t, "P", VenueLog.Number("91"), Close: false));
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.Equal([0, 2, 3], batches[^1].Batch.Events.Where(e => e.Kind == EventKind.VariationMargin).Select(e => e.First));
    }

    /// <summary>What is set aside stays where it is, for a position and for none.</summary>
    [Fact]
    public void Silos_keep_their_margin()
    {
        VenueLog log = IsolatedBatchTests.Silos();
        Assert.True(log.Assign("ida", "5").IsApplied);
        long[] before = [.. log.Engine.State.Accounts.Select(account => account.Position(1).Margin)];
        log.Apply((id, t) => new Settlement(id, t, "P", VenueLog.Number("90.5"), Close: false));
        Assert.Equal(before, log.Engine.State.Accounts.Select(account => account.Position(1).Margin));
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.Contains(batches[^1].Batch.Events, e => e.Kind == EventKind.VariationMargin);
    }

    [Fact]
    public void Inverse_contracts_are_settled_in_their_coin()
    {
        var log = new VenueLog("coin_perps");
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("I", InstrumentKind.InversePerpetual, "BTC", 0, 2, new Quantity(1))));
        log.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"I"}]}}"""));
        log.Prices(("I", "50000"), ("BTC", "50000"));
        int from = log.Log.Count;
        foreach (string name in new[] { "alice", "bob" })
        {
            log.Open(name);
            log.Deposit(name, "9", "BTC");
        }
        Assert.True(log.Trade("alice", "bob", "33333", "50123.25", "I").IsApplied);
        foreach (string price in new[] { "50321.09", "49877.77" })
        {
            log.Apply((id, t) => new FundingTick(id, t, "I", VenueLog.Number("0.00037")));
            log.Prices(("I", price));
            log.Apply((id, t) => new Settlement(id, t, "I", VenueLog.Number(price), Close: false));
        }
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(from);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.Equal(4, batches.SelectMany(batch => batch.Batch.Events).Count(e => e.Kind == EventKind.VariationMargin));
    }

    /// <summary>Three days of a perpetual that is settled each day and then ends.</summary>
    internal static VenueLog Days()
    {
        var log = new VenueLog();
        foreach (string name in new[] { "alice", "bob", "carol" }) log.Open(name, "1000");
        log.Open("dora");
        log.Deposit("insurance", "50");
        Assert.True(log.Trade("alice", "bob", "3.333", "99.97", buyerFee: "0.01").IsApplied);
        Assert.True(log.Trade("carol", "alice", "1.001", "100.03").IsApplied);
        foreach ((string price, string rate) in ((string, string)[])[("103.33", "0.00031"), ("97.01", "-0.00007"), ("97.01", "0.00013")])
        {
            log.Apply((id, t) => new FundingTick(id, t, "P", VenueLog.Number(rate)));
            log.Prices(("P", price));
            log.Apply((id, t) => new Settlement(id, t, "P", VenueLog.Number(price), Close: false));
            Assert.True(log.Trade("bob", "carol", "0.017", price).IsApplied);
        }
        log.Apply((id, t) => new Settlement(id, t, "P", VenueLog.Number("97.01"), Close: true));
        return log;
    }
}
