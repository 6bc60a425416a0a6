using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Events that touch one account twice, amounts that wrap, accounts that are not in the tree: a liar makes events, versions, leaves and roots fit each other.</summary>
public sealed class ForgedEventTests
{
    /// <summary>The leg of fees could be swallowed, or added to the trader's own, if one version took both.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_account_that_trades_does_not_take_its_own_fees(bool both)
    {
        TransitionScene honest = Of(Trade(Alice, Carol, BtcPerp, 1, 64000, fee: 10));
        // Carol's leaf is named as that of fees: she paid 10 and would get 20
        AccountVersion[] versions = [.. honest.Plan.Versions.Where(v => v.Slot != Fees).Select(v => v.Slot == Carol && !v.IsFirst && both ? Moved(v, Units(20)) : v)];
        (TransitionPlan plan, TransitionInputs inputs) = Forge(honest, versions);
        Breaks("leg", honest.Check(versions, plan, inputs with { FeesSlot = Carol }, Nobody));
    }

    [Fact]
    public void Two_versions_of_one_event_are_not_of_one_account()
    {
        TransitionScene honest = Of(Trade(Alice, Carol, BtcPerp, 1, 64000, fee: 10));
        List<AccountVersion> versions = [.. honest.Plan.Versions.Where(v => v.Slot != Fees)];
        int at = versions.FindIndex(v => v.Slot == Carol && !v.IsFirst);
        AccountVersion fee = honest.Plan.Versions.Single(v => v.Slot == Fees && !v.IsFirst);
        // written as of event 2, whose cell is then 1
        versions.Insert(at + 1, Moved(versions[at], Units(20)) with { Leg = fee.Leg, Event = 2 });
        versions[at] = versions[at] with { IsLast = false };
        (TransitionPlan plan, TransitionInputs inputs) = Forge(honest, versions);
        foreach ((int gap, string name) in ((int, string)[])[(0, "rows rise"), (-1, "bus range16")])
            Breaks(name, honest.Check(versions, plan, inputs with { FeesSlot = Carol }, Nobody, traces =>
            {
                TableTrace accounts = traces.Single(trace => trace.Table.Name == "accounts");
                accounts.Phase(0)[at + 1, Offset("event")] = KoalaBear.One;
                accounts.Phase(0)[at + 1, Offset("gap")] = KoalaBear.From(gap);

                int Offset(string column) => accounts.Table.Columns.Single(c => c.Name == column).Offset;
            }));
    }

    [Fact]
    public void The_insurance_fund_does_not_take_a_position_and_its_penalty_in_two_legs()
    {
        TransitionScene honest = Of(Liquidate(Erin, Alice, BtcPerp, 5, 64000.1m, penalty: 50));
        foreach (bool both in (bool[])[false, true])
        {
            AccountVersion[] versions = [.. honest.Plan.Versions.Where(v => v.Slot != Insurance).Select(v => v.Slot == Alice && !v.IsFirst && both ? Moved(v, Units(50)) : v)];
            (TransitionPlan plan, TransitionInputs inputs) = Forge(honest, versions);
            Breaks("leg", honest.Check(versions, plan, inputs with { InsuranceSlot = Alice }, Nobody));
        }
    }

    /// <summary>A balance near its greatest would become a debt, or a debt a fortune.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void An_amount_does_not_wrap_around(int sign)
    {
        BigInteger size = BigInteger.One << 64, most = (BigInteger.One << 63) - 1;
        TransitionBatch batch = Start(sign > 0 ? Deposit(Alice, 1) : Withdraw(Alice, 1));
        LedgerAccount[] accounts = [.. batch.Accounts];
        accounts[Alice] = accounts[Alice] with { Account = WithUsd(accounts[Alice].Account, sign * (most - Units(2))) };
        TransitionScene honest = Of(batch); // no account with such a debt withdraws anything: the amounts are put there afterwards
        List<AccountVersion> versions = [.. honest.Plan.Versions];
        int at = versions.FindIndex(v => v.Slot == Alice && !v.IsFirst);
        BigInteger was = sign * (most - Units(2)), by = sign * Units(9);
        versions[at - 1] = versions[at - 1] with { Account = WithUsd(versions[at - 1].Account, was) };
        versions[at] = versions[at] with { Account = WithUsd(versions[at].Account, was + by - sign * size), Leg = versions[at].Leg with { Cash = by } };
        TransitionPlan plan = new(batch with { Accounts = accounts }, versions, Salts);
        EventWitness e = honest.Plan.Events[0];
        plan = plan with { Events = [e with { Data = e.Data.SetItem(EventRow.FirstCash, by) }] };
        CheckReport report = honest.Check(versions, plan, Inputs(honest, plan), Nobody);
        Breaks("amount is what it was and what was moved", report);
    }

