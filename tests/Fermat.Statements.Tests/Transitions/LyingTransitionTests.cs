using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Provers that lie about a batch of events: each lie breaks a constraint or a bus, by name.</summary>
public sealed class LyingTransitionTests
{
    private static readonly TransitionScene Honest = Of(Day);

    private static IReadOnlyList<AccountVersion> Versions => Honest.Plan.Versions;

    [Fact]
    public void An_event_that_is_dropped_leaves_its_digest_unproven()
    {
        // the list names nine events, the accounts show eight
        Breaks("leg", Honest.Check(Of(Day[..^1]).Plan.Versions));
        // the accounts show nine, the list eight
        TransitionScene shorter = Of(Day[..^1]);
        Breaks("leg", shorter.Check(Honest.Plan.Versions));
    }

    [Fact]
    public void An_event_that_counts_twice_has_one_leg_for_two_versions()
    {
        TransitionScene twice = Of([.. Day, Deposit(Alice, 1000)]);
        int second = twice.Plan.Versions.ToList().FindIndex(v => v.Slot == Alice && v.Event == Day.Length + 1);
        List<AccountVersion> versions = [.. twice.Plan.Versions];
        versions[second] = versions[second] with { Event = 1 };
        Assert.ThrowsAny<Exception>(() => twice.Check(versions, lie: Nobody())); // rows that do not rise have no gap that is in range
    }

    [Fact]
    public void Events_in_another_order_have_other_digests()
    {
        TransitionInputs swapped = Honest.Inputs with { Events = Honest.Inputs.Events.SetItem(0, Honest.Inputs.Events[3]).SetItem(3, Honest.Inputs.Events[0]) };
        Breaks("digest", Honest.Check(inputs: swapped));
    }

    [Fact]
    public void A_digest_that_is_not_the_events_is_not_there() => Breaks("digest", Honest.Check(inputs: Honest.Inputs with { Events = Honest.Inputs.Events.SetItem(2, Honest.Inputs.Events[1]) }));

    [Fact]
    public void A_root_that_is_not_the_trees_is_not_there()
    {
        Breaks("the root before", Honest.Check(inputs: Honest.Inputs with { RootBefore = Honest.Inputs.RootAfter }));
        Breaks("the root after", Honest.Check(inputs: Honest.Inputs with { RootAfter = Honest.Inputs.RootBefore }));
    }

    [Fact]
    public void A_trade_that_its_owner_did_not_instruct_is_not_the_events()
    {
        int at = IndexOf(Alice, 2);
        Breaks("leg", With(at, v => v with { Leg = v.Leg with { Role = v.Leg.Role & ~LegRole.Instructed }, Nonce = Versions[at - 1].Nonce }));
    }

    [Fact]
    public void An_instruction_of_another_owner_is_not_the_accounts() => Breaks("authority", WithEvent(1, e => e with { FirstOwner = [.. e.FirstOwner.Select(x => x + KoalaBear.One)] }));

    [Fact]
    public void An_instruction_with_another_nonce_is_not_the_accounts() => Breaks("authority", WithEvent(1, e => e with { SecondNonce = [e.SecondNonce[0] + KoalaBear.One, .. e.SecondNonce[1..]] }));

    [Fact]
    public void A_nonce_counts_every_instruction_once()
    {
        int at = IndexOf(Alice, 4);
        Breaks("the nonce counts instructions", With(at, v => v with { Nonce = v.Nonce + 1 }));
        Breaks("the nonce counts instructions", With(at, v => v with { Nonce = v.Nonce - 1 }));
        Breaks("the nonce counts instructions", With(at, v => v with { Nonce = v.Nonce + (1UL << 24) }));
        Breaks("the nonce counts instructions", With(at, v => v with { Nonce = v.Nonce + (1UL << 50) }));
    }

    [Fact]
    public void A_healthy_account_is_not_liquidated() => Breaks("an account that is liquidated was liquidatable", Forbidden(Liquidate(Dave, Alice, BtcPerp, 5, 64000.1m, penalty: 10)).Check(lie: Nobody()));

