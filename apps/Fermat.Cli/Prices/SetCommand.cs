using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;
using Fermat.Oracles;
using Fermat.Venue;

namespace Fermat.Cli.Prices;

/// <summary><c>fermat prices set</c>: a price set as an event of a venue.</summary>
internal static class SetCommand
{
    private const string Help = "fermat prices set --help";

    public static void Add(Command prices, AddCommand add)
    {
        var reports = new Argument<string[]>("reports") { Description = "Files of signed reports.", Arity = ArgumentArity.OneOrMore };
        var oracles = new Option<string>("--oracles") { Description = "The oracle rules: whose reports count, and when.", Required = true };
        var log = new Option<string>("--log") { Description = "The venue's price log, which the set is added to; begun if it is not there. It holds every set with its reports and is what others check.", Required = true };
        var name = new Option<string>("--event") { Description = "The name of the event: letters, digits and - _ . : @ $ +, once in a venue's log.", Required = true };
        Option<long?> time = PriceFiles.TimeOption("The time of the set and of the event.");
        var state = new Option<string[]>("--state") { Description = "A price that the venue states itself and nobody signs, such as USD=1 (repeatable). Whoever verifies must name it (--stated).", AllowMultipleArgumentsPerToken = true };
        var output = new Option<string?>("--output", "-o") { Description = "The file of events to add the event to, as a line; standard output if not given." };
        var command = new Command("set",
            "Make a price set of signed reports and turn it into an event, one line of JSON, that fermat replay and fermat run take. Its source is the set's digest. The set itself goes into the price log. Exit code 1 if a feed has no quorum; then nothing is written.\n\n" +
            "  fermat prices set alpha.json beta.json gamma.json --oracles oracles.json --log prices.json --event noon -o events.jsonl\n" +
            "  fermat prices set *.json --oracles oracles.json --log prices.json --event open --state USD=1 >> events.jsonl\n\n" +
            "Sent again after a crash, with the same event, reports and time, it adds nothing twice.") { reports, oracles, log, name, time, state, output };
        add(prices, command, (parsed, terminal, _) => Run(
            parsed.GetRequiredValue(reports), PriceFiles.Rules(parsed.GetRequiredValue(oracles)), parsed.GetRequiredValue(log), parsed.GetRequiredValue(name), parsed.GetValue(time), parsed.GetValue(state) ?? [], parsed.GetValue(output), terminal));
    }

    private static int Run(string[] paths, OracleRules rules, string logPath, string name, long? time, string[] stated, string? output, Terminal terminal)
    {
        if (!Identifiers.IsValid(name, EventId.MaxLength)) throw CliFailure.BadInput("bad-option", $"--event: 1 to {EventId.MaxLength} characters, {Identifiers.AllowedCharacters}", hint: Help);
        ImmutableArray<PriceReport> reports = PriceFiles.Reports(paths);
        PriceLog log = File.Exists(logPath) ? PriceFiles.Standing(logPath, rules).Log : new PriceLog(rules, []);
        PriceLogEntry? known = log.Entries.FirstOrDefault(entry => entry.Event == name);
        if (known is not null && known != log.Entries[^1]) throw CliFailure.BadInput("prices.event-known", $"the price log has a set of event {name} already, and others after it", logPath, "give the event another name");
        PriceLog before = known is null ? log : log with { Entries = log.Entries[..^1] };
        long at = time ?? known?.Set.Time ?? PriceFiles.Now;
        PriceSetResult result = before.Replay(out _).Make(reports, at);
        if (result.Set is not { } set)
            throw new CliFailure(ExitCodes.Rejected, [.. result.Rejections.OrderBy(one => one.Code is PriceRejectionCode.QuorumNotMet ? 0 : 1).Select(one => new Problem(PriceFiles.Code(one, ""), Sentence(one), Hint: one.Hint, Part: one.Feed))]);
        if (known is not null && known.Set.Digest() != set.Digest()) throw CliFailure.BadInput("prices.event-known", $"the price log has another set of event {name} already", logPath, "give the event another name");
        PricesSet happened = Event(name, set, stated, rules);
        if (known is null) Files.Write(logPath, PriceLogJson.Write(log with { Entries = log.Entries.Add(new PriceLogEntry(name, 0, set)) }).Span);
        string line = EventJson.Write(happened);
        if (output is null)
        {
            if (!terminal.Json) terminal.ErrorWriter.WriteLine($"{logPath}: a price set of {PriceFiles.Say(at)}, digest {set.Digest()}{(known is null ? "" : ", there before")}");
            terminal.Say(line);
        }
        else
        {
            bool added = Append(output, line);
            PriceSetView.Print(terminal, rules, result, at);
            terminal.Say($"{logPath}: a price set of {PriceFiles.Say(at)}, digest {set.Digest()}{(known is null ? "" : ", there before")}");
            terminal.Say($"{output}: event {name}{(added ? "" : ", there before")}");
        }
        JsonObject answer = PriceSetView.ToJson(rules, result, at);
        answer["event"] = JsonNode.Parse(line);
        answer["log"] = logPath;
        answer["known"] = known is not null;
        terminal.Answer(answer);
        return ExitCodes.Ok;
    }

    private static string Sentence(PriceRejection rejection) => rejection.Signer is { } signer ? $"{signer}, {rejection.Feed}: {rejection.Message}" : rejection.Message;

    private static PricesSet Event(string name, PriceSet set, string[] stated, OracleRules rules)
    {
        var own = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (string one in stated)
        {
            (string symbol, Price price) = SignCommand.Parse(one);
            if (rules.Feeds.Any(feed => feed.Name == symbol)) throw CliFailure.BadInput("bad-option", $"--state {one}: {symbol} is a feed of the rules, so its price is signed", hint: Help);
            if (!own.TryAdd(symbol, new Quantity((Int128)price.Mantissa, price.Scale))) throw CliFailure.BadInput("bad-option", $"--state: {symbol} is there twice", hint: Help);
        }
        return SignedPrices.Event(new EventId(name), set, own);
    }

    /// <summary>Adds a line to a file, unless it is its last; a file whose last line is not ended is left as it is.</summary>
    private static bool Append(string path, string line)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } parent) Directory.CreateDirectory(parent);
        byte[] text = Encoding.UTF8.GetBytes(line + "\n");
        using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        if (stream.Length > 0)
        {
            byte[] end = new byte[Math.Min(stream.Length, text.Length + 1)];
            stream.Position = stream.Length - end.Length;
            stream.ReadExactly(end);
            if (end[^1] != (byte)'\n') throw CliFailure.BadInput("events-torn", $"the last line of {path} is not ended, so an event cannot be added after it", path, "end it, or take it out; the price log has the set, and the same command again adds the event");
            if (end.AsSpan().EndsWith(text) && (end.Length == text.Length || end[0] == (byte)'\n')) return false;
        }
        stream.Position = stream.Length;
        stream.Write(text);
        stream.Flush(flushToDisk: true);
        return true;
    }
}
