using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.PortfolioScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Accounts in portfolio mode: what their positions lose in the worst scenario is judged after each event, hedges that are taken apart in a liquidation, and provers that lie about either.</summary>
public sealed class PortfolioTransitionTests
{
    private const string Unhealthy = "what an owner instructs leaves the account healthy or no worse", Worse = "a liquidation leaves the account no worse";

    /// <summary>Trades, payments and liquidations in both modes.</summary>
    internal static BatchEvent[] Day { get; } =
    [
        Trade(Bob, Frank, Call, 0.25m, 1380, fee: 0.5m), RejectTrade(Bob, Call, -1, 1370), Withdraw(Bob, 100), RejectWithdraw(Bob, 1500), Open(Grace, "grace", mode: 1), Deleverage(Carol, Frank, Put, -0.25m), Liquidate(Carol, Put, -0.25m, penalty: 3.42m), Liquidate(Carol, Call, -0.5m),
        Liquidate(Erin, Perp, 1), Trade(Dave, Frank, Put, 1, 1360),
    ];

    [Fact]
    public void A_day_in_both_modes_breaks_nothing()
    {
        TransitionScene scene = TransitionScene.Of(Start(Day));
        CheckReport report = scene.Check();
        Assert.True(report.IsSatisfied, report.ToString());
    }

    /// <summary>What hedges is worth its margin to one who is in portfolio mode only.</summary>
    [Fact]
    public void What_hedges_another_position_may_not_be_sold_where_that_is_needed()
    {
        Judges(false, Unhealthy, Trade(Frank, Bob, Call, 1, 1370));
        Judges(true, "", RejectTrade(Bob, Call, -1, 1370));
        Judges(true, "", Trade(Frank, Bob, Call, 0.01m, 1370));
        Judges(false, "an attempt", RejectTrade(Bob, Call, -0.01m, 1370));
    }

    /// <summary>To the cent: Bob has 2500 dollars, and needs what a call and a short bitcoin lose in the worst scenario, and a quarter of that.</summary>
    [Fact]
    public void What_is_needed_is_what_is_lost_in_the_worst_scenario()
    {
        TransitionBatch batch = Start();
        BigInteger initial = new Interpreter(Rulebook.Rulebook, batch.Market).Evaluate(batch.Rulebook.Rulebook.Find("initial")!.Value, new Interpreter(Rulebook.Rulebook, batch.Market).Open(batch.Accounts[Bob].Account));
        decimal free = 2500 - (decimal)initial / 1_000_000m;
        Assert.InRange(free, 100, 1500);
        Judges(true, "", Withdraw(Bob, free));
        Judges(false, "a payment leaves the account healthy", Withdraw(Bob, free + 0.000001m));
        Judges(true, "", RejectWithdraw(Bob, free + 0.000001m));
        Judges(false, "an attempt", RejectWithdraw(Bob, free));
    }

    /// <summary>Less of the put is more margin for the call, which it hedged: that must not stop a liquidation, and does where the rulebook is silent.</summary>
    [Fact]
    public void A_hedge_may_be_taken_apart_where_the_rulebook_says_what_a_step_may_not_raise()
    {
        Judges(true, "", Liquidate(Carol, Put, -0.5m));
        Forgery.Judges(false, Worse, Start(Silent, Liquidate(Carol, Put, -0.5m)));
    }

    /// <summary>A bitcoin alone needs a twentieth of its notional: 250 dollars for a quarter.</summary>
    [Theory]
    [InlineData(250, true)]
    [InlineData(250.000001, false)]
    public void A_step_costs_no_more_than_it_takes_off(decimal penalty, bool isAllowed) => Judges(isAllowed, Worse, Liquidate(Erin, Perp, 0.25m, penalty));

    [Fact]
    public void An_account_that_its_hedges_keep_is_not_liquidated()
    {
        Judges(false, "an account that is liquidated was liquidatable", Liquidate(Bob, Perp, -0.25m));
        Judges(false, "an account that is liquidated was liquidatable", Liquidate(Dave, Call, -0.25m));
    }

