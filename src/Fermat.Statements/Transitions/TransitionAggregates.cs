using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Transitions;

/// <summary>
/// What a batch says of the system as a whole, before and after it: of each instrument the open interest, which is the sum of all sizes that are above zero, and of each asset the insurance fund's balance. The open interest is proven as a difference, and the fund's
/// balances are proven where an event touches the fund and are the same before and after where none does; so the values before are those of the batch before, or the venue's word (<see cref="TransitionChain"/>).
/// </summary>
/// <param name="OpenInterestBefore">By record of the table of instruments, units of a size; empty where accounts have no positions.</param>
/// <param name="OpenInterestAfter">The same after the batch.</param>
/// <param name="FundBefore">By record of the table of assets, units of an amount; negative where the fund owes.</param>
/// <param name="FundAfter">The same after the batch.</param>
/// <param name="FundTouched">Whether an event touches the insurance fund, so that what it has before and after is proven under both roots.</param>
public sealed record TransitionAggregates(
    ImmutableArray<BigInteger> OpenInterestBefore, ImmutableArray<BigInteger> OpenInterestAfter, ImmutableArray<BigInteger> FundBefore, ImmutableArray<BigInteger> FundAfter, bool FundTouched)
{
    /// <summary>The digest of a batch's aggregates: BLAKE3 derive-key, context "fermat batch aggregates v1", over what the canonical bytes have of them.</summary>
    /// <param name="aggregates">The aggregates; null where a batch has none.</param>
    public static Digest DigestOf(TransitionAggregates? aggregates)
    {
        var bytes = new CanonicalWriter();
        Write(aggregates, bytes);
        return Blake3.DeriveKey("fermat batch aggregates v1", bytes.ToArray());
    }

    /// <summary>The decimals of a size and of an amount.</summary>
    /// <param name="rulebook">The rulebook.</param>
    public static (int Sizes, int Amounts) Scales(VenueRulebook rulebook)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return (QuantityOf(rulebook, "positions", "size")?.Scale ?? 0, QuantityOf(rulebook, "balances", "amount")?.Scale ?? 0);
    }

    /// <summary>Bytes of an open interest: 2^22 accounts with the largest size each fit three bytes more than a size.</summary>
    internal static int BytesOf(DigitFormat size) => size.Count + 3;

    internal static void Write(TransitionAggregates? aggregates, CanonicalWriter bytes)
    {
        bytes.UInt32(aggregates is null ? 0u : 1u);
        if (aggregates is null) return;
        bytes.UInt32(aggregates.FundTouched ? 1u : 0u);
        foreach (ImmutableArray<BigInteger> values in (ImmutableArray<BigInteger>[])[aggregates.OpenInterestBefore, aggregates.OpenInterestAfter, aggregates.FundBefore, aggregates.FundAfter])
        {
            bytes.UInt32((uint)values.Length);
            foreach (BigInteger value in values) bytes.Signed(value);
        }
    }

    /// <summary>What contradicts the batch whose aggregates they are, before any proof is looked at; or null.</summary>
    internal StatementRejection? Problem(TransitionInputs inputs)
    {
        (ImmutableArray<MarketRecord> assets, ImmutableArray<MarketRecord> instruments) = inputs.CountedRecords();
        BigInteger open = BigInteger.Min(SolvencyBounds.End, BigInteger.One << (8 * BytesOf(FormatOf(inputs.Rulebook, "positions", "size"))));
        Bounds amounts = FormatOf(inputs.Rulebook, "balances", "amount").Range;
        foreach ((string what, ImmutableArray<BigInteger> values, int records, BigInteger least, BigInteger most) in ((string, ImmutableArray<BigInteger>, int, BigInteger, BigInteger)[])[
            ("the open interest before the batch", OpenInterestBefore, instruments.Length, 0, open - 1), ("the open interest after the batch", OpenInterestAfter, instruments.Length, 0, open - 1),
            ("the insurance fund before the batch", FundBefore, assets.Length, amounts.Min, amounts.Max), ("the insurance fund after the batch", FundAfter, assets.Length, amounts.Min, amounts.Max)])
        {
            if (values.IsDefault || values.Length != records) return new(StatementRejectionCode.OutOfRange, what, Expected: $"{records} numbers, one for each record", Got: values.IsDefault ? "none" : $"{values.Length}");
            foreach (BigInteger value in values)
                if (value < least || value > most) return new(StatementRejectionCode.OutOfRange, what, Expected: $"{least} to {most} units", Got: $"{value}");
        }
        if (!FundTouched && !FundBefore.AsSpan().SequenceEqual(FundAfter.AsSpan()))
            return new(StatementRejectionCode.WrongAggregate, "the insurance fund has other balances after the batch, and no event touches it", Expected: Text(FundBefore), Got: Text(FundAfter));
        if (inputs.RootBefore != StateTreeHash.Empty(inputs.Depth)) return null;
        return OpenInterestBefore.Concat(FundBefore).All(value => value.IsZero) ? null
            : new(StatementRejectionCode.WrongAggregate, "there is no account before the batch, and something is open or in the insurance fund", Expected: "zeros", Got: Text([.. OpenInterestBefore, .. FundBefore]));
    }

    /// <summary>What does not go on from the batch before it, or null. Where that one has no aggregates, nothing can be compared.</summary>
    internal static StatementRejection? Between(TransitionAggregates? before, TransitionAggregates? next)
    {
        if (before is null || next is null) return null;
        return NotSame("the open interest before the batch is not that after the batch before it", before.OpenInterestAfter, next.OpenInterestBefore)
            ?? NotSame("the insurance fund before the batch is not that after the batch before it", before.FundAfter, next.FundBefore);

        // what is listed in between comes after all others, and nothing of it is held yet
        static StatementRejection? NotSame(string message, ImmutableArray<BigInteger> was, ImmutableArray<BigInteger> now) =>
            now.Length >= was.Length && now.AsSpan(0, was.Length).SequenceEqual(was.AsSpan()) && now.Skip(was.Length).All(value => value.IsZero)
                ? null : new(StatementRejectionCode.WrongAggregate, message, Expected: Text(was), Got: Text(now));
    }

    private static string Text(ImmutableArray<BigInteger> units) => $"{string.Join(", ", units)} units";

    private static DigitFormat FormatOf(VenueRulebook rulebook, string collection, string field) => QuantityOf(rulebook, collection, field) is { } quantity ? DigitFormat.Of(quantity.Bounds) : new DigitFormat(1, true);

    private static Quantity? QuantityOf(VenueRulebook rulebook, string collection, string field) =>
        rulebook.Schema.Collections.FirstOrDefault(one => one.Name == collection)?.Fields.FirstOrDefault(one => one.Name == field)?.Type is FieldType.Number { Quantity: var quantity } ? quantity : null;
}
