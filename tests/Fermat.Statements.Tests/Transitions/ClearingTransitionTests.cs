using Fermat.Rules.Core;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Statement T of a clearing house (<c>liquidation.clearing</c>): trades are novated, and the insurance fund takes positions over whatever margin they need; nothing else is asked less. cross_tiered with the flag.</summary>
public sealed class ClearingTransitionTests
{
    private const string Margin = "what an owner instructs leaves the account healthy or no worse";

    private static readonly VenueRulebook Clearing = With("clearing = true");

    /// <summary>Erin is liquidatable, and a trade leaves her worse; the same under the rulebook without the flag.</summary>
    [Fact]
    public void A_trade_is_taken_as_the_market_brings_it()
    {
        BatchEvent trade = Trade(Erin, Alice, BtcPerp, 3, 64100);
        Judges(false, Margin, Start(trade));
        Judges(false, Margin, Start(trade) with { Rulebook = With("clearing = false") });
        Judges(true, "", Start(trade) with { Rulebook = Clearing });
        TransitionScene scene = TransitionScene.Of(Start(trade) with { Rulebook = Clearing });
        AccountVersion before = scene.Plan.Versions.First(version => version.Slot == Erin), after = scene.Plan.Versions.Last(version => version.Slot == Erin);
        Assert.Equal(before.Nonce + 1, after.Nonce);                                                                                    // it counts all the same
    }

    [Fact]
    public void What_an_owner_takes_out_is_judged_as_ever()
    {
        foreach (BatchEvent payment in (BatchEvent[])[Withdraw(Erin, 1), Transfer(Erin, Bob, 1)]) Judges(false, "a payment leaves the account healthy", Start(payment) with { Rulebook = Clearing });
        Judges(false, Margin, Start(Spot(Erin, Bob, 1, 1, 60_000)) with { Rulebook = Clearing });
    }

    /// <summary>The fund has sent away what it had, and takes a position over.</summary>
    [Fact]
    public void The_fund_takes_positions_over_and_nobody_else_does()
    {
        BatchEvent[] taken = [Transfer(Insurance, Bob, 100_000), Liquidate(Erin, Insurance, BtcPerp, 1.25m, Mark(BtcPerp), 0)];
        Judges(false, Margin, Start(taken));
        Judges(true, "", Start(taken) with { Rulebook = Clearing });
        Judges(false, "a clearing house's insurance fund takes positions over", Start(Liquidate(Erin, Bob, BtcPerp, 1.25m, Mark(BtcPerp), 0)) with { Rulebook = Clearing });
        Judges(false, "an account that is liquidated was liquidatable", Start(Liquidate(Carol, Insurance, BtcPerp, 1, Mark(BtcPerp), 0)) with { Rulebook = Clearing });
    }

    [Fact]
    public void No_trade_is_rejected_for_want_of_margin()
    {
        BatchEvent rejected = RejectTrade(Erin, BtcPerp, 3, 64100);
        Judges(true, "", Start(rejected));
        Judges(false, "a clearing house rejects no trade for want of margin", Start(rejected) with { Rulebook = Clearing });
        Judges(true, "", Start(RejectPayment(Erin, 1)) with { Rulebook = Clearing });
    }

    /// <summary>The fund is long of a bitcoin that lost 5,999.90 dollars, which it does not have. It keeps the position while the loss is shared; nobody else does.</summary>
    [Fact]
    public void The_fund_s_loss_is_shared_while_it_has_positions()
    {
        BatchEvent[] owes = [Transfer(Insurance, Carol, 100_000), Trade(Insurance, Alice, BtcPerp, 1, 70_000), VariationMarginTests.Settle(Insurance, BtcPerp, -5_999.9m), Share(Carol, Insurance, 5_999.9m)];
        Judges(true, "", Start(owes) with { Rulebook = Clearing });
        Judges(false, "is not positive where it may not be", Start([.. owes[..^1], Share(Carol, Insurance, 5_999.91m)]) with { Rulebook = Clearing });            // more than it owes
        BatchEvent[] another = [Trade(Erin, Alice, BtcPerp, 1, 70_000), VariationMarginTests.Settle(Erin, BtcPerp, -7_999.4m), Transfer(Insurance, Carol, 50_000), Share(Carol, Erin, 100)];
        Judges(false, "an account that may have no position has none", Start(another) with { Rulebook = Clearing });
    }

    /// <summary>A liar says of a loss of Erin, who has a position, that it is the fund's; or that a payment is novated.</summary>
    [Fact]
    public void Another_s_loss_is_not_the_fund_s_and_a_payment_is_not_novated()
    {
        BatchEvent[] another = [Trade(Erin, Alice, BtcPerp, 1, 70_000), VariationMarginTests.Settle(Erin, BtcPerp, -7_999.4m), Transfer(Insurance, Carol, 50_000), Share(Carol, Erin, 100)];
        TransitionScene scene = Forbidden(Start(another) with { Rulebook = Clearing });
        TransitionPlan plan = scene.Plan with { Events = [.. scene.Plan.Events.Select((e, i) => i == 3 ? e with { Data = e.Data.SetItem(EventRow.FundOwes, 1) } : e)] };
        AccountVersion[] versions = [.. scene.Plan.Versions.Select(version => version.Event == 4 && version.Slot == Erin ? version with { Leg = version.Leg with { Role = version.Leg.Role & ~LegRole.HasNoPosition } } : version)];
        Breaks("the loss is the insurance fund's", scene.Check(versions, plan, lie: Nobody(scene)));

        TransitionScene withdrawal = Forbidden(Start(Withdraw(Erin, 1)) with { Rulebook = Clearing });
        AccountVersion[] novated = [.. withdrawal.Plan.Versions.Select(version => version.Event == 1 ? version with { Leg = version.Leg with { Role = (version.Leg.Role | LegRole.Novated) & ~LegRole.Pays } } : version)];
        Breaks("leg", withdrawal.Check(novated, lie: Nobody(withdrawal)));

        TransitionScene owes = TransitionScene.Of(Start(Trade(Carol, Alice, EthPerp, 1, 3100)) with { Rulebook = Clearing });
        TransitionPlan shared = owes.Plan with { Events = [owes.Plan.Events[0] with { Data = owes.Plan.Events[0].Data.SetItem(EventRow.FundOwes, 1) }] };
        Breaks("only a loss is shared", owes.Check(plan: shared, lie: Nobody(owes)));
    }

    [Fact]
    public void Whether_it_is_a_clearing_house_is_known_when_the_circuit_is_made()
    {
        VenueRulebook changing = SolvencyScene.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_tiered.risk")) + "\nliquidation {\n  clearing = parity > 0\n}\n");
        Assert.Contains("liquidation.clearing", Assert.Throws<CoreException>(() => TransitionCircuit.Of(changing, 2, 0)).Message, StringComparison.Ordinal);
    }

    private static Lie Nobody(TransitionScene scene) => new(scene.ItsCircuit.Versions.Lowering.Domains[0], -1, -1, value => value);

    private static VenueRulebook With(string flag) => SolvencyScene.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_tiered.risk")) + $"\nliquidation {{\n  share = 25%\n  penalty = 0.2%\n  {flag}\n}}\n");
}
