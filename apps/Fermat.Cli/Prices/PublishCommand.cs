using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Venue;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.Stores;
using Fermat.Margin;
using Fermat.Oracles;
using Fermat.Venue;

namespace Fermat.Cli.Prices;

/// <summary><c>fermat prices publish</c>: a price log with the heights that its sets have in a venue's log.</summary>
internal static class PublishCommand
{
    private const string Help = "fermat prices publish --help";

    public static void Add(Command prices, AddCommand add)
    {
        var events = new Argument<string?>("events") { Description = "The venue's events, one JSON object a line, as for fermat replay.", Arity = ArgumentArity.ZeroOrOne };
        var rules = new Option<string?>("--rules", "-r") { Description = "With events: the rulebook." };
        var data = new Option<string?>("--data", "-d") { Description = "In place of events: the folder of fermat run, which must not be running." };
        var log = new Option<string>("--log") { Description = "The price log that fermat prices set made.", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "The price log to publish.", Required = true };
        var marks = new Option<string?>("--marks") { Description = "The mark log to publish: every event that marks and funding depend on, with its height, for a venue that has funding, or whose marks are derived." };
        var binding = new Option<string?>("--binding") { Description = "With events: which of the rulebook's names stand for balances, positions and prices: a JSON file (docs/ENGINE.md)." };
        var chain = new Option<ulong>("--chain") { Description = "With events: the venue's chain id, for signatures.", DefaultValueFactory = _ => 1 };
        var borrowing = new Option<bool>("--borrowing") { Description = "With events: instructions may leave a balance below zero." };
        var command = new Command("publish",
            "Write down at which height of the venue's log each price set came into force, so that anyone can tell which set a batch was to be valued at (fermat verify batch --prices). Each event prices-set is compared with its set. " +
            "Exit code 1 if an event sets the price of a feed without a signed set.\n\n" +
            "  fermat prices publish events.jsonl --rules cross_perps.risk --log prices.json -o published.json\n" +
            "  fermat prices publish --data venue --log prices.json -o published.json\n" +
            "  fermat prices publish --data venue --log prices.json -o published.json --marks marks.json") { events, rules, data, log, output, marks, binding, chain, borrowing };
        add(prices, command, (parsed, terminal, cancel) =>
        {
            (string? file, string? folder) = (parsed.GetValue(events), parsed.GetValue(data));
            if (file is null == folder is null) throw CliFailure.BadInput("usage", "the venue's log is needed: a file of events, or --data FOLDER", hint: Help);
            if (file is not null && parsed.GetValue(rules) is null) throw CliFailure.BadInput("usage", "a file of events needs --rules: heights are those of the margin engine's log", hint: Help);
            PriceLog made = PriceFiles.Log(parsed.GetRequiredValue(log));
            PriceFiles.Standing(parsed.GetRequiredValue(log), made.Rules);
            IEnumerable<MarkLogEntry> happened = folder is not null
                ? OfFolder(folder, cancel)
                : VenueReplay.Run(file!, parsed.GetValue(rules)!, parsed.GetValue(binding), parsed.GetValue(chain), asLogged: false, parsed.GetValue(borrowing), cancel).Log
                    .Select((logged, i) => (Height: (ulong)i + 1, Logged: logged)).Where(one => one.Logged.Rejection is null && MarkLog.Holds(one.Logged.Event)).Select(one => new MarkLogEntry(one.Height, one.Logged.Event));
            return Publish(made, new MarkLog([.. happened]), parsed.GetRequiredValue(log), parsed.GetRequiredValue(output), parsed.GetValue(marks), terminal);
        });
    }

