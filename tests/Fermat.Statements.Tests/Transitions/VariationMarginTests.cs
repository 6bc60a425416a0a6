using System.Numerics;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Variation margin: a position is settled at the mark price and goes on. It costs what it is worth there, and what it gained is paid. Carol is long of 6 bitcoin that cost 390,000 dollars, at 64,000.1, and short of 20 ether that cost 68,000, at 3,100.07.</summary>
public sealed class VariationMarginTests
{
    private const string TooCheap = "what is handed over at the mark price is not too cheap", TooDear = "what is handed over at the mark price is not too dear", NotPaid = "what is settled is paid";

    [Fact]
    public void A_gain_becomes_a_balance_and_the_position_goes_on()
    {
        TransitionScene scene = Of(Settle(Carol, BtcPerp, -5_999.4m), Settle(Carol, EthPerp, 5_998.6m), Settle(Alice, BtcPerp, 2_999.7m), Settle(Dave, BtcPerp, 2_000.5m), Settle(Dave, BtcPerp, 0));
        Assert.True(scene.Check().IsSatisfied, scene.Check().ToString());
        AccountData carol = scene.Plan.Versions.Last(version => version.Slot == Carol).Account;
        Assert.Equal(Units(2_999.2m), Dollars(scene.Plan.Versions.Last(version => version.Slot == Carol)));
        Assert.Equal([[BtcPerp, Units(6), Units(3_840.006m)], [EthPerp, -Units(20), -Units(620.014m)]], carol.Items[Positions].Select(item => item.ToArray()));
        Assert.Equal(5, scene.Inputs.Classes.Count(one => one == EventClass.VariationMargin));
    }

    /// <summary>Costs have 6 decimals, and the ledger may count in more.</summary>
    [Theory]
    [InlineData(-5_999.400001, 0, TooDear)]
    [InlineData(-5_999.4, 0, null)]
    [InlineData(-5_999.399999, 0, TooCheap)]
    [InlineData(0, 0, TooCheap)]
    [InlineData(5_999.4, 0, TooCheap)]
    [InlineData(-5_999.4, 4, null)]
    [InlineData(-5_999.409999, 4, null)]
    [InlineData(-5_999.41, 4, TooDear)]
    [InlineData(-5_999.390001, 4, null)]
    [InlineData(-5_999.39, 4, TooCheap)]
    public void It_costs_what_it_is_worth_afterwards(decimal gain, int rounding, string? broken) =>
        Judges(broken is null, broken ?? "", Start(Settle(Carol, BtcPerp, gain)) with { CostRounding = rounding });

    [Theory]
    [InlineData(0.00000001)]
    [InlineData(-0.00000001)]
    [InlineData(5_999.4)]
    public void What_it_cost_more_or_less_is_paid(decimal more)
    {
        BatchEvent settled = Settle(Carol, BtcPerp, -5_999.4m);
        Judges(false, NotPaid, Start(settled with { FirstCash = settled.FirstCash + Units(more) }));
    }

    [Fact]
    public void Its_size_stays()
    {
        BatchEvent settled = Settle(Carol, BtcPerp, -5_999.4m);
        Judges(false, "a position that is settled and goes on keeps its size", Start(settled with { Size = 1 }));
        // all of it: it would end
        Judges(false, "a position that is settled and goes on keeps its size", Start(settled with { Size = -Units(6) }));
    }

    [Fact]
    public void Who_has_no_position_is_not_settled()
    {
        Assert.Null(VersionMaker.Make(Start(Settle(Bob, BtcPerp, 0)), out RefusedEvent? refused));
        Assert.Contains("has no position to settle", refused!.Message, StringComparison.Ordinal);
    }

    /// <summary>What is set aside for a position that was never opened does not come back by it.</summary>
    [Fact]
    public void Margin_without_a_position_is_not_settled()
    {
        TransitionBatch batch = IsolatedScene.Start(IsolatedScene.Open(IsolatedScene.Grace, "grace", mode: 1), IsolatedScene.Pay(IsolatedScene.Erin, IsolatedScene.Grace, 100), IsolatedScene.Assign(IsolatedScene.Grace, IsolatedScene.Btc, 10), Settled(IsolatedScene.Grace, 0));
        Judges(false, "what is marked is a position that goes on", batch);
    }

    /// <summary>What is compared with the mark price is what the version before had, of this account and this instrument.</summary>
    [Fact]
    public void Another_size_or_cost_is_not_told()
    {
        TransitionScene scene = Of(Settle(Carol, BtcPerp, -5_999.4m), Settle(Carol, EthPerp, 5_998.6m));
        EventWitness first = scene.Plan.Events[0], second = scene.Plan.Events[1];
        foreach ((int at, BigInteger value) in ((int, BigInteger)[])[(EventRow.MarkedSize, Units(5)), (EventRow.MarkedCost, Units(3_900) + 1), (EventRow.MarkedSize, second.Data[EventRow.MarkedSize]), (EventRow.MarkedCost, 0)])
            Breaks("marked", scene.Check(plan: scene.Plan with { Events = [first with { Data = first.Data.SetItem(at, value) }, second] }, lie: Nobody));
    }

    [Fact]
    public void Nothing_else_that_is_moved_is_settled()
    {
        TransitionScene scene = Of(Trade(Carol, Alice, EthPerp, 20, 3100));
        Breaks("nothing is settled that goes on", scene.Check(plan: scene.Plan with { Events = [scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(EventRow.MarkedCost, 7) }] }, lie: Nobody));
    }

    /// <summary>At 64,000 less a funding index of 10; what is set aside stays, and the gain is the balance's. Dave's silo gains 1590 dollars, and Erin's position, in cross mode, −1610.</summary>
    [Fact]
    public void In_isolated_mode_the_gain_is_the_balances()
    {
        TransitionScene scene = TransitionScene.Of(IsolatedScene.Start(Settled(IsolatedScene.Bob, -10), Settled(IsolatedScene.Dave, -1_590), Settled(IsolatedScene.Carol, -10), Settled(IsolatedScene.Erin, -1_610 + 3_220)));
        Assert.True(scene.Check().IsSatisfied, scene.Check().ToString());
        Assert.Equal(IsolatedScene.Usd(7_000), scene.Plan.Versions.Last(version => version.Slot == IsolatedScene.Bob).Account.Items[IsolatedScene.Positions][0][IsolatedScene.Aside]);
        Assert.Equal(IsolatedScene.Usd(4_990), scene.Plan.Versions.Last(version => version.Slot == IsolatedScene.Bob).Account.Items[IsolatedScene.Balances][0][1]);
    }

    private static BatchEvent Settled(int account, decimal usd) => new(EventKind.VariationMargin, account, null, 0, IsolatedScene.Usd(usd), Instrument: IsolatedScene.Btc, Cost: IsolatedScene.Usd(usd));

    internal static BatchEvent Settle(int holder, int instrument, decimal gain) => new(EventKind.VariationMargin, holder, null, Usd, Units(gain), Instrument: instrument, Cost: Units(gain) / 100);
}
