using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

/// <summary>Whatever market data <c>portfolio_margin</c> takes, accounts under it can be judged: an update or a price by which an option had no value would be in the log before anybody was judged by it.</summary>
public sealed class PortfolioBoundsTests
{
    private const long Expiry = 1_702_592_000_000;

    [Fact]
    public void A_year_of_no_seconds_is_refused()
    {
        Venue venue = Open();
        SubmitResult refused = venue.Submit((id, t) => new ParametersUpdated(id, t, """{"parameters":{"year":"0"}}"""));
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook), (refused.Outcome, refused.Rejection?.Code));
        venue.Apply((id, t) => new ParametersUpdated(id, t, """{"parameters":{"year":"1"}}"""));
        Assert.NotNull(venue.Engine.Health(new AccountId("pat")));
    }

    /// <summary>The largest price, the most of volatility and moves, and a fall to nothing; and a price of nothing.</summary>
    [Theory]
    [InlineData("11258999.06", "20", "4")]
    [InlineData("11258999.06", "0", "0")]
    [InlineData("0", "20", "-1")]
    [InlineData("0.01", "0.00000001", "-1")]
    public void At_the_bounds_of_prices_and_scenarios_accounts_have_a_health(string price, string vol, string move)
    {
        Venue venue = Open();
        venue.Apply((id, t) => new ParametersUpdated(id, t, $$$"""{"market":{"Instrument":[{"symbol":"C","vol":"{{{vol}}}"},{"symbol":"D","vol":"{{{vol}}}"}],"Scenario":[{"spot":"{{{move}}}","symbol":"up","vol":"{{{move}}}"}]}}"""));
        venue.Prices(("BTC", price), ("P", price), ("C", price), ("D", price));
        Assert.All(venue.Engine.HealthOfAll(), health => Assert.NotNull(health));
    }

    private static Venue Open()
    {
        var venue = new Venue("portfolio_margin", parameters:
            """{"market":{"Asset":[{"symbol":"USD"},{"haircut":"0.1","symbol":"BTC"}],"Instrument":[{"initial":"0.1","maintenance":"0.05","symbol":"P","underlying":"BTC"},{"initial":"0.1","maintenance":"0.05","symbol":"Q","underlying":"BTC"}],"Scenario":[{"spot":"-0.1","symbol":"down"},{"spot":"0.1","symbol":"up"}]}}""");
        foreach ((string symbol, OptionRight right) in ((string, OptionRight)[])[("C", OptionRight.Call), ("D", OptionRight.Put)])
            venue.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms(symbol, InstrumentKind.Option, "USD", 3, 2, new Quantity(1), "BTC", Expiry, new Quantity(20_000), right)));
        venue.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":"0.15","maintenance":"0.075","symbol":"C","vol":"0.6"},{"initial":"0.15","maintenance":"0.075","symbol":"D","vol":"0.6"}]}}"""));
        venue.Prices(("C", "1370"), ("D", "1370"), ("P", "20000"));
        venue.Open("maker", "1000000");
        venue.Apply((id, t) => new AccountOpened(id, t, new AccountId("pat"), default, MarginMode.Portfolio));
        venue.Deposit("pat", "1000000");
        foreach (string symbol in (string[])["C", "D", "P"]) Assert.True(venue.Trade("pat", "maker", "1", symbol == "P" ? "20000" : "1370", symbol).IsApplied);
        return venue;
    }
}
