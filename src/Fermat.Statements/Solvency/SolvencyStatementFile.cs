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
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The statement file (<c>.statement.json</c>): the public inputs in a form that people can read. It holds market data and names the rulebook by its digest; the reader brings the rulebook.
/// </summary>
public static class SolvencyStatementFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-solvency-statement";

    /// <summary>The version of the file.</summary>
    public const int Version = 3;

    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(SolvencyPublicInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return StatementJson.Document(json => Write(json, inputs));
    }

    /// <summary>Whether a file says that it is one of these; nothing else of it is looked at.</summary>
    /// <param name="utf8">Bytes of any origin.</param>
    public static bool IsOne(ReadOnlySpan<byte> utf8) => utf8[..Math.Min(utf8.Length, 256)].IndexOf("\"fermat-solvency-statement\""u8) >= 0;

    /// <summary>Reads a file; on failure returns what is wrong and where.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="rulebook">The reader's own rulebook.</param>
    /// <param name="inputs">The public inputs, valid but for <see cref="SolvencyPublicInputs.Problem"/>; null on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> utf8, VenueRulebook rulebook, out SolvencyPublicInputs? inputs)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return StrictObject.TryRead(utf8, Format, Version, MaxBytes, file => Read(file, rulebook), out inputs);
    }

    private static void Write(Utf8JsonWriter json, SolvencyPublicInputs inputs)
    {
        (string Symbol, int Scale)[] assets = AssetsOf(inputs.Rulebook.Solvency!, inputs.Market);
        string Worth(BigInteger value) => ScaledNumber.Format(value, inputs.ValueScale);
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("rulebook", inputs.Rulebook.Name);
        json.WriteString("rulebookDigest", inputs.Rulebook.Digest.ToString());
        json.WriteString("schemaDigest", inputs.Rulebook.SchemaDigest.ToString());
        json.WriteString("parametersDigest", inputs.ParametersDigest.ToString());
        json.WriteString("marketDigest", inputs.MarketDigest.ToString());
        StatementJson.WritePlace(json, inputs.StateRoot, inputs.Depth, inputs.HashSlots, inputs.Segments);
        json.WriteString("venue", inputs.Venue);
        json.WriteString("height", inputs.Height.ToString(CultureInfo.InvariantCulture));
        StatementJson.WriteAmounts(json, "reserves", inputs.Reserves, assets);
        json.WriteString("reservesSource", inputs.ReservesSource);
        json.WriteString("insuranceFund", Worth(inputs.InsuranceFund));
        json.WriteString("buffer", Worth(inputs.Buffer));
        StatementJson.WriteRevealed(json, inputs.Revealed, assets, inputs.ValueScale);
        json.WriteStartObject("data");
        MarketJson.Write(json, inputs.Rulebook.Schema, inputs.Market);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static (string Symbol, int Scale)[] AssetsOf(CoreSolvency rules, MarketData market) => [.. market.Tables[rules.Claims!.Table].Select(asset => (asset.Symbol, rules.Claims.Type.Scale))];

    private static SolvencyPublicInputs Read(StrictObject file, VenueRulebook rulebook)
    {
        string name = file.Text("rulebook", 256);
        RequireDigest(file, "rulebookDigest", StatementRejectionCode.WrongRulebook, $"the statement is about another rulebook ({name})", rulebook.Digest, "verify it with the rulebook that the venue has published, word by word");
        if (name != rulebook.Name) throw FileFormatException.Malformed(file.Path("rulebook"), $"expected \"{rulebook.Name}\", the rulebook's name");
        RequireDigest(file, "schemaDigest", StatementRejectionCode.DigestMismatch, "the schema's digest is not that of the rulebook", rulebook.SchemaDigest, null);
        if (rulebook.Solvency is not { } rules) throw new FileFormatException(new(StatementRejectionCode.WrongRulebook, "the rulebook does not say what is owed", Hint: "it defines claim and price"));
        RuleInputs data = RuleInputs.Read(rulebook.Schema, ("data", file.Json("data")));
        if (data.Market is not { } market || data.Errors.Count > 0)
            throw new FileFormatException(new(StatementRejectionCode.InvalidParameters, data.Errors.Count > 0 ? $"{data.Errors[0].Path}: {data.Errors[0].Message}" : "there are no market data", file.Path("data")));
        if (data.Accounts.Count > 0 || data.Book is not null) throw FileFormatException.Malformed(file.Path("data"), "expected parameters and market data, and nothing else");
        RequireDigest(file, "parametersDigest", StatementRejectionCode.DigestMismatch, "the digest is not that of the file's parameters", rulebook.ParameterValuesDigest(market), "the file was changed after it was written");
        RequireDigest(file, "marketDigest", StatementRejectionCode.DigestMismatch, "the digest is not that of the file's market data", rulebook.MarketDigest(market), "the file was changed after it was written");
        int scale = rules.NetEquity.Number.Scale;
        (string Symbol, int Scale)[] assets = AssetsOf(rules, market);
        return new SolvencyPublicInputs
        {
            Rulebook = rulebook,
            Market = market,
            StateRoot = file.FieldDigest("stateRoot"),
            Depth = file.Int("depth", 0, SolvencyLimits.MaxDepth),
            HashSlots = file.Int("hashSlots", 1, SolvencyLimits.MaxHashSlots),
            Segments = StatementJson.ReadSegments(file.Object("segments")),
            Venue = file.Text("venue", BookLimits.MaxTextLength),
            Height = file.UInt64("height"),
            Reserves = StatementJson.ReadAmounts(file, "reserves", assets, SolvencyBounds.End, "reserves"),
            ReservesSource = file.Text("reservesSource", BookLimits.MaxTextLength),
            InsuranceFund = file.Decimal("insuranceFund", scale, SolvencyBounds.End),
            Buffer = file.Decimal("buffer", scale, SolvencyBounds.End),
            Revealed = StatementJson.ReadRevealed(file, assets, scale, SolvencyBounds.End, SolvencyBounds.End),
        };
    }

    private static void RequireDigest(StrictObject file, string name, StatementRejectionCode code, string message, Digest actual, string? hint)
    {
        Digest named = file.Digest(name);
        if (named != actual) throw new FileFormatException(new(code, message, file.Path(name), actual.ToString(), named.ToString(), hint));
    }
}
