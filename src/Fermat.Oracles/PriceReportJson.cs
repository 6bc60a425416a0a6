using System.Buffers;
using System.Collections.Immutable;
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
        return StrictJson.Read(utf8, MaxBytes, 4, ImmutableArray<PriceReport>.Empty, Root, out problem);

        static ImmutableArray<PriceReport> Root(JsonElement element)
        {
            Dictionary<string, JsonElement> root = StrictJson.Members(element, "$", ["format", "version", "reports"]);
            StrictJson.Header(root, "$", Format);
            return [.. StrictJson.List(root["reports"], "$.reports", Report)];
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
            foreach (PriceReport report in reports) Write(json, report);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    internal static void Write(Utf8JsonWriter json, PriceReport report)
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

    internal static PriceReport Report(JsonElement element, string path)
    {
        Dictionary<string, JsonElement> of = StrictJson.Members(element, path, Fields);
        string signature = StrictJson.Text(of["signature"], $"{path}.signature");
        if (signature.Length != 2 + 2 * Secp256k1.SignatureLength || !signature.StartsWith("0x", StringComparison.Ordinal) || signature.AsSpan(2).ContainsAnyExcept("0123456789abcdef"))
            throw new FormatException($"{path}.signature: 0x and {2 * Secp256k1.SignatureLength} lower-case hexadecimal digits are expected");
        return new PriceReport(
            StrictJson.Number(of["chain"], $"{path}.chain"),
            StrictJson.Feed(of["feed"], $"{path}.feed"),
            StrictJson.Price(of["price"], $"{path}.price"),
            StrictJson.Share(of["confidence"], $"{path}.confidence", 18),
            (long)StrictJson.Number(of["time"], $"{path}.time", long.MaxValue),
            StrictJson.Number(of["sequence"], $"{path}.sequence"),
            StrictJson.Address(of["signer"], $"{path}.signer"),
            Convert.FromHexString(signature.AsSpan(2)));
    }
}
