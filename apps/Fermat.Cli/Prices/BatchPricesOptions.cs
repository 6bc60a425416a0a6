using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Venue;
using Fermat.Hashing;
using Fermat.Oracles;
using Fermat.Statements.Transitions;
using Fermat.Venue;

namespace Fermat.Cli.Prices;

/// <summary>The part of <c>fermat verify batch</c> that compares market data with signed prices.</summary>
internal sealed class BatchPricesOptions
{
    private readonly Option<string?> _prices = new("--prices") { Description = "The venue's price log (fermat prices publish): reject batches that are not valued at the signed price set in force." };
    private readonly Option<string?> _oracles = new("--oracles") { Description = "With --prices: the oracle rules that you trust. Without them those of the price log are taken, and the verdict says so." };
    private readonly Option<string[]> _stated = new("--stated") { Description = "With --prices: a symbol whose price you let the venue state itself, such as USD (repeatable).", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _seen = new("--seen") { Description = "With --prices: when you were shown the batches, in milliseconds since 1970, or now: the last set may not be too old by then. Not given: its age is not judged." };
    private readonly Option<string?> _log = new("--price-log") { Description = "With --prices: the digest of the price log that you know from elsewhere (hex)." };
    private readonly Option<string?> _marks = new("--marks") { Description = "With --prices: the venue's mark log (fermat prices publish --marks): funding indices, and marks that the venue's rules derive, are derived again from the signed prices, and reject a batch that is valued at others." };
    private readonly Option<string?> _markLog = new("--mark-log") { Description = "With --marks: the digest of the mark log that you know from elsewhere (hex)." };
    private readonly Option<bool> _statedFunding = new("--stated-funding") { Description = "With --prices and without --marks: let the venue state funding indices itself. Not given: batches with an index that is not 0 are rejected." };
    private readonly Option<string?> _binding = new("--binding") { Description = "Which of the rulebook's names stand for prices: a JSON file (docs/ENGINE.md)." };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_prices, _oracles, _stated, _seen, _log, _marks, _markLog, _statedFunding, _binding]) command.Add(option);
    }

    /// <summary>What is to be compared, or null.</summary>
    public BatchPricesCheck? Of(ParseResult parsed)
    {
        if (parsed.GetValue(_prices) is not { } path)
        {
            foreach (Option option in (Option[])[_oracles, _stated, _seen, _log, _marks, _markLog, _statedFunding])
                if (parsed.GetResult(option) is { Implicit: false }) throw CliFailure.BadInput("usage", $"{option.Name} goes with --prices", hint: "fermat verify batch --help");
            return null;
        }
        if (parsed.GetValue(_marks) is null && parsed.GetValue(_markLog) is not null) throw CliFailure.BadInput("usage", $"{_markLog.Name} goes with {_marks.Name}", hint: "fermat verify batch --help");
        if (parsed.GetValue(_marks) is not null && parsed.GetValue(_statedFunding)) throw CliFailure.BadInput("usage", $"{_marks.Name} derives funding, so {_statedFunding.Name} goes without it", hint: "fermat verify batch --help");
        OracleRules? rules = parsed.GetValue(_oracles) is { } own ? PriceFiles.Rules(own) : null;
        PriceLog log = PriceFiles.Log(path);
        return new BatchPricesCheck(path, log, rules ?? log.Rules, rules is not null, new HashSet<string>(parsed.GetValue(_stated) ?? [], StringComparer.Ordinal), Time(parsed.GetValue(_seen)), VerifyCommand.ParseDigest(parsed.GetValue(_log), _log.Name), Binding(parsed), Marks(parsed), parsed.GetValue(_statedFunding));
    }

    /// <summary>Where prices are in market data.</summary>
    public Engine.EngineBinding Binding(ParseResult parsed) => VenueReplay.Binding(parsed.GetValue(_binding));

    private MarkLogCheck? Marks(ParseResult parsed) =>
        parsed.GetValue(_marks) is { } path ? new MarkLogCheck(path, PriceFiles.Marks(path), VerifyCommand.ParseDigest(parsed.GetValue(_markLog), _markLog.Name)) : null;

    private long? Time(string? text) => text switch
    {
        null => null,
        "now" => PriceFiles.Now,
        _ => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long time) ? time : throw CliFailure.BadInput("bad-option", $"{_seen.Name}: milliseconds since 1970, or now", hint: "fermat verify batch --help"),
    };
}

/// <summary>A mark log that marks and funding are derived from, and its digest where it is pinned.</summary>
internal sealed record MarkLogCheck(string Path, MarkLog Log, Digest? Digest);