    [Fact]
    public void A_liquidation_does_not_leave_the_account_worse() => Breaks("a liquidation leaves the account no worse", Forbidden(Liquidate(Erin, Alice, BtcPerp, 1, 64000.1m, penalty: 5000)).Check(lie: Nobody()));

    [Fact]
    public void A_penalty_that_goes_to_a_taker_who_is_not_the_insurance_fund_is_not_proven()
    {
        BatchEvent honest = Liquidate(Erin, Insurance, BtcPerp, 5, 64000.1m, penalty: 50) with { SecondCash = Units(50) };
        CheckReport report = Of(honest).Check();
        Assert.True(report.IsSatisfied, report.ToString());
        Breaks("a penalty goes to the insurance fund", Forbidden(honest with { Second = Alice }).Check());
        Breaks("a penalty goes to the insurance fund", Forbidden(honest with { Second = Alice, FirstCash = 0, SecondCash = -Units(50) }).Check());
    }

    [Fact]
    public void Who_is_liquidated_is_not_paid() =>
        Breaks("who is liquidated is paid nothing", Forbidden(Liquidate(Erin, Insurance, BtcPerp, 5, 64000.1m, penalty: -50) with { SecondCash = -Units(50) }).Check());

    [Fact]
    public void A_trade_that_the_account_cannot_bear_is_not_proven()
    {
        Breaks("what an owner instructs leaves the account healthy or no worse", Forbidden(Trade(Dave, Alice, BtcPerp, 1, 64000)).Check());
        Breaks("what an owner instructs leaves the account healthy or no worse", Forbidden(Trade(Alice, Bob, EthPerp, 20, 3100)).Check());
    }

    [Fact]
    public void Collateral_that_is_needed_is_not_withdrawn()
    {
        Breaks("a payment leaves the account healthy", Forbidden(Withdraw(Dave, 1)).Check());
        Breaks("a payment leaves the account healthy", Forbidden(Transfer(Dave, Alice, 1)).Check());
    }

    [Fact]
    public void A_withdrawal_is_told_to_the_account_as_one()
    {
        int at = IndexOf(Alice, 4);
        Breaks("leg", With(at, v => v with { Leg = v.Leg with { Role = v.Leg.Role & ~LegRole.Pays } }));
    }

    [Fact]
    public void A_deposit_takes_nothing() => Breaks("a deposit is not negative", Forbidden(Deposit(Alice, -1)).Check());

    [Fact]
    public void A_transfer_takes_nothing_from_who_did_not_instruct_it() => Breaks("who withdraws or transfers pays", Forbidden(Transfer(Alice, Bob, -1)).Check());

    [Fact]
    public void What_one_pays_another_receives()
    {
        BatchEvent made = Transfer(Alice, Bob, 5) with { SecondCash = Units(6) };
        Breaks("a fee is not negative", Forbidden(made).Check());
        Breaks("what one pays another receives", WithEvent(1, e => e with { Data = e.Data.SetItem(EventRow.Fee, e.Data[EventRow.Fee] - 1) }));
        Breaks("what one pays another receives", WithEvent(4, e => e with { Data = e.Data.SetItem(EventRow.SecondCash, e.Data[EventRow.SecondCash] + 1) }));
    }

    [Fact]
    public void A_fee_that_goes_to_another_account_is_not_the_events()
    {
        Breaks("leg", Of(Start(Day) with { FeesSlot = Bob }).Check(inputs: Of(Start(Day) with { FeesSlot = Bob }).Inputs with { FeesSlot = Fees }));
        TransitionScene wrong = Of(Start(Day) with { InsuranceSlot = Carol });
        Breaks("leg", wrong.Check(inputs: wrong.Inputs with { InsuranceSlot = Insurance }));
    }

    [Fact]
    public void A_fee_that_is_withheld_has_no_leg() => Breaks("leg", WithEvent(1, e => e with { Data = e.Data.SetItem(EventRow.HasFee, 0).SetItem(EventRow.Fee, 0) }));