    private static List<MarkLogEntry> OfFolder(string folder, CancellationToken cancel)
    {
        string database = Path.Combine(folder, "ledger.db");
        if (!File.Exists(database)) throw CliFailure.BadInput("file-not-found", $"there is no ledger in {folder}", database, "--data names the folder of fermat run");
        try
        {
            using ILedgerReader ledger = SqliteLedgerStore.OpenToRead(database);
            return [.. LedgerLog.Read(ledger, cancel: cancel).Where(entry => entry.Refusal is null && MarkLog.Holds(entry.Event)).Select(entry => new MarkLogEntry(entry.Height, entry.Event))];
        }
        catch (LedgerStoreException failed)
        {
            throw new CliFailure(failed.Failure == LedgerStoreFailure.InUse ? ExitCodes.BadInput : ExitCodes.Internal, "ledger." + Show.Words(failed.Failure, "-"), failed.Message, folder, "docs/LEDGER.md, Recovery");
        }
    }

    private static int Publish(PriceLog log, MarkLog happened, string logPath, string output, string? marksPath, Terminal terminal)
    {
        HashSet<string> feeds = [.. log.Rules.Feeds.Select(feed => feed.Name)];
        Dictionary<Digest, PriceLogEntry> sets = log.Entries.ToDictionary(entry => entry.Set.Digest());
        var entries = ImmutableArray.CreateBuilder<PriceLogEntry>();
        foreach ((ulong height, LedgerEvent one) in happened.Entries)
        {
            if (one is not PricesSet cause || !cause.Prices.Keys.Any(feeds.Contains)) continue;                                  // what the venue states itself
            string where = $"event {cause.Id}, height {height},";
            if (cause.Source is null) throw Unsigned($"{where} sets the price of {cause.Prices.Keys.First(feeds.Contains)} and names no price set");
            if (!Digest.TryParse(Convert.ToHexStringLower(cause.Source), out Digest source) || !sets.TryGetValue(source, out PriceLogEntry? entry) || entry.Event != cause.Id.Value)
                throw Unsigned($"{where} names the price set {Convert.ToHexStringLower(cause.Source)}, and the price log has none of that event and digest");
            if (SignedPrices.Difference(cause, entry.Set) is { } difference) throw Unsigned($"{where} {difference}");
            entries.Add(entry with { Height = height });
        }
        var published = new PriceLog(log.Rules, entries.ToImmutable());
        published.Replay(out PriceLogFault? fault);
        if (fault is not null) throw new CliFailure(ExitCodes.Rejected, PriceFiles.Code(fault.Rejection, "not-in-log"), fault.Message, logPath, "sets go into the venue's log in the order in which they were made");
        Files.Write(output, PriceLogJson.Write(published).Span);
        if (marksPath is not null) Files.Write(marksPath, MarkLogJson.Write(happened).Span);
        int left = log.Entries.Length - entries.Count;
        terminal.Say($"{output}: {Show.Count(entries.Count)} price sets with their heights{(left > 0 ? $"; {Show.Count(left)} of the price log are not in the venue's log and were left out" : "")}");
        if (marksPath is not null) terminal.Say($"{marksPath}: {Show.Count(happened.Entries.Length)} events that marks and funding depend on");
        terminal.Say($"digest of the price log {published.Digest()}");
        if (marksPath is not null) terminal.Say($"digest of the mark log  {happened.Digest()}");
        terminal.Say($"digest of the rules     {log.Rules.Digest()}");
        terminal.Say($"publish it beside the proofs; anyone verifies: fermat verify batch … --prices {output} --oracles FILE{(marksPath is null ? "" : $" --marks {marksPath}")}");
        terminal.Answer(new JsonObject { ["ok"] = true, ["file"] = output, ["sets"] = entries.Count, ["leftOut"] = left, ["priceLogDigest"] = published.Digest().ToString(), ["rulesDigest"] = log.Rules.Digest().ToString(), ["markLogDigest"] = marksPath is null ? null : happened.Digest().ToString() });
        return ExitCodes.Ok;

        CliFailure Unsigned(string message) => new(ExitCodes.Rejected, "prices.unsigned", message, logPath, "every price of a feed comes from fermat prices set; nothing was written");
    }
}
