using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Inputs;
using Fermat.Statements.Files;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Transitions;

/// <summary>
/// The statement file of T (<c>.statement.json</c>): every public input in a form that people can read. It holds market data and names the rulebook by its digest; the reader brings the rulebook.
/// </summary>
public static class TransitionStatementFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-batch-statement";

    /// <summary>The version of the file.</summary>
    public const int Version = 6;

    private const string Shown = "aggregates", None = "none";

    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 192 << 20;

    /// <summary>The file's bytes.</summary>
    /// <param name="inputs">Inputs without a <see cref="TransitionInputs.Problem"/>.</param>
    public static byte[] Write(TransitionInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return StatementJson.Document(json => Write(json, inputs));
    }

    /// <summary>Whether a file says that it is one of these; nothing else of it is looked at.</summary>
    /// <param name="utf8">Bytes of any origin.</param>
    public static bool IsOne(ReadOnlySpan<byte> utf8) => utf8[..Math.Min(utf8.Length, 256)].IndexOf("\"fermat-batch-statement\""u8) >= 0;

    /// <summary>Reads a file; on failure returns what is wrong and where.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="rulebook">The reader's own rulebook.</param>
    /// <param name="inputs">The public inputs, valid but for <see cref="TransitionInputs.Problem"/>; null on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> utf8, VenueRulebook rulebook, out TransitionInputs? inputs)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return StrictObject.TryRead(utf8, Format, Version, MaxBytes, file => Read(file, rulebook), out inputs);
    }

    private static void Write(Utf8JsonWriter json, TransitionInputs inputs)
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("rulebook", inputs.Rulebook.Name);
        json.WriteString("rulebookDigest", inputs.Rulebook.Digest.ToString());
        json.WriteString("schemaDigest", inputs.Rulebook.SchemaDigest.ToString());
        json.WriteString("parametersDigest", inputs.ParametersDigest.ToString());
        json.WriteString("marketDigest", inputs.MarketDigest.ToString());
        json.WriteString("priceSet", inputs.PriceSet.ToString());
        json.WriteString("venue", inputs.Venue);
        json.WriteString("height", inputs.Height.ToString(CultureInfo.InvariantCulture));
        json.WriteString("rootBefore", inputs.RootBefore.ToString());
        json.WriteString("rootAfter", inputs.RootAfter.ToString());
        json.WriteNumber("depth", inputs.Depth);
        json.WriteNumber("hashSlots", inputs.HashSlots);
        json.WriteNumber("costRounding", inputs.CostRounding);
        WriteUnits(json, "amountUnits", inputs.Units.Amounts);
        WriteUnits(json, "sizeUnits", inputs.Units.Sizes);
        json.WriteNumber("logEvents", inputs.LogEvents);
        json.WriteNumber("feesLeaf", inputs.FeesSlot);
        json.WriteNumber("insuranceLeaf", inputs.InsuranceSlot);
        json.WriteString("eventsDigest", inputs.EventsDigest.ToString());
        StatementJson.WriteDigests(json, "events", inputs.Events);
        foreach ((EventClass shown, string name, _) in EventClasses.Shown) WriteRows(json, name, inputs, shown);
        WriteAggregates(json, inputs);
        json.WriteStartObject("data");
        MarketJson.Write(json, inputs.Rulebook.Schema, inputs.Market);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static TransitionInputs Read(StrictObject file, VenueRulebook rulebook)
    {
        string name = file.Text("rulebook", 256);
        Require(file, "rulebookDigest", StatementRejectionCode.WrongRulebook, $"the statement is about another rulebook ({name})", rulebook.Digest, "verify it with the rulebook that the venue has published, word by word");
        if (name != rulebook.Name) throw FileFormatException.Malformed(file.Path("rulebook"), $"expected \"{rulebook.Name}\", the rulebook's name");
        Require(file, "schemaDigest", StatementRejectionCode.DigestMismatch, "the schema's digest is not that of the rulebook", rulebook.SchemaDigest, null);
        RuleInputs data = RuleInputs.Read(rulebook.Schema, ("data", file.Json("data")));
        if (data.Market is not { } market || data.Errors.Count > 0)
            throw new FileFormatException(new(StatementRejectionCode.InvalidParameters, data.Errors.Count > 0 ? $"{data.Errors[0].Path}: {data.Errors[0].Message}" : "there are no market data", file.Path("data")));
        if (data.Accounts.Count > 0 || data.Book is not null) throw FileFormatException.Malformed(file.Path("data"), "expected parameters and market data, and nothing else");
        Require(file, "parametersDigest", StatementRejectionCode.DigestMismatch, "the digest is not that of the file's parameters", rulebook.ParameterValuesDigest(market), "the file was changed after it was written");
        Require(file, "marketDigest", StatementRejectionCode.DigestMismatch, "the digest is not that of the file's market data", rulebook.MarketDigest(market), "the file was changed after it was written");
        int depth = file.Int("depth", 0, TransitionInputs.MaxDepth);
        ImmutableArray<Digest> events = file.FieldDigests("events", TransitionInputs.MaxEvents);
        var inputs = new TransitionInputs
        {
            Rulebook = rulebook,
            Market = market,
            PriceSet = file.Digest("priceSet"),
            Venue = file.Text("venue", BookLimits.MaxTextLength),
            Height = file.UInt64("height"),
            RootBefore = file.FieldDigest("rootBefore"),
            RootAfter = file.FieldDigest("rootAfter"),
            Depth = depth,
            HashSlots = file.Int("hashSlots", 1, SolvencyLimits.MaxHashSlots),
            FeesSlot = file.Int("feesLeaf", 0, (1 << depth) - 1),
            InsuranceSlot = file.Int("insuranceLeaf", 0, (1 << depth) - 1),
            CostRounding = file.Int("costRounding", 0, TransitionInputs.MaxCostRounding),
            Units = new LedgerUnits(file.Positive("amountUnits", RuleLimits.MaxRecords, LedgerUnits.Max), file.Positive("sizeUnits", RuleLimits.MaxRecords, LedgerUnits.Max)),
            LogEvents = file.Int("logEvents", 1, TransitionInputs.MaxEvents),
            Events = events,
            Classes = Classes(file, events.Length),
            Aggregates = ReadAggregates(file, rulebook, market),
        };
        Require(file, "eventsDigest", StatementRejectionCode.DigestMismatch, "the digest is not that of the file's list of events", inputs.EventsDigest, "the file was changed after it was written");
        return inputs;
    }

    private static void WriteAggregates(Utf8JsonWriter json, TransitionInputs inputs)
    {
        json.WriteString("reveal", inputs.Aggregates is null ? None : Shown);
        if (inputs.Aggregates is not { } aggregates) return;
        ((string, int)[] assets, (string, int)[] instruments) = Counted(inputs.Rulebook, inputs.Market);
        json.WriteStartObject(Shown);
        StatementJson.WriteAmounts(json, "openInterestBefore", aggregates.OpenInterestBefore, instruments);
        StatementJson.WriteAmounts(json, "openInterestAfter", aggregates.OpenInterestAfter, instruments);
        StatementJson.WriteAmounts(json, "insuranceFundBefore", aggregates.FundBefore, assets);
        StatementJson.WriteAmounts(json, "insuranceFundAfter", aggregates.FundAfter, assets);
        json.WriteBoolean("insuranceFundTouched", aggregates.FundTouched);
        json.WriteEndObject();
    }

    private static TransitionAggregates? ReadAggregates(StrictObject file, VenueRulebook rulebook, MarketData market)
    {
        string reveal = file.Text("reveal", 16);
        if (reveal == None) return null;
        if (reveal != Shown) throw FileFormatException.Malformed(file.Path("reveal"), $"expected \"{Shown}\" or \"{None}\"");
        ((string, int)[] assets, (string, int)[] instruments) = Counted(rulebook, market);
        StrictObject shown = file.Object(Shown);
        var read = new TransitionAggregates(
            StatementJson.ReadAmounts(shown, "openInterestBefore", instruments, SolvencyBounds.End, "open interests"), StatementJson.ReadAmounts(shown, "openInterestAfter", instruments, SolvencyBounds.End, "open interests"),
            StatementJson.ReadAmounts(shown, "insuranceFundBefore", assets, SolvencyBounds.End, "balances"), StatementJson.ReadAmounts(shown, "insuranceFundAfter", assets, SolvencyBounds.End, "balances"), shown.Flag("insuranceFundTouched"));
        shown.Finish();
        return read;
    }

    /// <summary>Symbols and decimals of what aggregates are of.</summary>
    private static ((string, int)[] Assets, (string, int)[] Instruments) Counted(VenueRulebook rulebook, MarketData market)
    {
        (ImmutableArray<MarketRecord> assets, ImmutableArray<MarketRecord> instruments) = TransitionInputs.CountedRecords(rulebook, market);
        (int sizes, int amounts) = TransitionAggregates.Scales(rulebook);
        return ([.. assets.Select(record => (record.Symbol, amounts))], [.. instruments.Select(record => (record.Symbol, sizes))]);
    }

    /// <summary>By record.</summary>
    private static void WriteUnits(Utf8JsonWriter json, string name, ImmutableArray<long> units)
    {
        json.WriteStartArray(name);
        foreach (long unit in units) json.WriteStringValue(unit.ToString(CultureInfo.InvariantCulture));
        json.WriteEndArray();
    }

    /// <summary>The numbers of the rows of a class, from 1, rising.</summary>
    private static void WriteRows(Utf8JsonWriter json, string name, TransitionInputs inputs, EventClass kind)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < inputs.Classes.Length; i++)
            if (inputs.Classes[i] == kind) json.WriteNumberValue(i + 1);
        json.WriteEndArray();
    }

    private static ImmutableArray<EventClass> Classes(StrictObject file, int rows)
    {
        var classes = new EventClass[rows];
        foreach ((EventClass kind, string name, _) in EventClasses.Shown)
            foreach (int row in file.Rows(name, rows))
            {
                if (classes[row - 1] != EventClass.Ordinary) throw FileFormatException.Malformed(file.Path(name), $"row {row} is of two classes at once");
                classes[row - 1] = kind;
            }
        return [.. classes];
    }

    private static void Require(StrictObject file, string name, StatementRejectionCode code, string message, Digest actual, string? hint)
    {
        Digest named = file.Digest(name);
        if (named != actual) throw new FileFormatException(new(code, message, file.Path(name), actual.ToString(), named.ToString(), hint));
    }
}