    [Fact]
    public void A_position_changes_by_what_was_traded()
    {
        int at = IndexOf(Carol, 2);
        foreach (int field in (int[])[1, 2])
        {
            Breaks("is what it was and what was moved", Item(at, Positions, items => items.SetItem(0, items[0].SetItem(field, items[0][field] + 1))));
            Breaks("is what it was and what was moved", Item(at, Positions, items => items.SetItem(1, items[1].SetItem(field, items[1][field] - (1 << 20)))));
        }
    }

    [Fact]
    public void A_balance_changes_by_what_was_paid() => Breaks("is what it was and what was moved", Item(IndexOf(Alice, 1), Balances, items => items.SetItem(1, items[1].SetItem(1, items[1][1] + 1))));

    [Fact]
    public void What_no_event_moves_is_not_moved() => Breaks("", Item(IndexOf(Alice, 4), Balances, items => items.SetItem(0, items[0].SetItem(1, items[0][1] + 1))));

    [Fact]
    public void An_item_that_vanishes_between_versions_is_not_taken() => Breaks("closed in balances", Item(IndexOf(Alice, 2), Balances, items => items.RemoveAt(0)));

    [Fact]
    public void An_item_that_appears_between_versions_came_from_nowhere() => Breaks("", Item(IndexOf(Bob, 5), Positions, items => [[BtcPerp, 1, 1]]));

    [Fact]
    public void A_position_that_closes_pays_what_it_gained()
    {
        int at = IndexOf(Carol, 3); // Carol closes ETH-PERP
        Breaks("is what it was and what was moved", Item(at, Balances, items => items.SetItem(0, items[0].SetItem(1, items[0][1] - Units(6000)))));
    }

    [Fact]
    public void A_position_of_no_size_does_not_remain()
    {
        int at = IndexOf(Carol, 3);
        BigInteger cost = Versions[at - 1].Account.Items[Positions][1][2] + Versions[at].Leg.Side * Versions[at].Leg.Cost;
        List<AccountVersion> versions = [.. Versions];
        for (int v = at; v < versions.Count && versions[v].Slot == Carol; v++)
        {
            AccountData account = versions[v].Account;
            BigInteger paid = account.Items[Balances][0][1] + 100 * cost;
            versions[v] = versions[v] with
            {
                Account = account with { Items = account.Items.SetItem(Positions, [account.Items[Positions][0], [EthPerp, 0, cost]]).SetItem(Balances, [account.Items[Balances][0].SetItem(1, paid)]) },
                Leg = versions[v].Leg with { Closes = false },
            };
        }
        Breaks("what is moved and remains is not zero", Honest.Check(versions, lie: Nobody()));
    }

    [Fact]
    public void A_balance_of_nothing_does_not_remain()
    {
        int at = IndexOf(Frank, 9);
        Breaks("what is moved and remains is not zero", With(at, v => v with { Account = v.Account with { Items = v.Account.Items.SetItem(Balances, [[Usd, 0]]) }, Leg = v.Leg with { Empties = false } }));
    }

    [Fact]
    public void A_balance_that_ends_had_what_was_paid() => Breaks("a balance that is emptied had the opposite amount", Item(IndexOf(Frank, 8), Balances, items => items.SetItem(0, items[0].SetItem(1, items[0][1] + 1))));

    [Fact]
    public void An_account_has_one_run_of_versions()
    {
        // Alice twice: once with her first events, once with her later ones, both beginning at the leaf before
        int middle = IndexOf(Alice, 4);
        List<AccountVersion> versions = [.. Versions];
        versions[middle - 1] = versions[middle - 1] with { IsLast = true };
        versions.Insert(middle, Versions[IndexOf(Alice, 0)]);
        Assert.ThrowsAny<Exception>(() => Honest.Check(versions, lie: Nobody())); // rows that do not rise have no gap that is in range
    }

    [Fact]
    public void A_version_that_is_left_out_leaves_a_leg()
    {
        List<AccountVersion> versions = [.. Versions];
        versions.RemoveAt(IndexOf(Alice, 4));
        Breaks("leg", Honest.Check(versions, lie: Nobody()));
    }

