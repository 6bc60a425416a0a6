using System.Globalization;
using System.Text.Json.Nodes;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>
/// linear_scaled against the levels of a futures protocol's clearing scenarios (the positions and open orders after the order flow, read off by hand): exact integers. The levels asserted
/// are looked up in the scenarios' files, so that a typo here fails.
/// </summary>
public sealed class ClearingTests
{
    /// <summary>The case margin-calculations-fixes: mark 140, slippage 0.25, risk factors 0.2 and 0.1, multiples 3.2, 4, 5.</summary>
    [Theory]
    [InlineData("tamlyn", 13, 0, 0, 819, 3276)]
    [InlineData("chris", 0, 15, 100, 1400, 5600)]
    [InlineData("edd", -11, 3, 0, 539, 2156)]
    [InlineData("barney", -2, 1, 0, 98, 392)]
    [InlineData("rebecca", 0, 50, 0, 1400, 5600)]
    public void Margin_accounts_hold_the_initial_level(string party, int size, int buys, int sells, int maintenance, int initial)
    {
        string text = Scenario("614-margin-calculations-fixes.feature");
        Standard.Evaluated account = Standard.Evaluate("linear_scaled", Inputs(140, "0.2", "0.1", "0.25", ("3.2", "4", "5"), initial, 0, size, buys, sells));
        Assert.Equal(maintenance.ToString(CultureInfo.InvariantCulture), account.Text("maintenance"));
        Assert.Equal(initial.ToString(CultureInfo.InvariantCulture), account.Text("initial"));
        Assert.Equal((maintenance * 32 / 10).ToString(CultureInfo.InvariantCulture), account.Text("search"));
        Assert.Equal((maintenance * 5).ToString(CultureInfo.InvariantCulture), account.Text("release"));
        Assert.Equal("0", account.Text("liquidation.top_up"));
        string row = Assert.Single(text.Split('\n'), line => Cells(line) is [var name, "ETH", "ETH/DEC19", _, _] && name == party);
        Assert.Equal(account.Text("initial"), Cells(row)[3]);
    }

    /// <summary>Two scenarios where one trade leaves a party with less than its maintenance level: it is closed out, its 12000 go to insurance.</summary>
    [Theory]
    [InlineData("0012-POSR-009.feature", "1000", 105, 150, "15750000")]
    [InlineData("verified-positions-resolution-2.feature", "0.535", 290, 150, "23273")]
    public void Closed_out_parties_are_below_maintenance(string file, string slippage, int size, int mark, string maintenance)
    {
        Assert.Contains("| 12000", Scenario(file), StringComparison.Ordinal);
        Standard.Evaluated account = Standard.Evaluate("linear_scaled", Inputs(mark, "0", "0", slippage, ("3.2", "4", "5"), 0, 12000, size, 0, 0));
        Assert.Equal(maintenance, account.Text("maintenance"));
        Assert.Equal("12000", account.Text("equity"));
        Assert.Equal("12000", account.Text("liquidation.top_up"));
    }

    private static JsonObject Inputs(int mark, string longRisk, string shortRisk, string slippage, (string Search, string Initial, string Release) factors, int margin, int general, int size, int buys, int sells)
        => new()
        {
            ["rulebook"] = "linear_scaled",
            ["parameters"] = new JsonObject { ["search_factor"] = factors.Search, ["initial_factor"] = factors.Initial, ["release_factor"] = factors.Release },
            ["market"] = new JsonObject
            {
                ["Instrument"] = new JsonArray(new JsonObject { ["symbol"] = "ETH/DEC19", ["mark"] = mark, ["long_risk"] = longRisk, ["short_risk"] = shortRisk, ["slippage"] = slippage }),
            },
            ["accounts"] = new JsonArray(new JsonObject
            {
                ["id"] = "party",
                ["margin"] = margin,
                ["general"] = general,
                ["positions"] = new JsonArray(new JsonObject { ["instrument"] = "ETH/DEC19", ["size"] = size, ["buys"] = buys, ["sells"] = sells }),
            }),
        };

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];

    private static string Scenario(string file)
    {
        string? folder = Standard.Shared("clearing");
        Assert.SkipWhen(folder is null, "the protocol's clearing scenarios (clearing) are not beside this checkout");
        return File.ReadAllText(Path.Combine(folder, file));
    }
}