/// <summary>What market data are compared with.</summary>
internal sealed record BatchPricesCheck(string Path, PriceLog Log, OracleRules Rules, bool Own, IReadOnlySet<string> Stated, long? Seen, Digest? Digest, Engine.EngineBinding Binding, MarkLogCheck? Marks, bool StatedFunding)
{
    public string[] Brought => [.. Own ? ["oracle rules"] : (string[])[], .. Seen is null ? [] : (string[])["when batches were seen"], .. Digest is null ? [] : (string[])["price log"], .. Marks?.Digest is null ? [] : (string[])["mark log"]];

    public string[] Taken => [.. Own ? [] : (string[])["oracle rules"], .. Digest is null ? (string[])["price log"] : [], "heights of price sets", .. Marks is { Digest: null } ? (string[])["mark log"] : []];

    /// <summary>Compares, or says why batches are rejected.</summary>
    public ImmutableArray<BatchPrices> Compare(TransitionInputs[] batches, string[] paths)
    {
        if (Digest is { } pinned && pinned != Log.Digest())
            throw new CliFailure(ExitCodes.Rejected, [new Problem("prices.wrong-log", "the price log is not the pinned one", Path, Expected: $"{pinned}", Got: $"{Log.Digest()}")]);
        if (Marks is { Digest: { } known } && known != Marks.Log.Digest())
            throw new CliFailure(ExitCodes.Rejected, [new Problem("prices.wrong-mark-log", "the mark log is not the pinned one", Marks.Path, Expected: $"{known}", Got: $"{Marks.Log.Digest()}")]);
        PriceLogResult result = PriceEvidence.Check(Rules, Log, batches, Seen, Stated, Binding, Marks?.Log, StatedFunding);
        if (result.Fault is not { } fault) return result.Batches;
        string code = fault is { Code: PriceEvidenceCode.SetRefused, Rejection: { } why } ? PriceFiles.Code(why, "") : "prices." + Show.Words(fault.Code, "-");
        string file = fault.Batch >= 0 ? paths[fault.Batch] : fault.Code is PriceEvidenceCode.OtherRules or PriceEvidenceCode.SetRefused or PriceEvidenceCode.NotInLog || Marks is null ? Path : Marks.Path;
        throw new CliFailure(fault.Code == PriceEvidenceCode.NotBound ? ExitCodes.BadInput : ExitCodes.Rejected, [new Problem(code, fault.Message, file, Hint: Hint(fault), Part: fault.Difference?.Symbol, Expected: fault.Difference?.Expected, Got: fault.Difference?.Stated)]);
    }

    private static string Hint(PriceEvidenceFault fault) => fault.Code switch
    {
        PriceEvidenceCode.NoPrice => "--stated SYMBOL lets the venue state a price itself; --marks FILE derives marks; fermat prices rules shows the feeds",
        PriceEvidenceCode.OtherRules => "the venue counted other sources than you do, or by other rules; fermat prices rules shows both",
        PriceEvidenceCode.MarkLogRefused => "fermat prices publish --marks writes the mark log of the same venue's log",
        PriceEvidenceCode.WrongMark => "docs/ORACLES.md, Marks that are derived, has the formulas",
        PriceEvidenceCode.WrongFunding => "each funding tick of the mark log moves the index by its rate times the mark in force, rounded down to the instrument's decimals",
        PriceEvidenceCode.NoFunding => "--marks FILE derives funding from the venue's mark log (fermat prices publish --marks); --stated-funding lets the venue state it",
        PriceEvidenceCode.NotInLog => "fermat prices publish writes heights",
        PriceEvidenceCode.NotBound => "--binding FILE names the tables and fields",
        PriceEvidenceCode.TooOld => "the rules' maxAge says how long a set may stay in force",
        _ => fault.Rejection?.Hint ?? "whatever was done in this batch was done at prices that no quorum signed for it",
    };

