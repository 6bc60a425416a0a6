using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Rules.Inputs;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;

namespace Fermat.Statements.Tests.Parameters;

/// <summary>An update under cross_perps: two hours after the last one, a calm day, a full fund; margins of P rise by a fifth.</summary>
internal static class ParameterScene
{
    public static readonly VenueRulebook Rulebook = SolvencyScene.Rulebook("cross_perps");

    public static ParameterUpdate Honest() => new()
    {
        Rulebook = Rulebook,
        Venue = "a venue",
        Before = Set("0.1", "0.05"),
        After = Set("0.12", "0.06"),
        Aggregates = Aggregates(elapsed: 7_200),
    };

    /// <summary>elapsed, insurance_fund, margin_use, volatility, volatility_before.</summary>
    public static ImmutableArray<BigInteger> Aggregates(long elapsed = 7_200, long fund = 5_000, long volatility = 3_000_000, long before = 4_000_000) =>
        [elapsed, fund * (BigInteger)1_000_000, 10_000_000, volatility, before];

    public static MarketData Set(string initial, string maintenance, string parameters = "\"guard_level\": \"1000\", \"guard_factor\": \"2\", \"insurance\": \"5000\"", string mark = "100", string symbol = "P")
    {
        string json = $$"""
            { "parameters": { {{parameters}} },
              "market": {
                "Asset": [ { "symbol": "USD", "index": "1", "haircut": [["0", "1"]] } ],
                "Instrument": [
                  { "symbol": "{{symbol}}", "mark": "{{mark}}", "settle": "USD", "initial": [["0", "{{initial}}", "0"]], "maintenance": [["0", "{{maintenance}}", "0"]] },
                  { "symbol": "Q", "mark": "50", "settle": "USD", "initial": [["0", "0.2", "0"]], "maintenance": [["0", "0.1", "0"]] } ] } }
            """;
        RuleInputs inputs = RuleInputs.Read(Rulebook.Schema, ("set", Encoding.UTF8.GetBytes(json)));
        Assert.Empty(inputs.Errors);
        return inputs.Market!;
    }

    public static StatementRejection? Verify(ParameterUpdate update, ParameterAnchors? anchors = null) => ParameterStatement.Verify(update, anchors ?? ParameterAnchors.None).Rejection;

    /// <summary>A rejection because of one rule, and of no other reason.</summary>
    public static void Breaks(string rule, ParameterUpdate update)
    {
        ParameterVerification result = ParameterStatement.Verify(update, ParameterAnchors.None);
        Assert.Equal(StatementRejectionCode.UpdateRule, result.Rejection?.Code);
        Assert.Equal([rule], result.Rules.Rules.Where(one => !one.Holds).Select(one => one.Rule));
        Assert.Contains(rule, result.Rejection!.Message, StringComparison.Ordinal);
    }
}
