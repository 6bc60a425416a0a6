using System.Globalization;
using System.Text.Json.Nodes;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>A venue's scenario portfolios as inputs of <c>scenario_pm.risk</c>: the mapping of docs/rulebooks/ADAPTERS.md.</summary>
internal static class ScenarioPortfolios
{
    private static readonly (string Ours, string Section, string Theirs)[] Parameters =
    [
        ("vol_up", "VolShock", "VOLRANGEUP"),
        ("vol_down", "VolShock", "VOLRANGEDOWN"),
        ("vol_least", "VolShock", "MIN_VOL_EVAL_SHOCKED"),
        ("vol_short_power", "VolShock", "SHORTTERMPOWER"),
        ("vol_long_power", "VolShock", "LONGTERMPOWER"),
        ("vol_floor_days", "VolShock", "DTE_FLOOR"),
        ("linear_base", "SkewShock", "LINEAR_CBASE"),
        ("linear_cap", "SkewShock", "LINEAR_SCALE_CAP"),
        ("absolute_base", "SkewShock", "ABS_CBASE"),
        ("absolute_cap", "SkewShock", "ABS_SCALE_CAP"),
        ("skew_least", "SkewShock", "MIN_K_STAR"),
        ("skew_width", "SkewShock", "MIN_WIDTH_SCALE"),
        ("skew_static", "SkewShock", "VOL_PARAM_STATIC"),
        ("skew_slope", "SkewShock", "VOL_PARAM_SCALE"),
        ("long_discount_base", "Margin", "BASE_STATIC_DISCOUNT"),
        ("long_rate_factor", "Margin", "LONG_RATE_MULTSCALE"),
        ("long_rate_add", "Margin", "LONG_RATE_ADDSCALE"),
        ("short_discount_base", "Margin", "BASE_STATIC_DISCOUNT_NEG"),
        ("short_rate_factor", "Margin", "SHORT_RATE_MULTSCALE"),
        ("short_rate_add", "Margin", "SHORT_RATE_ADDSCALE"),
        ("initial_loss_factor", "Margin", "IM_LOSS_FACTOR"),
        ("maintenance_loss_factor", "Margin", "MM_LOSS_FACTOR"),
        ("basis_up", "BasisContingency", "SCENARIO_SPOT_UP"),
        ("basis_down", "BasisContingency", "SCENARIO_SPOT_DOWN"),
        ("basis_add", "BasisContingency", "BASIS_CONT_ADD_FACTOR"),
        ("basis_slope", "BasisContingency", "BASIS_CONT_MULT_FACTOR"),
        ("peg_threshold", "OtherContingency", "PEG_LOSS_THRESHOLD"),
        ("peg_factor", "OtherContingency", "PEG_LOSS_FACTOR"),
        ("confidence_threshold", "OtherContingency", "CONF_THRESHOLD"),
        ("confidence_margin", "OtherContingency", "CONF_MARGIN"),
        ("initial_perp", "OtherContingency", "IM_PERP_PERCENT"),
        ("maintenance_perp", "OtherContingency", "MM_PERP_PERCENT"),
        ("initial_short", "OtherContingency", "IM_OPTION_PERCENT"),
        ("maintenance_short", "OtherContingency", "MM_OPTION_PERCENT"),
    ];

    public static JsonObject ToInputs(JsonObject portfolio)
    {
        JsonObject scenario = portfolio["Scenario"]!.AsObject(), venue = portfolio["Parameters"]!.AsObject();
        var parameters = new JsonObject
        {
            ["now"] = 0,
            ["spot"] = Copy(scenario["SpotPrice"]),
            ["spot_confidence"] = Copy(scenario["SpotConfidence"]),
            ["perp_price"] = Copy(scenario["PerpPrice"]),
            ["perp_confidence"] = Copy(scenario["PerpConfidence"]),
            ["stable"] = Copy(scenario["StablePrice"]),
        };
        foreach ((string ours, string section, string theirs) in Parameters) parameters[ours] = Copy(venue[section]![theirs]);
        return new JsonObject
        {
            ["rulebook"] = "scenario_pm",
            ["parameters"] = parameters,
            ["market"] = Market(scenario, venue["Scenarios"]!.AsArray()),
            ["accounts"] = new JsonArray(Account(scenario)),
        };
    }

