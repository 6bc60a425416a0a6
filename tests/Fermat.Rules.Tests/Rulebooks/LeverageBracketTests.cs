using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>cross_tiered on the maintenance brackets that a large venue publishes for 349 perpetuals.</summary>
public sealed class LeverageBracketTests
{
    [Fact]
    public void Published_brackets_are_continuous_at_every_join_and_agree_with_the_marginal_form()
    {
        string? folder = Standard.Shared("leverage-brackets");
        Assert.SkipWhen(folder is null, "the venue's brackets (leverage-brackets) are not beside this checkout");
        JsonObject symbols = JsonNode.Parse(File.ReadAllText(Directory.GetFiles(folder, "*.json").Single()))!.AsObject();
        Assert.Equal(349, symbols.Count);
        CoreRulebook rulebook = Standard.Rulebook("cross_tiered");
        int joins = 0;
        foreach ((string symbol, JsonNode? tiers) in symbols)
        {
            JsonObject[] steps = [.. tiers!.AsArray().Select(tier => tier!["info"]!.AsObject())];
            for (int i = 1; i < steps.Length; i++, joins++)
            {
                // one cent below the join, and at the join
                decimal at = Number(steps[i]["notionalFloor"]);
                foreach (decimal notional in new[] { at - 0.01m, at, at + 0.01m })
                {
                    decimal marginal = steps.Select(step =>
                        Number(step["maintMarginRatio"]) * Math.Max(0, Math.Min(notional, Number(step["notionalCap"])) - Number(step["notionalFloor"]))).Sum();
                    BigInteger actual = Maintenance(rulebook, steps, notional);
                    Assert.True(actual == (BigInteger)Math.Ceiling(marginal * 1_000_000), $"{symbol} at {notional}: {actual}e-6 for {marginal}");
                }
            }
        }
        Assert.True(joins > 2000, $"{joins} joins");
    }

    private static BigInteger Maintenance(CoreRulebook rulebook, JsonObject[] steps, decimal notional)
    {
        var brackets = new JsonArray([.. steps.Select(step => new JsonArray(
            step["notionalFloor"]!.GetValue<string>(), step["maintMarginRatio"]!.GetValue<string>(), step["cum"]!.GetValue<string>()))]);
        var inputs = new JsonObject
        {
            ["market"] = new JsonObject
            {
                ["Asset"] = new JsonArray(new JsonObject { ["symbol"] = "USD", ["index"] = 1, ["haircut"] = new JsonArray(new JsonArray(0, 1)) }),
                ["Instrument"] = new JsonArray(new JsonObject { ["symbol"] = "X", ["mark"] = 1, ["settle"] = "USD", ["initial"] = brackets.DeepClone(), ["maintenance"] = brackets }),
            },
            ["accounts"] = new JsonArray(new JsonObject
            {
                ["id"] = "a",
                ["positions"] = new JsonArray(new JsonObject { ["instrument"] = "X", ["size"] = (-notional).ToString(CultureInfo.InvariantCulture), ["cost"] = 0 }),
            }),
        };
        return Standard.Evaluate(rulebook, inputs)[0]["maintenance"].Value;
    }

    private static decimal Number(JsonNode? node) => decimal.Parse(node!.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
