using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Core;

namespace Fermat.Engine.Tests;

/// <summary>How sure the sources are of their prices is in the market records of a rulebook that asks for it: under <c>portfolio_margin</c> a price that is doubted needs more margin, until the next set is sure of it.</summary>
public sealed class ConfidenceTests
{
    private const string Parameters =
        """{"market":{"Asset":[{"symbol":"USD"},{"haircut":"0.1","symbol":"BTC"}],"Instrument":[{"initial":"0.1","maintenance":"0.05","symbol":"P","underlying":"BTC"},{"initial":"0.1","maintenance":"0.05","symbol":"Q","underlying":"USD"}],"Scenario":[{"spot":"-0.1","symbol":"down"},{"spot":"0.1","symbol":"up"}]},"parameters":{"confidence_threshold":"0.95"}}""";

    /// <summary>By hand: half of what a confidence lacks to one, of the mark of two perpetuals and of the index of a coin that is held; the less sure one of mark and index counts.</summary>
    [Theory]
    [InlineData("P", "0.8", "4000")]                        // 2 · 20,000 · 10%
    [InlineData("P", "0.949999999999999999", "1000.0004")]  // 2 · ⌈20,000 · ⌈2.5000000000000001%⌉⌉, a rate with 8 decimals
    [InlineData("P", "0.95", "0")]
    [InlineData("BTC", "0.9", "2500")]                      // 2 · 20,000 · 5%, and half a coin at 20,000
    [InlineData("BTC", "0", "25000")]
    [InlineData("USD", "0.5", "25000")]                     // of the 100,000 dollar coins
    [InlineData("Q", "0.1", "0")]
    public void A_doubted_price_needs_more_initial_margin(string feed, string confidence, string more)
    {
        Venue venue = Open();
        AccountHealth sure = Health(venue);
        Doubt(venue, (feed, confidence));
        AccountHealth doubted = Health(venue);
        Assert.Equal(Units(more, sure.Scale), doubted.Initial - sure.Initial);
        Assert.Equal((sure.Equity, sure.Maintenance), (doubted.Equity, doubted.Maintenance));
        venue.Prices((feed, feed is "P" or "BTC" ? "20000" : feed == "Q" ? "50" : "1"));
        Assert.Equal(sure.Initial, Health(venue).Initial);
    }

    [Fact]
    public void A_trade_that_a_doubted_price_leaves_short_is_refused_until_it_is_sure()
    {
        Venue venue = Open();
        Doubt(venue, ("P", "0.1"));                         // each coin needs 9,000 more than its 2,000
        Assert.Equal(EngineRejectionCode.InsufficientMargin, venue.Trade("pat", "maker", "10", "20000").Rejection?.Code);
        venue.Prices(("P", "20000"));
        Assert.True(venue.Trade("pat", "maker", "10", "20000").IsApplied);
        Doubt(venue, ("P", "0.1"));                         // and who is short of initial margin alone is not liquidated
        Assert.DoesNotContain(venue.Log, logged => logged.Event is Liquidation);
    }

    [Fact]
    public void A_derived_mark_is_as_sure_as_its_index_and_set_again_when_that_changes()
    {
        Venue venue = Open();
        venue.Apply((id, t) => new MarksUpdated(id, t, """{"instruments":{"P":{"index":"BTC","method":"index-and-basis","timeConstant":30000}}}"""));
        venue.Apply((id, t) => new PricesSet(id, t, new Dictionary<string, Quantity> { ["BTC"] = new(20_000), ["P.mid"] = new(20_000) }, null));
        AccountHealth sure = Health(venue);
        Doubt(venue, ("BTC", "0.9"));
        Assert.Equal((Venue.Number("0.9"), Venue.Number("0.9")), (venue.Engine.State.ConfidenceOf("P"), venue.Engine.Marks.ConfidenceOf("P")));
        Assert.Equal(Units("2500", sure.Scale), Health(venue).Initial - sure.Initial);
        var derived = (PricesSet)venue.Log[^1].Event;
        Assert.Equal((null, Venue.Number("0.9")), (derived.Source, derived.Confidences!["P"]));

        MarkBook before = MarkBook.Empty;                   // the book that waits for the derived mark
        foreach (LoggedEvent logged in venue.Log.SkipLast(1)) before = before.After(logged.Event, out _)!;
        Assert.NotNull(before.After(derived, out _));
        foreach (IReadOnlyDictionary<string, Quantity>? lie in (IReadOnlyDictionary<string, Quantity>?[])[null, Of("P", "0.91"), Of("P", "0"), new Dictionary<string, Quantity>(derived.Confidences) { ["Q"] = new(0) }])
        {
            Assert.Null(before.After(derived with { Confidences = lie }, out string? problem));
            Assert.Contains("sure", problem, StringComparison.Ordinal);
        }
        venue.Prices(("BTC", "20000"));
        Assert.Equal(sure.Initial, Health(venue).Initial);
        Assert.Null(((PricesSet)venue.Log[^1].Event).Confidences);
    }

