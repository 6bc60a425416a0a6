using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.IsolatedScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Accounts in isolated mode: margin that is set aside and taken back, positions that end with it, liquidations of single silos; and provers that lie about it.</summary>
public sealed class IsolatedTransitionTests
{
    private const string Worse = "what an owner instructs does not make the account liquidatable", NotDue = "what is reduced was due of this position", TooMuch = "what is taken whole may be, by the rulebook";

    /// <summary>Margin before a position opens, beside it, and back; positions that open, turn and end with what is set aside; silos that fail.</summary>
    internal static BatchEvent[] Day { get; } =
    [
        Assign(Bob, Btc, 1000), Assign(Bob, Eth, -50), Open(Grace, "grace", mode: 1), Pay(Erin, Grace, 5000), Assign(Grace, Eth, 900),
        Trade(Grace, Frank, Eth, 2, 3000, fee: 1), Assign(Grace, Btc, 10), Assign(Grace, Btc, -10), Trade(Frank, Bob, Eth, -2, 3100), Trade(Frank, Grace, Eth, 2, 3010), RejectTrade(Grace, Eth, 1, 3000), RejectAssign(Bob, Btc, -7000),
        RejectSetAside(Bob, Btc, 10_000), Liquidate(Carol, Btc, 0.25m), Liquidate(Dave, Btc, -1, penalty: 0), Trade(Erin, Insurance, Btc, 1, 64_000), Withdraw(Carol, 1000),
    ];

    [Fact]
    public void A_day_in_both_modes_breaks_nothing()
    {
        TransitionScene scene = TransitionScene.Of(Start(Day));
        CheckReport report = scene.Check();
        Assert.True(report.IsSatisfied, report.ToString());
        Assert.Equal(3, scene.Inputs.Count(EventClass.ProvenRejected));
        Assert.Contains(scene.Plan.Versions, v => v.Leg.IsAttempt && v.Leg.Margin.Sign != 0);
        Assert.Contains(scene.Plan.Versions, v => v.Leg is { Closes: true, IsAttempt: false } && v.Leg.Role.HasFlag(LegRole.Assigns));
    }

    /// <summary>Bob has 5000 dollars; what he sets aside for a silo he no longer has, and what he takes back he has again.</summary>
    [Theory]
    [InlineData(4000, true)]
    [InlineData(5000, true)]
    [InlineData(5000.000001, false)]
    public void No_more_is_set_aside_than_there_is(decimal usd, bool isAllowed)
    {
        Judges(isAllowed, "amount is not negative where it may not be", Assign(Bob, Btc, usd));
        Judges(!isAllowed, usd == 5000 ? "an attempt to borrow would leave a debt" : "amount is not positive where it may not be", RejectSetAside(Bob, Btc, usd));
    }

    /// <summary>The first is exactly what leaves Bob's bitcoin at 3200 dollars, its maintenance margin.</summary>
    [Theory]
    [InlineData(3790, true)]
    [InlineData(3790.000001, false)]
    [InlineData(7000, false)]
    public void What_a_silo_needs_is_not_taken_back(decimal usd, bool isAllowed)
    {
        Judges(isAllowed, Worse, Assign(Bob, Btc, -usd));
        Judges(!isAllowed, "an attempt", RejectAssign(Bob, Btc, -usd));
    }

    [Fact]
    public void No_more_is_taken_back_than_is_set_aside()
    {
        Assert.Null(VersionMaker.Make(Start(Assign(Bob, Btc, -7000.000001m)), out RefusedEvent? refused));
        Assert.Contains("outside its quantity", refused!.Message, StringComparison.Ordinal);
        // a number that wraps around has a carry that is out of its range
        TransitionScene scene = TransitionScene.Of(Start(Assign(Bob, Btc, -1)));
        AccountVersion[] versions = With(scene, 1, v => v with { Account = WithPosition(v.Account, Btc, Aside, (BigInteger.One << 64) - 1) });
        Assert.ThrowsAny<Exception>(() => scene.Check(versions, lie: Nobody));
    }

    [Fact]
    public void A_margin_does_not_grow_from_nothing()
    {
        TransitionScene scene = TransitionScene.Of(Start(Assign(Bob, Btc, 1000), Trade(Bob, Erin, Btc, 0.01m, 64_000)));
        for (int at = 1; at <= 2; at++)
            foreach (int by in (int[])[1, -1, 256, 1 << 24])
                Breaks("margin is what it was and what was moved", scene.Check(With(scene, at, v => v with { Account = WithPosition(v.Account, Btc, Aside, v.Account.Items[Positions][0][Aside] + by) }), lie: Nobody));
        // nor that of another position, which nothing moves
        Breaks("margin is what it was and what was moved", scene.Check(With(scene, 1, v => v with { Account = WithPosition(v.Account, Eth, Aside, Usd(701)) }), lie: Nobody));
    }

