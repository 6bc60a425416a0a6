using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Rules.Updates;
using Fermat.Statements.Files;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Parameters;

/// <summary>
/// What statement P is about: parameters and market data before and after an update, and the aggregates that the rulebook's rules for updates speak of. All of it is public; there is no proof beside it
/// (docs/adr/014-parameter-updates.md).
/// </summary>
public sealed record ParameterUpdate
{
    /// <summary>The rulebook that judges.</summary>
    public required VenueRulebook Rulebook { get; init; }

    /// <summary>Whose parameters they are: a text that people can read, of at most <see cref="BookLimits.MaxTextLength"/> characters.</summary>
    public required string Venue { get; init; }

    /// <summary>Before the update.</summary>
    public required MarketData Before { get; init; }

    /// <summary>After it.</summary>
    public required MarketData After { get; init; }

    /// <summary>The aggregates, in the order of the rulebook's <c>system</c>, in units of their quantities.</summary>
    public required ImmutableArray<BigInteger> Aggregates { get; init; }

    /// <summary>The digest of the parameters' values before (<see cref="VenueRulebook.ParameterValuesDigest"/>).</summary>
    public Digest OldParameters => Rulebook.ParameterValuesDigest(Before);

    /// <summary>The digest of the market data before (<see cref="VenueRulebook.MarketDigest"/>).</summary>
    public Digest OldMarket => Rulebook.MarketDigest(Before);

    /// <summary>The digest of the parameters' values after.</summary>
    public Digest NewParameters => Rulebook.ParameterValuesDigest(After);

    /// <summary>The digest of the market data after.</summary>
    public Digest NewMarket => Rulebook.MarketDigest(After);

    /// <summary>The digest of <see cref="CanonicalBytes"/>: a name for this update.</summary>
    public Digest Digest => Blake3.DeriveKey("fermat parameter update v1", CanonicalBytes());

    /// <summary>The aggregates' fields.</summary>
    internal ImmutableArray<SchemaField> System => Rulebook.Rulebook.Meta?.System ?? [];

    /// <summary>
    /// <c>FRMTPRM1</c>, version 1 (4), the rulebook's digest (32), the venue (length 4, UTF-8), the digests of parameters and market data before and after (32 each), how many aggregates (4), and of each its name
    /// (length 4, UTF-8) and its integer (length 4, two's complement, the lowest byte first).
    /// </summary>
    /// <remarks>Only for an update without a <see cref="Problem"/>.</remarks>
    public byte[] CanonicalBytes()
    {
        var bytes = new CanonicalWriter();
        bytes.Bytes("FRMTPRM1"u8);
        bytes.UInt32(1);
        bytes.Digest(Rulebook.Digest);
        bytes.Text(Venue);
        foreach (Digest digest in (Digest[])[OldParameters, OldMarket, NewParameters, NewMarket]) bytes.Digest(digest);
        bytes.UInt32((uint)Aggregates.Length);
        foreach ((SchemaField field, BigInteger value) in System.Zip(Aggregates))
        {
            bytes.Text(field.Name);
            byte[] integer = value.ToByteArray();
            bytes.UInt32((uint)integer.Length);
            bytes.Bytes(integer);
        }
        return bytes.ToArray();
    }

    /// <summary>What keeps this from being an update under the rulebook, apart from its rules; null when nothing does.</summary>
    public StatementRejection? Problem()
    {
        if (Rulebook.Rulebook.Meta is null)
            return new(StatementRejectionCode.NoUpdateRules, $"the rulebook {Rulebook.Name} has no block `meta`, so it judges no update", Hint: "write its rules for updates first: docs/RULES.md");
        if (!PlainText.Is(Venue) || Venue.Length is 0 or > BookLimits.MaxTextLength)
            return new(StatementRejectionCode.OutOfRange, "the venue's name is empty, too long, or has characters that cannot be read", Expected: $"1 to {BookLimits.MaxTextLength} characters");
        foreach ((MarketData data, string when) in ((MarketData, string)[])[(Before, "before"), (After, "after")])
        {
            foreach (MarketRecord record in data.Tables.IsDefault ? [] : data.Tables.Where(table => !table.IsDefault).SelectMany(table => table))
                if (record.Symbol is { } symbol && (symbol.Length > BookLimits.MaxTextLength || !PlainText.Is(symbol)))
                    return new(StatementRejectionCode.OutOfRange, $"a symbol of a market record {when} the update cannot be shown", Expected: $"at most {BookLimits.MaxTextLength} characters, and no control or format characters");
            if (Rulebook.Problem(data) is { } problem) return new(StatementRejectionCode.InvalidParameters, $"the parameters {when} the update: {problem}");
        }
        return new UpdateRules(Rulebook.Rulebook).Problem(Aggregates) is { } wrong ? new(StatementRejectionCode.OutOfRange, wrong) : null;
    }
}
