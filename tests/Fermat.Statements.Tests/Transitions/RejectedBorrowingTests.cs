using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Payments that were rejected since the account would have owed the asset: that it would have is proven, and that nobody else in the batch was let. Dave has 1,500 dollars and no coin, Alice owes 20,000 dollars and has 2.5 BTC.</summary>
public sealed class RejectedBorrowingTests
{
    private const int Alt = 0, Btc = 1;

    [Fact]
    public void A_loan_that_was_refused_is_proven_and_leaves_no_trace()
    {
        TransitionBatch batch = Start(
            [RejectBorrowing(Dave, Usd, 1500.01m), RejectBorrowing(Dave, Alt, 5), Transfer(Insurance, Dave, 500), RejectBorrowing(Dave, Usd, 2000.01m), RejectBorrowing(Alice, Usd, 1), .. Spot(Alice, Insurance, Btc, 0.5m, 32_000, fee: 1), Trade(Alice, Dave, BtcPerp, 1, 64000, fee: 10)]);
        TransitionOutcome outcome = TransitionProver.Prove(batch, Salts);
        Assert.Null(outcome.Refused);
        Assert.True(outcome.Inputs!.RefusesBorrowing);
        Assert.Equal((4, 0), (outcome.Inputs.Count(EventClass.RejectedBorrowing), outcome.Inputs.Count(EventClass.ProvenRejected)));
        Assert.True(TransitionStatement.Verify(outcome.Inputs, outcome.Proof, TransitionAnchors.None) is { Accepted: true }, "not accepted");
        foreach (EventClass kind in Enum.GetValues<EventClass>().Where(kind => kind != EventClass.RejectedBorrowing))
            Assert.False(TransitionStatement.Verify(outcome.Inputs with { Classes = outcome.Inputs.Classes.SetItem(0, kind) }, outcome.Proof, TransitionAnchors.None).Accepted);
        TransitionInputs alone = Of(RejectBorrowing(Dave, Alt, 5)).Inputs;
        Assert.Equal(alone.RootBefore, alone.RootAfter);
    }

    [Fact]
    public void What_an_account_can_pay_is_not_refused_as_a_loan()
    {
        foreach ((decimal usd, string name) in ((decimal, string)[])[(1000, "amount is not positive where it may not be"), (1500, "an attempt to borrow would leave a debt")])
        {
            Assert.Contains("would owe nothing", TransitionProver.Prove(Start(RejectBorrowing(Dave, Usd, usd)), Salts).Refused!.Message, StringComparison.Ordinal);
            Breaks(name, Forbidden(RejectBorrowing(Dave, Usd, usd)).Check());
        }
        // a debt that gets smaller is no loan
        BatchEvent paidBack = RejectBorrowing(Alice, Usd, -100);
        Assert.NotNull(TransitionProver.Prove(Start(paidBack), Salts).Refused);
        Breaks("who withdraws or transfers pays", Forbidden(paidBack).Check());
        Breaks("who withdraws or transfers pays", Forbidden(RejectBorrowing(Alice, Usd, 0)).Check());
    }

