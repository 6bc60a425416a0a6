using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Oracles;

namespace Fermat.Cli.Prices;

/// <summary>What became of reports, for people and as JSON.</summary>
internal static class PriceSetView
{
    public static void Print(Terminal terminal, OracleRules rules, PriceSetResult result, long time)
    {
        Dictionary<string, string> names = rules.Sources.ToDictionary(source => source.Address.ToString(), source => source.Name);
        foreach (OracleFeed feed in rules.Feeds)
        {
            FeedPrice? price = result.Feeds.FirstOrDefault(one => one.Feed == feed.Name);
            terminal.Say(price is null ? $"{feed.Name}: no price" : $"{feed.Name}: {price.Price}, the median of {price.Reports.Length} of {rules.Sources.Length} sources (quorum {feed.Quorum}), confidence {ExactDecimal.Format(price.Confidence, 18)}");
            foreach (PriceReport report in price?.Reports ?? [])
                terminal.Say($"  counted   {Name(report.Signer.ToString())}: {report.Price}, {(report.Time <= time ? $"{PriceFiles.Lasting(time - report.Time)} old" : $"{PriceFiles.Lasting(report.Time - time)} ahead")}, sequence {report.Sequence}");
            foreach (PriceRejection rejection in result.Rejections.Where(one => one.Feed == feed.Name)) Rejected(rejection);
        }
        foreach (PriceRejection rejection in result.Rejections.Where(one => rules.Feeds.All(feed => feed.Name != one.Feed))) Rejected(rejection);

        void Rejected(PriceRejection rejection) =>
            terminal.Say($"  rejected  {(rejection.Signer is { } signer ? Name(signer.ToString()) + ": " : "")}{rejection.Message} [{Show.Words(rejection.Code, "-")}]");

        string Name(string address) => names.TryGetValue(address, out string? name) ? $"{name} {address[..8]}…" : address;
    }

    public static JsonObject ToJson(OracleRules rules, PriceSetResult result, long time) => new()
    {
        ["ok"] = result.Set is not null,
        ["time"] = time,
        ["rulesDigest"] = rules.Digest().ToString(),
        ["digest"] = result.Set?.Digest().ToString(),
        ["feeds"] = new JsonArray([.. result.Feeds.Select(feed => new JsonObject
        {
            ["feed"] = feed.Feed,
            ["price"] = feed.Price.ToString(),
            ["confidence"] = ExactDecimal.Format(feed.Confidence, 18),
            ["counted"] = new JsonArray([.. feed.Reports.Select(report => new JsonObject { ["signer"] = report.Signer.ToString(), ["price"] = report.Price.ToString(), ["time"] = report.Time, ["sequence"] = report.Sequence })]),
        })]),
        ["rejected"] = new JsonArray([.. result.Rejections.Select(rejection => new JsonObject
        {
            ["code"] = "prices." + Show.Words(rejection.Code, "-"),
            ["message"] = rejection.Message,
            ["hint"] = rejection.Hint,
            ["feed"] = rejection.Feed,
            ["signer"] = rejection.Signer?.ToString(),
        })]),
    };
}