    [Fact]
    public void What_is_set_aside_is_paid_once_and_set_aside_once()
    {
        TransitionScene scene = TransitionScene.Of(Start(Assign(Bob, Btc, 1000), Assign(Bob, Btc, 1000)));
        // assigned twice, paid once
        AccountVersion[] twice = With(scene, 2, v => v with { Account = v.Account with { Items = v.Account.Items.SetItem(Balances, scene.Plan.Versions[1].Account.Items[Balances]) } });
        Breaks("amount is what it was and what was moved", scene.Check(twice, lie: Nobody));
        // a version for one event, of the digest of which there is one
        AccountVersion[] again = With(scene, 2, v => v with { Event = 1 });
        Assert.ThrowsAny<Exception>(() => scene.Check(again, lie: Nobody));
        // told as something else than an assignment it moves a position by nothing, and pays
        AccountVersion[] paid = With(scene, 1, v => v with { Leg = v.Leg with { Role = LegRole.Instructed | LegRole.StaysCredit } });
        Breaks("leg", scene.Check(paid, lie: Nobody));
    }

    [Fact]
    public void The_account_the_position_the_sign_and_the_key_are_the_events()
    {
        TransitionScene scene = TransitionScene.Of(Start(Assign(Bob, Btc, 1000), Assign(Carol, Btc, 500)));
        foreach ((int field, BigInteger value) in ((int, BigInteger)[])[(EventRow.First, Carol), (EventRow.Instrument, Eth), (EventRow.FirstCash, Usd(1000)), (EventRow.FirstCash, -Usd(1001)), (EventRow.Kind, (int)EventKind.Withdrawal)])
            Breaks("leg", scene.Check(plan: Changed(scene, 0, field, value), lie: Nobody));
        Breaks("what is set aside moves no position", scene.Check(plan: Changed(scene, 0, EventRow.Size, 1), lie: Nobody));
        Breaks("what is set aside moves no position", scene.Check(plan: Changed(scene, 0, EventRow.Cost, -1), lie: Nobody));
        Breaks("digest", scene.Check(plan: Changed(scene, 0, EventRow.Instrument, Eth), lie: Nobody));
        TransitionPlan stolen = scene.Plan with { Events = [scene.Plan.Events[0] with { FirstOwner = scene.Plan.Events[1].FirstOwner }, scene.Plan.Events[1]] };
        Breaks("authority", scene.Check(plan: stolen, lie: Nobody));
        // and the second account gets nothing: there is none
        Breaks("no second account: no second cash", scene.Check(plan: Changed(scene, 0, EventRow.SecondCash, Usd(1)), lie: Nobody));
    }

    [Fact]
    public void A_position_that_ends_gives_back_what_was_set_aside()
    {
        TransitionScene scene = TransitionScene.Of(Start(Trade(Frank, Bob, Eth, -2, 3000)));
        int ends = scene.Plan.Versions.ToList().FindIndex(v => v.Slot == Bob && v.Leg.Closes);
        BigInteger Has(int at) => scene.Plan.Versions[at].Account.Items[Balances][0][1];
        Assert.Equal(Has(ends - 1) + Usd(700), Has(ends));
        foreach (BigInteger amount in (BigInteger[])[Has(ends - 1), Has(ends) + 1, Has(ends) + Usd(700)])
            Breaks("amount is what it was and what was moved", scene.Check(With(scene, ends, v => v with { Account = v.Account with { Items = v.Account.Items.SetItem(Balances, [[0, amount]]) } }), lie: Nobody));
    }

