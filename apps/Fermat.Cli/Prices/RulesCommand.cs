using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Oracles;

namespace Fermat.Cli.Prices;

/// <summary><c>fermat prices rules</c>: whose reports count.</summary>
internal static class RulesCommand
{
    public static void Add(Command prices, AddCommand add)
    {
        var file = new Argument<string>("oracles") { Description = "A file of oracle rules, or a price log, which holds its rules." };
        var command = new Command("rules",
            "Read oracle rules, say what they let through, and print their digest: what to pin, since a venue that chooses its sources chooses its prices.\n\n" +
            "A file of rules (docs/schemas/oracle-rules-v1.schema.json):\n\n" +
            "  { \"format\": \"fermat oracle rules\", \"version\": 1, \"chain\": 1,\n" +
            "    \"sources\": [ { \"name\": \"alpha\", \"address\": \"0x…\" } ],\n" +
            "    \"feeds\": [ { \"name\": \"BTC\", \"scale\": 2, \"quorum\": 1, \"maxDeviation\": \"0.02\" } ],\n" +
            "    \"freshness\": 5000, \"maxSkew\": 500, \"maxAge\": 60000 }\n\n" +
            "quorum: so many sources must agree; maxDeviation: as a share of the median; freshness: the oldest report, maxSkew: the most that its clock may be ahead, maxAge: the longest that a set stays in force, all in milliseconds.") { file };
        add(prices, command, (parsed, terminal, _) =>
        {
            string path = parsed.GetRequiredValue(file);
            byte[] bytes = Files.Read(path, PriceLogJson.MaxBytes);
            return Print(PriceLogJson.IsOne(bytes) ? PriceFiles.Log(path).Rules : PriceFiles.Rules(path), path, terminal);
        });
    }

    private static int Print(OracleRules rules, string path, Terminal terminal)
    {
        terminal.Say($"{path}: {Show.Count(rules.Sources.Length)} sources, {Show.Count(rules.Feeds.Length)} feeds, chain {rules.Chain}");
        terminal.Say($"digest {rules.Digest()}");
        foreach (OracleSource source in rules.Sources) terminal.Say($"  source {source.Address} {source.Name}");
        foreach (OracleFeed feed in rules.Feeds)
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"  feed   {feed.Name}: {feed.Quorum} of {rules.Sources.Length} sources, at most {ExactDecimal.Format(new System.Numerics.BigInteger(feed.MaxDeviation), 4)}% from the median, {feed.Scale} decimals"));
        terminal.Say($"reports are fresh for {PriceFiles.Lasting(rules.Freshness)} and at most {PriceFiles.Lasting(rules.MaxSkew)} ahead; a set stays in force for at most {PriceFiles.Lasting(rules.MaxAge)}");
        foreach (OracleFeed feed in rules.Feeds.Where(feed => 2 * feed.Quorum <= rules.Sources.Length))
            terminal.Say($"NOTE: {feed.Quorum} of {rules.Sources.Length} is no majority: two quorums of {feed.Name} can disagree at one time");
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["digest"] = rules.Digest().ToString(),
            ["chain"] = rules.Chain,
            ["sources"] = new JsonArray([.. rules.Sources.Select(source => new JsonObject { ["name"] = source.Name, ["address"] = source.Address.ToString() })]),
            ["feeds"] = new JsonArray([.. rules.Feeds.Select(feed => new JsonObject { ["name"] = feed.Name, ["scale"] = feed.Scale, ["quorum"] = feed.Quorum, ["maxDeviationMillionths"] = feed.MaxDeviation })]),
            ["freshness"] = rules.Freshness,
            ["maxSkew"] = rules.MaxSkew,
            ["maxAge"] = rules.MaxAge,
        });
        return ExitCodes.Ok;
    }
}
