using Fermat.Ledger.Events;

namespace Fermat.Venue.Tests;

/// <summary>A venue under <c>portfolio_margin</c>: perpetuals P on BTC and E on ETH, and options on BTC, a call C and a put D, both at 20,000 and of thirty days.</summary>
internal static class PortfolioLog
{
    public const long Expiry = 1_702_592_000_000;

    /// <summary>What is listed, of the events of <see cref="Open"/>.</summary>
    public const int Listings = VenueLog.Listings + 7;

    private const string Parameters =
        """{"market":{"Asset":[{"haircut":"0.1","symbol":"BTC"},{"symbol":"USD"}],"Instrument":[{"initial":"0.1","maintenance":"0.05","symbol":"P","underlying":"BTC"},{"initial":"0.1","maintenance":"0.05","symbol":"Q","underlying":"BTC"}],"Scenario":[{"spot":"-0.1","symbol":"down"},{"spot":"0.1","symbol":"up"}]}}""";

    private const string More =
        """{"market":{"Asset":[{"symbol":"ETH"}],"Instrument":[{"initial":"0.15","maintenance":"0.075","symbol":"C","vol":"0.6"},{"initial":"0.15","maintenance":"0.075","symbol":"D","vol":"0.6"},{"initial":"0.1","maintenance":"0.05","symbol":"E"}],"Scenario":[{"spot":"-0.1","symbol":"down-calm","vol":"-0.25"},{"spot":"-0.1","symbol":"down-wild","vol":"0.4"},{"spot":"0.1","symbol":"up-calm","vol":"-0.25"},{"spot":"0.1","symbol":"up-wild","vol":"0.4"},{"spot":"0","symbol":"wild","vol":"0.4"}]}}""";

    /// <summary>Everything listed and priced, the insurance fund filled.</summary>
    public static VenueLog Open(string insurance = "1000000", bool allowsBorrowing = false)
    {
        var log = new VenueLog("portfolio_margin", parameters: Parameters, allowsBorrowing: allowsBorrowing);
        log.Apply((id, t) => new AssetListed(id, t, "ETH", 8));
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("E", InstrumentKind.LinearPerpetual, "USD", 3, 2, new Quantity(1), Underlying: "ETH")));
        foreach ((string symbol, OptionRight right) in ((string, OptionRight)[])[("C", OptionRight.Call), ("D", OptionRight.Put)])
            log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms(symbol, InstrumentKind.Option, "USD", 3, 2, new Quantity(1), "BTC", Expiry, new Quantity(20_000), right)));
        log.Apply((id, t) => new ParametersUpdated(id, t, More));
        log.Prices(("ETH", "1500"), ("P", "20000"), ("Q", "20010"), ("C", "1370"), ("D", "1370"), ("E", "1500"));
        log.Deposit("insurance", insurance);
        return log;
    }
}