    [Fact]
    public void Of_what_has_no_size_all_is_taken_back_and_it_ends_or_something_stays()
    {
        BatchEvent[] events = [Assign(Frank, Btc, 1)];
        Judges(false, "margin is set aside in isolated mode", events);
        TransitionScene scene = TransitionScene.Of(Start(Open(Grace, "grace", mode: 1), Pay(Erin, Grace, 100), Assign(Grace, Btc, 10), Assign(Grace, Btc, -4), Assign(Grace, Btc, -6)));
        Assert.True(scene.Check() is { IsSatisfied: true });
        Assert.Empty(scene.Plan.Versions[^1].Account.Items[Positions]);
        // nothing remains of it, and it stays
        AccountVersion[] stays = With(scene, scene.Plan.Versions.Count - 1, v => v with { Account = v.Account with { Items = v.Account.Items.SetItem(Positions, [[Btc, 0, 0, 0]]) }, Leg = v.Leg with { Closes = false } });
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, stays);
        Breaks("what is moved and remains is not zero", scene.Check(stays, plan, Inputs(scene, plan), Nobody));
        // it ends with the six dollars in it, of which four are asked for
        int four = scene.Plan.Versions.ToList().FindIndex(v => v.Event == 4);
        AccountVersion[] ends = [.. With(scene, four, v => v with { Account = v.Account with { Items = [[[0, Usd(100)]], []] }, Leg = v.Leg with { Closes = true }, IsLast = true }).Take(four + 1)];
        Breaks("a position without size ends when all that is set aside is taken back", scene.Check(ends, lie: Nobody));
    }

    [Fact]
    public void An_account_keeps_the_mode_that_it_opens_in()
    {
        TransitionScene scene = TransitionScene.Of(Start(Open(Grace, "grace", mode: 1), Assign(Bob, Btc, 1), Trade(Erin, Frank, Eth, 1, 3000)));
        Assert.True(scene.Check() is { IsSatisfied: true });
        foreach (int slot in (int[])[Bob, Erin, Frank])
        {
            int at = scene.Plan.Versions.ToList().FindIndex(v => v.Slot == slot && v.Event > 0);
            AccountVersion[] flipped = With(scene, at, v => v with { Account = v.Account with { Scalars = [1 - v.Account.Scalars[0]] } });
            (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, flipped);
            Breaks("the mode is that of the opening", scene.Check(flipped, plan, inputs, Nobody));
            // from the first version on it is another leaf before
            Breaks("header before", scene.Check([.. scene.Plan.Versions.Select(v => v.Slot == slot ? v with { Account = v.Account with { Scalars = [1 - v.Account.Scalars[0]] } } : v)], lie: Nobody));
        }
        // what the event says of the mode is what the account opens in, and is in its digest
        Breaks("opening", scene.Check(plan: Changed(scene, 0, EventRow.Mode, 0), lie: Nobody));
        Breaks("digest", scene.Check(plan: Changed(scene, 0, EventRow.Mode, 0), lie: Nobody));
        Breaks("only an account that opens has a mode", scene.Check(plan: Changed(scene, 1, EventRow.Mode, 1), lie: Nobody));
    }

    /// <summary>Carol's bitcoin fails, her ether does not, though the ether is more; a part of a position is a quarter of it.</summary>
    [Fact]
    public void A_liquidation_takes_of_a_silo_that_fails()
    {
        Judges(true, NotDue, Liquidate(Carol, Btc, 0.25m));
        Judges(false, NotDue, Liquidate(Carol, Eth, 10));
        Judges(false, NotDue, Liquidate(Carol, Eth, 40));
        Judges(false, "an account that is liquidated was liquidatable", Liquidate(Bob, Btc, 0.25m));
        // with a dollar more it holds, with a dollar less again it does not
        Judges(false, NotDue, Assign(Carol, Btc, 1), Liquidate(Carol, Btc, 0.25m));
    }

    [Fact]
    public void All_of_it_is_taken_where_the_silo_has_less_than_half_of_its_maintenance()
    {
        Judges(true, TooMuch, Liquidate(Dave, Btc, -1));
        Judges(false, TooMuch, Liquidate(Carol, Btc, 0.25000001m));
        // whole, it is said
        TransitionScene scene = TransitionScene.Of(Start(Liquidate(Carol, Btc, 0.25m)));
        Breaks(TooMuch, scene.Check(plan: Changed(scene, 0, EventRow.IsWhole, 1), lie: Nobody));
        TransitionPlan told = Changed(scene, 0, EventRow.IsWholeByRule, 1);
        Breaks("reduced", scene.Check(plan: told with { Events = [told.Events[0] with { Data = told.Events[0].Data.SetItem(EventRow.IsWhole, 1) }] }, lie: Nobody));
        Breaks("nothing is reduced: nothing is taken whole", TransitionScene.Of(Start(Assign(Bob, Btc, 1))).Check(plan: Changed(TransitionScene.Of(Start(Assign(Bob, Btc, 1))), 0, EventRow.IsWholeByRule, 1), lie: Nobody));
    }

    [Fact]
    public void An_owner_may_mend_a_silo_and_trade_with_the_others()
    {
        Judges(true, Worse, Assign(Carol, Btc, 1), Withdraw(Carol, 99_999));
        Judges(false, "a payment leaves the account healthy", Withdraw(Carol, 1));
        // a silo with too little set aside fails at once, whatever else the account has
        Judges(false, Worse, Trade(Bob, Frank, Eth, 10, 3000));
        Judges(true, Worse, RejectTrade(Bob, Eth, 10, 3000));
        Judges(false, "an attempt", RejectTrade(Bob, Eth, 1, 3000));
        Judges(true, Worse, Assign(Bob, Eth, 4000), Trade(Bob, Frank, Eth, 10, 3000));
    }

    /// <summary>What is set aside for a position without a size comes back where its instrument has ended: all of it, and of nothing else.</summary>
    [Fact]
    public void What_was_set_aside_for_nothing_comes_back_whole()
    {
        BatchEvent Return(int account, int instrument, decimal usd) => new(EventKind.MarginReturn, account, null, 0, Usd(usd), Instrument: instrument);
        BatchEvent[] before = [Open(Grace, "grace", mode: 1), Pay(Erin, Grace, 100), Assign(Grace, Btc, 10)];
        Judges(true, "", [.. before, Return(Grace, Btc, 10)]);
        Judges(false, "what must end ends", [.. before, Return(Grace, Btc, 4)]);
        Judges(false, "what must end ends", [.. before, Return(Grace, Btc, -10)]);
        Judges(false, "what must end ends", Return(Bob, Btc, 7000));
        // the position is said to end, with its size
        TransitionScene scene = TransitionScene.Forbidden(Start(Return(Bob, Btc, 7000)));
        AccountVersion[] ends = With(scene, 1, v => v with { Account = v.Account with { Items = v.Account.Items.SetItem(Positions, v.Account.Items[Positions].RemoveAt(0)) }, Leg = v.Leg with { Closes = true } });
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, ends);
        Breaks("a position that closes has its opposite size", scene.Check(ends, plan, Inputs(scene, plan), Nobody));
    }

    /// <summary>Dave owes more than he has, and has something set aside for a position that he never opened: that is no position, and what he owes is covered.</summary>
    [Fact]
    public void Margin_without_a_position_does_not_stand_in_the_way_of_a_loss()
    {
        BatchEvent cover = new(EventKind.InsurancePayment, Insurance, Dave, 0, -Usd(1), Usd(1));
        TransitionBatch with = Start(cover), without = Start(cover);
        LedgerAccount Owes(bool hasSize) => with.Accounts[Dave] with { Account = with.Accounts[Dave].Account with { Items = [[[0, -Usd(50)]], [[Btc, hasSize ? 1 : 0, 0, Usd(10)]]] } };
        Assert.True(TransitionScene.Of(without with { Accounts = [.. without.Accounts.Select((account, i) => i == Dave ? Owes(hasSize: false) : account)] }).Check() is { IsSatisfied: true });
        Breaks("an account that may have no position has none", TransitionScene.Forbidden(with with { Accounts = [.. with.Accounts.Select((account, i) => i == Dave ? Owes(hasSize: true) : account)] }).Check());
    }

    /// <summary>
    /// A step of a liquidation that took nothing would end a position without a size, of the failing account or of its counterparty, which instructs nothing of a deleveraging: what was set aside for it would be that account's own balance again.
    /// </summary>
    [Theory]
    [InlineData(EventKind.Liquidation)]
    [InlineData(EventKind.Deleveraging)]
    public void A_step_takes_something(EventKind kind)
    {
        // Carol's short bitcoin is ten dollars short of its maintenance
        LedgerAccount Short(LedgerAccount carol) => carol with { Account = carol.Account with { Items = [[[0, Usd(1000)]], [[Btc, -TransitionScene.Units(1), -Usd(64_000), Usd(3180)]]] } };
        TransitionBatch With(decimal size)
        {
            TransitionBatch batch = Start(Open(Grace, "grace", mode: 1), Pay(Erin, Grace, 100), Assign(Grace, Btc, 10), new(kind, Carol, Grace, 0, 0, 0, Btc, TransitionScene.Units(size), Usd(size * 63_990)));
            return batch with { Accounts = [.. batch.Accounts.Select((account, i) => i == Carol ? Short(account) : account)] };
        }
        Assert.Null(VersionMaker.Make(With(0), out RefusedEvent? refused));
        Assert.Contains("takes something", refused!.Message, StringComparison.Ordinal);
        Breaks("a step of a liquidation takes something", TransitionScene.Forbidden(With(0)).Check(lie: Nobody));
    }

    private static TransitionPlan Changed(TransitionScene scene, int at, int field, BigInteger value) =>
        scene.Plan with { Events = [.. scene.Plan.Events.Select((e, i) => i == at ? e with { Data = e.Data.SetItem(field, value) } : e)] };
}
