using System.Numerics;
using Fermat.Algebra;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Steps of a liquidation that were rejected since nothing was due: that the account was not liquidatable is proven, and that nothing changed. Erin and Bob are liquidatable, the others are not.</summary>
public sealed class RejectedStepTests
{
    private const string NotDue = "an account of which nothing was due is not liquidatable";

    [Fact]
    public void A_step_that_was_not_due_is_proven_and_leaves_no_trace()
    {
        TransitionBatch batch = Start(RejectStep(Alice), RejectStep(Fees), RejectStep(Insurance), RejectStep(Alice), Open(Frank, "frank"), RejectStep(Frank), Deposit(Dave, 5), RejectStep(Dave));
        TransitionOutcome outcome = TransitionProver.Prove(batch, Salts);
        Assert.Null(outcome.Refused);
        Assert.Equal(6, outcome.Inputs!.Count(EventClass.ProvenRejected));
        Assert.True(TransitionStatement.Verify(outcome.Inputs, outcome.Proof, TransitionAnchors.None) is { Accepted: true }, "not accepted");
        // the salts of accounts that nothing else touches are those of before
        Assert.Equal(batch.Accounts.Take(3), outcome.Accounts.Take(3));
        Assert.Equal(107UL, outcome.Accounts[Dave].SaltHeight);
        Assert.Equal(105UL, outcome.Accounts[Frank].SaltHeight);
        TransitionInputs alone = Of(RejectStep(Alice), RejectStep(Dave)).Inputs;
        Assert.Equal(alone.RootBefore, alone.RootAfter);
    }

    /// <summary>The venue would spare an account that is to be liquidated.</summary>
    [Fact]
    public void A_step_that_was_due_is_not_rejected()
    {
        Assert.Contains("is liquidatable", TransitionProver.Prove(Start(RejectStep(Erin)), Salts).Refused!.Message, StringComparison.Ordinal);
        Breaks(NotDue, Forbidden(RejectStep(Erin)).Check());
    }