    /// <summary>Where one is refused a loan, none is given: not by a withdrawal, a transfer, a delivery, nor by what is paid for one.</summary>
    [Fact]
    public void Who_refuses_loans_gives_none()
    {
        foreach (BatchEvent[] loan in (BatchEvent[][])[[Withdraw(Alice, 1)], [Transfer(Alice, Bob, 2500)], Spot(Insurance, Alice, Alt, 1, 1), Spot(Alice, Dave, Btc, 0.1m, 1501)])
        {
            BatchEvent[] refuses = [RejectBorrowing(Carol, Btc, 1), .. loan];
            Breaks("amount is not negative where it may not be", Forbidden(refuses).Check());
            Assert.Contains("would pay more than it has", TransitionProver.Prove(Start(refuses), Salts).Refused!.Message, StringComparison.Ordinal);
        }
        Assert.Equal("satisfied", Of([Withdraw(Alice, 1), Transfer(Alice, Bob, 2500), .. Spot(Alice, Dave, Btc, 0.1m, 1501)]).Check().ToString());
        // the loan is given, and is not asked what it leaves
        TransitionScene given = Forbidden(RejectBorrowing(Carol, Btc, 1), Withdraw(Alice, 1));
        AccountVersion[] unasked = [.. given.Plan.Versions.Select(v => v.Slot == Alice ? v with { Leg = v.Leg with { Role = v.Leg.Role & ~LegRole.StaysCredit } } : v)];
        Breaks("bus leg", given.Check(unasked, lie: Nobody));
        TransitionPlan plan = given.Plan with { Events = [given.Plan.Events[0], given.Plan.Events[1] with { Data = given.Plan.Events[1].Data.SetItem(EventRow.MayNotOwe, 0) }] };
        Breaks("where borrowing is rejected nobody pays what it owes", given.Check(unasked, plan, lie: Nobody));
        // the bit that asks is made of the classes that everybody sees, not of what the prover says
        TransitionScene lends = Of(Withdraw(Alice, 1), RejectPayment(Bob, 900_000));
        Breaks("where borrowing is rejected nobody pays what it owes", lends.Check(inputs: lends.Inputs with { Classes = [EventClass.Ordinary, EventClass.RejectedBorrowing] }));
    }

    /// <summary>What a position lost is owed without being lent, and who owes is paid.</summary>
    [Fact]
    public void Losses_are_realized_and_debts_paid_where_loans_are_refused() =>
        Assert.Equal("satisfied", Of([RejectBorrowing(Dave, Btc, 1), Trade(Alice, Carol, BtcPerp, 1, 64000, fee: 10), Deposit(Alice, 100), Transfer(Insurance, Bob, 10), .. Sell(Bob, Alt, 27000, 9990)]).Check().ToString());

    [Fact]
    public void A_refused_loan_is_shown_as_what_it_is()
    {
        TransitionScene scene = Of(RejectBorrowing(Dave, Usd, 1501));
        foreach (EventClass kind in Enum.GetValues<EventClass>().Where(kind => kind != EventClass.RejectedBorrowing))
            Breaks("what is rejected for borrowing is shown", scene.Check(inputs: scene.Inputs with { Classes = [kind] }));
        // told as a payment for which margin was wanting
        TransitionPlan plan = scene.Plan with { Events = [scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(EventRow.Kind, (int)EventKind.RejectedPayment) }] };
        Breaks("bus leg", scene.Check(plan: plan, inputs: Inputs(scene, plan) with { Classes = [EventClass.ProvenRejected] }, lie: Nobody));
        // Alice would owe five coins of 37 cents, and has margin for them
        scene = Of(RejectBorrowing(Alice, Alt, 5));
        plan = scene.Plan with { Events = [scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(EventRow.Kind, (int)EventKind.RejectedPayment) }] };
        AccountVersion[] versions = [.. scene.Plan.Versions.Select(v => v.Leg.IsAttempt ? v with { Leg = v.Leg with { Role = LegRole.Attempt } } : v)];
        Breaks("an attempt would leave the account below its initial requirement", scene.Check(versions, plan, Inputs(scene, plan) with { Classes = [EventClass.ProvenRejected] }, Nobody));
    }

    [Fact]
    public void It_is_taken_back_and_uses_no_nonce()
    {
        TransitionScene scene = Of(RejectBorrowing(Dave, Alt, 5));
        Lies("an attempt is not a last version", [scene.Plan.Versions[0], scene.Plan.Versions[1] with { IsLast = true }]);
        Lies("amount is what it was and what was moved", [.. scene.Plan.Versions.Take(2), scene.Plan.Versions[2] with { Account = WithUsd(scene.Plan.Versions[2].Account, Units(1)) }]);
        Lies("the nonce counts instructions, low word", [.. scene.Plan.Versions.Select((v, i) => i == 0 ? v : v with { Nonce = v.Nonce + 1 })]);
        Lies("bus leg", [.. Of(RejectBorrowing(Carol, Alt, 5)).Plan.Versions]);

        void Lies(string name, AccountVersion[] versions)
        {
            (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, versions);
            Breaks(name, scene.Check(versions, plan, inputs, Nobody));
        }
    }
}
