using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Rules;
using Fermat.Rules.Inputs;

namespace Fermat.Engine.Tests;

/// <summary>The engine holds updates of parameters to the rulebook's block <c>meta</c>, whoever makes them.</summary>
public sealed class UpdateTests
{
    private const long Hour = 3_600_000;

    private static string Margins(string initial, string maintenance) =>
        $"{{\"market\":{{\"Instrument\":[{{\"initial\":[[\"0\",\"{initial}\",\"0\"]],\"maintenance\":[[\"0\",\"{maintenance}\",\"0\"]],\"symbol\":\"P\"}}]}}}}";

    private static SubmitResult Update(Venue venue, string change) => venue.Submit((id, t) => new ParametersUpdated(id, t, change));

    private static void Breaks(Venue venue, string rule, string change)
    {
        string before = venue.Engine.State.Parameters;
        MarketData market = venue.Engine.Market!;
        int logged = venue.Log.Count;
        SubmitResult result = Update(venue, change);
        Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.UpdateRule), (result.Outcome, result.Rejection?.Code));
        Assert.Contains($"rule {rule} ", result.Rejection!.Message, StringComparison.Ordinal);
        Assert.Equal(before, venue.Engine.State.Parameters);
        Assert.Same(market, venue.Engine.Market);
        Assert.Equal(result.Rejection, venue.Log[logged].Rejection);
    }

    [Fact]
    public void A_step_within_the_rules_is_applied_and_one_beyond_them_changes_nothing()
    {
        var venue = new Venue();
        venue.Time += Hour;
        Breaks(venue, "bounded_step", Margins("0.12500001", "0.05"));
        Assert.True(Update(venue, Margins("0.125", "0.0625")).IsApplied);
        Breaks(venue, "one_an_hour", Margins("0.126", "0.0625"));
        venue.Time += Hour - 4_000;                                                              // rejected ones do not count, but take a second each
        Breaks(venue, "one_an_hour", Margins("0.126", "0.0625"));
        venue.Time += 2_000;
        Assert.True(Update(venue, Margins("0.126", "0.0625")).IsApplied);
    }

    [Fact]
    public void The_first_set_follows_no_other_and_what_is_new_has_no_step()
    {
        var venue = new Venue();
        Assert.True(venue.Engine.Judge(new ParametersUpdated(venue.NextId(), venue.Time, Venue.Parameters.Trim()))!.Verdict.Holds);
        Assert.True(Update(venue, """{"market":{"Asset":[{"haircut":[["0","0.5"]],"symbol":"BTC"}]}}""").IsApplied);
        venue.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("R", InstrumentKind.LinearPerpetual, "USD", 3, 2, new Quantity(1))));
        Breaks(venue, "floors", """{"market":{"Instrument":[{"initial":[["0","0.4","0"]],"maintenance":[["0","0.5","0"]],"symbol":"R"}]}}""");
        Assert.True(Update(venue, """{"market":{"Instrument":[{"initial":[["0","0.9","0"]],"maintenance":[["0","0.5","0"]],"symbol":"R"}]}}""").IsApplied);
    }

    [Fact]
    public void What_an_update_would_lead_to_is_said_without_taking_it()
    {
        var venue = new Venue();
        venue.Time += Hour;
        Assert.Equal(EngineRejectionCode.UpdateRule, venue.Engine.Try(new ParametersUpdated(venue.NextId(), venue.Time, Margins("0.2", "0.05"))).Rejection?.Code);
        Assert.Null(venue.Engine.Try(new ParametersUpdated(venue.NextId(), venue.Time, Margins("0.11", "0.05"))).Rejection);
        Assert.Null(venue.Engine.LastJudgement);
        Assert.True(Update(venue, Margins("0.11", "0.05")).IsApplied);
        Assert.True(venue.Engine.LastJudgement!.Verdict.Holds);
        Breaks(venue, "one_an_hour", Margins("0.12", "0.05"));
        Assert.Equal("one_an_hour", venue.Engine.LastJudgement.Verdict.Broken!.Rule);
    }

    [Fact]
    public void Margins_are_not_cut_while_prices_move_more_than_at_the_last_update()
    {
        var venue = new Venue();
        venue.Prices(("P", "104"));
        venue.Time += Hour;
        Breaks(venue, "no_cut_in_stress", Margins("0.09", "0.05"));                              // 4 %, and 0 at the last update
        Assert.True(Update(venue, Margins("0.11", "0.05")).IsApplied);                           // a rise is no cut
        venue.Time += Hour;
        Assert.True(Update(venue, Margins("0.1", "0.05")).IsApplied);                            // still 4 %, and 4 % at the last update
        venue.Prices(("P", "98.99"));
        venue.Time += Hour;
        Breaks(venue, "no_cut_in_stress", Margins("0.09", "0.05"));
        venue.Time += PriceRanges.Window;                                                        // nothing but 98.99 in the last day
        Assert.True(Update(venue, Margins("0.09", "0.05")).IsApplied);
    }

    [Fact]
    public void Margins_are_not_cut_while_the_fund_is_low_and_the_guard_is_not_loosened_then()
    {
        var venue = new Venue(parameters: Venue.Parameters.Trim()[..^1] + ""","parameters":{"guard_factor":"1.5","guard_level":"1000"}}""");
        venue.Time += Hour;
        Breaks(venue, "no_cut_in_stress", Margins("0.09", "0.05"));
        Breaks(venue, "fund_guard_stays", """{"parameters":{"guard_factor":"1.4"}}""");
        Breaks(venue, "honest_guard", """{"parameters":{"insurance":"1000"}}""");
        venue.Deposit("insurance", "1000");
        Assert.Equal("""{"parameters":{"insurance":"1000"}}""", Assert.IsType<ParametersUpdated>(venue.Generated().Last()).Change);
        Assert.True(Update(venue, """{"parameters":{"guard_factor":"1.4"}}""").IsApplied);
        venue.Time += Hour;
        Assert.True(Update(venue, Margins("0.09", "0.05")).IsApplied);
    }

    [Fact]
    public void The_guard_raises_initial_margin_as_customers_use_more_of_what_they_own()
    {
        var venue = new Venue(parameters: Venue.Parameters.Trim()[..^1] + ""","parameters":{"use_factor":"2","use_level":"0.3"}}""");
        venue.Open("alice", "1000");
        venue.Open("bob", "10000");
        venue.Time += Hour;
        Assert.True(venue.Trade("alice", "bob", "50").IsApplied);                                // 250 + 250 of 11,000
        Assert.True(Update(venue, """{"parameters":{"use_level":"0.05"}}""").IsApplied);
        Assert.Empty(venue.Generated());
        Assert.Equal("500", Initial(venue));
        venue.Prices(("P", "110"));                                                              // 275 + 275 of 11,000 is 5 %, not above
        Assert.Empty(venue.Generated());
        venue.Prices(("P", "111"));
        Assert.Equal("""{"parameters":{"insurance":"0","margin_use":"0.05045454"}}""", Assert.IsType<ParametersUpdated>(Assert.Single(venue.Generated())).Change);
        Assert.Equal("1110", Initial(venue));
        Breaks(venue, "use_guard_stays", """{"parameters":{"use_level":"0.06"}}""");
        Breaks(venue, "honest_guard", """{"parameters":{"margin_use":"0.01"}}""");
        venue.Prices(("P", "100"));
        Assert.Equal("500", Initial(venue));

        static string Initial(Venue venue) => ScaledNumber.Format(venue.Health("alice").Initial, venue.Health("alice").Scale);
    }

    [Fact]
    public void Updates_follow_each_other_and_a_log_that_is_restored_judges_the_same()
    {
        var venue = new Venue();
        venue.Prices(("P", "104"), ("Q", "45"));
        venue.Time += Hour;
        Assert.True(Update(venue, Margins("0.11", "0.05")).IsApplied);
        MarketData left = venue.Engine.Market!;
        venue.Prices(("P", "101"));
        venue.Time += Hour;
        var next = new ParametersUpdated(venue.NextId(), venue.Time, Margins("0.1", "0.05"));
        var restored = new MarginEngine(Venue.Rulebook("cross_perps"));
        foreach (LoggedEvent logged in venue.Log) restored.Restore(logged);
        foreach (MarginEngine engine in (MarginEngine[])[venue.Engine, restored])
        {
            UpdateJudgement judgement = engine.Judge(next)!;
            Assert.Equal([3_601, 0, 0, 11_111_111, 11_111_111], judgement.Aggregates);           // elapsed, fund, use, 5 / 45
            Assert.True(judgement.Verdict.Holds);
            Assert.Equal(left.Tables[1][0].Fields[0], judgement.Before.Tables[1][0].Fields[0]);
            Assert.Equal(101_00000000, judgement.After.Tables[1][0].Fields[0].Integer);
        }
    }

    [Fact]
    public void An_aggregate_that_nothing_measures_is_refused_at_once()
    {
        const string text = """
            rulebook r
            quantity Money scale 2 bits 60 unit USD
            market Instrument { mark: Money }
            account { free: Money, positions: { instrument: Instrument, size: Money, cost: Money }* }
            equity = free
            initial = free
            maintenance = free
            meta {
              system { moon: Money }
              require full = system.moon > 0
            }
            """;
        ArgumentException fault = Assert.Throws<ArgumentException>(() => new MarginEngine(RulebookCompiler.Compile(text, "r.risk").Rulebook!, new EngineOptions { Binding = new EngineBinding { CashAsset = "USD" } }));
        Assert.Contains("moon is nothing that the engine measures: elapsed, insurance_fund, volatility", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_are_those_of_every_price_that_held_within_a_day()
    {
        var random = new Random(5);
        var ranges = new PriceRanges();
        var prices = new List<(long Time, long Price)>();
        long now = 0;
        for (int i = 0; i < 2_000; i++)
        {
            now += random.NextInt64(PriceRanges.Window / 20);
            long price = random.Next(1, 50);
            prices.Add((now, price));
            ranges.Add(3, now, price);
            long asked = now + (i % 5 == 0 ? random.NextInt64(PriceRanges.Window * 2) : 0);
            long[] held = [.. prices.Where((_, k) => k == prices.Count - 1 || prices[k + 1].Time > asked - PriceRanges.Window).Select(p => p.Price)];
            (BigInteger difference, BigInteger lowest) = ranges.Widest(asked);
            Assert.Equal((BigInteger)(held.Max() - held.Min()) * lowest, difference * held.Min());
            now = Math.Max(now, asked);
        }
        Assert.Equal((0, 1), ((int)new PriceRanges().Widest(0).Difference, (int)new PriceRanges().Widest(0).Lowest));
    }
}
