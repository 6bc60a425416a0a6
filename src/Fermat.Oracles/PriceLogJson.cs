using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Oracles;

/// <summary>
/// A price log as a JSON file: <c>{ "format": "fermat price log", "version": 1, "oracles": the rules as in a file of their own, "sets": [ { "event", "height", "time", "digest", "feeds": [ { "feed", "price", "confidence", "reports": [ … ] } ] } ] }</c>;
/// <c>height</c> is missing while the set is in no venue's log. Strict like <see cref="PriceReportJson"/>; a digest that is not the set's is a fault of the file. That the sets follow from their reports is for <see cref="PriceLog.Replay"/>.
/// </summary>
public static class PriceLogJson
{
    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 256 << 20;

    private const string Format = "fermat price log";
    internal static readonly string[] Fields = ["format", "version", "oracles", "sets"];
    internal static readonly string[] SetFields = ["event", "height", "time", "digest", "feeds"];
    internal static readonly string[] FeedFields = ["feed", "price", "confidence", "reports"];

    /// <summary>Whether a file says that it is a price log.</summary>
    /// <param name="utf8">The file, or its beginning.</param>
    public static bool IsOne(ReadOnlySpan<byte> utf8) => utf8[..Math.Min(utf8.Length, 256)].IndexOf("\"fermat price log\""u8) >= 0;

    /// <summary>Reads a file.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="problem">What is wrong with it and where, or null.</param>
    /// <returns>The log; null when something is wrong.</returns>
    public static PriceLog? Read(ReadOnlyMemory<byte> utf8, out string? problem) => StrictJson.Read<PriceLog?>(utf8, MaxBytes, 8, null, Log, out problem);

    /// <summary>Writes a file that <see cref="Read"/> reads.</summary>
    public static ReadOnlyMemory<byte> Write(PriceLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", 1);
            json.WritePropertyName("oracles");
            OracleRulesJson.Write(json, log.Rules);
            json.WriteStartArray("sets");
            foreach (PriceLogEntry entry in log.Entries) Write(json, entry);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, PriceLogEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("event", entry.Event);
        if (entry.Height > 0) json.WriteNumber("height", entry.Height);
        json.WriteNumber("time", entry.Set.Time);
        json.WriteString("digest", entry.Set.Digest().ToString());
        json.WriteStartArray("feeds");
        foreach (FeedPrice feed in entry.Set.Feeds)
        {
            json.WriteStartObject();
            json.WriteString("feed", feed.Feed);
            json.WriteString("price", feed.Price.ToString());
            json.WriteString("confidence", ExactDecimal.Format(feed.Confidence, 18));
            json.WriteStartArray("reports");
            foreach (PriceReport report in feed.Reports) PriceReportJson.Write(json, report);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static PriceLog Log(JsonElement element)
    {
        Dictionary<string, JsonElement> of = StrictJson.Members(element, "$", Fields);
        StrictJson.Header(of, "$", Format);
        OracleRules rules = OracleRulesJson.Rules(of["oracles"], "$.oracles");
        Digest digest = rules.Digest();
        return new PriceLog(rules, [.. StrictJson.List(of["sets"], "$.sets", (set, path) => Entry(set, path, digest))]);
    }

    private static PriceLogEntry Entry(JsonElement element, string path, Digest rules)
    {
        Dictionary<string, JsonElement> of = StrictJson.Members(element, path, SetFields, optional: "height");
        string name = StrictJson.Feed(of["event"], $"{path}.event");
        ulong height = of.TryGetValue("height", out JsonElement at) ? StrictJson.Number(at, $"{path}.height") : 0;
        if (height == 0 && of.ContainsKey("height")) throw new FormatException($"{path}.height: heights are from 1");
        long time = (long)StrictJson.Number(of["time"], $"{path}.time", long.MaxValue);
        var set = new PriceSet(time, rules, [.. StrictJson.List(of["feeds"], $"{path}.feeds", Feed)]);
        return StrictJson.Text(of["digest"], $"{path}.digest") == set.Digest().ToString()
            ? new PriceLogEntry(name, height, set)
            : throw new FormatException($"{path}.digest: it is not the digest of this set, which is {set.Digest()}");
    }

    private static FeedPrice Feed(JsonElement element, string path)
    {
        Dictionary<string, JsonElement> of = StrictJson.Members(element, path, FeedFields);
        string feed = StrictJson.Feed(of["feed"], $"{path}.feed");
        ImmutableArray<PriceReport> reports = [.. StrictJson.List(of["reports"], $"{path}.reports", PriceReportJson.Report)];
        for (int i = 0; i < reports.Length; i++)
            if (reports[i].Feed != feed) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}.reports[{i}].feed: it is of another feed than the price, {feed}"));
        return new FeedPrice(feed, StrictJson.Price(of["price"], $"{path}.price"), StrictJson.Share(of["confidence"], $"{path}.confidence", 18), reports);
    }
}
