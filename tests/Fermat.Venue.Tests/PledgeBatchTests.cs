using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Rules.Schema;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
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

    /// <summary>Statement T moves the fields of its own names: where the binding has others, everything but pledges is proven, and what it would have to say of these is never taken from a field that the engine does not fill in.</summary>
    [Theory]
    [InlineData("  locked: Pledge = 0\n  holder: Place = 0\n", "locked", "holder")]
    [InlineData("  encumbered: Pledge = 0\n  holder: Place = 0\n", "encumbered", "holder")]
    [InlineData("  encumbered: Pledge = 0\n  pledgee: Place = 0\n  holder: Place = 0\n", "encumbered", "holder")]
    [InlineData("  locked: Pledge = 0\n  pledgee: Place = 0\n", "locked", "pledgee")]
    public void Pledges_in_fields_of_other_names_are_not_proven(string fields, string encumbered, string pledgee)
    {
        var log = new VenueLog(WithFields(fields, encumbered), new EngineOptions { Binding = new EngineBinding { Encumbered = encumbered, Pledgee = pledgee } });
        foreach ((string name, string usd) in ((string, string)[])[("alice", "1000"), ("bob", "1000"), ("bank", "0")]) log.Open(name, usd);
        Assert.True(log.Trade("alice", "bob", "1").IsApplied);
        Assert.False(log.Pledge("alice", "bank", "1001").IsApplied);
        int before = log.Log.Count;
        Assert.True(log.Pledge("alice", "bank", "10").IsApplied);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Equal(BatchRefusalCode.KindNotProven, refused?.Code);
        Assert.Contains($"the binding has them in {encumbered} and {pledgee}", refused!.Message, StringComparison.Ordinal);
        VenueBatch proven = Assert.Single(batches);
        Assert.Equal(before - VenueLog.Listings, proven.Events.Length);
        Assert.Equal(EventKind.Rejected, proven.Batch.Events[^1].Kind);
    }

    /// <summary>Whatever else an account has, the fields that the engine fills in are those that statement T moves.</summary>
    [Theory]
    [InlineData("  encumbered: Pledge = 0\n  pledgee: Place = 0\n")]
    [InlineData("  locked: Pledge = 0\n  pledgee: Place = 0\n  holder: Place = 0\n  encumbered: Pledge = 0\n")]
    public void The_engine_fills_in_the_fields_that_are_proven(string fields)
    {
        var log = new VenueLog(WithFields(fields, PledgeFields.EncumberedName), new EngineOptions());
        Assert.Equal(PledgeFields.Of(log.Rulebook.Schema), log.Engine.PledgeFields);
        foreach ((string name, string usd) in ((string, string)[])[("alice", "1000"), ("bank", "0")]) log.Open(name, usd);
        Assert.True(log.Pledge("alice", "bank", "10").IsApplied);
        Assert.True(log.Release("alice", "bank", "4").IsApplied);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
    }

    /// <summary>The rulebook cross_perps with other fields of accounts; what is encumbered is a definition where no field is called so.</summary>
    private static VenueRulebook WithFields(string fields, string encumbered) => VenueLog.Changed("cross_perps", text =>
    {
        string[] lines = [.. text.Split('\n').Where(line => !line.StartsWith("  encumbered: ", StringComparison.Ordinal) && !line.StartsWith("  pledgee: ", StringComparison.Ordinal))];
        string changed = string.Join('\n', lines).Replace("account {\n", "account {\n" + fields, StringComparison.Ordinal);
        return fields.Contains("  encumbered: ", StringComparison.Ordinal) ? changed : $"{changed}\nencumbered = {encumbered}\n";
    });

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