    [Fact]
    public void A_step_is_rejected_by_what_the_account_was_at_its_place()
    {
        Assert.True(Of(Deposit(Erin, 100_000), RejectStep(Erin), Withdraw(Erin, 1)).Check().IsSatisfied);
        Breaks(NotDue, Forbidden(RejectStep(Erin), Deposit(Erin, 100_000)).Check());
        // the row is the first of the list, and what is shown of the account is from after the deposit
        TransitionScene scene = Forbidden(RejectStep(Erin), Deposit(Erin, 100_000)), later = Of(Deposit(Erin, 100_000), RejectStep(Erin));
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, later.Plan.Versions);
        Breaks("rows rise", scene.Check(later.Plan.Versions, plan, inputs, Nobody, traces =>
        {
            foreach (int row in (int[])[1, 2]) Cell(traces, row, "event") = KoalaBear.From(3 - row);
        }));
    }

    [Fact]
    public void A_step_that_is_rejected_moves_nothing()
    {
        foreach (BatchEvent e in (BatchEvent[])[RejectStep(Alice) with { FirstCash = -Units(1) }, RejectStep(Alice) with { FirstCash = Units(1), Asset = TransitionScene.Usd }])
        {
            Assert.Equal("what is rejected moves nothing", TransitionProver.Prove(Start(e), Salts).Refused!.Message);
            Breaks("what is rejected moves nothing", Forbidden(e).Check());
        }
        Breaks("what is rejected is in no asset", Forbidden(RejectStep(Alice) with { Asset = TransitionScene.Usd }).Check());
        TransitionScene scene = Of(RejectStep(Alice));
        foreach ((int at, BigInteger value, string name) in ((int, BigInteger, string)[])[
            (EventRow.Size, Units(1), "no position: no size"), (EventRow.Cost, 1, "no position: no cost"), (EventRow.Instrument, EthPerp, "no position: no instrument"), (EventRow.Second, Bob, "no second account"),
            (EventRow.SecondCash, 1, "no second account: no second cash"), (EventRow.HasFee, 1, "a fee is of a trade or a liquidation"), (EventRow.Fee, 1, "no fee")])
        {
            TransitionPlan plan = scene.Plan with { Events = [scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(at, value) }] };
            Breaks(name, scene.Check(plan: plan, inputs: Inputs(scene, plan), lie: Nobody));
        }
    }

    /// <summary>The row is the account's own version; nothing of it may differ from the one before.</summary>
    [Fact]
    public void A_step_that_is_rejected_changes_nothing()
    {
        TransitionScene scene = Of(RejectStep(Alice));
        Lies("amount is what it was and what was moved", v => v with { Account = WithUsd(v.Account, Dollars(v) + 1) });
        Lies("bus leg", v => v with { Account = WithUsd(v.Account, Dollars(v) + 1), Leg = v.Leg with { Asset = TransitionScene.Usd, Cash = 1 } });
        Lies("the nonce counts instructions, low word", v => v with { Nonce = v.Nonce + 1 });
        Lies("bus leg", v => v with { Nonce = v.Nonce + 1, Leg = v.Leg with { Role = LegRole.NotDue | LegRole.Instructed } });
        Lies("owner[0] stays as it is", v => v with { Owner = Of(Deposit(Bob, 1)).Plan.Versions[0].Owner });
        Lies("bus leg", v => v with { Leg = v.Leg with { Role = LegRole.None } });

        void Lies(string name, Func<AccountVersion, AccountVersion> change)
        {
            AccountVersion[] versions = [scene.Plan.Versions[0], change(scene.Plan.Versions[1])];
            (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, versions);
            Breaks(name, scene.Check(versions, plan, inputs, Nobody));
        }
    }

    /// <summary>Erin's step is shown to have been rejected by how Alice stands.</summary>
    [Fact]
    public void It_is_the_account_that_the_row_names()
    {
        TransitionScene scene = Forbidden(RejectStep(Erin));
        AccountVersion[] versions = [.. Of(RejectStep(Alice)).Plan.Versions];
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, versions);
        Breaks("bus leg", scene.Check(versions, plan, inputs, Nobody));
        // nobody is not liquidatable either
        TransitionScene opened = Of(Open(Frank, "frank"), RejectStep(Frank));
        AccountVersion[] empty = [.. opened.Plan.Versions.Where(v => !v.Leg.Role.HasFlag(LegRole.Opens))];
        (plan, inputs) = Forge(opened, empty);
        Breaks("an empty leaf is opened, and nothing else", opened.Check(empty, plan, inputs, Nobody));
    }

    /// <summary>A step that counts would be shown as one that was rejected, or the other way about; and what was rejected for another reason as not due.</summary>
    [Fact]
    public void It_is_shown_as_what_it_is()
    {
        TransitionScene step = Of(RejectStep(Alice));
        foreach (EventClass kind in Enum.GetValues<EventClass>().Where(kind => kind != EventClass.ProvenRejected))
            Breaks("what is proven to be rejected is shown", step.Check(inputs: step.Inputs with { Classes = [kind] }));
        Told("bus leg", step, EventKind.Deposit, EventClass.Ordinary);
        Told("bus leg", step, EventKind.RejectedPayment, EventClass.ProvenRejected);
        Told("bus leg", step, EventKind.Rejected, EventClass.Rejected);
        Told("bus leg", Of(Deleverage(Erin, Alice, BtcPerp, 3)), EventKind.RejectedStep, EventClass.ProvenRejected);
        Told("what is rejected moves nothing", Of(RejectPayment(Bob, 900_000)), EventKind.RejectedStep, EventClass.ProvenRejected);

        static void Told(string name, TransitionScene scene, EventKind kind, EventClass shown)
        {
            TransitionPlan plan = scene.Plan with { Events = [scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(EventRow.Kind, (int)kind) }] };
            Breaks(name, scene.Check(plan: plan, inputs: Inputs(scene, plan) with { Classes = [shown] }, lie: Nobody));
        }
    }
}
