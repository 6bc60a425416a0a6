using System.Numerics;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Spot trades that were rejected for want of margin: both halves are attempted, judged together, and taken back. A half alone is judged by nobody, so that it comes back is what everything rests on.</summary>
public sealed class RejectedSpotTests
{
    private const int Btc = 1;

    /// <summary>Events that leave no row of their table unused: a table is at least four times as high as its tail.</summary>
    private const int ActiveRows = 3 * TailRows;

    /// <summary>A balance that ends and begins anew, one that begins and ends, both of an account that has nothing, and one that changes; between events that count.</summary>
    private static readonly BatchEvent[] Spots =
    [
        .. RejectSpot(Alice, Btc, -2.5m, 1), Deposit(Dave, 5), .. RejectSpot(Dave, Btc, 1, -70_000), Open(Frank, "frank"), .. RejectSpot(Frank, Btc, 1, -70_000), Transfer(Alice, Frank, 10), .. RejectSpot(Carol, 0, 5000, -1850),
        .. RejectSpot(Alice, Btc, -1, -90_000), RejectPayment(Alice, 900_000),
    ];

    [Fact]
    public void A_spot_trade_that_had_to_be_rejected_is_proven_and_leaves_no_trace()
    {
        TransitionScene scene = Of(Spots);
        Assert.Equal("satisfied", scene.Check().ToString());
        Assert.Equal(16, scene.Inputs.Count(EventClass.ProvenRejected));
        IReadOnlyList<LedgerAccount> with = TransitionProver.Apply(scene.Batch, out _)!, without = TransitionProver.Apply(Start(Deposit(Dave, 5), Open(Frank, "frank"), Transfer(Alice, Frank, 10)), out _)!;
        Assert.Equal(without.Count, with.Count);
        for (int i = 0; i < with.Count; i++)
        {
            Assert.Equal(without[i].Nonce, with[i].Nonce);
            Assert.Equal(without[i].Account.Items.SelectMany(items => items.SelectMany(item => item)), with[i].Account.Items.SelectMany(items => items.SelectMany(item => item)));
        }
        TransitionInputs alone = Of(RejectSpot(Dave, Btc, 1, -70_000)).Inputs;
        Assert.Equal(alone.RootBefore, alone.RootAfter);
    }

