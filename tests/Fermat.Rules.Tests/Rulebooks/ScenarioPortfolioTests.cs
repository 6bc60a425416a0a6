using System.Text.Json.Nodes;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>scenario_pm against portfolios of a live venue: margin surpluses within 1e-8 of what the venue computes.</summary>
public sealed class ScenarioPortfolioTests
{
    [Fact]
    public void Forty_portfolios_of_a_venue_have_its_margins_within_a_hundred_millionth()
    {
        string? folder = Standard.Shared("scenario-portfolios");
        Assert.SkipWhen(folder is null, "the venue's portfolios (scenario-portfolios) are not beside this checkout");
        string[] files = [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)];
        Assert.Equal(40, files.Length);
        var wrong = new List<string>();
        foreach (string file in files)
        {
            JsonObject portfolio = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            Standard.Evaluated account = Standard.Evaluate("scenario_pm", ScenarioPortfolios.ToInputs(portfolio));
            foreach ((string ours, string theirs) in new[] { ("initial_surplus", "IM"), ("maintenance_surplus", "MM") })
            {
                double expected = portfolio["Result"]![theirs]!.GetValue<double>(), actual = account.Double(ours);
                if (Math.Abs(actual - expected) > Math.Max(1e-8 * Math.Abs(expected), 1e-6)) wrong.Add($"{Path.GetFileName(file)}: {theirs} {actual:R} for {expected:R}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
