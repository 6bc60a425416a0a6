using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Files;

/// <summary>What the files of both forms of statement S have in common.</summary>
internal static class StatementJson
{
    private const string Totals = "totals", None = "none";

    /// <summary>A file's bytes: indented, with a line end.</summary>
    public static byte[] Document(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(json);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Writes the members <c>stateRoot</c>, <c>depth</c>, <c>hashSlots</c> and <c>segments</c>.</summary>
    public static void WritePlace(Utf8JsonWriter json, Digest stateRoot, int depth, int hashSlots, SolvencySegments segments)
    {
        json.WriteString("stateRoot", stateRoot.ToString());
        json.WriteNumber("depth", depth);
        json.WriteNumber("hashSlots", hashSlots);
        json.WriteStartObject("segments");
        json.WriteNumber("depth", segments.Depth);
        WriteDigests(json, "roots", segments.Roots);
        WriteDigests(json, "boundaries", segments.Boundaries);
        json.WriteEndObject();
    }

    public static void WriteDigests(Utf8JsonWriter json, string name, ImmutableArray<Digest> digests)
    {
        json.WriteStartArray(name);
        foreach (Digest digest in digests) json.WriteStringValue(digest.ToString());
        json.WriteEndArray();
    }

    public static SolvencySegments ReadSegments(StrictObject segments)
    {
        var read = new SolvencySegments(
            segments.Int("depth", 0, SolvencyLimits.MaxDepth),
            segments.FieldDigests("roots", SolvencyLimits.MaxSegments),
            segments.FieldDigests("boundaries", SolvencyLimits.MaxSegments));
        segments.Finish();
        return read;
    }

    /// <summary>Writes the members <c>reveal</c> and, where totals are revealed, <c>totals</c>.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="revealed">The totals, or null.</param>
    /// <param name="assets">Symbol and scale of each asset.</param>
    /// <param name="valueScale">Decimals of claims and shortfall.</param>
    public static void WriteRevealed(Utf8JsonWriter json, SolvencyTotals? revealed, IReadOnlyList<(string Symbol, int Scale)> assets, int valueScale)
    {
        json.WriteString("reveal", revealed is null ? None : Totals);
        if (revealed is not { } totals) return;
        json.WriteStartObject("totals");
        WriteAmounts(json, "netClaims", totals.Net, assets);
        json.WriteString("claims", ExactDecimal.Format(totals.Claims, valueScale));
        json.WriteString("shortfall", ExactDecimal.Format(totals.Shortfall, valueScale));
        json.WriteString("accounts", totals.Accounts.ToString(CultureInfo.InvariantCulture));
        json.WriteString("liquidatable", totals.Liquidatable.ToString(CultureInfo.InvariantCulture));
        json.WriteString("bankrupt", totals.Bankrupt.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="WriteRevealed"/> writes.</summary>
    /// <param name="file">The object that has the members.</param>
    /// <param name="assets">Symbol and scale of each asset.</param>
    /// <param name="valueScale">Decimals of claims and shortfall.</param>
    /// <param name="netEnd">The first magnitude of net claims that is out of range.</param>
    /// <param name="valueEnd">The same of claims and shortfall.</param>
    public static SolvencyTotals? ReadRevealed(StrictObject file, IReadOnlyList<(string Symbol, int Scale)> assets, int valueScale, BigInteger netEnd, BigInteger valueEnd)
    {
        string reveal = file.Text("reveal", 16);
        if (reveal == None) return null;
        if (reveal != Totals) throw FileFormatException.Malformed(file.Path("reveal"), $"expected \"{Totals}\" or \"{None}\"");
        StrictObject totals = file.Object("totals");
        var read = new SolvencyTotals(
            ReadAmounts(totals, "netClaims", assets, netEnd, "net claims"), totals.Decimal("claims", valueScale, valueEnd), totals.Decimal("shortfall", valueScale, valueEnd),
            Count("accounts"), Count("liquidatable"), Count("bankrupt"));
        totals.Finish();
        return read;

        long Count(string name) => (long)totals.Decimal(name, 0, BigInteger.One << 32);
    }

    /// <summary>Writes a list of <c>{ "symbol", "amount" }</c> in the order of the assets.</summary>
    public static void WriteAmounts(Utf8JsonWriter json, string name, ImmutableArray<BigInteger> amounts, IReadOnlyList<(string Symbol, int Scale)> assets)
    {
        json.WriteStartArray(name);
        for (int i = 0; i < amounts.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("symbol", assets[i].Symbol);
            json.WriteString("amount", ExactDecimal.Format(amounts[i], assets[i].Scale));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Reads what <see cref="WriteAmounts"/> writes.</summary>
    public static ImmutableArray<BigInteger> ReadAmounts(StrictObject file, string name, IReadOnlyList<(string Symbol, int Scale)> assets, BigInteger end, string what)
    {
        int next = 0;
        List<BigInteger> amounts = file.Objects(name, assets.Count, entry =>
        {
            (string symbol, int scale) = assets[next++];
            return entry.Text("symbol", BookLimits.MaxTextLength) == symbol
                ? entry.SignedDecimal("amount", scale, end)
                : throw FileFormatException.Malformed(entry.Path("symbol"), $"expected \"{symbol}\": {what} stand in the order of the assets");
        });
        return amounts.Count == assets.Count ? [.. amounts] : throw FileFormatException.Malformed(file.Path(name), $"expected {assets.Count} entries, one per asset, found {amounts.Count}");
    }

    /// <summary>A digest that the file names must be that of what it has.</summary>
    public static void RequireDigest(StrictObject file, string name, Digest named, Digest actual, string hint = "the file was changed after it was written")
    {
        if (named != actual)
            throw new FileFormatException(new(StatementRejectionCode.DigestMismatch, "the digest is not that of the file's content", file.Path(name), $"{actual}", $"{named}", hint));
    }
}
