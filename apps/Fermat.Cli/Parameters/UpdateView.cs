using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Rules.Schema;
using Fermat.Rules.Updates;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;

namespace Fermat.Cli.Parameters;

/// <summary>An update of parameters, for people and programs.</summary>
internal static class UpdateView
{
    /// <summary>The rulebook of a file, which must judge updates.</summary>
    public static VenueRulebook Rulebook(string path)
    {
        VenueRulebook rulebook = VenueRulebook.Of(RulebookLoading.Rulebook(path).Result)!;
        return rulebook.Rulebook.Meta is not null
            ? rulebook
            : throw CliFailure.BadInput("rules.no-meta", $"the rulebook {rulebook.Name} has no block `meta`, so it judges no update", path, "write its rules for updates first: docs/RULES.md");
    }

    public static JsonObject ToJson(ParameterUpdate update, UpdateVerdict verdict)
    {
        var aggregates = new JsonObject();
        foreach ((SchemaField field, System.Numerics.BigInteger value) in update.Rulebook.Rulebook.Meta!.System.Zip(update.Aggregates)) aggregates[field.Name] = ParameterAnchors.Show(field, value);
        return new JsonObject
        {
            ["venue"] = update.Venue,
            ["rulebook"] = update.Rulebook.Name,
            ["rulebookDigest"] = update.Rulebook.Digest.ToString(),
            ["oldParametersDigest"] = update.OldParameters.ToString(),
            ["oldMarketDigest"] = update.OldMarket.ToString(),
            ["newParametersDigest"] = update.NewParameters.ToString(),
            ["newMarketDigest"] = update.NewMarket.ToString(),
            ["updateDigest"] = update.Digest.ToString(),
            ["aggregates"] = aggregates,
            ["rules"] = new JsonArray([.. verdict.Rules.Select(rule => new JsonObject { ["rule"] = rule.Rule, ["holds"] = rule.Holds, ["why"] = rule.Why })]),
        };
    }

    public static void Say(Terminal terminal, UpdateVerdict verdict)
    {
        foreach (RuleVerdict rule in verdict.Rules) terminal.Say($"  {(rule.Holds ? "holds " : "BREAKS")} {rule.Rule}: {rule.Why}");
    }
}
