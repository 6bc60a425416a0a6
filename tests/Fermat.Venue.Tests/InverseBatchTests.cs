using Fermat.Ledger.Events;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Inverse perpetuals in a venue's batches: what owners trade of them, and what is handed over at the mark price.</summary>
public sealed class InverseBatchTests
{
    [Theory]
    [InlineData("9", EventKind.Liquidation)]
    [InlineData("0.001", EventKind.Deleveraging)]
    public void Trades_liquidations_deleveragings_and_settlements_are_proven(string fund, EventKind taken)
    {
        var log = new VenueLog("coin_perps");
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("I", InstrumentKind.InversePerpetual, "BTC", 0, 2, new Quantity(1))));
        log.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"I"}]}}"""));
        log.Prices(("I", "50000"), ("BTC", "50000"));
        int from = log.Log.Count;
        foreach (string name in new[] { "alice", "bob", "insurance" })
        {
            if (name != "insurance") log.Open(name);
            log.Deposit(name, name switch { "alice" => "0.4", "bob" => "9", _ => fund }, "BTC");
        }
        Assert.True(log.Trade("alice", "bob", "100000", "49999.75", "I", "0.0001").IsApplied);
        Assert.True(log.Trade("bob", "alice", "33333", "50123.25", "I").IsApplied);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(from);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        TransitionOutcome outcome = TransitionProver.Prove(Assert.Single(batches).Batch, VenueLog.Salts);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);

        log.Apply((id, t) => new FundingTick(id, t, "I", VenueLog.Number("0.00037")));
        log.Prices(("I", "40111.11"), ("BTC", "40111.11"));
        log.Apply((id, t) => new Settlement(id, t, "I", VenueLog.Number("40111.11"), Close: true));
        (batches, refused) = log.Cut(from);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        EventKind[] kinds = [.. batches.SelectMany(batch => batch.Batch.Events).Where(e => e.Instrument is not null).Select(e => e.Kind).Distinct()];
        Assert.Contains(taken, kinds);
        Assert.Equal(taken == EventKind.Liquidation, kinds.Contains(EventKind.Settlement)); // deleveraging leaves nothing to settle
        outcome = TransitionProver.Prove(batches[^1].Batch, VenueLog.Salts);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
    }
}
