using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>greeks_pm is scenario_pm for small moves: of the spot price to second order, of spot and volatility together to first.</summary>
public sealed class GreeksTests
{
    private static readonly (string Symbol, string Kind, int Strike, string Vol, int Days, string Size)[] Options =
    [
        ("A", "call", 2100, "0.62", 20, "-12"),
        ("B", "put", 1800, "0.7", 20, "9"),
        ("C", "call", 2000, "0.58", 90, "4.5"),
        ("D", "put", 2300, "0.66", 90, "-7"),
    ];

    [Fact]
    public void A_move_of_the_spot_price_agrees_to_second_order()
    {
        // what is left is of third order: a tenth of the move leaves a thousandth of the difference
        double wide = Difference("0.01", "0"), narrow = Difference("0.001", "0");
        Assert.True(wide > 1e-6, $"{wide}");
        Assert.True(narrow < wide / 500, $"{wide} and {narrow}");
    }

    [Fact]
    public void Without_the_gamma_term_it_would_not()
    {
        double wide = Difference("0.01", "0", withGamma: false), narrow = Difference("0.001", "0", withGamma: false);
        Assert.True(narrow > wide / 200, $"{wide} and {narrow}");
    }

    [Fact]
    public void Moves_of_spot_and_volatility_together_agree_to_first_order()
    {
        double wide = Difference("0.01", "0.02"), narrow = Difference("0.001", "0.002");
        Assert.True(wide > 1e-6, $"{wide}");
        Assert.True(narrow < wide / 50, $"{wide} and {narrow}");
    }

    [Fact]
    public void A_correlation_matrix_that_is_not_one_is_refused_by_an_exact_check()
    {
        string[] Errors(string third) =>
        [
            .. RuleInputs.Read(Standard.Rulebook("greeks_pm").Schema, ("inputs", Encoding.UTF8.GetBytes($$"""
                { "parameters": { "now": 0, "vol_correlation": {}, "spot_correlation": { "A": { "B": "0.8", "C": "0.6" }, "B": { "C": "{{third}}" } } },
                  "market": { "Underlying": [ {{string.Join(", ", "ABC".Select(c => $$"""{ "symbol": "{{c}}", "spot": 1, "spot_move": 0, "vol_move": 0 }"""))}} ], "Instrument": [] } }
                """))).Errors.Select(e => e.ToString()),
        ];

        // 1 + 2abc − a² − b² − c² = 0 at c = 0.8 · 0.6 ± 0.6 · 0.8: exactly 0 and 0.96
        Assert.Empty(Errors("0"));
        Assert.Empty(Errors("0.96"));
        Assert.Contains("parameters.spot_correlation", Assert.Single(Errors("0.960001")), StringComparison.Ordinal);
        Assert.Contains("NotPositiveSemidefinite", Assert.Single(Errors("-0.000001")), StringComparison.Ordinal);
    }

    /// <summary>How far the two requirements are apart when the spot price moves by a share and volatilities by another, up and down.</summary>
    private static double Difference(string spotMove, string volMove, bool withGamma = true)
    {
        Standard.Evaluated scenarios = Standard.Evaluate("scenario_pm", ScenarioInputs(spotMove, volMove));
        JsonObject inputs = GreekInputs(spotMove, volMove);
        Standard.Evaluated greeks = Standard.Evaluate("greeks_pm", inputs);
        double requirement = greeks.Double("initial") - (withGamma ? 0 : greeks.Double("gamma_loss"));
        return Math.Abs(scenarios.Double("initial") - requirement);
    }

    private static JsonObject GreekInputs(string spotMove, string volMove) => new()
    {
        ["parameters"] = new JsonObject { ["now"] = 0, ["spot_correlation"] = new JsonObject(), ["vol_correlation"] = new JsonObject() },
        ["market"] = new JsonObject
        {
            ["Underlying"] = new JsonArray(new JsonObject { ["symbol"] = "U", ["spot"] = 2000, ["spot_move"] = spotMove, ["vol_move"] = volMove }),
            ["Instrument"] = new JsonArray([.. Options.Select(o => new JsonObject
            {
                ["symbol"] = o.Symbol, ["underlying"] = "U", ["forward"] = 2000, ["kind"] = o.Kind, ["strike"] = o.Strike, ["vol"] = o.Vol, ["expiry"] = o.Days * 86400,
            })]),
        },
        ["accounts"] = new JsonArray(new JsonObject
        {
            ["id"] = "a",
            ["positions"] = new JsonArray([.. Options.Select(o => new JsonObject { ["instrument"] = o.Symbol, ["size"] = o.Size })]),
        }),
    };

    /// <summary>All that is not a scenario switched off: no discounts, no contingencies, no skew, the same volatility move at every expiry.</summary>
    private static JsonObject ScenarioInputs(string spotMove, string volMove)
    {
        decimal move = decimal.Parse(spotMove, CultureInfo.InvariantCulture);
        string[] directions = volMove == "0" ? ["flat"] : ["raised", "lowered"];
        var parameters = new JsonObject
        {
            ["now"] = 0,
            ["spot"] = 2000,
            ["vol_up"] = volMove,
            ["vol_down"] = volMove,
            ["long_discount_base"] = 1,
            ["short_discount_base"] = 1,
            ["initial_loss_factor"] = 1,
            ["maintenance_loss_factor"] = 1,
            ["basis_up"] = 1,
            ["basis_down"] = 1,
            ["vol_floor_days"] = 1,
            ["skew_least"] = 1,
        };
        foreach (string zero in new[]
        {
            "vol_least", "vol_short_power", "vol_long_power", "linear_base", "linear_cap", "absolute_base", "absolute_cap", "skew_width", "skew_static", "skew_slope", "long_rate_factor", "long_rate_add",
            "short_rate_factor", "short_rate_add", "basis_add", "basis_slope", "peg_threshold", "peg_factor", "confidence_threshold", "confidence_margin", "initial_perp", "maintenance_perp", "initial_short",
            "maintenance_short",
        })
            parameters[zero] = 0;
        return new JsonObject
        {
            ["parameters"] = parameters,
            ["market"] = new JsonObject
            {
                ["Expiry"] = new JsonArray([.. Options.Select(o => o.Days).Distinct().Select(days => new JsonObject
                {
                    ["symbol"] = $"{days}", ["time"] = days * 86400, ["forward"] = 2000, ["rate"] = 0,
                })]),
                ["Option"] = new JsonArray([.. Options.Select(o => new JsonObject { ["symbol"] = o.Symbol, ["expiry"] = $"{o.Days}", ["strike"] = o.Strike, ["kind"] = o.Kind, ["vol"] = o.Vol })]),
                ["Scenario"] = new JsonArray([.. new[] { 1 + move, 1 - move }.Select(spot =>
                {
                    var scenario = new JsonObject { ["symbol"] = spot.ToString(CultureInfo.InvariantCulture), ["spot"] = spot.ToString(CultureInfo.InvariantCulture) };
                    foreach (string direction in directions) scenario[direction] = 1;
                    return scenario;
                })]),
            },
            ["accounts"] = new JsonArray(new JsonObject
            {
                ["id"] = "a",
                ["options"] = new JsonArray([.. Options.Select(o => new JsonObject { ["option"] = o.Symbol, ["size"] = o.Size })]),
            }),
        };
    }
}
