using Fermat.Ledger.Events;
using Fermat.Rules;

namespace Fermat.Engine.Tests;

/// <summary>Market data under which what everybody can compute of a rulebook has no value are refused at the door: otherwise the first liquidation, or the proof of a batch, would fail by them.</summary>
public sealed class UndefinedMarketTests
{
    [Theory]
    [InlineData("share", "close_share")]
    [InlineData("penalty", "penalty_rate")]
    public void Parameters_under_which_a_liquidation_has_no_terms(string name, string rate)
    {
        Venue venue = Opened($"{name}: Rate = down(min(1, ratio))", $"ratio: Wide = down({rate} / stress)");
        Refused(venue, "ratio", (id, t) => new ParametersUpdated(id, t, """{"parameters":{"stress":"0"}}"""));
        venue.Apply((id, t) => new ParametersUpdated(id, t, """{"parameters":{"stress":"0.5"}}"""));
    }

    [Fact]
    public void Prices_under_which_a_liquidation_has_no_terms()
    {
        Venue venue = Opened("share: Rate = down(close_share * min(1, ratio))", "marks = sum i in Instrument: i.mark\nratio: Wide = down(marks / marks)");
        Refused(venue, "ratio", (id, t) => Prices(id, t, "0"));
        venue.Prices(("P", "1"), ("Q", "0"));
    }

    [Fact]
    public void Derived_marks_under_which_it_has_none_are_refused_with_the_prices_that_they_follow_from()
    {
        Venue venue = Opened("share: Rate = down(close_share * min(1, ratio))", "marks = sum i in Instrument: (if i.mark < 90 then i.mark else 0)\nratio: Wide = down(marks / marks)");
        venue.Apply((id, t) => new MarksUpdated(id, t, """{"instruments":{"P":{"index":"IDX","method":"index-and-basis","timeConstant":30000}}}"""));
        venue.Prices(("IDX", "80"), ("P.mid", "80"), ("Q", "95"));
        Refused(venue, "ratio", (id, t) => new PricesSet(id, t, new Dictionary<string, Quantity> { ["IDX"] = new(95) }, null));
        venue.Prices(("IDX", "85"));
    }

    private static PricesSet Prices(EventId id, long time, string price) => new(id, time, new Dictionary<string, Quantity> { ["P"] = Venue.Number(price), ["Q"] = Venue.Number(price) }, null);

    private static void Refused(Venue venue, string definition, Func<EventId, long, LedgerEvent> instruction)
    {
        ulong height = venue.Engine.State.Height;
        SubmitResult refused = venue.Submit(instruction);
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook), (refused.Outcome, refused.Rejection!.Code));
        Assert.Contains($"the rulebook's {definition} would have no value: division by zero", refused.Rejection.Message, StringComparison.Ordinal);
        Assert.Equal(height, venue.Engine.State.Height);
    }

    /// <summary>A venue under cross_perps with another term of liquidations, and what that needs.</summary>
    private static Venue Opened(string term, string definitions)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", "cross_perps.risk"));
        string name = term[..term.IndexOf(':', StringComparison.Ordinal)];
        text = text.Replace($"  {name}".PadRight(10) + (name == "share" ? "= close_share" : "= penalty_rate"), "  " + term, StringComparison.Ordinal)
            .Replace("liquidation {", definitions + "\n\nliquidation {", StringComparison.Ordinal)
            .Replace("quantity Factor", "quantity Wide   scale 8 in [0, 100_000_000]\nquantity Factor", StringComparison.Ordinal)
            .Replace("  parity: Parity = 1\n", "  parity: Parity = 1\n  stress: Rate = 1\n", StringComparison.Ordinal);
        CompilationResult result = RulebookCompiler.Compile(text, "stressed.risk");
        Assert.True(result.Rulebook is not null, result.Render());
        Assert.Contains(term, text, StringComparison.Ordinal);
        return new Venue(result.Rulebook);
    }
}
