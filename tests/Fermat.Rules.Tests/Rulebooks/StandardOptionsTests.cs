using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>standard_options against a venue's own cases: margin surpluses within a millionth (its own tolerance is a thousandth).</summary>
public sealed class StandardOptionsTests
{
    private static readonly string[] Underlyings = ["ETH", "BTC"];

    [Fact]
    public void The_cases_of_a_venue_have_its_margins_within_a_millionth()
    {
        string? folder = Standard.Shared("standard-options");
        Assert.SkipWhen(folder is null, "the venue's cases (standard-options) are not beside this checkout");
        JsonObject cases = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")))!.AsObject();
        Assert.Equal(28, cases.Count);
        var wrong = new List<string>();
        foreach ((string name, JsonNode? node) in cases)
        {
            Standard.Evaluated account = Standard.Evaluate("standard_options", ToInputs(node!["Scenario"]!.AsObject()));
            foreach ((string ours, string theirs) in new[] { ("initial_surplus", "realIM"), ("maintenance_surplus", "realMM") })
            {
                double expected = node["Result"]![theirs]!.GetValue<double>() / 1e18, actual = account.Double(ours);
                if (Math.Abs(actual - expected) > Math.Max(1e-6 * Math.Abs(expected), 1e-9)) wrong.Add($"{name}: {theirs} {actual:R} for {expected:R}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>The mapping of docs/rulebooks/ADAPTERS.md.</summary>
    private static JsonObject ToInputs(JsonObject scenario)
    {
        int count = scenario["OptionStrikes"]!.AsArray().Count;
        string Name(string member, int i) => scenario[member]!.AsArray()[i]!.GetValue<string>();
        string Unit(string member, int i) => Wei(scenario[member]!.AsArray()[i]);
        string Symbol(int i) => $"{Name("OptionUnderlying", i)}-{scenario["OptionExpiries"]!.AsArray()[i]}-{Unit("OptionStrikes", i)}-{(scenario["OptionIsCall"]!.AsArray()[i]!.GetValue<int>() == 1 ? "C" : "P")}";
        string Expiry(int i) => $"{Name("OptionUnderlying", i)}-{scenario["OptionExpiries"]!.AsArray()[i]}";

        IEnumerable<int> options = Enumerable.Range(0, count);
        return new JsonObject
        {
            ["rulebook"] = "standard_options",
            ["parameters"] = new JsonObject { ["now"] = 0, ["stable"] = Wei(scenario["USDCValue"]) },
            ["market"] = new JsonObject
            {
                ["Underlying"] = new JsonArray([.. Underlyings.Select((u, i) => new JsonObject
                {
                    ["symbol"] = u,
                    ["spot"] = Wei(scenario[u + "SpotPrice"]),
                    ["spot_confidence"] = Wei(scenario["SpotPerpConfidences"]!.AsArray()[i]!.AsArray()[0]),
                    ["perp"] = Unit("PerpPrice", i),
                })]),
                ["Expiry"] = new JsonArray([.. options.DistinctBy(Expiry).Select(i => new JsonObject
                {
                    ["symbol"] = Expiry(i),
                    ["underlying"] = Name("OptionUnderlying", i),
                    ["time"] = scenario["OptionExpiries"]!.AsArray()[i]!.DeepClone(),
                    ["forward"] = Unit("Forwards", i),
                    ["settlement"] = Wei(scenario["SettlementPrice" + Name("OptionUnderlying", i)]),
                    ["forward_confidence"] = Unit("ForwardConfidences", i),
                    ["rate_confidence"] = Unit("DiscountConfidences", i),
                })]),
                ["Option"] = new JsonArray([.. options.DistinctBy(Symbol).Select(i => new JsonObject
                {
                    ["symbol"] = Symbol(i),
                    ["expiry"] = Expiry(i),
                    ["strike"] = Unit("OptionStrikes", i),
                    ["kind"] = scenario["OptionIsCall"]!.AsArray()[i]!.GetValue<int>() == 1 ? "call" : "put",
                    ["vol"] = Unit("OptionVols", i),
                    ["vol_confidence"] = Unit("OptionVolConfidences", i),
                })]),
            },
            ["accounts"] = new JsonArray(new JsonObject
            {
                ["id"] = "account",
                ["cash"] = Wei(scenario["Cash"]),
                ["options"] = new JsonArray([.. options.GroupBy(Symbol).Select(same => new JsonObject
                {
                    ["option"] = same.Key,
                    ["size"] = Decimal(same.Aggregate(BigInteger.Zero, (sum, i) => sum + Integer(scenario["OptionAmounts"]!.AsArray()[i])), 18),
                })]),
                ["perps"] = new JsonArray([.. Underlyings.Where(u => !Integer(scenario["Perps_" + u]).IsZero).Select(u => Perpetual(scenario, u))]),
                ["base"] = new JsonArray([.. Underlyings.Where(u => !Integer(scenario["w" + u]).IsZero).Select(u => new JsonObject { ["underlying"] = u, ["amount"] = Wei(scenario["w" + u]) })]),
            }),
        };
    }

    private static JsonObject Perpetual(JsonObject scenario, string underlying)
    {
        BigInteger size = Integer(scenario["Perps_" + underlying]);
        return new JsonObject
        {
            ["underlying"] = underlying,
            ["size"] = Wei(scenario["Perps_" + underlying]),
            ["cost"] = Decimal(size * Integer(scenario["LastEntry" + underlying]) / BigInteger.Pow(10, 18), 18),
            ["funding"] = Decimal(size * (Integer(scenario[$"Account{underlying}FundingIndex"]) - Integer(scenario[underlying + "GlobalFundingIndex"])) / BigInteger.Pow(10, 18), 18),
        };
    }

    private static string Wei(JsonNode? node) => Decimal(Integer(node), 18);

    private static BigInteger Integer(JsonNode? node) => node is null ? 0 : BigInteger.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Decimal(BigInteger value, int scale) => ScaledNumber.Format(value, scale);
}