    [Fact]
    public void A_log_that_is_replayed_has_the_same_confidences()
    {
        Venue venue = Open();
        Doubt(venue, ("P", "0.8"), ("BTC", "0.5"));
        MarginEngine again = new(Venue.Rulebook("portfolio_margin"));
        foreach (LoggedEvent logged in venue.Log) Assert.True(again.Submit(logged.Event).IsApplied);
        Assert.Equal(venue.Engine.State.Confidences.OrderBy(pair => pair.Key, StringComparer.Ordinal), again.State.Confidences.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(Health(venue).Initial, again.Health(new AccountId("pat"))!.Value.Initial);
    }

    [Fact]
    public void A_confidence_that_the_rulebook_would_round_is_refused()
    {
        Venue venue = Open(Changed("quantity Sure   scale 18 in", "quantity Sure   scale 2 in"));
        Doubt(venue, ("P", "0.94"));
        SubmitResult refused = venue.Submit((id, t) => new PricesSet(id, t, Of("P", "20000"), null) { Confidences = Of("P", "0.945") });
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook), (refused.Outcome, refused.Rejection?.Code));
        Assert.Contains("confidence 0.945 of P", refused.Rejection!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_cannot_be_one_is_no_confidence()
    {
        CoreRulebook rulebook = Changed("confidence: Sure = 1  ", "confidence: Rate = 0  ", "quantity Rate   scale 8  in [0, 1]", "quantity Rate   scale 8  in [0, 0.99]");
        Assert.Contains("confidence of Asset", Assert.Throws<ArgumentException>(() => new MarginEngine(rulebook)).Message, StringComparison.Ordinal);
        Assert.Null(new MarginEngine(rulebook, new EngineOptions { Binding = new EngineBinding { IndexConfidence = "none", MarkConfidence = "none" } }).Market);
    }

    private static Venue Open(CoreRulebook? rulebook = null)
    {
        var venue = new Venue(rulebook ?? Venue.Rulebook("portfolio_margin"), parameters: Parameters);
        venue.Prices(("P", "20000"));
        venue.Open("maker", "10000000");
        venue.Apply((id, t) => new AccountOpened(id, t, new AccountId("pat"), default, MarginMode.Portfolio));
        venue.Deposit("pat", "100000");
        venue.Deposit("pat", "0.5", "BTC");
        Assert.True(venue.Trade("pat", "maker", "2", "20000").IsApplied);
        return venue;
    }

    private static void Doubt(Venue venue, params (string Feed, string Confidence)[] doubts) => venue.Apply((id, t) =>
        new PricesSet(id, t, doubts.ToDictionary(doubt => doubt.Feed, doubt => venue.Engine.State.Prices[doubt.Feed]), null) { Confidences = doubts.ToDictionary(doubt => doubt.Feed, doubt => Venue.Number(doubt.Confidence)) });

    private static Dictionary<string, Quantity> Of(string feed, string number) => new() { [feed] = Venue.Number(number) };

    private static AccountHealth Health(Venue venue) => venue.Engine.Health(new AccountId("pat"))!.Value;

    private static BigInteger Units(string number, int scale) => Venue.Number(number).TryAt(scale, out Int128 units) ? units : throw new FormatException(number);

    private static CoreRulebook Changed(params string[] fromTo)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", "portfolio_margin.risk"));
        for (int i = 0; i < fromTo.Length; i += 2)
        {
            Assert.Contains(fromTo[i], text, StringComparison.Ordinal);
            text = text.Replace(fromTo[i], fromTo[i + 1], StringComparison.Ordinal);
        }
        CompilationResult result = RulebookCompiler.Compile(text, "changed.risk");
        return result.Rulebook ?? throw new InvalidOperationException(result.Render());
    }
}
