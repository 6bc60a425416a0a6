using Fermat.Air;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Batches that the rules allow have traces that satisfy the circuit, and proofs.</summary>
public sealed class HonestTransitionTests
{
    [Fact]
    public void A_day_with_every_kind_of_event_satisfies_the_circuit() => Satisfies(Day);

    [Fact]
    public void Each_event_alone_satisfies_the_circuit()
    {
        foreach (BatchEvent e in Day.Where(e => e.First != Frank || e.Kind == EventKind.Opening)) Satisfies(e);
    }

    /// <summary>The digits of a cost and those of its opposite do not add up to nothing, though the numbers do.</summary>
    [Fact]
    public void A_position_that_closes_for_what_it_cost_satisfies_the_circuit()
    {
        const int gina = Frank + 1, btc = 1;
        Satisfies(
            Open(Frank, "frank"), Open(gina, "gina"), new BatchEvent(EventKind.Deposit, Frank, null, btc, Units(1)), new BatchEvent(EventKind.Deposit, gina, null, btc, Units(1)),
            Trade(Frank, gina, BtcPerp, 0.5m, 64000), Trade(Frank, gina, BtcPerp, -0.5m, 64000), Trade(Frank, gina, BtcPerp, -0.5m, 64000), Trade(gina, Frank, BtcPerp, -0.5m, 64000));
    }

    [Fact]
    public void A_day_is_proven_and_verified_and_what_is_changed_is_not()
    {
        TransitionOutcome outcome = TransitionProver.Prove(Start(Day), Salts);
        Assert.Null(outcome.Refused);
        TransitionInputs inputs = outcome.Inputs!;
        TransitionVerification accepted = TransitionStatement.Verify(inputs, outcome.Proof, TransitionAnchors.None);
        Assert.True(accepted.Accepted, accepted.Rejection?.ToString());
        Assert.True(accepted.ProvenBits >= 100);

        Rejected(StatementRejectionCode.ProofRejected, inputs with { Height = inputs.Height + 1 });
        Rejected(StatementRejectionCode.ProofRejected, inputs with { RootAfter = inputs.RootBefore });
        Rejected(StatementRejectionCode.ProofRejected, inputs with { FeesSlot = Bob });
        Rejected(StatementRejectionCode.ProofRejected, inputs with { Events = [.. inputs.Events.Reverse()] });
        Rejected(StatementRejectionCode.ProofRejected, inputs with { Events = inputs.Events[..^1], Classes = inputs.Classes[..^1], LogEvents = inputs.LogEvents - 1 });
        Rejected(StatementRejectionCode.ProofRejected, inputs with { Venue = "another venue" });
        Rejected(StatementRejectionCode.OutOfRange, inputs with { Depth = 23 });
        Rejected(StatementRejectionCode.OutOfRange, inputs with { Events = [] });
        Rejected(StatementRejectionCode.OutOfRange, inputs with { InsuranceSlot = 1 << inputs.Depth });
        Rejected(StatementRejectionCode.WrongStateRoot, inputs, new TransitionAnchors { RootBefore = inputs.RootAfter });
        Rejected(StatementRejectionCode.WrongStateRoot, inputs, new TransitionAnchors { RootAfter = inputs.RootBefore });
        Rejected(StatementRejectionCode.WrongParameters, inputs, new TransitionAnchors { ParametersDigest = inputs.EventsDigest });
        Rejected(StatementRejectionCode.WrongMarketData, inputs, new TransitionAnchors { MarketDigest = inputs.EventsDigest });
        Rejected(StatementRejectionCode.WrongSnapshot, inputs, new TransitionAnchors { EventsDigest = inputs.ParametersDigest });
        Rejected(StatementRejectionCode.WrongSnapshot, inputs, new TransitionAnchors { FeesSlot = Bob });
        Rejected(StatementRejectionCode.WrongSnapshot, inputs, new TransitionAnchors { InsuranceSlot = Fees });

        // the next batch begins where this one ends
        TransitionBatch next = Start(Deposit(Frank, 1.25m), Withdraw(Frank, 1.25m), Deposit(Bob, 3)) with { Accounts = outcome.Accounts, Height = inputs.Height + (ulong)inputs.Events.Length };
        TransitionOutcome second = TransitionProver.Prove(next, Salts);
        Assert.Equal(inputs.RootAfter, second.Inputs!.RootBefore);
        Assert.True(TransitionStatement.Verify(second.Inputs, second.Proof, new TransitionAnchors { RootBefore = inputs.RootAfter }).Accepted);

        void Rejected(StatementRejectionCode code, TransitionInputs changed, TransitionAnchors? anchors = null) =>
            Assert.Equal(code, TransitionStatement.Verify(changed, outcome.Proof, anchors ?? TransitionAnchors.None).Rejection?.Code);
    }

    [Fact]
    public void An_event_that_the_rules_do_not_allow_is_named()
    {
        Refused(Withdraw(Dave, 1), "below its initial requirement");
        Refused(Trade(Dave, Alice, BtcPerp, 1, 64000), "worse than before");
        Refused(Liquidate(Dave, Alice, BtcPerp, 5, 64000.1m, 10), "not liquidatable");
        Refused(Deposit(Alice, -1), "not negative");
        Refused(Transfer(Alice, Alice, 1), "the same");
        Refused(Transfer(Alice, 9, 1), "no account 9");
        Refused(Open(12, "gina"), "next free leaf is 7");
        Refused(Trade(Alice, Carol, 2, 1, 64000), "no instrument 2");
        Refused(Trade(Alice, Carol, BtcPerp, 1, 64000) with { Asset = 0 }, "another asset");

        RefusedBatch(Start(Trade(Alice, Insurance, BtcPerp, 1, 64000, 1)) with { FeesSlot = Insurance }, "fees go to");

        static void Refused(BatchEvent e, string why) => RefusedBatch(Start(e), why);

        static void RefusedBatch(TransitionBatch batch, string why)
        {
            TransitionOutcome outcome = TransitionProver.Prove(batch, Salts);
            Assert.Equal(0, outcome.Refused!.Event);
            Assert.Contains(why, outcome.Refused.Message, StringComparison.Ordinal);
            Assert.Empty(outcome.Proof);
        }
    }

    private static void Satisfies(params BatchEvent[] events)
    {
        CheckReport report = TransitionScene.Of(events).Check();
        Assert.True(report.IsSatisfied, report.ToString());
    }
}
