using System.Globalization;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

/// <summary>Marks that the engine derives from index prices, by the formulas of docs/ORACLES.md, worked out by hand.</summary>
public sealed class DerivedMarkTests
{
    private const long Day = 86_400_000, Hours8 = 28_800_000;
    private const string Basis = """{"instruments":{"P":{"index":"IDX","method":"index-and-basis","timeConstant":30000}}}""";
    private const string Median = """{"classes":{"linear-perpetual":{"index":"IDX","interval":28800000,"method":"median","timeConstant":30000}},"instruments":{"P":{"method":"stated"}}}""";

    [Fact]
    public void Index_and_average_basis()
    {
        Venue venue = Opened(Basis);
        Assert.Equal("100", Mark(venue, "P"));                                                      // nothing follows before the first sample
        venue.Prices(("IDX", "100"), ("P.mid", "100.6"));
        Assert.Equal("100.6", Mark(venue, "P"));
        venue.Time += 9_000;
        venue.Prices(("IDX", "101"), ("P.mid", "101"));                                             // 60 + ⌊(0 − 60) · 10 / 40⌋ = 45
        Assert.Equal("101.45", Mark(venue, "P"));
        venue.Prices(("IDX", "99.999"));                                                            // no sample: the average stays; the index is rounded down to cents
        Assert.Equal("100.44", Mark(venue, "P"));
        Assert.Equal("50", Mark(venue, "Q"));
    }

    [Theory]
    [InlineData("0.001", "49", "50.02")]                                                            // ⌊5000 · (1 + 0.001 / 2)⌋ = 5002 is between 4900 and 5010
    [InlineData("0.001", "50.05", "50.05")]
    [InlineData("0.001", "51", "50.1")]
    [InlineData("-0.001", "49", "49.97")]                                                           // ⌊5000 − 2.5⌋ = 4997
    [InlineData("0", "51", "50.1")]
    public void Median_of_carried_index_basis_and_last_trade(string rate, string last, string mark)
    {
        Venue venue = Opened(Median);
        venue.Apply((id, t) => new FundingTick(id, t, "Q", Venue.Number(rate)));
        venue.Time = (venue.Time / Hours8 + 1) * Hours8 + Hours8 / 2 - 1000;                        // half of the interval is left at the next event
        venue.Prices(("IDX", "50"), ("Q.mid", "50.1"), ("Q.last", last));
        Assert.Equal(mark, Mark(venue, "Q"));
        Assert.Equal("100", Mark(venue, "P"));                                                      // its own rule says that it is stated
        venue.Prices(("P", "101"));
    }

    [Fact]
    public void An_option_by_black_on_a_forward_and_a_surface()
    {
        Venue venue = Options(out long at);
        venue.Time = at - 1000;
        venue.Prices(("IDX", "31000"));
        Assert.Equal(("646.82", "2979.82"), (Mark(venue, "C"), Mark(venue, "O")));                  // the reference of VolatilitySurfaceTests: 33333, 14 days
        Assert.Equal(["C", "O"], ((PricesSet)venue.Generated().Last()).Prices.Keys);
    }

