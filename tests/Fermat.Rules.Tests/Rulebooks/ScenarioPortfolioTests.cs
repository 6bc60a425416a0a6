using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Tests.Lowering;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>scenario_pm against portfolios of a live venue: margin surpluses within 1e-8 of what the venue computes.</summary>
public sealed class ScenarioPortfolioTests
{
    [Fact]
    public void Forty_portfolios_of_a_venue_have_its_margins_within_a_hundred_millionth()
    {
        var wrong = new List<string>();
        foreach ((string name, JsonObject portfolio) in Portfolios())
        {
            Standard.Evaluated account = Standard.Evaluate("scenario_pm", ScenarioPortfolios.ToInputs(portfolio));
            wrong.AddRange(Differences(name, portfolio, account.Double));
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Proofs_of_forty_portfolios_say_the_venues_margins_within_a_hundred_millionth()
    {
        CoreRulebook rulebook = Standard.Rulebook("scenario_pm");
        var bench = new LoweringBench(rulebook);
        var wrong = new List<string>();
        foreach ((string name, JsonObject portfolio) in Portfolios())
        {
            RuleInputs inputs = RuleInputs.Read(rulebook.Schema, (name, Encoding.UTF8.GetBytes(ScenarioPortfolios.ToInputs(portfolio).ToJsonString())));
            Assert.True(inputs.Errors.Count == 0, string.Join("; ", inputs.Errors));
            BigInteger[] cells = bench.Check(inputs.Market!, inputs.Accounts).Single();
            wrong.AddRange(Differences(name, portfolio, definition =>
            {
                int index = rulebook.Definitions.IndexOf(rulebook.Definitions.Single(d => d.Name == definition));
                return (double)cells[index] / Math.Pow(10, ((CoreType.Number)rulebook.Definitions[index].Value.Type).Scale);
            }));
            ProveTests.Proven(bench, inputs.Market!, inputs.Accounts);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<(string Name, JsonObject Portfolio)> Portfolios()
    {
        string? folder = Standard.Shared("scenario-portfolios");
        Assert.SkipWhen(folder is null, "the venue's portfolios (scenario-portfolios) are not beside this checkout");
        string[] files = [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)];
        Assert.Equal(40, files.Length);
        return files.Select(file => (Path.GetFileName(file), JsonNode.Parse(File.ReadAllText(file))!.AsObject()));
    }

    private static IEnumerable<string> Differences(string name, JsonObject portfolio, Func<string, double> value)
    {
        foreach ((string ours, string theirs) in new[] { ("initial_surplus", "IM"), ("maintenance_surplus", "MM") })
        {
            double expected = portfolio["Result"]![theirs]!.GetValue<double>(), actual = value(ours);
            if (Math.Abs(actual - expected) > Math.Max(1e-8 * Math.Abs(expected), 1e-6)) yield return $"{name}: {theirs} {actual:R} for {expected:R}";
        }
    }
}
