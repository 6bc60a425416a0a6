using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Transitions;

/// <summary>Everything that is hashed into the digest of a row of a batch, but the terms of its event. Amounts are integers of the rulebook's quantities. It is secret: who holds it knows who did what.</summary>
public sealed record EventRowOpening
{
    /// <summary>The row's number in the batch, from 1.</summary>
    public required int Row { get; init; }

    /// <summary>Eight field elements that hide the row.</summary>
    public required Digest Salt { get; init; }

    /// <summary>What the row is.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>The leaf of the account that it is about.</summary>
    public required int First { get; init; }

    /// <summary>The leaf of the second account; 0 where there is none.</summary>
    public required int Second { get; init; }

    /// <summary>The record of what changes hands; 0 where nothing does.</summary>
    public required int Instrument { get; init; }

    /// <summary>The record of what is paid.</summary>
    public required int Asset { get; init; }

    /// <summary>Of an opening the account's mode; 0 otherwise.</summary>
    public required int Mode { get; init; }

    /// <summary>The block of the first owner's key in the leaf, where the owner instructs, or the account opens; zeros otherwise.</summary>
    public required Digest FirstOwner { get; init; }

    /// <summary>The same of the second; of an account that opens the block of its name.</summary>
    public required Digest SecondOwner { get; init; }

    /// <summary>The first account's nonce after the event, where its owner instructs; 0 otherwise.</summary>
    public required ulong FirstNonce { get; init; }

    /// <summary>The same of the second.</summary>
    public required ulong SecondNonce { get; init; }

    /// <summary>What the first receives; negative where it pays.</summary>
    public required BigInteger FirstCash { get; init; }

    /// <summary>What the second receives.</summary>
    public required BigInteger SecondCash { get; init; }

    /// <summary>What neither receives of what is paid.</summary>
    public required BigInteger Fee { get; init; }

    /// <summary>By how much the first's position changes.</summary>
    public required BigInteger Size { get; init; }

    /// <summary>What that cost it, at a funding index of zero.</summary>
    public required BigInteger Cost { get; init; }

    /// <summary>What the first pledges more, or the opposite of what is released.</summary>
    public required BigInteger Pledged { get; init; }

    /// <summary>The digest of the row.</summary>
    /// <param name="rulebook">The rulebook of the batch.</param>
    /// <param name="terms">The event's terms: a digest of eight elements that names everything else of it.</param>
    /// <returns>Null where something is not what a row can hold.</returns>
    public Digest? DigestWith(VenueRulebook rulebook, ReadOnlySpan<KoalaBear> terms)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        VersionFields fields = VersionFields.Of(rulebook.Schema);
        KoalaBear[] salt = new KoalaBear[Digest.Words], first = new KoalaBear[Digest.Words], second = new KoalaBear[Digest.Words];
        if (!Salt.TryToFields(salt) || !FirstOwner.TryToFields(first) || !SecondOwner.TryToFields(second) || terms.Length != Digest.Words) return null;
        if (!Enum.IsDefined(Kind) || Array.Exists([First, Second, Instrument, Asset, Mode], small => small is < 0 or >= (1 << 24))) return null;
        foreach ((_, BigInteger value, DigitFormat format, _) in Numbers(fields, rulebook.Schema))
            if (!format.Range.Contains(value)) return null;
        if ((!fields.HasPositions && !(Size.IsZero && Cost.IsZero)) || (!fields.HasPledges && !Pledged.IsZero)) return null;        // not in the digest
        var data = new BigInteger[EventRow.Pledged + 1];
        foreach ((int at, BigInteger value) in ((int, BigInteger)[])
        [
            (EventRow.Kind, (int)Kind), (EventRow.First, First), (EventRow.Second, Second), (EventRow.Instrument, Instrument), (EventRow.Asset, Asset), (EventRow.HasFee, Fee.IsZero ? 0 : 1), (EventRow.Mode, Mode),
            (EventRow.FirstCash, FirstCash), (EventRow.SecondCash, SecondCash), (EventRow.Fee, Fee), (EventRow.Size, Size), (EventRow.Cost, Cost), (EventRow.Pledged, Pledged),
        ]) data[at] = value;
        return LeafSponge.Hash(EventBlocks.Of(fields, data, salt, (first, second), (EventBlocks.Nonce(FirstNonce), EventBlocks.Nonce(SecondNonce)), [.. terms]));
    }

    /// <summary>The numbers that are in the digest of a row under a schema, with their decimals.</summary>
    internal IEnumerable<(string Name, BigInteger Value, DigitFormat Format, int Scale)> Numbers(VersionFields fields, RulebookSchema schema)
    {
        int amounts = ScaleOf(schema.Collections[fields.Balances].Fields[fields.Amount]);
        yield return ("firstCash", FirstCash, fields.AmountFormat, amounts);
        yield return ("secondCash", SecondCash, fields.AmountFormat, amounts);
        yield return ("fee", Fee, fields.AmountFormat, amounts);
        if (fields.HasPositions)
        {
            yield return ("size", Size, fields.SizeFormat, ScaleOf(schema.Collections[fields.Positions].Fields[fields.Size]));
            yield return ("cost", Cost, fields.CostFormat, ScaleOf(schema.Collections[fields.Positions].Fields[fields.Cost]));
        }
        if (fields.HasPledges) yield return ("pledged", Pledged, fields.PledgeFormat, ScaleOf(schema.Scalars[fields.Encumbered]));
    }

    private static int ScaleOf(SchemaField field) => ((FieldType.Number)field.Type).Quantity.Scale;
}

/// <summary>An event of a batch, opened: its terms, where it is, and what its rows were hashed from.</summary>
/// <param name="RulebookName">The rulebook that the venue says the batch is under; a reader brings its own.</param>
/// <param name="Venue">Who keeps the ledger.</param>
/// <param name="Height">The event's height in the log.</param>
/// <param name="Event">The event as JSON, in UTF-8.</param>
/// <param name="Rows">Its rows, in order.</param>
public sealed record EventOpening(string RulebookName, string Venue, ulong Height, ReadOnlyMemory<byte> Event, System.Collections.Immutable.ImmutableArray<EventRowOpening> Rows);