    [Fact]
    public void An_option_on_a_future_whose_own_mark_is_derived()
    {
        Venue venue = Options(out long at);
        venue.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("F", InstrumentKind.Future, "USD", 3, 2, new Quantity(1), "IDX", at + 14 * Day)));
        Rules(venue, """{"classes":{"future":{"method":"index-and-basis","timeConstant":1000},"option":{"forward":"F","method":"black-76","surface":"IDX"}}}""");
        venue.Time = at - 1000;
        venue.Prices(("IDX", "30900"), ("F.mid", "31000"));
        Assert.Equal(("31000", "646.82"), (Mark(venue, "F"), Mark(venue, "C")));
    }

    [Fact]
    public void After_its_expiry_an_option_has_the_mark_of_the_first_index_price_and_keeps_it()
    {
        Venue venue = Options(out long at);
        venue.Time = at - 1000;
        venue.Prices(("IDX", "31000"));
        venue.Time = at + 14 * Day;
        Rules(venue, Surface(at + 20 * Day));
        venue.Prices(("USD", "1"));
        Assert.Equal("646.82", Mark(venue, "C"));                                                   // neither a surface nor another price is the index at expiry
        venue.Prices(("IDX", "33400"));
        Assert.Equal(("67", "0.01"), (Mark(venue, "C"), Mark(venue, "O")));
        venue.Prices(("IDX", "40000"));
        Assert.Equal("67", Mark(venue, "C"));
        venue.Apply((id, t) => new Settlement(id, t, "C", Venue.Number("67"), Close: true));
    }

    [Fact]
    public void What_follows_from_a_derived_mark_comes_after_it_in_the_log()
    {
        Venue venue = Opened(Basis);
        venue.Open("a", "1000");
        venue.Open("b", "1000");
        venue.Prices(("IDX", "100"), ("P.mid", "100"));
        Assert.True(venue.Trade("a", "b", "50").IsApplied);
        int since = venue.Log.Count;
        venue.Prices(("IDX", "80"), ("P.mid", "80"));
        LedgerEvent[] made = [.. venue.Generated(since)];
        Assert.Equal("80", ((PricesSet)made[0]).Prices["P"].ToString());
        Assert.Equal(venue.Time, made[0].Time);
        Assert.Equal(new AccountId("a"), MarginEngine.FailingOf(made[1]));
    }

    [Fact]
    public void The_log_alone_and_the_instructions_alone_give_the_same_marks_and_the_same_log()
    {
        Venue venue = Options(out long at);
        Rules(venue, Basis);
        venue.Open("a", "100000");
        venue.Open("b", "100000");
        var random = new Random(7);
        for (int i = 0; i < 40; i++)
        {
            venue.Time += random.Next(20_000);
            decimal index = random.Next(3_000_000, 3_100_000) / 100m;
            venue.Prices(("IDX", Text(index)), ("P.mid", Text(index + random.Next(-500, 500) / 100m)));
            if (i % 5 == 0) Rules(venue, Surface(at + i * 1000));
            venue.Submit((id, t) => new Trade(id, t, "C", new AccountId("a"), new AccountId("b"), Venue.Number("0.01"), Venue.Number("600"), default, default, null, null));
        }
        string[] lines = [.. venue.Log.Select(logged => EventJson.Write(logged.Event))];
        var restored = new MarginEngine(Venue.Rulebook("cross_perps"));
        foreach (LoggedEvent logged in venue.Log) restored.Restore(logged);
        var again = new List<LoggedEvent>();
        var engine = new MarginEngine(Venue.Rulebook("cross_perps"), null, again.Add);
        engine.SubmitMany([.. venue.Log.Where(logged => !logged.Generated).Select(logged => logged.Event)]);
        Assert.Equal(lines, again.Select(logged => EventJson.Write(logged.Event)));
        var judged = new MarginEngine(Venue.Rulebook("cross_perps"), new EngineOptions { Automatic = false });
        Assert.All(judged.SubmitMany([.. venue.Log.Select(logged => logged.Event)]), (result, i) => Assert.True(result.IsApplied == venue.Log[i].Rejection is null, result.Rejection?.ToString()));
        foreach (MarginEngine other in (MarginEngine[])[restored, engine, judged])
        {
            Assert.Equal(venue.Engine.State.Instruments.Select(one => one.Mark), other.State.Instruments.Select(one => one.Mark));
            Assert.Equal(venue.Engine.Marks.Prices.OrderBy(price => price.Key, StringComparer.Ordinal), other.Marks.Prices.OrderBy(price => price.Key, StringComparer.Ordinal));
        }
    }

    [Fact]
    public void A_log_that_ends_between_prices_and_marks_goes_on_with_the_marks()
    {
        Venue venue = Opened(Basis);
        venue.Prices(("IDX", "100"), ("P.mid", "100.6"));
        var engine = new MarginEngine(Venue.Rulebook("cross_perps"));
        foreach (LoggedEvent logged in venue.Log.SkipLast(1)) engine.Restore(logged);
        Assert.Equal("100.6", engine.Marks.Due["P"].ToString());
        Assert.True(engine.Submit(new AccountOpened(new EventId("a"), venue.Time, new AccountId("a"), default, MarginMode.Cross)).IsApplied);
        Assert.Empty(engine.Marks.Due);
        Assert.Equal(10_060, engine.State.Instruments[0].Mark);
    }

    [Fact]
    public void A_mark_that_is_derived_is_set_by_nobody_else()
    {
        Venue venue = Opened(Basis);
        Refused(venue, "the mark of P is derived, by index-and-basis", (id, t) => Set(id, t, ("P", "100")));
        venue.Prices(("Q", "51"));
    }

    [Fact]
    public void As_logged_the_marks_that_follow_come_next_and_are_these()
    {
        Venue venue = Opened(Basis, new EngineOptions { Automatic = false });
        venue.Prices(("IDX", "100"), ("P.mid", "100.6"));
        long now = venue.Time;
        Refused(venue, "the mark of P is 100.6", (id, _) => new AccountOpened(id, now, new AccountId("a"), default, MarginMode.Cross));
        Refused(venue, "the mark of P is 100.6, by index-and-basis, and the event says 100.61", (id, _) => Set(id, now, ("P", "100.61")));
        Refused(venue, "the mark of P is 100.6, by index-and-basis, and the event says nothing of it", (id, _) => Set(id, now, ("Q", "50")));
        Refused(venue, "no mark of Q is due", (id, _) => Set(id, now, ("P", "100.6"), ("Q", "50")));
        Refused(venue, "at time", (id, _) => Set(id, now + 1, ("P", "100.6")));
        Refused(venue, "without a source", (id, _) => Set(id, now, ("P", "100.6")) with { Source = new byte[32] });
        venue.Apply((id, _) => Set(id, now, ("P", "100.6")));
        Assert.Equal("100.6", Mark(venue, "P"));
    }

    [Fact]
    public void A_mark_that_was_derived_is_derived_at_each_set_or_there_is_no_set()
    {
        Venue venue = Options(out long at);
        venue.Time = at - 1000;
        venue.Prices(("IDX", "31000"));
        Refused(venue, "does not fit the rulebook's mark", (id, t) => Set(id, t, ("IDX", "5000000000000")));
        venue.Time = at;
        Rules(venue, $$$"""{"surfaces":{"IDX":[{"expiry":{{{at + 2000}}},"points":[["33333","0.5"]]}]}}""");
        Refused(venue, "no mark of C follows any more, by black-76: every expiry of the surface IDX has passed", (id, t) => Set(id, t + 1000, ("IDX", "31000")));
        Refused(venue, "no mark of C follows any more, by black-76: there is no surface OTHER", (id, t) => new MarksUpdated(id, t, """{"instruments":{"C":{"method":"black-76","surface":"OTHER"}}}"""));
        Refused(venue, "no mark of C follows any more, by black-76: the price of IDX is less than a unit", (id, t) => Set(id, t, ("IDX", "0")));
        Rules(venue, Surface(at));
        venue.Prices(("IDX", "31000"));
    }

    [Theory]
    [InlineData("""{"instruments":{"P":{"method":"black-76"}}}""", "black-76 marks options")]
    [InlineData("""{"classes":{"option":{"method":"index-and-basis","timeConstant":1}}}""", "index-and-basis marks perpetuals and futures")]
    [InlineData("""{"classes":{"future":{"interval":1,"method":"median","timeConstant":1}}}""", "median marks perpetuals")]
    [InlineData("""{"classes":{"spot":{"method":"stated"}}}""", "classes are linear-perpetual")]
    [InlineData("""{"instruments":{"P":{"method":"index-and-basis","timeConstant":1}}}""", "instruments.P: it has no underlying")]
    [InlineData("""{"instruments":{"P":{"index":"IDX","method":"index-and-basis","timeConstant":1},"Q":{"index":"P","method":"index-and-basis","timeConstant":1}}}""", "P is a derived mark")]
    [InlineData("""{"instruments":{"P":{"index":"IDX","method":"index-and-basis"}}}""", "instruments.P.timeConstant: is missing")]
    [InlineData("""{"instruments":{"P":{"method":"median","timeConstant":1}}}""", "instruments.P.interval: is missing")]
    [InlineData("""{"instruments":{"P":{"method":"index-and-basis","timeConstant":0}}}""", "instruments.P.timeConstant: from 1")]
    [InlineData("""{"instruments":{"P":{"method":"index-and-basis","timeConstant":315360000001}}}""", "instruments.P.timeConstant: from 1")]
    [InlineData("""{"instruments":{"P":{"method":"fair"}}}""", "instruments.P.method")]
    [InlineData("""{"instruments":{"P":{"last":"X","method":"index-and-basis","timeConstant":1}}}""", "instruments.P.last: index-and-basis has no such field")]
    [InlineData("""{"instruments":{"P":{"index":"a b","method":"index-and-basis","timeConstant":1}}}""", "instruments.P.index")]
    [InlineData("""{"surfaces":{"S":[]}}""", "surfaces.S: a surface has at least one expiry")]
    [InlineData("""{"surfaces":{"S":[{"expiry":1}]}}""", "surfaces.S[0]")]
    [InlineData("""{"surfaces":{"S":[{"expiry":1,"points":[["1","0.5","1"]]}]}}""", "a point is a strike and a volatility")]
    [InlineData("""{"surfaces":{"S":[{"expiry":1,"points":[["1","0.123456789"]]}]}}""", "at most 8 decimals")]
    [InlineData("""{"surfaces":{"S":[{"expiry":1,"points":[["2","0.5"],["1","0.5"]]}]}}""", "is not above the one before it")]
    [InlineData("""{"surfaces":{"S":[{"expiry":1,"points":[["1","-0.5"]]}]}}""", "volatility outside")]
    public void Rules_and_surfaces_that_are_none(string change, string words) => Refused(new Venue(), words, (id, t) => new MarksUpdated(id, t, change));

    [Fact]
    public void An_instrument_that_its_class_s_rule_cannot_mark_is_not_listed()
    {
        Venue venue = Opened("""{"classes":{"future":{"method":"index-and-basis","timeConstant":1}}}""");
        Refused(venue, "instruments.F: it has no underlying", (id, t) => new InstrumentListed(id, t, new InstrumentTerms("F", InstrumentKind.Future, "USD", 3, 2, new Quantity(1), null, t + Day)));
    }

    private static Venue Opened(string rules, EngineOptions? options = null)
    {
        var venue = new Venue(options: options);
        Rules(venue, rules);
        return venue;
    }

    /// <summary>A call and a put at 33333 that expire 14 days after a moment, marked by the surface of VolatilitySurfaceTests at that moment.</summary>
    private static Venue Options(out long at)
    {
        var venue = new Venue();
        at = venue.Time + 60_000;
        foreach ((string symbol, OptionRight right) in new[] { ("C", OptionRight.Call), ("O", OptionRight.Put) })
        {
            var terms = new InstrumentTerms(symbol, InstrumentKind.Option, "USD", 3, 2, new Quantity(1), "IDX", at + 14 * Day, Venue.Number("33333"), right);
            venue.Apply((id, t) => new InstrumentListed(id, t, terms));
        }
        venue.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"C"},{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"O"}]}}"""));
        Rules(venue, """{"classes":{"option":{"method":"black-76"}}}""");
        Rules(venue, Surface(at));
        return venue;
    }

    private static string Surface(long at) => string.Create(CultureInfo.InvariantCulture, $$$"""{"surfaces":{"IDX":[{"expiry":{{{at + 7 * Day}}},"points":[["28000","0.7"],["30000","0.55"],["34000","0.62"]]},{"expiry":{{{at + 35 * Day}}},"points":[["25000","0.68"],["30000","0.6"],["40000","0.65"]]}]}}""");

    private static void Rules(Venue venue, string change) => venue.Apply((id, t) => new MarksUpdated(id, t, change));

    private static PricesSet Set(EventId id, long time, params (string Feed, string Price)[] prices) => new(id, time, prices.ToDictionary(p => p.Feed, p => Venue.Number(p.Price)), null);

    private static void Refused(Venue venue, string words, Func<EventId, long, LedgerEvent> instruction)
    {
        ulong height = venue.Engine.State.Height;
        SubmitResult result = venue.Submit(instruction);
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.MarkNotDerived), (result.Outcome, result.Rejection!.Code));
        Assert.Contains(words, result.Rejection.Message, StringComparison.Ordinal);
        Assert.Equal(height, venue.Engine.State.Height);
    }

    private static string Mark(Venue venue, string symbol)
    {
        Assert.True(venue.Engine.State.TryFindInstrument(symbol, out var instrument));
        return new Quantity(instrument.Mark!.Value, instrument.Terms.PriceScale).ToString();
    }

    private static string Text(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
