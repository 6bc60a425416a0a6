using System.Buffers.Binary;
using System.Text;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Statements.Transitions;

/// <summary>A batch that does not follow the one before it.</summary>
/// <param name="Batch">Its position in the list, from 0.</param>
/// <param name="Rejection">Why not.</param>
public sealed record ChainBreak(int Batch, StatementRejection Rejection);

/// <summary>
/// Several batches of one venue, one after the other: each begins under the root where the one before ended. Between two batches only such events can lie as touch no account; how many shows in the heights.
/// </summary>
/// <remarks>This looks at public inputs alone. That each batch is what it says its own proof shows (<see cref="TransitionStatement.Verify"/>).</remarks>
public static class TransitionChain
{
    /// <summary>The first batch that does not follow the one before it, or null.</summary>
    /// <param name="batches">Public inputs, in the order in which the batches are said to follow each other.</param>
    public static ChainBreak? Check(IReadOnlyList<TransitionInputs> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        for (int i = 0; i < batches.Count; i++)
        {
            StatementRejection? problem = batches[i].Problem() ?? (i == 0 ? null : Between(batches[i - 1], batches[i]));
            if (problem is not null) return new ChainBreak(i, problem);
        }
        return null;
    }

    /// <summary>Events of the log between the batches: price sets, funding, parameters, listings, and what the rules rejected.</summary>
    /// <param name="batches">Batches without a break.</param>
    public static ulong EventsBetween(IReadOnlyList<TransitionInputs> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ulong count = 0;
        for (int i = 1; i < batches.Count; i++) count += batches[i].Height - batches[i - 1].EndHeight;
        return count;
    }

    /// <summary>
    /// One digest for everything that a chain of batches says: BLAKE3 derive-key, context "fermat proven log v5", first over the venue's name, then for each batch over the digest so far, height (8 bytes, little-endian), number of events of the log (4), rounding of costs (4), and the digests of events, units, parameters, market data,
    /// price set, root before, root after and aggregates (<see cref="TransitionAggregates.DigestOf"/>). Who has seen it for a chain recognises each longer chain that goes on from there.
    /// </summary>
    /// <param name="batches">Batches without a break, at least one.</param>
    public static Digest LogDigest(IReadOnlyList<TransitionInputs> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        const string context = "fermat proven log v5";
        Digest digest = Blake3.DeriveKey(context, Encoding.UTF8.GetBytes(batches[0].Venue));
        byte[] bytes = new byte[9 * Digest.Length + 16];
        foreach (TransitionInputs batch in batches)
        {
            digest.CopyTo(bytes);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Digest.Length), batch.Height);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Digest.Length + 8), (uint)batch.LogEvents);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Digest.Length + 12), (uint)batch.CostRounding);
            int at = Digest.Length + 16;
            foreach (Digest part in (Digest[])[batch.EventsDigest, batch.UnitsDigest, batch.ParametersDigest, batch.MarketDigest, batch.PriceSet, batch.RootBefore, batch.RootAfter, TransitionAggregates.DigestOf(batch.Aggregates)])
            {
                part.CopyTo(bytes.AsSpan(at));
                at += Digest.Length;
            }
            digest = Blake3.DeriveKey(context, bytes);
        }
        return digest;
    }

    /// <summary>
    /// The first record that accounts can refer to and whose number another symbol has in later market data, or none has: a leaf holds the number, and would speak of something else. Null where each is where it was; new ones come behind all others.
    /// </summary>
    /// <param name="schema">The rulebook's schema.</param>
    /// <param name="before">Market data.</param>
    /// <param name="next">Later ones.</param>
    public static (string Record, string Instead)? MovedRecord(RulebookSchema schema, MarketData before, MarketData next)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(next);
        foreach (int table in schema.Scalars.Concat(schema.Collections.SelectMany(collection => collection.Fields)).Select(field => field.Type).OfType<FieldType.Reference>().Select(reference => reference.Table).Distinct())
            for (int record = 0; record < before.Tables[table].Length; record++)
            {
                string was = before.Tables[table][record].Symbol;
                string? now = record < next.Tables[table].Length ? next.Tables[table][record].Symbol : null;
                if (now != was) return ($"{schema.Tables[table].Name} {was} as number {record}", now ?? "none");
            }
        return null;
    }

    private static StatementRejection? Between(TransitionInputs before, TransitionInputs next)
    {
        if (before.Venue != next.Venue) return new(StatementRejectionCode.WrongSnapshot, "the batch is another venue's than the batch before it", Expected: before.Venue, Got: next.Venue);
        if (before.Rulebook.Digest != next.Rulebook.Digest)
            return new(StatementRejectionCode.WrongRulebook, "the batch is under another rulebook than the batch before it", Expected: $"{before.Rulebook.Digest}", Got: $"{next.Rulebook.Digest}");
        if (next.Height < before.EndHeight)
            return new(StatementRejectionCode.WrongSnapshot, "the batch does not begin after the batch before it: it was given twice, or out of order", Expected: $"height {before.EndHeight} or more", Got: $"height {next.Height}");
        if (next.RootBefore != before.RootAfter)
            return new(StatementRejectionCode.WrongStateRoot, "the batch does not begin under the root where the batch before it ended", Expected: $"{before.RootAfter}", Got: $"{next.RootBefore}", Hint: "a batch between them is missing, or they are of two histories");
        if (MovedRecord(before.Rulebook.Schema, before.Market, next.Market) is { } moved)
            return new(StatementRejectionCode.WrongMarketData, "a record that accounts can hold is not where it was in the batch before it, so that what is held would be of another", Expected: moved.Record, Got: moved.Instead, Hint: "leaves hold the number of a record: what is new comes behind all others of its table");
        if (next.Depth != before.Depth) return new(StatementRejectionCode.WrongSnapshot, "the batch has a state tree of another depth than the batch before it", Expected: $"{before.Depth}", Got: $"{next.Depth}");
        if (next.FeesSlot != before.FeesSlot || next.InsuranceSlot != before.InsuranceSlot)
            return new(StatementRejectionCode.WrongSnapshot, "the batch names another fees account or insurance fund than the batch before it", Expected: $"leaves {before.FeesSlot} and {before.InsuranceSlot}", Got: $"leaves {next.FeesSlot} and {next.InsuranceSlot}");
        return TransitionAggregates.Between(before.Aggregates, next.Aggregates);
    }
}
