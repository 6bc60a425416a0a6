using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Oracles;
using Fermat.Signatures;

namespace Fermat.Cli.Prices;

/// <summary><c>fermat prices sign</c>: what a source says, signed.</summary>
internal static class SignCommand
{
    private const string Help = "fermat prices sign --help";

    public static void Add(Command prices, AddCommand add)
    {
        var said = new Argument<string[]>("prices") { Description = "What the feeds are worth: FEED=PRICE, such as BTC=64200.5.", Arity = ArgumentArity.OneOrMore };
        var key = new Option<string>("--key", "-k") { Description = "The file with the source's private key (64 hexadecimal digits).", Required = true };
        var oracles = new Option<string?>("--oracles") { Description = "The venue's oracle rules: chain, and whether feeds, decimals and source are known there." };
        var chain = new Option<ulong?>("--chain") { Description = "In place of the rules: the venue's chain id." };
        var confidence = new Option<string>("--confidence") { Description = "How sure the source is, a decimal from 0 to 1.", DefaultValueFactory = _ => "1" };
        Option<long?> time = PriceFiles.TimeOption("When it was so.");
        var sequence = new Option<ulong?>("--sequence") { Description = "Rises with every report of the source on a feed. The time if not given, which rises too." };
        var output = new Option<string>("--output", "-o") { Description = "The file of reports to write.", Required = true };
        var command = new Command("sign",
            "Sign what a source says of one or several feeds (typed data of EIP-712, so a wallet or a contract can check it too), and write the reports to a file.\n\n" +
            "  fermat prices sign BTC=64200.5 ETH=3310 --key alpha.key --oracles oracles.json -o alpha.json\n\n" +
            "Never sign two different prices of a feed with one sequence: that is equivocation, and neither counts.") { said, key, oracles, chain, confidence, time, sequence, output };
        add(prices, command, (parsed, terminal, _) =>
        {
            if (parsed.GetValue(oracles) is null == parsed.GetValue(chain) is null) throw CliFailure.BadInput("usage", "a report is for one venue: --oracles FILE, or --chain ID", hint: Help);
            OracleRules? rules = parsed.GetValue(oracles) is { } path ? PriceFiles.Rules(path) : null;
            if (ExactDecimal.TryParseUInt64(parsed.GetRequiredValue(confidence), 18, PriceReport.FullConfidence, out ulong sure) != DecimalFault.None)
                throw CliFailure.BadInput("bad-option", "--confidence: a decimal from 0 to 1 in its shortest form, with at most 18 decimals", hint: Help);
            using Secp256k1Key signer = PriceFiles.Key(parsed.GetRequiredValue(key));
            long at = parsed.GetValue(time) ?? PriceFiles.Now;
            ImmutableArray<PriceReport> reports = [.. parsed.GetRequiredValue(said).Select(one => Report(one, rules, rules?.Chain ?? parsed.GetValue(chain)!.Value, sure, at, parsed.GetValue(sequence) ?? (ulong)at, signer))];
            if (reports.GroupBy(report => report.Feed).FirstOrDefault(of => of.Count() > 1) is { } twice) throw CliFailure.BadInput("bad-option", $"{twice.Key} is there twice", hint: "one price for each feed");
            if (rules is not null && rules.Sources.All(source => source.Address != signer.Address))
                throw CliFailure.BadInput("prices.unknown-signer", $"{signer.Address} is no source of these rules, so its reports would not count", parsed.GetValue(oracles), "sign with a source's key, or --chain ID to sign all the same");
            return Write(reports, parsed.GetRequiredValue(output), terminal);
        });
    }

    private static PriceReport Report(string said, OracleRules? rules, ulong chain, ulong confidence, long time, ulong sequence, Secp256k1Key key)
    {
        (string name, Price price) = Parse(said);
        if (rules is not null)
        {
            if (rules.Feeds.FirstOrDefault(feed => feed.Name == name) is not { } feed) throw CliFailure.BadInput("prices.unknown-feed", $"the rules have no feed {name}", hint: $"they have {string.Join(", ", rules.Feeds.Select(one => one.Name))}");
            if (price.Scale > feed.Scale) throw CliFailure.BadInput("prices.out-of-range", $"{price} has {price.Scale} decimals, and {name} has {feed.Scale}", hint: "round it as the source sees fit");
        }
        return new PriceReport(chain, name, price, confidence, time, sequence, default, []).SignedBy(key);
    }

    /// <summary>FEED=PRICE.</summary>
    public static (string Feed, Price Price) Parse(string said)
    {
        int at = said.IndexOf('=', StringComparison.Ordinal);
        if (at < 0) throw CliFailure.BadInput("bad-option", $"{said} is not FEED=PRICE", hint: "such as BTC=64200.5");
        (string feed, string text) = (said[..at], said[(at + 1)..]);
        if (!Identifiers.IsValid(feed, PriceReport.MaxFeedLength)) throw CliFailure.BadInput("bad-option", $"{said}: a feed has 1 to {PriceReport.MaxFeedLength} characters, {Identifiers.AllowedCharacters}");
        return Price.TryParse(text, out Price price) == DecimalFault.None
            ? (feed, price)
            : throw CliFailure.BadInput("bad-option", $"{said}: {text} is not a price", hint: "a positive decimal in its shortest form, such as 64200.5: no exponent, no separators, no 0 at the end of decimals, at most 18 of them");
    }

    private static int Write(ImmutableArray<PriceReport> reports, string path, Terminal terminal)
    {
        Files.Write(path, PriceReportJson.Write(reports).Span);
        terminal.Say($"{path}: {Show.Count(reports.Length)} {(reports.Length == 1 ? "report" : "reports")} of {reports[0].Signer} for chain {reports[0].Chain}, {PriceFiles.Say(reports[0].Time)}, sequence {reports[0].Sequence}");
        foreach (PriceReport report in reports) terminal.Say($"  {report.Feed} {report.Price}");
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["file"] = path,
            ["signer"] = reports[0].Signer.ToString(),
            ["reports"] = new JsonArray([.. reports.Select(report => new JsonObject { ["feed"] = report.Feed, ["price"] = report.Price.ToString(), ["time"] = report.Time, ["sequence"] = report.Sequence, ["message"] = report.Message().ToString() })]),
        });
        return ExitCodes.Ok;
    }
}