    private static JsonObject Market(JsonObject scenario, JsonArray moves) => new()
    {
        ["Expiry"] = List(scenario["OptionFeeds"]!.AsArray().DistinctBy(feed => Text(feed!["FeedExpiry"])), feed => new JsonObject
        {
            ["symbol"] = Text(feed["FeedExpiry"]),
            ["time"] = Copy(feed["FeedExpiry"]),
            ["forward"] = Copy(feed["Forward"]),
            ["rate"] = Copy(feed["Rate"]),
            ["forward_confidence"] = Copy(feed["ForwardConfidence"]),
            ["rate_confidence"] = Copy(feed["RateConfidence"]),
            ["vol_confidence"] = Copy(feed["OptionVolConfidences"]),
        }),
        ["Option"] = List(scenario["Options"]!.AsArray().DistinctBy(Symbol), option => new JsonObject
        {
            ["symbol"] = Symbol(option),
            ["expiry"] = Text(option["Expiry"]),
            ["strike"] = Copy(option["Strike"]),
            ["kind"] = Text(option["IsCall"]) == "1" ? "call" : "put",
            ["vol"] = Copy(option["MarkVol"]),
        }),
        ["Asset"] = List(scenario["Collaterals"]!.AsArray(), asset => new JsonObject
        {
            ["symbol"] = Text(asset["Name"]),
            ["price"] = Copy(asset["Price"]),
            ["confidence"] = Copy(asset["Confidence"]),
            ["cancels_risk"] = asset["IsRiskCancelling"]!.GetValue<bool>(),
            ["initial_haircut"] = Copy(asset["IMHaircut"]),
            ["maintenance_haircut"] = Copy(asset["MMHaircut"]),
        }),
        ["Scenario"] = Grid(moves, ("Down", "lowered"), ("None", "flat"), ("Up", "raised")),
        ["SkewScenario"] = Grid(moves, ("LINEAR", "linear"), ("ABS", "absolute")),
    };

    private static JsonObject Account(JsonObject scenario) => new()
    {
        ["id"] = "portfolio",
        ["cash"] = Copy(scenario["Cash"]),
        ["perp"] = Copy(scenario["NumPerps"]),
        ["perp_pnl"] = Copy(scenario["UnrealisedPerpPNL"]),
        ["perp_funding"] = Copy(scenario["UnrealisedFunding"]),
        ["options"] = List(scenario["Options"]!.AsArray().GroupBy(Symbol), same => new JsonObject
        {
            ["option"] = same.Key,
            ["size"] = same.Sum(option => decimal.Parse(Text(option!["Amount"]), NumberStyles.Float, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture),
        }),
        ["collateral"] = List(scenario["Collaterals"]!.AsArray(), asset => new JsonObject { ["asset"] = Text(asset["Name"]), ["amount"] = Copy(asset["Amount"]) }),
    };

    /// <summary>A record for each factor on the spot price, with the weights of the moves beside it.</summary>
    private static JsonArray Grid(JsonArray moves, params (string Theirs, string Ours)[] names) =>
        List(moves.Where(move => names.Any(n => n.Theirs == Direction(move))).GroupBy(move => Text(move!["SpotShock"])), same =>
        {
            var record = new JsonObject { ["symbol"] = same.Key, ["spot"] = Copy(same.First()!["SpotShock"]) };
            foreach (JsonNode? move in same) record.Add(names.Single(n => n.Theirs == Direction(move)).Ours, Copy(move!["DampeningFactor"]));
            return record;
        });

    private static string Direction(JsonNode? move) => Text(move!["VolShockDirection"]);

    private static string Symbol(JsonNode? option) => $"{Text(option!["Expiry"])}-{Text(option["Strike"])}-{(Text(option["IsCall"]) == "1" ? "C" : "P")}";

    private static JsonArray List(IEnumerable<JsonNode?> nodes, Func<JsonNode, JsonObject> convert) => new([.. nodes.Select(node => convert(node!))]);

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonObject> convert) => new([.. items.Select(convert)]);

    private static JsonNode? Copy(JsonNode? node) => node?.DeepClone();

    private static string Text(JsonNode? node) => node!.GetValueKind() == System.Text.Json.JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
}
