using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Engine.Tests;

/// <summary>What an instrument's terms say is in its market record, whatever parameters say; and what the rulebook could not take is refused.</summary>
public sealed class TermsBindingTests
{
    private const long Expiry = 1_702_592_000_000;

    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", "portfolio_margin.risk"));

    [Fact]
    public void An_option_is_what_was_listed_and_not_what_parameters_say()
    {
        Venue venue = Open();
        Update(venue, """{"market":{"Instrument":[{"expiry":"1","initial":"0.15","kind":"call","left":"77","maintenance":"0.075","option":false,"settle":"BTC","strike":"1","symbol":"D","underlying":"USD","vol":"0.6"}]}}""");
        Assert.True(venue.Submit((id, t) => new InstrumentListed(id, t, Put("D"))).IsApplied);
        venue.Prices(("D", "1370"));
        Assert.Equal(("true", "1", "20000", "1702592000"), (Of(venue, "D", "option"), Of(venue, "D", "kind"), Of(venue, "D", "strike"), Of(venue, "D", "expiry")));
        Assert.Equal($"{(Expiry - venue.Time) / 1000}", Of(venue, "D", "left"));
        Update(venue, """{"market":{"Instrument":[{"left":"5","strike":"7","symbol":"D","underlying":"USD"}]}}""");
        Assert.Equal(("20000", $"{(Expiry - venue.Time) / 1000 + 1}", "0"), (Of(venue, "D", "strike"), Of(venue, "D", "left"), Of(venue, "D", "underlying")));
        Assert.Equal(("false", "0", "0"), (Of(venue, "P", "option"), Of(venue, "P", "expiry"), Of(venue, "P", "left")));
    }

    [Fact]
    public void What_the_rulebook_has_no_field_or_no_record_for_is_not_listed()
    {
        Venue venue = Open();
        Refused(venue, Put("D") with { PriceScale = 9, Strike = new Quantity(1, 9) }, "the strike 0.000000001 of D does not fit");
        Refused(venue, Put("D") with { Expiry = Expiry + 1 }, "expires between two seconds");
        Refused(venue, Put("D") with { Underlying = "DOGE" }, "D is on DOGE");
        Refused(venue, new InstrumentTerms("I", InstrumentKind.InversePerpetual, "BTC", 0, 2, new Quantity(1), "BTC"), "an inverse perpetual is not");
        // an asset that has no market record, while the instrument's is there
        venue.Apply((id, t) => new AssetListed(id, t, "ETH", 8));
        Update(venue, """{"market":{"Instrument":[{"initial":"0.1","maintenance":"0.05","settle":"USD","symbol":"E","underlying":"BTC"}]}}""");
        Refused(venue, new InstrumentTerms("E", InstrumentKind.LinearPerpetual, "USD", 3, 2, new Quantity(1), "ETH"), "ETH");
        Assert.NotNull(venue.Engine.Market);
    }

    /// <summary>Nothing could judge it, so that no batch could be proven any more.</summary>
    [Fact]
    public void An_account_in_a_mode_that_the_rulebook_does_not_know_is_not_opened()
    {
        Venue venue = Open();
        SubmitResult isolated = venue.Submit((id, t) => new AccountOpened(id, t, new AccountId("iso"), default, MarginMode.Isolated));
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook), (isolated.Outcome, isolated.Rejection!.Code));
        Assert.Contains("isolated mode", isolated.Rejection.Message, StringComparison.Ordinal);
        venue.Apply((id, t) => new AccountOpened(id, t, new AccountId("iso"), default, MarginMode.Portfolio));
        new Venue().Apply((id, t) => new AccountOpened(id, t, new AccountId("iso"), default, MarginMode.Isolated)); // without modes the mode says nothing
    }

    [Theory]
    [InlineData("option: Flag", "option: Rate", "Instrument.option is not a flag")]
    [InlineData("enum Kind { call, put }", "enum Kind { put, call }", "Instrument.kind is not a choice of call and put")]
    [InlineData("left: Time", "left: Price", "Instrument.left is not a number of seconds")]
    [InlineData("expiry: Time", "expiry: Rate", "Instrument.expiry is not a number of seconds")]
    public void A_field_of_another_type_is_named(string field, string other, string message)
    {
        string text = Text.Replace(field, other, StringComparison.Ordinal).Replace("option: Rate = false", "option: Rate = 0", StringComparison.Ordinal).Replace("if i.option then", "if i.strike > 0 then", StringComparison.Ordinal).Replace("i.left, year", "600, year", StringComparison.Ordinal);
        CoreRulebook rulebook = RulebookCompiler.Compile(text, "other.risk") is { Rulebook: { } compiled } ? compiled : throw new InvalidOperationException(RulebookCompiler.Compile(text, "other.risk").Render());
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new MarginEngine(rulebook)).Message, StringComparison.Ordinal);
    }

    private static InstrumentTerms Put(string symbol) => new(symbol, InstrumentKind.Option, "USD", 3, 2, new Quantity(1), "BTC", Expiry, new Quantity(20_000), OptionRight.Put);

    private static Venue Open() => new("portfolio_margin", parameters:
        """{"market":{"Asset":[{"symbol":"USD"},{"haircut":"0.1","symbol":"BTC"}],"Instrument":[{"initial":"0.1","maintenance":"0.05","symbol":"P","underlying":"BTC"},{"initial":"0.1","maintenance":"0.05","symbol":"Q","underlying":"BTC"}],"Scenario":[{"spot":"-0.1","symbol":"down"},{"spot":"0.1","symbol":"up"}]}}""");

    private static void Update(Venue venue, string change) => venue.Apply((id, t) => new ParametersUpdated(id, t, change));

    private static void Refused(Venue venue, InstrumentTerms terms, string because)
    {
        SubmitResult result = venue.Submit((id, t) => new InstrumentListed(id, t, terms));
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook), (result.Outcome, result.Rejection!.Code));
        Assert.Contains(because, result.Rejection.Message, StringComparison.Ordinal);
        Assert.Equal(result.Rejection.Message, venue.Engine.Try(new InstrumentListed(venue.NextId(), venue.Time, terms)).Rejection?.Message);
    }

    /// <summary>A field of an instrument's record, as an integer at scale 0 or a flag.</summary>
    private static string Of(Venue venue, string symbol, string field)
    {
        Rules.Schema.MarketTable table = Venue.Rulebook("portfolio_margin").Schema.Tables.Single(t => t.Name == "Instrument");
        int at = table.Fields.ToList().FindIndex(f => f.Name == field);
        MarketRecord record = venue.Engine.Market!.Tables[Venue.Rulebook("portfolio_margin").Schema.Tables.IndexOf(table)].Single(r => r.Symbol == symbol);
        return table.Fields[at].Type switch
        {
            Rules.Schema.FieldType.Flag => record.Fields[at].Integer.IsOne ? "true" : "false",
            Rules.Schema.FieldType.Number { Quantity.Scale: var scale } => $"{record.Fields[at].Integer / System.Numerics.BigInteger.Pow(10, scale)}",
            _ => $"{record.Fields[at].Integer}",
        };
    }
}