    /// <summary>The call has expired: it moves nothing but its settlement, which says what it comes to.</summary>
    [Fact]
    public void What_has_expired_is_not_liquidated()
    {
        TransitionBatch Expired(BatchEvent e)
        {
            TransitionBatch batch = Start(e);
            int table = batch.Rulebook.Schema.Tables.ToList().FindIndex(t => t.Name == "Instrument");
            int Field(string name) => batch.Rulebook.Schema.Tables[table].Fields.ToList().FindIndex(field => field.Name == name);
            Fermat.Rules.Inputs.MarketRecord call = batch.Market.Tables[table][Call];
            call = call with { Fields = call.Fields.SetItem(Field("expiry"), new(1_702_592_000)).SetItem(Field("left"), new(0)).SetItem(Field("strike"), new(19_000_00000000)) };
            return batch with { Market = batch.Market with { Tables = batch.Market.Tables.SetItem(table, batch.Market.Tables[table].SetItem(Call, call)) } };
        }
        Assert.Null(VersionMaker.Make(Expired(Liquidate(Carol, Call, -0.5m)), out _));
        Breaks("what is reduced was due of this position", TransitionScene.Forbidden(Expired(Liquidate(Carol, Call, -0.5m))).Check(lie: Nobody));
        Assert.True(TransitionScene.Of(Expired(Liquidate(Carol, Put, -0.5m))).Check() is { IsSatisfied: true });
    }

    /// <summary>Who says that more was at stake before could raise it.</summary>
    [Fact]
    public void What_was_at_stake_before_is_the_version_before()
    {
        TransitionScene scene = TransitionScene.Forbidden(Start(Liquidate(Erin, Perp, 0.25m, penalty: 250.01m)));
        int at = scene.Plan.Versions.ToList().FindIndex(version => version.Slot == Erin && !version.IsFirst);
        AccountVersion[] versions = [.. scene.Plan.Versions.Select((version, i) => i == at ? version with { PreviousExposure = version.PreviousExposure + 10_000_000 } : version)];
        Breaks("what was before is the version before, or before that: exposure", scene.Check(versions, lie: Nobody));
    }

    /// <summary>A rulebook under which a step may never raise a number that everybody knows bounds nothing.</summary>
    [Fact]
    public void What_may_not_be_raised_depends_on_the_account()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "portfolio_margin.risk")).Replace("cross_maintenance - net_equity", "least", StringComparison.Ordinal);
        Assert.Contains("liquidation.exposure", Assert.Throws<Fermat.Rules.Core.CoreException>(() => TransitionCircuit.Of(Solvency.SolvencyScene.Compile(text), 1, 0)).Message, StringComparison.Ordinal);
    }

    /// <summary>What a perpetual is worth in a scenario has no value: Bob has one and Dave has none.</summary>
    [Fact]
    public void An_event_of_an_account_that_cannot_be_valued_is_refused_and_named()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "portfolio_margin.risk")).Replace("else moved - spot(i)", "else nearest(moved * least / least, Price) - spot(i)", StringComparison.Ordinal);
        TransitionBatch With(BatchEvent e)
        {
            TransitionBatch batch = Start(Solvency.SolvencyScene.Compile(text), e);
            int least = batch.Rulebook.Schema.Parameters.ToList().FindIndex(field => field.Name == "least");
            return batch with { Market = batch.Market with { Parameters = batch.Market.Parameters.SetItem(least, new Fermat.Rules.Inputs.FieldValue(0)) } };
        }
        Assert.Null(VersionMaker.Make(With(Withdraw(Bob, 1)), out RefusedEvent? refused));
        Assert.Contains("cannot be valued: division by zero", refused!.Message, StringComparison.Ordinal);
        Assert.NotNull(VersionMaker.Make(With(Withdraw(Dave, 1)), out refused));
    }

    [Fact]
    public void Changing_any_cell_of_two_steps_breaks_something_named()
    {
        TransitionScene scene = TransitionScene.Of(Start(Liquidate(Carol, Call, -0.5m), RejectTrade(Bob, Call, -1, 1370)));
        TransitionCircuit circuit = scene.ItsCircuit;
        TransitionCellTests.AllBreak(circuit.Circuit, scene.Traces(), [.. circuit.Versions.Lowering.Domains.Select(domain => domain.Table.Index), circuit.Events.Table], (_, _) => true);
    }
}
