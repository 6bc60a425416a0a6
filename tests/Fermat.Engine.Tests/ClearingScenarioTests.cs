using System.Globalization;
using System.Numerics;

namespace Fermat.Engine.Tests;

/// <summary>
/// Clearing scenarios of a futures protocol, read from their own files: order flow in, exact integers of margins, balances, profits and the insurance pool out. How the network sells what it took
/// over is the protocol's own schedule and no part of a margin engine; the test's market does so a block later, as the fifth file's pool shows (290 at 150, of which it sold at 140, 40 and 1).
/// </summary>
public sealed class ClearingScenarioTests
{
    [Theory]
    [InlineData("0002-STTL-settlement-verified-loss-socialization-case1.feature", 5)]
    [InlineData("0002-STTL-settlement-verified-loss-socialization-case2.feature", 5)]
    [InlineData("0012-POSR-009.feature", 4)]
    [InlineData("614-margin-calculations-fixes.feature", 12)]
    [InlineData("verified-positions-resolution-2.feature", 3)]
    public void Every_integer_that_the_scenario_expects_comes_out(string file, int atLeast)
    {
        List<Step> steps = Steps(SharedData.Path("clearing", file));
        Dictionary<string, string> market = steps.Single(step => step.Text == "Given the markets:").Rows[0];
        (string longFactor, string shortFactor) = market["risk model"] switch { "default-simple-risk-model" => ("0.2", "0.1"), "default-simple-risk-model-2" => ("0", "0"), _ => throw new NotSupportedException(market["risk model"]) };
        Dictionary<string, string> factors = market["margin calculator"] == "default-margin-calculator"
            ? new() { ["search"] = "1.1", ["initial"] = "1.2", ["release"] = "1.4" }
            : new() { ["search"] = "3.2", ["initial"] = "4", ["release"] = "5" };
        var house = new ClearingHouse(Plain(market["linear slippage factor"]), longFactor, shortFactor, factors);
        int checks = 0;
        foreach (Step step in steps)
        {
            string text = step.Text[(step.Text.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            if (text.StartsWith("the parties deposit", StringComparison.Ordinal))
                foreach (var row in step.Rows) house.Deposit(row["party"], Number(row["amount"]));
            else if (text.StartsWith("the parties place the following orders", StringComparison.Ordinal))
                foreach (var row in step.Rows) house.Place(row["party"], row["side"] == "buy", Number(row["volume"]), Number(row["price"]), row.GetValueOrDefault("reference", ""));
            else if (text.StartsWith("the parties cancel", StringComparison.Ordinal))
                foreach (var row in step.Rows) house.Cancel(row["party"], row["reference"]);
            else if (text.StartsWith("the opening auction period ends", StringComparison.Ordinal)) house.EndAuction();
            else if (text.StartsWith("the mark price should be", StringComparison.Ordinal)) Check(house.Mark, Quoted(text));
            else if (text.StartsWith("the insurance pool balance should be", StringComparison.Ordinal)) Check(house.Insurance, Quoted(text));
            else if (text.StartsWith("the cumulated balance", StringComparison.Ordinal)) Check((BigInteger)house.Total, Quoted(text));
            else if (text.StartsWith("the parties should have the following profit and loss", StringComparison.Ordinal))
                foreach (var row in step.Rows)
                {
                    Check(house.Volume(row["party"]), row["volume"]);
                    Check(house.Unrealised(row["party"]), row["unrealised pnl"]);
                    Check(house.Realised(row["party"]), row["realised pnl"]);
                }
            else if (text.StartsWith("the parties should have the following margin levels", StringComparison.Ordinal))
                foreach (var row in step.Rows)
                {
                    foreach (string level in new[] { "maintenance", "search", "initial", "release" })
                    {
                        if (row.TryGetValue(level, out string? expected)) Check(house.Level(row["party"], level), expected);
                    }
                }
            else if (text.StartsWith("the parties should have the following account balances", StringComparison.Ordinal))
                foreach (var row in step.Rows)
                {
                    if (row.TryGetValue("margin", out string? margin)) Check(house.Margin(row["party"]), margin);
                    Check(house.General(row["party"]), row["general"]);
                }
        }
        Assert.True(checks >= atLeast, $"only {checks} numbers were compared");

        void Check(BigInteger got, string expected)
        {
            Assert.Equal(BigInteger.Parse(expected, CultureInfo.InvariantCulture), got);
            checks++;
        }
    }

    private sealed record Step(string Text, List<Dictionary<string, string>> Rows);

    private static List<Step> Steps(string path)
    {
        var steps = new List<Step>();
        string[]? header = null;
        foreach (string line in File.ReadLines(path).Select(line => line.Trim()))
        {
            if (line.Length == 0 || line[0] is '#' or '@') continue;
            if (line[0] != '|')
            {
                steps.Add(new Step(line, []));
                header = null;
                continue;
            }
            string[] cells = [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
            if (header is null) header = cells;
            else steps[^1].Rows.Add(header.Zip(cells).Where(pair => pair.First.Length > 0).ToDictionary(pair => pair.First, pair => pair.Second));
        }
        return steps;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string Quoted(string text) => text.Split('"')[1];

    private static string Plain(string factor) => factor == "1e3" ? "1000" : factor;
}
