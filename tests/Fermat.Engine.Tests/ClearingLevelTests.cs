using System.Globalization;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

/// <summary>
/// Margin levels that a futures protocol's own tests expect of parties without open orders, to the integer: numbers of <c>0019-MCAL-margin_calculator-verified_margins_case1</c>, <c>case2</c> and <c>case3</c>, <c>verified-positions-resolution-4</c> and
/// <c>0019-MCAL_fundingMargin2</c> (vegaprotocol/vega, core/integration/features). Their risk factors are those of a simple risk model, and slippage factors have up to 16 decimals.
/// </summary>
public sealed class ClearingLevelTests
{
    private readonly MarginEngine _engine = new(Venue.Rulebook("cleared_futures"));
    private int _events;

    [Theory]
    [InlineData("0.0873794174757282", "0.2", "0.1", 13, 11_200_010, 41_842_481, 133_895_939, 167_369_924, 209_212_405)] // case1
    [InlineData("0.0873794174757282", "0.2", "0.1", 13, 14_000_000, 52_303_054, 167_369_772, 209_212_216, 261_515_270)]
    [InlineData("0.25", "0.2", "0.1", 13, 11_200_010, 65_520_059, null, 262_080_236, null)]                            // case2
    [InlineData("0.25", "0.2", "0.1", 13, 10_000_000, 58_500_000, null, null, null)]
    [InlineData("1", "0.2", "0.1", 13, 14_000_000, 218_400_000, 698_880_000, 873_600_000, 1_092_000_000)]              // case3
    [InlineData("1", "0.2", "0.1", 13, 16_000_000, 249_600_000, 798_720_000, 998_400_000, 1_248_000_000)]
    [InlineData("0.1111111111111111", "0", "0", -100, 180, 2000, 6400, 8000, 10_000)]                                  // verified-positions-resolution-4
    public void Levels_are_those_of_the_market(string slippage, string longRisk, string shortRisk, int size, long mark, int maintenance, int? search, int? initial, int? release)
    {
        List(InstrumentKind.Future, multiplier: 1, $$$"""{"market":{"Asset":[{"symbol":"X"}],"Instrument":[{"long_risk":"{{{longRisk}}}","short_risk":"{{{shortRisk}}}","slippage":"{{{slippage}}}","symbol":"M"}]},"parameters":{"initial_factor":"4","release_factor":"5","search_factor":"3.2"}}""");
        Price(mark);
        Open("party", 10_000_000_000);
        Open("maker", 10_000_000_000);
        (string buyer, string seller) = size > 0 ? ("party", "maker") : ("maker", "party");
        Trade(buyer, seller, Math.Abs(size), mark);
        Settle(mark);
        Assert.Equal(maintenance, Level("party", "maintenance"));
        Assert.Equal(search ?? Level("party", "search"), Level("party", "search"));
        Assert.Equal(initial ?? Level("party", "initial"), Level("party", "initial"));
        Assert.Equal(release ?? Level("party", "release"), Level("party", "release"));
    }

    /// <summary>A contract of 1,000 units, for which 160 of funding have accrued; half of that counts. Longs owe it, and shorts need nothing more.</summary>
    [Fact]
    public void Funding_that_has_accrued_counts_for_who_owes_it()
    {
        List(InstrumentKind.LinearPerpetual, multiplier: 1000, """{"market":{"Asset":[{"symbol":"X"}],"Instrument":[{"funding_factor":"0.5","long_risk":"0.1","short_risk":"0.1","slippage":"0.25","symbol":"M"}]},"parameters":{"initial_factor":"1.2","release_factor":"1.4","search_factor":"1.1"}}""");
        Price(1590);
        foreach (string party in new[] { "party1", "party2" }) Open(party, 1_000_000_000);
        Trade("party2", "party1", 1, 1590);
        Settle(1590);
        Assert.Equal((556_500, 556_500), (Level("party1", "maintenance"), Level("party2", "maintenance")));

        Accrue("0.16");
        Assert.Equal((556_500, 556_580), (Level("party1", "maintenance"), Level("party2", "maintenance")));
        Assert.Equal((556_580 * 11 / 10, 556_580 * 12 / 10, 556_580 * 14 / 10), (Level("party2", "search"), Level("party2", "initial"), Level("party2", "release")));

        Accrue("-0.1600001");                                                                   // shorts owe 160.0001, of which 80.00005 count: 81
        Assert.Equal((556_581, 556_500), (Level("party1", "maintenance"), Level("party2", "maintenance")));

        Accrue("0");
        Assert.Equal((556_500, 556_500), (Level("party1", "maintenance"), Level("party2", "maintenance")));
    }

    private void List(InstrumentKind kind, int multiplier, string change)
    {
        Do(id => new VenueOpened(id, 0, "clearing", new AccountId("insurance"), new AccountId("fees")));
        Do(id => new AssetListed(id, 0, "X", 0));
        Do(id => new InstrumentListed(id, 0, new InstrumentTerms("M", kind, "X", 0, 0, new Quantity(multiplier), Expiry: kind == InstrumentKind.Future ? long.MaxValue : null)));
        Do(id => new ParametersUpdated(id, 0, change));
        Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { ["X"] = new(1) }, null));
    }

    private void Accrue(string accrued) => Do(id => new ParametersUpdated(id, 0, $$$"""{"market":{"Instrument":[{"accrued":"{{{accrued}}}","symbol":"M"}]}}"""));

    private void Open(string party, long amount)
    {
        Do(id => new AccountOpened(id, 0, new AccountId(party), default, MarginMode.Cross));
        Do(id => new Deposit(id, 0, new AccountId(party), "X", new Quantity(amount)));
    }

    private void Price(long mark) => Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { ["M"] = new(mark) }, null));

    private void Trade(string buyer, string seller, long size, long price) => Do(id => new Trade(id, 0, "M", new AccountId(buyer), new AccountId(seller), new Quantity(size), new Quantity(price), default, default, null, null));

    private void Settle(long mark) => Do(id => new Settlement(id, 0, "M", new Quantity(mark), Close: false));

    private long Level(string party, string level) => long.Parse(_engine.Levels(new AccountId(party)).Single(known => known.Key == level).Value, CultureInfo.InvariantCulture);

    private void Do(Func<EventId, LedgerEvent> make)
    {
        SubmitResult result = _engine.Submit(make(new EventId(string.Create(CultureInfo.InvariantCulture, $"c{++_events}"))));
        Assert.True(result.IsApplied, result.Rejection?.ToString());
    }
}