    public void Print(Terminal terminal, ImmutableArray<BatchPrices> batches)
    {
        BatchPrices[] sets = [.. batches.DistinctBy(batch => batch.Entry.Height)];
        int least = sets.Min(batch => batch.Entry.Set.Feeds.Min(feed => feed.Reports.Length));
        terminal.Say($"  • {Show.Count(batches.Sum(batch => batch.Compared))} prices in the market data are those of {Show.Count(sets.Length)} signed price sets, each the median of {least} or more of {Show.Count(Rules.Sources.Length)} sources; oracle rules {Rules.Digest()}");
        foreach (BatchPrices batch in sets)
        {
            string age = batch.MostAge is { } most ? $"in force for {PriceFiles.Lasting(most)}, of {PriceFiles.Lasting(Rules.MaxAge)} allowed" : "no set follows it, so its age is not judged (--seen)";
            terminal.Say($"      height {batch.Entry.Height}, {PriceFiles.Say(batch.Entry.Set.Time)}: {age}");
        }
        string[] own = [.. batches.SelectMany(batch => batch.Stated).Distinct(StringComparer.Ordinal)], other = [.. batches.SelectMany(batch => batch.OtherTables).Distinct(StringComparer.Ordinal)];
        string[] derived = [.. batches.SelectMany(batch => batch.Derived).Select(mark => $"{mark.Key} ({Engine.MarkBook.Name(mark.Value)})").Distinct(StringComparer.Ordinal)];
        if (derived.Length > 0) terminal.Say($"      {Show.Count(batches.Sum(batch => batch.Derived.Count))} marks follow by the venue's rules from these, and from what it states itself in its mark log (samples, surfaces, funding, terms): {string.Join(", ", derived)}");
        foreach (FundingIndex funding in Funding(batches)) terminal.Say($"      the funding index of {funding.Instrument} follows from {(funding.Ticks == 1 ? "1 funding tick" : Show.Count(funding.Ticks) + " funding ticks")} of the mark log, and is at last {funding.Index}; the venue's own word: the {(funding.LeastRate == funding.MostRate ? $"rate, {funding.LeastRate}" : $"rates, {funding.LeastRate} to {funding.MostRate}")}");
        if (Marks is not null && batches.Any(batch => !batch.Funding.IsEmpty)) terminal.Say("      that no other funding fell due is what the mark log says");
        string[] unfunded = [.. batches.SelectMany(batch => batch.StatedFunding).Distinct(StringComparer.Ordinal)];
        if (Marks is null) terminal.Say($"      the venue's own word: {(unfunded.Length > 0 ? $"the funding index of {string.Join(", ", unfunded)}" : "that no funding fell due")} (--marks derives it)");
        if (own.Length > 0) terminal.Say($"      the venue's own word: the price of {string.Join(", ", own)}");
        if (other.Length > 0) terminal.Say($"      not compared: the tables {string.Join(", ", other)}");
        terminal.Say($"      digest of the price log {Log.Digest()}");
        if (Marks is not null) terminal.Say($"      digest of the mark log {Marks.Log.Digest()}");
    }

    /// <summary>The indices of the last batch that has each, where ticks moved them.</summary>
    private static IEnumerable<FundingIndex> Funding(ImmutableArray<BatchPrices> batches) =>
        batches.Reverse().SelectMany(batch => batch.Funding).Where(funding => funding.Ticks > 0).DistinctBy(funding => funding.Instrument).OrderBy(funding => funding.Instrument, StringComparer.Ordinal);

    public JsonObject ToJson(ImmutableArray<BatchPrices> batches) => new()
    {
        ["rulesDigest"] = Rules.Digest().ToString(),
        ["priceLogDigest"] = Log.Digest().ToString(),
        ["markLogDigest"] = Marks?.Log.Digest().ToString(),
        ["sources"] = Rules.Sources.Length,
        ["maxAge"] = Rules.MaxAge,
        ["batches"] = new JsonArray([.. batches.Select(batch => new JsonObject
        {
            ["event"] = batch.Entry.Event,
            ["height"] = batch.Entry.Height,
            ["time"] = batch.Entry.Set.Time,
            ["digest"] = batch.Entry.Set.Digest().ToString(),
            ["prices"] = batch.Compared,
            ["derived"] = new JsonObject([.. batch.Derived.Select(mark => KeyValuePair.Create(mark.Key, (JsonNode?)Engine.MarkBook.Name(mark.Value)))]),
            ["funding"] = new JsonArray([.. batch.Funding.Select(funding => new JsonObject
            {
                ["instrument"] = funding.Instrument,
                ["index"] = funding.Index.ToString(),
                ["ticks"] = funding.Ticks,
                ["leastRate"] = funding.LeastRate.ToString(),
                ["mostRate"] = funding.MostRate.ToString(),
            })]),
            ["statedFunding"] = new JsonArray([.. batch.StatedFunding.Select(symbol => (JsonNode)symbol)]),
            ["leastSigners"] = batch.Entry.Set.Feeds.Min(feed => feed.Reports.Length),
            ["mostAge"] = batch.MostAge,
            ["stated"] = new JsonArray([.. batch.Stated.Select(symbol => (JsonNode)symbol)]),
            ["notCompared"] = new JsonArray([.. batch.OtherTables.Select(table => (JsonNode)table)]),
        })]),
    };
}
