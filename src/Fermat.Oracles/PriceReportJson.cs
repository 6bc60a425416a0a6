using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Fermat.Margin;
using Fermat.Signatures;

namespace Fermat.Oracles;

/// <summary>
/// Signed reports as a JSON file: <c>{ "format": "fermat price reports", "version": 1, "reports": [ { "chain", "feed", "price", "confidence", "time", "sequence", "signer", "signature" } ] }</c>.
/// Strict: no field may be unknown, missing or twice; numbers have one spelling. docs/ORACLES.md describes each field.
/// </summary>
public static class PriceReportJson
{
    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 16 << 20;

    private const string Format = "fermat price reports";
    private static readonly string[] Fields = ["chain", "feed", "price", "confidence", "time", "sequence", "signer", "signature"];

    /// <summary>Reads a file.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="problem">What is wrong with it and where, or null.</param>
    /// <returns>The reports, in the file's order; empty when something is wrong.</returns>
    public static ImmutableArray<PriceReport> Read(ReadOnlyMemory<byte> utf8, out string? problem)
    {
        if (utf8.Length > MaxBytes)
        {
            problem = $"the file has {utf8.Length} bytes; at most {MaxBytes} are read";
            return [];
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            Dictionary<string, JsonElement> root = Members(document.RootElement, "$", ["format", "version", "reports"]);
            if (Text(root["format"], "$.format") != Format) throw new FormatException($"$.format: \"{Format}\" is expected");
            if (Number(root["version"], "$.version") != 1) throw new FormatException("$.version: 1 is expected");
            if (root["reports"].ValueKind != JsonValueKind.Array) throw new FormatException("$.reports: a list is expected");
            ImmutableArray<PriceReport> reports = [.. root["reports"].EnumerateArray().Select((element, i) => Report(element, string.Create(CultureInfo.InvariantCulture, $"$.reports[{i}]")))];
            problem = null;
            return reports;
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException or InvalidOperationException)
        {
            problem = wrong is FormatException ? wrong.Message : "the file is not JSON, has a field twice, or a text that is not Unicode";
            return [];
        }
    }

    /// <summary>Writes a file that <see cref="Read"/> reads.</summary>
    public static ReadOnlyMemory<byte> Write(IEnumerable<PriceReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", 1);
            json.WriteStartArray("reports");
            foreach (PriceReport report in reports)
            {
                json.WriteStartObject();
                json.WriteNumber("chain", report.Chain);
                json.WriteString("feed", report.Feed);
                json.WriteString("price", report.Price.ToString());
                json.WriteString("confidence", ExactDecimal.Format(report.Confidence, 18));
                json.WriteNumber("time", report.Time);
                json.WriteNumber("sequence", report.Sequence);
                json.WriteString("signer", report.Signer.ToString());
                json.WriteString("signature", "0x" + Convert.ToHexStringLower(report.Signature));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static PriceReport Report(JsonElement element, string path)
    {
        Dictionary<string, JsonElement> of = Members(element, path, Fields);
        string feed = Text(of["feed"], $"{path}.feed");
        if (!Identifiers.IsValid(feed, PriceReport.MaxFeedLength)) throw new FormatException($"{path}.feed: 1 to {PriceReport.MaxFeedLength} of {Identifiers.AllowedCharacters}");
        if (Price.TryParse(Text(of["price"], $"{path}.price"), out Price price) is not DecimalFault.None and var fault) throw new FormatException($"{path}.price: not a canonical positive decimal ({fault})");
        if (ExactDecimal.TryParseUInt64(Text(of["confidence"], $"{path}.confidence"), 18, PriceReport.FullConfidence, out ulong confidence) != DecimalFault.None)
            throw new FormatException($"{path}.confidence: a canonical decimal from 0 to 1 with at most 18 decimals is expected");
        ulong time = Number(of["time"], $"{path}.time");
        if (time > long.MaxValue) throw new FormatException($"{path}.time: too large");
        if (!EthereumAddress.TryParse(Text(of["signer"], $"{path}.signer"), out EthereumAddress signer)) throw new FormatException($"{path}.signer: an address with its checksum (EIP-55) is expected");
        string signature = Text(of["signature"], $"{path}.signature");
        if (signature.Length != 2 + 2 * Secp256k1.SignatureLength || !signature.StartsWith("0x", StringComparison.Ordinal) || signature.AsSpan(2).ContainsAnyExcept("0123456789abcdef"))
            throw new FormatException($"{path}.signature: 0x and {2 * Secp256k1.SignatureLength} lower-case hexadecimal digits are expected");
        return new PriceReport(Number(of["chain"], $"{path}.chain"), feed, price, confidence, (long)time, Number(of["sequence"], $"{path}.sequence"), signer, Convert.FromHexString(signature.AsSpan(2)));
    }

    private static Dictionary<string, JsonElement> Members(JsonElement element, string path, string[] names)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"{path}: an object is expected");
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
            if (!names.Contains(member.Name, StringComparer.Ordinal)) throw new FormatException($"{path}: a field that is not known here; known are {string.Join(", ", names)}");
            else members.Add(member.Name, member.Value);
        foreach (string name in names)
            if (!members.ContainsKey(name)) throw new FormatException($"{path}.{name}: is missing");
        return members;
    }

    private static string Text(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException($"{path}: a text is expected");

    private static ulong Number(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Number && ulong.TryParse(element.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value.ToString(CultureInfo.InvariantCulture) == element.GetRawText()
            ? value
            : throw new FormatException($"{path}: a whole number is expected");
}
