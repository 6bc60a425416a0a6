using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using Code = Fermat.Venue.BatchRefusalCode;

namespace Fermat.Venue.Tests;

/// <summary>What a log has as rejected, in batches: proven to have had to be, or on the venue's word.</summary>
public sealed class RejectedBatchTests
{
    [Fact]
    public void What_was_rejected_is_a_row_of_a_batch_but_for_what_is_not_proven_while_none_is_open()
    {
        var log = new VenueLog();
        log.Open("a", "100");
        log.Prices(("P", "101"));
        Assert.Equal(EventOutcome.Rejected, log.Withdraw("a", "1000").Outcome); // it opens a batch
        log.Deposit("a", "1");
        // it would borrow, and has margin for it
        Assert.Equal(EngineRejectionCode.Borrowing, log.Withdraw("a", "0.001", "BTC").Rejection?.Code);
        (List<VenueBatch> batches, _) = log.Cut();
        Assert.Equal([2, 3], batches.Select(batch => batch.Events.Length));
        TransitionInputs[] inputs = [.. batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))];
        Assert.Equal([0, 1], inputs.Select(one => one.Count(EventClass.RejectedBorrowing)));
        Assert.Equal([0, 1], inputs.Select(one => one.Count(EventClass.ProvenRejected)));
        Assert.Equal(1UL, TransitionChain.EventsBetween(inputs));
        VenueBatchTests.AgreeWithLedger(log, batches);

        VenueLog word = Spared();
        word.Prices(("P", "113.5"));
        Assert.Equal(EventOutcome.Rejected, word.Liquidate("bob", "alice", "-1", "113.5").Outcome); // not the step that is due
        word.Deposit("alice", "1");
        (batches, _) = word.Cut();
        Assert.DoesNotContain(batches.SelectMany(batch => batch.Events), logged => ReferenceEquals(logged, word.Log[^2]));
        Assert.Same(word.Log[^1], Assert.Single(batches[^1].Events));
        VenueBatchTests.AgreeWithLedger(word, batches);
    }

    /// <summary>Whichever side would have lacked margin, with its own fee; and what is proven to be rejected is a proof that a verifier takes.</summary>
    [Fact]
    public void A_rejected_trade_is_proven_for_the_side_that_would_have_lacked_margin()
    {
        var log = new VenueLog();
        foreach ((string name, string usd) in ((string, string)[])[("rich", "100000"), ("poor", "1000")]) log.Open(name, usd);
        foreach ((string buyer, string seller) in ((string, string)[])[("rich", "poor"), ("poor", "rich")])
        {
            SubmitResult result = log.Trade(buyer, seller, "150", "100", buyerFee: "1", sellerFee: "2");
            Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.InsufficientMargin, "poor"), (result.Outcome, result.Rejection?.Code, result.Rejection?.Account?.Value));
        }
        (List<VenueBatch> batches, _) = log.Cut();
        VenueBatch batch = Assert.Single(batches);
        BatchEvent[] attempts = [.. batch.Batch.Events.Where(e => e.Kind == EventKind.RejectedTrade)];
        Assert.Equal([3, 3], attempts.Select(e => e.First));
        Assert.Equal([-1, 1], attempts.Select(e => e.Size.Sign));
        Assert.Equal(attempts[0].Size, -attempts[1].Size);
        Assert.Equal(attempts[0].FirstCash, 2 * attempts[1].FirstCash);
        TransitionOutcome outcome = TransitionProver.Prove(batch.Batch, VenueLog.Salts);
        Assert.Null(outcome.Refused);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
        Assert.Equal(2, outcome.Inputs!.Count(EventClass.ProvenRejected));
        Assert.Null(TransitionStatementFile.TryRead(TransitionStatementFile.Write(outcome.Inputs), log.Rulebook, out TransitionInputs? read));
        Assert.Equal(outcome.Inputs.ToCanonicalBytes(), read!.ToCanonicalBytes());
        // shown as rejected on the venue's word it is another statement
        TransitionInputs word = outcome.Inputs with { Classes = [.. outcome.Inputs.Classes.Select(kind => kind == EventClass.ProvenRejected ? EventClass.Rejected : kind)] };
        Assert.False(TransitionStatement.Verify(word, outcome.Proof, TransitionAnchors.None).Accepted);
        VenueBatchTests.AgreeWithLedger(log, batches);
    }

    /// <summary>A step of an account that is not liquidatable is proven to have been rejected rightly; another step than the one that is due is rejected on the venue's word.</summary>
    [Fact]
    public void A_rejected_step_is_proven_where_nothing_was_due()
    {
        VenueLog log = Spared();
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        Assert.Equal(
            [(EventKind.RejectedStep, 2), (EventKind.RejectedStep, 3), (EventKind.RejectedStep, 3), (EventKind.Rejected, 0)],
            batches.SelectMany(batch => batch.Batch.Events).Where(e => e.Kind is EventKind.RejectedStep or EventKind.Rejected).Select(e => (e.Kind, e.First)));
        TransitionOutcome outcome = TransitionProver.Prove(batches[0].Batch, VenueLog.Salts);
        Assert.Null(outcome.Refused);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
        Assert.Equal((3, 0), (outcome.Inputs!.Count(EventClass.ProvenRejected), outcome.Inputs.Count(EventClass.Rejected)));
        VenueBatchTests.AgreeWithLedger(log, batches);
    }

    /// <summary>For want of margin, where the rulebook forbids the trade, and otherwise since an asset would be owed; by a venue that lends only the first.</summary>
    [Fact]
    public void Rejected_spot_trades_and_loans_are_proven_by_their_reason()
    {
        VenueLog log = Spot();
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(from: VenueLog.Listings + 1);
        Assert.Null(refused);
        VenueBatch batch = Assert.Single(batches);
        (EventKind, int)[] expected =
        [
            (EventKind.RejectedBorrowing, 3), (EventKind.RejectedBorrowing, 2), (EventKind.RejectedHalf, 2), (EventKind.RejectedSpot, 2), (EventKind.RejectedReturn, 0), (EventKind.RejectedPayment, 2), (EventKind.RejectedBorrowing, 3), (EventKind.Withdrawal, 2),
        ];
        Assert.Equal(expected, batch.Batch.Events.Skip(5).Select(e => (e.Kind, e.First)));
        Assert.Equal(batch.Events.Length, TransitionProver.InputsOf(batch.Batch, VenueLog.Salts).LogEvents);
        TransitionOutcome outcome = TransitionProver.Prove(batch.Batch, VenueLog.Salts);
        Assert.Null(outcome.Refused);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
        Assert.Equal((3, 4, 0), (outcome.Inputs!.Count(EventClass.RejectedBorrowing), outcome.Inputs.Count(EventClass.ProvenRejected), outcome.Inputs.Count(EventClass.Rejected)));
        Assert.Null(TransitionStatementFile.TryRead(TransitionStatementFile.Write(outcome.Inputs), log.Rulebook, out TransitionInputs? read));
        Assert.Equal(outcome.Inputs.ToCanonicalBytes(), read!.ToCanonicalBytes());
        VenueBatchTests.AgreeWithLedger(log, batches);

        VenueLog lends = Spot(allowsBorrowing: true);
        EventKind[] kinds = [.. lends.Cut(from: VenueLog.Listings + 1).Batches.SelectMany(one => one.Batch.Events).Select(e => e.Kind)];
        Assert.Contains(EventKind.RejectedSpot, kinds);
        Assert.DoesNotContain(EventKind.RejectedBorrowing, kinds);
    }

    /// <summary>Who rejected an event for what is not in every log: a runner that goes on knows the code alone.</summary>
    [Fact]
    public void What_is_proven_to_be_rejected_does_not_depend_on_what_the_log_says_of_it()
    {
        VenueLog log = Spared(), told = Spared();
        for (int i = 0; i < told.Log.Count; i++)
            if (told.Log[i].Rejection is { } rejection) told.Log[i] = told.Log[i] with { Rejection = rejection with { Account = null } };
        EventKind[] Kinds(VenueLog from) => [.. from.Cut().Batches.SelectMany(batch => batch.Batch.Events).Select(e => e.Kind)];
        Assert.Equal(Kinds(log), Kinds(told));
    }

    /// <summary>Steps that nothing was due for, and, after a fall, one that is not the next.</summary>
    internal static VenueLog Spared()
    {
        var log = new VenueLog(isAutomatic: false);
        log.Open("alice", "2000");
        log.Open("bob", "1000");
        Assert.True(log.Trade("alice", "bob", "60", "100").IsApplied);
        IsNotDue(log.Liquidate("alice", "insurance", "60", "100"));
        IsNotDue(log.Submit((id, t) => new AutoDeleveraged(id, t, new AccountId("bob"), new AccountId("alice"), "P", VenueLog.Number("-5"), VenueLog.Number("100"))));
        IsNotDue(log.Liquidate("bob", "alice", "-1", "100"));
        log.Prices(("P", "113"));
        log.Deposit("alice", "1");
        IsNotDue(log.Liquidate("bob", "alice", "-1", "113")); // it is due, but not this
        return log;

        static void IsNotDue(SubmitResult result) => Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.LiquidationNotDue), (result.Outcome, result.Rejection!.Code));
    }

    /// <summary>Spot trades and withdrawals that would owe, or for which margin is wanting; the last one is applied.</summary>
    internal static VenueLog Spot(bool allowsBorrowing = false)
    {
        var log = new VenueLog(allowsBorrowing: allowsBorrowing);
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("BTC-USD", InstrumentKind.Spot, "USD", 8, 2, new Quantity(1)) { Underlying = "BTC" }));
        log.Open("a", "10000");
        log.Open("b", "100");
        log.Deposit("b", "0.5", "BTC");
        bool Lends(SubmitResult result) => allowsBorrowing ? result.IsApplied : result.Rejection?.Code == EngineRejectionCode.Borrowing;
        Assert.True(Lends(log.Trade("a", "b", "1", "20000", "BTC-USD"))); // neither has it
        Assert.True(Lends(log.Trade("a", "b", "0.5", "30000", "BTC-USD")));
        Assert.Equal(EventOutcome.Rejected, log.Trade("a", "b", "0.5", "60000", "BTC-USD").Outcome);
        Assert.Equal(EventOutcome.Rejected, log.Withdraw("a", "10001").Outcome);
        Assert.True(allowsBorrowing || Lends(log.Withdraw("b", "200")));
        Assert.True(log.Withdraw("a", "100").IsApplied);
        return log;
    }
}
