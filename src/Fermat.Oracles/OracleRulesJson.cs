using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Fermat.Margin;

namespace Fermat.Oracles;

/// <summary>
/// Oracle rules as a JSON file: <c>{ "format": "fermat oracle rules", "version": 1, "chain", "sources": [ { "name", "address" } ], "feeds": [ { "name", "scale", "quorum", "maxDeviation" } ], "freshness", "maxSkew", "maxAge" }</c>.
/// Windows are in milliseconds, <c>maxDeviation</c> is a share of the median ("0.02") with at most 6 decimals. Strict: no field may be unknown, missing or twice; numbers have one spelling. docs/ORACLES.md describes each field, docs/schemas/oracle-rules-v1.schema.json is the schema.
/// </summary>
public static class OracleRulesJson
{
    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 4 << 20;

    private const string Format = "fermat oracle rules";
    private const int DeviationScale = 6;

    internal static readonly string[] Fields = ["format", "version", "chain", "sources", "feeds", "freshness", "maxSkew", "maxAge"];
    internal static readonly string[] SourceFields = ["name", "address"];
    internal static readonly string[] FeedFields = ["name", "scale", "quorum", "maxDeviation"];

    /// <summary>Reads a file.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="problem">What is wrong with it and where, or null.</param>
    /// <returns>The rules, which have no <see cref="OracleRules.Problem"/>; null when something is wrong.</returns>
    public static OracleRules? Read(ReadOnlyMemory<byte> utf8, out string? problem) => StrictJson.Read<OracleRules?>(utf8, MaxBytes, 4, null, root => Rules(root, "$"), out problem);

    /// <summary>Writes a file that <see cref="Read"/> reads.</summary>
    public static ReadOnlyMemory<byte> Write(OracleRules rules)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" })) Write(json, rules);
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    internal static void Write(Utf8JsonWriter json, OracleRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", 1);
        json.WriteNumber("chain", rules.Chain);
        json.WriteStartArray("sources");
        foreach (OracleSource source in rules.Sources)
        {
            json.WriteStartObject();
            json.WriteString("name", source.Name);
            json.WriteString("address", source.Address.ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("feeds");
        foreach (OracleFeed feed in rules.Feeds)
        {
            json.WriteStartObject();
            json.WriteString("name", feed.Name);
            json.WriteNumber("scale", feed.Scale);
            json.WriteNumber("quorum", feed.Quorum);
            json.WriteString("maxDeviation", ExactDecimal.Format(new System.Numerics.BigInteger(feed.MaxDeviation), DeviationScale));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("freshness", rules.Freshness);
        json.WriteNumber("maxSkew", rules.MaxSkew);
        json.WriteNumber("maxAge", rules.MaxAge);
        json.WriteEndObject();
    }

    internal static OracleRules Rules(JsonElement element, string path)
    {
        Dictionary<string, JsonElement> of = StrictJson.Members(element, path, Fields);
        StrictJson.Header(of, path, Format);
        var rules = new OracleRules(
            StrictJson.Number(of["chain"], $"{path}.chain"),
            [.. StrictJson.List(of["sources"], $"{path}.sources", Source)],
            [.. StrictJson.List(of["feeds"], $"{path}.feeds", Feed)],
            Window(of, path, "freshness"), Window(of, path, "maxSkew"), Window(of, path, "maxAge"));
        return rules.Problem() is { } problem ? throw new FormatException($"{path}: {problem}") : rules;
    }

    private static OracleSource Source(JsonElement element, string path)
    {
        Dictionary<string, JsonElement> of = StrictJson.Members(element, path, SourceFields);
        string name = StrictJson.Text(of["name"], $"{path}.name");
        if (name.Length is 0 or > BookLimits.MaxTextLength || name.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format))
            throw new FormatException($"{path}.name: 1 to {BookLimits.MaxTextLength} characters, none of them control or format characters");
        return new OracleSource(name, StrictJson.Address(of["address"], $"{path}.address"));
    }

    private static OracleFeed Feed(JsonElement element, string path)
    {
        Dictionary<string, JsonElement> of = StrictJson.Members(element, path, FeedFields);
        return new OracleFeed(
            StrictJson.Feed(of["name"], $"{path}.name"),
            (int)StrictJson.Number(of["scale"], $"{path}.scale", BookLimits.MaxPriceScale),
            (int)StrictJson.Number(of["quorum"], $"{path}.quorum", OracleRules.MaxSources),
            (int)StrictJson.Share(of["maxDeviation"], $"{path}.maxDeviation", DeviationScale));
    }

    private static long Window(Dictionary<string, JsonElement> of, string path, string name) => (long)StrictJson.Number(of[name], $"{path}.{name}", OracleRules.MaxWindow);
}
