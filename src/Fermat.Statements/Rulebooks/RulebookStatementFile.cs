using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Statements.Files;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Rulebooks;

/// <summary>
/// The statement file over a rulebook (<c>.statement.json</c>): the public inputs in a form that people can read. It holds market data and names the rulebook by its digest; the reader brings the rulebook.
/// </summary>
public static class RulebookStatementFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-rulebook-solvency-statement";

    /// <summary>The version of the file.</summary>
    public const int Version = 1;

    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 64 << 20;

    private const string RevealTotals = "totals", RevealNone = "none";

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(RulebookStatementInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(json, inputs);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Whether a file says that it is one of these; nothing else of it is looked at.</summary>
    /// <param name="utf8">Bytes of any origin.</param>
    public static bool IsOne(ReadOnlySpan<byte> utf8) => utf8[..Math.Min(utf8.Length, 256)].IndexOf("\"fermat-rulebook-solvency-statement\""u8) >= 0;

    /// <summary>Reads a file; on failure returns what is wrong and where.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="rulebook">The reader's own rulebook.</param>
    /// <param name="inputs">The public inputs, valid but for <see cref="RulebookStatementInputs.Problem"/>; null on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> utf8, VenueRulebook rulebook, out RulebookStatementInputs? inputs)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return StrictObject.TryRead(utf8, Format, Version, MaxBytes, file => Read(file, rulebook), out inputs);
    }

    private static void Write(Utf8JsonWriter json, RulebookStatementInputs inputs)
    {
        CoreSolvency rules = inputs.Rulebook.Solvency!;
        ImmutableArray<MarketRecord> assets = inputs.Market.Tables[rules.Claims!.Table];
        string Worth(BigInteger value) => ScaledNumber.Format(value, inputs.ValueScale);
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("rulebook", inputs.Rulebook.Name);
        json.WriteString("rulebookDigest", inputs.Rulebook.Digest.ToString());
        json.WriteString("schemaDigest", inputs.Rulebook.SchemaDigest.ToString());
        json.WriteString("parametersDigest", inputs.ParametersDigest.ToString());
        json.WriteString("stateRoot", inputs.StateRoot.ToString());
        json.WriteNumber("depth", inputs.Depth);
        json.WriteNumber("hashSlots", inputs.HashSlots);
        json.WriteStartObject("segments");
        json.WriteNumber("depth", inputs.Segments.Depth);
        Digests("roots", inputs.Segments.Roots);
        Digests("boundaries", inputs.Segments.Boundaries);
        json.WriteEndObject();
        json.WriteString("venue", inputs.Venue);
        json.WriteString("height", inputs.Height.ToString(CultureInfo.InvariantCulture));
        Amounts("reserves", inputs.Reserves);
        json.WriteString("reservesSource", inputs.ReservesSource);
        json.WriteString("insuranceFund", Worth(inputs.InsuranceFund));
        json.WriteString("buffer", Worth(inputs.Buffer));
        json.WriteString("reveal", inputs.Revealed is null ? RevealNone : RevealTotals);
        if (inputs.Revealed is { } totals)
        {
            json.WriteStartObject("totals");
            Amounts("netClaims", totals.Net);
            json.WriteString("claims", Worth(totals.Claims));
            json.WriteString("shortfall", Worth(totals.Shortfall));
            json.WriteString("accounts", totals.Accounts.ToString(CultureInfo.InvariantCulture));
            json.WriteString("liquidatable", totals.Liquidatable.ToString(CultureInfo.InvariantCulture));
            json.WriteString("bankrupt", totals.Bankrupt.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }
        json.WriteStartObject("data");
        MarketJson.Write(json, inputs.Rulebook.Schema, inputs.Market);
        json.WriteEndObject();
        json.WriteEndObject();

        void Digests(string name, ImmutableArray<Digest> digests)
        {
            json.WriteStartArray(name);
            foreach (Digest digest in digests) json.WriteStringValue(digest.ToString());
            json.WriteEndArray();
        }

        void Amounts(string name, ImmutableArray<BigInteger> amounts)
        {
            json.WriteStartArray(name);
            for (int i = 0; i < amounts.Length; i++)
            {
                json.WriteStartObject();
                json.WriteString("symbol", assets[i].Symbol);
                json.WriteString("amount", ScaledNumber.Format(amounts[i], inputs.ReserveScale));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }

    private static RulebookStatementInputs Read(StrictObject file, VenueRulebook rulebook)
    {
        string name = file.Text("rulebook", 256);
        RequireDigest(file, "rulebookDigest", StatementRejectionCode.WrongRulebook, $"the statement is about another rulebook ({name})", rulebook.Digest, "verify it with the rulebook that the venue has published, word by word");
        RequireDigest(file, "schemaDigest", StatementRejectionCode.DigestMismatch, "the schema's digest is not that of the rulebook", rulebook.SchemaDigest, null);
        if (rulebook.Solvency is not { } rules) throw new FileFormatException(new(StatementRejectionCode.WrongRulebook, "the rulebook does not say what is owed", Hint: "it defines claim and price"));
        RuleInputs data = RuleInputs.Read(rulebook.Schema, ("data", file.Json("data")));
        if (data.Market is not { } market || data.Errors.Count > 0)
            throw new FileFormatException(new(StatementRejectionCode.InvalidParameters, data.Errors.Count > 0 ? $"{data.Errors[0].Path}: {data.Errors[0].Message}" : "there are no market data", file.Path("data")));
        RequireDigest(file, "parametersDigest", StatementRejectionCode.DigestMismatch, "the digest is not that of the file's market data", rulebook.ParametersDigest(market), "the file was changed after it was written");
        int scale = rules.NetEquity.Number.Scale;
        ImmutableArray<MarketRecord> assets = market.Tables[rules.Claims!.Table];
        StrictObject segments = file.Object("segments");
        var cut = new SolvencySegments(
            segments.Int("depth", 0, SolvencyLimits.MaxDepth), segments.FieldDigests("roots", SolvencyLimits.MaxSegments), segments.FieldDigests("boundaries", SolvencyLimits.MaxSegments));
        segments.Finish();
        return new RulebookStatementInputs
        {
            Rulebook = rulebook,
            Market = market,
            StateRoot = file.FieldDigest("stateRoot"),
            Depth = file.Int("depth", 0, SolvencyLimits.MaxDepth),
            HashSlots = file.Int("hashSlots", 1, SolvencyLimits.MaxHashSlots),
            Segments = cut,
            Venue = file.Text("venue", BookLimits.MaxTextLength),
            Height = file.UInt64("height"),
            Reserves = Amounts(file, "reserves", assets, rules.Claims.Type.Scale),
            ReservesSource = file.Text("reservesSource", BookLimits.MaxTextLength),
            InsuranceFund = file.Decimal("insuranceFund", scale, RulebookBounds.End),
            Buffer = file.Decimal("buffer", scale, RulebookBounds.End),
            Revealed = Totals(file, assets, rules.Claims.Type.Scale, scale),
        };
    }

    private static RulebookTotals? Totals(StrictObject file, ImmutableArray<MarketRecord> assets, int reserveScale, int scale)
    {
        string reveal = file.Text("reveal", 16);
        if (reveal == RevealNone) return null;
        if (reveal != RevealTotals) throw FileFormatException.Malformed(file.Path("reveal"), $"expected \"{RevealTotals}\" or \"{RevealNone}\"");
        StrictObject totals = file.Object("totals");
        long Count(string name) => (long)totals.Decimal(name, 0, BigInteger.One << 32);
        var read = new RulebookTotals(
            Amounts(totals, "netClaims", assets, reserveScale), totals.Decimal("claims", scale, RulebookBounds.End), totals.Decimal("shortfall", scale, RulebookBounds.End),
            Count("accounts"), Count("liquidatable"), Count("bankrupt"));
        totals.Finish();
        return read;
    }

    private static ImmutableArray<BigInteger> Amounts(StrictObject file, string name, ImmutableArray<MarketRecord> assets, int scale)
    {
        int next = 0;
        List<BigInteger> amounts = file.Objects(name, assets.Length, entry =>
        {
            string expected = assets[next++].Symbol;
            return entry.Text("symbol", BookLimits.MaxTextLength) == expected
                ? entry.SignedDecimal("amount", scale, RulebookBounds.End)
                : throw FileFormatException.Malformed(entry.Path("symbol"), $"expected \"{expected}\": amounts stand in the order of the assets");
        });
        return amounts.Count == assets.Length ? [.. amounts] : throw FileFormatException.Malformed(file.Path(name), $"expected {assets.Length} entries, one per asset, found {amounts.Count}");
    }

    private static void RequireDigest(StrictObject file, string name, StatementRejectionCode code, string message, Digest actual, string? hint)
    {
        Digest named = file.Digest(name);
        if (named != actual) throw new FileFormatException(new(code, message, file.Path(name), actual.ToString(), named.ToString(), hint));
    }
}