    [Theory]
    [InlineData(1 << 4)]
    [InlineData(LoweredVersions.End)]
    [InlineData((1 << 30) + 7)]
    public void An_account_opens_at_a_leaf_of_the_tree(int slot)
    {
        TransitionScene honest = Of(Open(Frank, "frank"));
        AccountVersion[] versions = [.. honest.Plan.Versions.Select(v => v with { Slot = slot })];
        EventWitness e = honest.Plan.Events[0];
        TransitionPlan plan = honest.Plan with { Events = [e with { Data = e.Data.SetItem(EventRow.First, slot) }], LeavesAfter = [.. honest.Plan.LeavesAfter.Select(leaf => (slot, leaf.Blocks))] };
        Breaks("bus digest before", honest.Check(versions, plan, Inputs(honest, plan) with { RootAfter = honest.Inputs.RootAfter }, Nobody));
    }

    /// <summary>A trade of nothing makes no position, and closes none that is there; what it moves between two positions is what both owners signed.</summary>
    [Fact]
    public void A_trade_of_no_size_makes_and_ends_no_position()
    {
        TransitionScene honest = Of(Trade(Alice, Carol, BtcPerp, 1, 64000));
        EventWitness e = honest.Plan.Events[0];
        foreach (bool closes in (bool[])[false, true])
        {
            AccountVersion[] versions = [.. honest.Plan.Versions.Select(v => v.IsFirst ? v : v with
            {
                Leg = v.Leg with { Size = 0, Closes = closes },
                Account = v.Account with { Items = v.Account.Items.SetItem(Positions, [.. v.Account.Items[Positions].Where(p => !closes || p[0] != BtcPerp).Select(p => p[0] == BtcPerp ? p.SetItem(1, 0) : p)]) },
            })];
            TransitionPlan plan = new TransitionPlan(honest.Batch, versions, Salts) with { Events = [e with { Data = e.Data.SetItem(EventRow.Size, 0) }] };
            Breaks(closes ? "a position that closes has its opposite size" : "what is moved and remains is not zero", honest.Check(versions, plan, Inputs(honest, plan), Nobody));
        }
    }

    /// <summary>One event is one kind: a withdrawal told as a deposit would not be the owner's to sign.</summary>
    [Theory]
    [InlineData(EventKind.Withdrawal, EventKind.Deposit)]
    [InlineData(EventKind.Transfer, EventKind.Withdrawal)]
    [InlineData(EventKind.Trade, EventKind.Transfer)]
    [InlineData(EventKind.Liquidation, EventKind.Trade)]
    public void An_event_is_not_of_another_kind(EventKind kind, EventKind instead)
    {
        BatchEvent made = kind switch
        {
            EventKind.Withdrawal => Withdraw(Alice, 1),
            EventKind.Transfer => Transfer(Alice, Bob, 1),
            EventKind.Trade => Trade(Alice, Carol, BtcPerp, 1, 64000),
            _ => Liquidate(Erin, Alice, BtcPerp, 5, 64000.1m, penalty: 50),
        };
        TransitionScene honest = Of(made);
        TransitionPlan plan = honest.Plan with { Events = [.. honest.Plan.Events.Select(e => e with { Data = e.Data.SetItem(EventRow.Kind, (int)instead) })] };
        // its digest is another's, and with that digest its legs are
        Assert.NotEqual(honest.Inputs.Events[0], Inputs(honest, plan).Events[0]);
        Assert.False(honest.Check(plan: plan, lie: Nobody).IsSatisfied);
        Assert.False(honest.Check(plan: plan, inputs: Inputs(honest, plan), lie: Nobody).IsSatisfied);
    }

    private static AccountVersion Moved(AccountVersion version, BigInteger by)
    {
        ImmutableArray<BigInteger> usd = version.Account.Items[Balances].Single(item => item[0] == Usd);
        return version with { Account = WithUsd(version.Account, usd[1] + by), Leg = version.Leg with { Cash = version.Leg.Cash + by } };
    }

    private static Rules.Inputs.AccountData WithUsd(Rules.Inputs.AccountData account, BigInteger amount) =>
        account with { Items = account.Items.SetItem(Balances, [.. account.Items[Balances].Select(item => item[0] == Usd ? item.SetItem(1, amount) : item)]) };
}
