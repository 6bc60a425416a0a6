using Fermat.Ledger.Events;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Inverse perpetuals in a venue's batches: what owners trade of them is proven, and what is handed over at the mark price is refused by name.</summary>
public sealed class InverseBatchTests
{
    [Fact]
    public void Trades_are_proven_and_a_liquidation_is_refused()
    {
        var log = new VenueLog("coin_perps");
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("I", InstrumentKind.InversePerpetual, "BTC", 0, 2, new Quantity(1))));
        log.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"I"}]}}"""));
        log.Prices(("I", "50000"), ("BTC", "50000"));
        int from = log.Log.Count;
        foreach (string name in new[] { "alice", "bob", "insurance" })
        {
            if (name != "insurance") log.Open(name);
            log.Deposit(name, name == "alice" ? "0.4" : "9", "BTC");
        }
        Assert.True(log.Trade("alice", "bob", "100000", "49999.75", "I", "0.0001").IsApplied);
        Assert.True(log.Trade("bob", "alice", "33333", "50123.25", "I").IsApplied);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(from);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        TransitionOutcome outcome = TransitionProver.Prove(Assert.Single(batches).Batch, VenueLog.Salts);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);

        log.Prices(("I", "40000"), ("BTC", "40000"));
        Assert.Contains(log.Log, logged => logged.Event is Liquidation);
        Assert.Equal(BatchRefusalCode.InverseContract, log.Cut(from).Refused?.Code);
    }
}
