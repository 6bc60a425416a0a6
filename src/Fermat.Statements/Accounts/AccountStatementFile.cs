using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Statements.Files;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Accounts;

/// <summary>
/// The statement file of L and H (<c>.statement.json</c>): the public inputs in a form that people can read. It holds market data and names the rulebook by its digest; the reader brings the rulebook.
/// </summary>
public static class AccountStatementFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-account-statement";

    /// <summary>The version of the file.</summary>
    public const int Version = 1;

    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 64 << 20;

    private static readonly (AccountStatementKind Kind, string Name)[] Kinds =
        [(AccountStatementKind.LiquidationDue, "liquidation-due"), (AccountStatementKind.LiquidationNotDue, "liquidation-not-due"), (AccountStatementKind.Health, "health")];

    /// <summary>The file's bytes.</summary>
    /// <param name="inputs">Inputs without a <see cref="AccountStatementInputs.Problem"/>.</param>
    public static byte[] Write(AccountStatementInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) Write(json, inputs);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Whether a file says that it is one of these; nothing else of it is looked at.</summary>
    /// <param name="utf8">Bytes of any origin.</param>
    public static bool IsOne(ReadOnlySpan<byte> utf8) => utf8[..Math.Min(utf8.Length, 256)].IndexOf("\"fermat-account-statement\""u8) >= 0;

    /// <summary>Reads a file; on failure returns what is wrong and where.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="rulebook">The reader's own rulebook.</param>
    /// <param name="inputs">The public inputs, valid but for <see cref="AccountStatementInputs.Problem"/>; null on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> utf8, VenueRulebook rulebook, out AccountStatementInputs? inputs)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return StrictObject.TryRead(utf8, Format, Version, MaxBytes, file => Read(file, rulebook), out inputs);
    }

    private static void Write(Utf8JsonWriter json, AccountStatementInputs inputs)
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("kind", Kinds.Single(kind => kind.Kind == inputs.Claim.Kind).Name);
        json.WriteString("rulebook", inputs.Rulebook.Name);
        json.WriteString("rulebookDigest", inputs.Rulebook.Digest.ToString());
        json.WriteString("schemaDigest", inputs.Rulebook.SchemaDigest.ToString());
        json.WriteString("parametersDigest", inputs.ParametersDigest.ToString());
        json.WriteString("stateRoot", inputs.StateRoot.ToString());
        json.WriteNumber("depth", inputs.Depth);
        json.WriteString("venue", inputs.Venue);
        json.WriteString("height", inputs.Height.ToString(CultureInfo.InvariantCulture));
        if (inputs.Claim is AccountClaim.Liquidation liquidation) json.WriteString("nullifier", liquidation.Nullifier.ToString());
        if (inputs.Claim is AccountClaim.Health health)
        {
            json.WriteString("pseudonym", health.Pseudonym.ToString());
            json.WriteString("verifier", health.Verifier);
            json.WriteString("scope", health.Scope);
            json.WriteString("challenge", health.Challenge.ToString());
            json.WriteString("oldestHeight", health.OldestHeight.ToString(CultureInfo.InvariantCulture));
            json.WriteString("threshold", ScaledNumber.Format(health.Threshold, AccountStatementInputs.FreeCollateralScale(inputs.Rulebook)));
        }
        json.WriteStartObject("data");
        MarketJson.Write(json, inputs.Rulebook.Schema, inputs.Market);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static AccountStatementInputs Read(StrictObject file, VenueRulebook rulebook)
    {
        string kind = file.Text("kind", 32), name = file.Text("rulebook", 256);
        int known = Array.FindIndex(Kinds, one => one.Name == kind);
        if (known < 0) throw FileFormatException.Malformed(file.Path("kind"), $"expected one of {string.Join(", ", Kinds.Select(one => one.Name))}");
        RequireDigest(file, "rulebookDigest", StatementRejectionCode.WrongRulebook, $"the statement is about another rulebook ({name})", rulebook.Digest, "verify it with the rulebook that the venue has published, word by word");
        if (name != rulebook.Name) throw FileFormatException.Malformed(file.Path("rulebook"), $"expected \"{rulebook.Name}\", the rulebook's name");
        RequireDigest(file, "schemaDigest", StatementRejectionCode.DigestMismatch, "the schema's digest is not that of the rulebook", rulebook.SchemaDigest, null);
        RuleInputs data = RuleInputs.Read(rulebook.Schema, ("data", file.Json("data")));
        if (data.Market is not { } market || data.Errors.Count > 0)
            throw new FileFormatException(new(StatementRejectionCode.InvalidParameters, data.Errors.Count > 0 ? $"{data.Errors[0].Path}: {data.Errors[0].Message}" : "there are no market data", file.Path("data")));
        RequireDigest(file, "parametersDigest", StatementRejectionCode.DigestMismatch, "the digest is not that of the file's market data", rulebook.ParametersDigest(market), "the file was changed after it was written");
        return new AccountStatementInputs
        {
            Rulebook = rulebook,
            Market = market,
            StateRoot = file.FieldDigest("stateRoot"),
            Depth = file.Int("depth", 0, SolvencyLimits.MaxDepth),
            Venue = file.Text("venue", BookLimits.MaxTextLength),
            Height = file.UInt64("height"),
            Claim = Kinds[known].Kind == AccountStatementKind.Health
                ? Health(file, rulebook)
                : new AccountClaim.Liquidation(Kinds[known].Kind == AccountStatementKind.LiquidationDue, file.FieldDigest("nullifier")),
        };
    }

    private static AccountClaim.Health Health(StrictObject file, VenueRulebook rulebook)
    {
        int scale;
        try
        {
            scale = AccountStatementInputs.FreeCollateralScale(rulebook);
        }
        catch (CoreException fault)
        {
            throw new FileFormatException(new(StatementRejectionCode.WrongRulebook, $"the rulebook does not say what is free: {fault.Message}"));
        }
        return new AccountClaim.Health(
            file.Text("verifier", BookLimits.MaxTextLength), file.Text("scope", BookLimits.MaxTextLength), file.Digest("challenge"), file.UInt64("oldestHeight"),
            file.Decimal("threshold", scale, AccountStatementInputs.ThresholdEnd), file.FieldDigest("pseudonym"));
    }

    private static void RequireDigest(StrictObject file, string name, StatementRejectionCode code, string message, Digest actual, string? hint)
    {
        Digest named = file.Digest(name);
        if (named != actual) throw new FileFormatException(new(code, message, file.Path(name), actual.ToString(), named.ToString(), hint));
    }
}
