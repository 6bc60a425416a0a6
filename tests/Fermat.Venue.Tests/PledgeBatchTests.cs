using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Pledges as a venue logs them: proven, rejected ones too, with what is pledged in the leaves of the ledger's tree.</summary>
public sealed class PledgeBatchTests
{
    [Fact]
    public void Pledges_and_releases_are_proven()
    {
        VenueLog log = Pledged();
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        EventKind[] kinds = [.. batches.SelectMany(batch => batch.Batch.Events).Select(e => e.Kind).Where(kind => kind is EventKind.Pledge or EventKind.Release or EventKind.RejectedPledge or EventKind.Rejected or EventKind.RejectedPayment)];
        Assert.Equal([EventKind.Pledge, EventKind.RejectedPledge, EventKind.RejectedPayment, EventKind.Release, EventKind.Pledge, EventKind.Release, EventKind.Release, EventKind.Pledge], kinds);
        foreach (VenueBatch batch in batches)
        {
            TransitionOutcome outcome = TransitionProver.Prove(batch.Batch, VenueLog.Salts);
            Assert.Null(outcome.Refused);
            Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
        }
    }

    /// <summary>Who fails is liquidated as if nothing were pledged, and what is pledged stays.</summary>
    [Fact]
    public void What_is_pledged_does_not_come_before_the_venue()
    {
        var log = new VenueLog();
        log.Deposit("insurance", "10000");
        foreach ((string name, string usd) in ((string, string)[])[("alice", "1000"), ("bob", "5000"), ("lender", "0")]) log.Open(name, usd);
        Assert.True(log.Trade("alice", "bob", "50").IsApplied);
        Assert.True(log.Pledge("alice", "lender", "500").IsApplied);
        log.Prices(("P", "84"));
        Assert.Contains(log.Log, logged => logged.Event is Liquidation);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.True(log.Engine.State.TryFindAccount(new AccountId("alice"), out int alice));
        Assert.Equal(500_000_000, log.Engine.State.Accounts[alice].Pledged);
    }

    /// <summary>Alice has 1000 dollars and pledges them, in parts, to one and then to another.</summary>
    internal static VenueLog Pledged()
    {
        var log = new VenueLog();
        foreach ((string name, string usd) in ((string, string)[])[("alice", "1000"), ("bank", "0"), ("fund", "7.5")]) log.Open(name, usd);
        Assert.True(log.Pledge("alice", "bank", "600.25").IsApplied);
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, log.Pledge("alice", "bank", "399.76").Rejection?.Code);
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, log.Withdraw("alice", "400").Rejection?.Code);
        Assert.True(log.Release("alice", "bank", "200.25").IsApplied);
        Assert.True(log.Withdraw("alice", "400").IsApplied);
        Assert.True(log.Pledge("alice", "bank", "200").IsApplied);
        Assert.True(log.Release("alice", "bank", "599.999999").IsApplied);
        Assert.True(log.Release("alice", "bank", "0.000001").IsApplied);
        Assert.True(log.Pledge("alice", "fund", "0.000001").IsApplied);
        log.Prices(("P", "101"));
        log.Deposit("alice", "1");
        return log;
    }
}