    [Fact]
    public void A_leaf_after_is_the_last_version()
    {
        TransitionPlan other = Of(Day[..^1]).Plan;
        Breaks("after", Honest.Check(plan: Honest.Plan with { LeavesAfter = [.. Honest.Plan.LeavesAfter.Select(leaf => leaf.Slot == Dave ? (Dave, BlocksOf(other.LeavesBefore, Alice)) : leaf)] }));
    }

    [Fact]
    public void Owner_and_id_of_a_leaf_stay()
    {
        int at = IndexOf(Bob, 5);
        Breaks("owner[0] stays as it is", With(at, v => v with { Owner = [v.Owner[0] + KoalaBear.One, .. v.Owner[1..]] }));
        Breaks("id[7] stays as it is", With(at, v => v with { Id = [.. v.Id[..7], v.Id[7] + KoalaBear.One] }));
        Breaks("identity", Honest.Check([.. Versions.Select(v => v.Slot == Bob ? v with { Owner = Versions[IndexOf(Alice, 0)].Owner } : v)]));
    }

    [Fact]
    public void An_account_that_opens_is_empty()
    {
        int opened = IndexOf(Frank, 0);
        Breaks("a leaf that was empty", With(opened, v => v with { Nonce = 5 }));
        Breaks("", Item(opened, Balances, items => [[Usd, Units(1)]]));
    }

    [Fact]
    public void An_account_opens_by_an_opening()
    {
        Breaks("an empty leaf is opened, and nothing else", With(IndexOf(Frank, 7), v => v with { Leg = v.Leg with { Role = LegRole.None } }));
        Breaks("an empty leaf is opened, and nothing else", With(IndexOf(Frank, 8), v => v with { Leg = v.Leg with { Role = LegRole.Opens } }));
        // an account that exists is not thrown away by an opening
        Breaks("", With(IndexOf(Bob, 0), v => v with { WasEmpty = true }));
    }

    [Fact]
    public void What_no_event_touches_is_the_same_under_both_roots()
    {
        TransitionScene one = Of(Day[0]);
        Sibling sibling = one.Plan.Siblings[0];
        Digests(one, sibling with { Digest = one.Plan.Before.Root });
        Digests(one, sibling with { Index = sibling.Index ^ 1 });
        Digests(one, sibling with { Level = sibling.Level + 1 });

        static void Digests(TransitionScene scene, Sibling instead) => Breaks("to the tree", scene.Check(plan: scene.Plan with { Siblings = [instead, .. scene.Plan.Siblings.Skip(1)] }));
    }

    private static int IndexOf(int slot, int number) => Versions.ToList().FindIndex(v => v.Slot == slot && v.Event == number) is >= 0 and var at ? at : throw new ArgumentException($"account {slot} has no version {number}");

    private static KoalaBear[] BlocksOf(IReadOnlyList<(int Slot, KoalaBear[] Blocks)> leaves, int slot) => leaves.First(leaf => leaf.Slot == slot).Blocks;

    private static CheckReport With(int at, Func<AccountVersion, AccountVersion> change) => Honest.Check([.. Versions.Select((v, i) => i == at ? change(v) : v)], lie: Nobody());

    private static CheckReport WithEvent(int at, Func<EventWitness, EventWitness> change) => Honest.Check(plan: Honest.Plan with { Events = [.. Honest.Plan.Events.Select((e, i) => i == at ? change(e) : e)] }, lie: Nobody());

    /// <summary>An account's items in one version.</summary>
    private static CheckReport Item(int at, int collection, Func<ImmutableArray<ImmutableArray<BigInteger>>, ImmutableArray<ImmutableArray<BigInteger>>> change)
    {
        List<AccountVersion> versions = [.. Versions];
        AccountData account = versions[at].Account;
        versions[at] = versions[at] with { Account = account with { Items = account.Items.SetItem(collection, change(account.Items[collection])) } };
        return Honest.Check(versions, lie: Nobody());
    }

    /// <summary>A lie that replaces nothing: what does not fit wraps around instead of being refused by the filler.</summary>
    private static Lie Nobody() => new(TransitionScene.Circuit.Versions.Lowering.Domains[0], -1, -1, value => value);

    private static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied);
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }
}