    [Fact]
    public void It_is_proven_and_verified()
    {
        TransitionOutcome outcome = TransitionProver.Prove(Start(Spots), Salts);
        Assert.Null(outcome.Refused);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None) is { Accepted: true }, "not accepted");
    }

    [Fact]
    public void A_spot_trade_that_the_rulebook_allows_is_not_rejected()
    {
        BatchEvent[] fair = RejectSpot(Alice, Btc, -0.5m, 32_000), better = RejectSpot(Erin, Btc, 0.01m, -600);
        foreach (BatchEvent[] spot in (BatchEvent[][])[fair, better]) Assert.Contains("as the rulebook allows", TransitionProver.Prove(Start(spot), Salts).Refused!.Message, StringComparison.Ordinal);
        Breaks("an attempt would leave the account below its initial requirement", Forbidden(fair).Check());
        // Erin is below her requirement before and after. Her payment alone makes her worse, and the whole trade does not
        TransitionScene scene = Forbidden(better);
        Breaks("an attempt that may only be rejected where it is worse is worse", scene.Check());
        AccountVersion[] apart = [.. scene.Plan.Versions.Select(v => v.Leg.IsAttempt ? v with { PreviousGap = scene.Plan.Versions[4].PreviousGap, Leg = v.Leg with { Role = v.Leg.Role & ~LegRole.GoesOn } } : v)];
        Breaks("bus leg", scene.Check(apart, lie: Nobody));
    }

    [Fact]
    public void A_half_is_followed_by_the_other_and_that_by_what_takes_it_back()
    {
        BatchEvent[] spot = RejectSpot(Dave, Btc, 1, -70_000);
        Breaks("the other half of what is rejected is in the next row", Forbidden(spot[0], Deposit(Bob, 1), Deposit(Bob, 1)).Check());
        // in the middle of the table, and in its last row
        BatchEvent[] others = [.. Enumerable.Range(1, ActiveRows - 1).Select(_ => Deposit(Bob, 1))];
        Breaks("the other half of what is rejected is in the next row", Forbidden(Deposit(Bob, 1), spot[0]).Check());
        Breaks("nothing is attempted that is not taken back", Forbidden([.. others, spot[0]]).Check());
        Breaks("a half that is rejected is taken back after the other", Forbidden(spot[..2]).Check());
        Breaks("nothing is attempted that is not taken back", Forbidden([.. others[1..], .. spot[..2]]).Check());
        Breaks("a half that is rejected is taken back after the other", Forbidden(spot[0], spot[1], Deposit(Bob, 1)).Check());
        Breaks("nothing is taken back before it is attempted", Forbidden(spot[1], Deposit(Bob, 1)).Check());
        Breaks("the other half of what is rejected is in the next row", Forbidden(Deposit(Bob, 1), spot[1], Deposit(Bob, 1)).Check());
        Breaks("both halves have one terms[3]", Forbidden(spot[0], spot[1] with { Terms = Rejected().Terms }, spot[2]).Check());
        Breaks("both halves have one terms[3]", Forbidden(spot[0], spot[1], spot[2] with { Terms = Rejected().Terms }).Check());
        foreach (BatchEvent[] wrong in (BatchEvent[][])[[spot[0]], spot[..2], [spot[1]], [spot[2]], [spot[0], Deposit(Bob, 1), spot[1], spot[2]], [spot[0], spot[1], Deposit(Bob, 1), spot[2]]])
            Assert.NotNull(TransitionProver.Prove(Start(wrong), Salts).Refused);
    }

    [Fact]
    public void Both_halves_are_of_one_account()
    {
        BatchEvent[] spot = RejectSpot(Dave, Btc, 1, -70_000);
        Breaks("both halves of what is rejected are of one account", Forbidden(spot[0], spot[1] with { First = Carol }, spot[2]).Check());
        // what Dave would have got comes back out of Carol's pocket
        BatchEvent half = spot[0] with { Second = Carol };
        Assert.Equal("a half that is rejected comes back to whom it came from", TransitionProver.Prove(Start(half, spot[1], spot[2]), Salts).Refused!.Message);
        TransitionScene scene = Of(spot);
        TransitionPlan plan = scene.Plan with { Events = [scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(EventRow.Second, Carol) }, .. scene.Plan.Events.Skip(1)] };
        Breaks("a half that is rejected comes back to whom it came from", scene.Check(plan: plan, inputs: Inputs(scene, plan), lie: Nobody));
    }

    [Fact]
    public void What_the_half_moved_comes_back_to_the_last_unit()
    {
        TransitionScene scene = Of(RejectSpot(Dave, Btc, 1, -70_000));
        EventWitness half = scene.Plan.Events[0];
        TransitionPlan less = scene.Plan with { Events = [half with { Data = half.Data.SetItem(EventRow.SecondCash, half.Data[EventRow.SecondCash] + 1) }, .. scene.Plan.Events.Skip(1)] };
        Breaks("what one pays another receives", scene.Check(plan: less, inputs: Inputs(scene, less), lie: Nobody));
        Assert.Equal(5, scene.Plan.Versions.Count);
        Lies("amount is what it was and what was moved", v => v with { Account = WithUsd(v.Account, Dollars(v) + 1) });
        Lies("bus leg", v => v with { Account = WithUsd(v.Account, Dollars(v) + 1), Leg = v.Leg with { Asset = Usd, Cash = 1 } });
        Lies("bus leg", v => v with { Leg = v.Leg with { Role = LegRole.None } });
        Lies("bus leg", v => v with { Event = 4 });
        Lies("the nonce counts instructions, low word", v => v with { Nonce = v.Nonce + 1 });
        // it does not come back at all
        AccountVersion[] kept = [.. scene.Plan.Versions.Take(3), scene.Plan.Versions[3] with { IsLast = true }];
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, kept);
        Breaks("bus leg", scene.Check(kept, plan, inputs, Nobody));

        void Lies(string name, Func<AccountVersion, AccountVersion> change)
        {
            AccountVersion[] versions = [.. scene.Plan.Versions.Take(4), change(scene.Plan.Versions[4])];
            (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, versions);
            Breaks(name, scene.Check(versions, plan, inputs, Nobody));
        }
    }

    /// <summary>A half counts at the place where it is attempted: another version between would be judged with it.</summary>
    [Fact]
    public void Nothing_comes_between()
    {
        TransitionScene scene = Of(RejectSpot(Dave, Btc, 1, -70_000));
        // the half is not attempted first, but back before the other is
        IReadOnlyList<AccountVersion> honest = scene.Plan.Versions;
        AccountVersion[] early = [honest[0], honest[1], honest[4] with { Event = 2, IsLast = false }, honest[2] with { Account = WithUsd(honest[0].Account, Dollars(honest[2])), Event = 3 }, honest[3] with { Account = honest[0].Account, Event = 3, IsLast = true }];
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, early);
        Breaks("bus leg", scene.Check(early, plan, inputs, Nobody));
    }

    /// <summary>A leaf can hold a balance of nothing. Moved and moved back it would be gone, and the account another.</summary>
    [Fact]
    public void A_balance_of_nothing_is_not_lost_by_a_half()
    {
        TransitionBatch batch = Start(RejectSpot(Dave, Btc, 1, -70_000));
        LedgerAccount[] accounts = [.. batch.Accounts];
        AccountData dave = accounts[Dave].Account;
        accounts[Dave] = accounts[Dave] with { Account = dave with { Items = dave.Items.SetItem(Balances, dave.Items[Balances].Insert(0, [Btc, 0])) } };
        batch = batch with { Accounts = accounts };
        Assert.Null(TransitionProver.Apply(batch, out RefusedEvent? refused));
        Assert.Contains("one of its balances has no amount", refused!.Message, StringComparison.Ordinal);
        TransitionScene scene = Forbidden(batch);
        Breaks("bus leg", scene.Check());
        foreach ((int begins, int ends) in ((int, int)[])[(1, 0), (0, 1), (1, 1)])
        {
            TransitionPlan plan = scene.Plan with { Events = [scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(EventRow.Begins, begins).SetItem(EventRow.Ends, ends) }, .. scene.Plan.Events.Skip(1)] };
            Breaks("bus leg", scene.Check(plan: plan, inputs: Inputs(scene, plan), lie: Nobody));
        }
    }

    /// <summary>What begins and ends is the half's to say, and no other row's.</summary>
    [Fact]
    public void What_is_no_half_begins_and_ends_nothing()
    {
        TransitionScene scene = Of(Deposit(Dave, 5), Rejected());
        foreach (int at in (int[])[EventRow.Begins, EventRow.Ends])
            foreach (int row in (int[])[0, 1])
            {
                EventWitness[] events = [.. scene.Plan.Events];
                events[row] = events[row] with { Data = events[row].Data.SetItem(at, 1) };
                TransitionPlan plan = scene.Plan with { Events = events };
                Breaks("of what is no half nothing begins or ends", scene.Check(plan: plan, inputs: Inputs(scene, plan), lie: Nobody));
            }
    }

    [Fact]
    public void The_row_that_takes_back_names_nobody_and_moves_nothing()
    {
        TransitionScene scene = Of(RejectSpot(Dave, Btc, 1, -70_000));
        foreach ((int at, BigInteger value, string name) in ((int, BigInteger, string)[])[
            (EventRow.First, Carol, "what is rejected names no account"), (EventRow.Asset, Usd, "what is rejected is in no asset"), (EventRow.FirstCash, 1, "what is rejected moves nothing"), (EventRow.Second, Carol, "no second account")])
        {
            TransitionPlan plan = scene.Plan with { Events = [.. scene.Plan.Events.Take(2), scene.Plan.Events[2] with { Data = scene.Plan.Events[2].Data.SetItem(at, value) }] };
            Breaks(name, scene.Check(plan: plan, inputs: Inputs(scene, plan), lie: Nobody));
        }
    }

    /// <summary>A half that were shown as something that counts, or something that counts as a half.</summary>
    [Fact]
    public void Each_row_is_shown_as_what_it_is()
    {
        TransitionScene scene = Of(RejectSpot(Dave, Btc, 1, -70_000));
        for (int row = 0; row < 3; row++)
            foreach (EventClass kind in Enum.GetValues<EventClass>().Where(kind => kind != EventClass.ProvenRejected))
                Breaks("what is proven to be rejected is shown", scene.Check(inputs: scene.Inputs with { Classes = scene.Inputs.Classes.SetItem(row, kind) }));
        foreach ((int row, EventKind kind, string name) in ((int, EventKind, string)[])[
            (0, EventKind.Transfer, "bus leg"), (1, EventKind.RejectedPayment, "bus leg"), (1, EventKind.DeliveryPayment, "bus leg"), (2, EventKind.Rejected, "a half that is rejected is taken back after the other")])
        {
            EventWitness[] events = [.. scene.Plan.Events];
            events[row] = events[row] with { Data = events[row].Data.SetItem(EventRow.Kind, (int)kind) };
            TransitionPlan plan = scene.Plan with { Events = events };
            Breaks(name, scene.Check(plan: plan, inputs: Inputs(scene, plan), lie: Nobody));
        }
    }
}
