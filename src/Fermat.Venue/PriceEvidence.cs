using System.Collections.Immutable;
using System.Numerics;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Oracles;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>A batch and the price set that it is said to be valued at.</summary>
/// <param name="Batch">The batch's public inputs.</param>
/// <param name="Set">The price set, with the reports that it was made of.</param>
public sealed record ValuedBatch(TransitionInputs Batch, PriceSet Set);

/// <summary>A batch that was not valued at signed prices.</summary>
/// <param name="Batch">Its position in the list, from 0.</param>
/// <param name="Message">Why.</param>
/// <param name="Rejection">Where the price set itself is refused: why.</param>
public sealed record PriceEvidenceFault(int Batch, string Message, PriceRejection? Rejection = null);

/// <summary>
/// Shows that batches of statement T were valued at prices that a quorum of sources signed. Market data are public inputs, so nothing of this needs a proof: each price set is made again from its own signed reports, and its prices are compared with those
/// in the market data, of every asset and every instrument.
/// </summary>
/// <remarks>What it does not show: that there was no later set in between. Sets must follow each other in time, so an older one cannot come back; when an event happened is not public.</remarks>
public static class PriceEvidence
{
    /// <summary>The first batch that was not valued at signed prices, or null.</summary>
    /// <param name="rules">Whose reports count, and when. The verifier's own.</param>
    /// <param name="batches">Batches that follow each other, each with its price set; one set may serve several.</param>
    /// <param name="stated">Symbols whose prices the venue states itself, such as its quote asset's; null for none.</param>
    /// <param name="binding">Which fields prices are in; null for the names of the standard rulebooks.</param>
    /// <exception cref="ArgumentException">The rules are none.</exception>
    public static PriceEvidenceFault? Check(OracleRules rules, IReadOnlyList<ValuedBatch> batches, IReadOnlySet<string>? stated = null, EngineBinding? binding = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        binding ??= new EngineBinding();
        var sets = new PriceSets(rules);
        Digest? last = null;
        for (int i = 0; i < batches.Count; i++)
        {
            (TransitionInputs batch, PriceSet set) = (batches[i].Batch, batches[i].Set);
            Digest digest = set.Digest();
            if (digest != last && sets.Check(set) is { } refused) return new PriceEvidenceFault(i, $"the price set of {set.Time} is refused: {refused.Message}", refused);
            last = digest;
            foreach ((string table, string field) in ((string, string)[])[(binding.AssetTable, binding.Index), (binding.InstrumentTable, binding.Mark)])
                if (Compare(batch, set, table, field, stated) is { } different) return new PriceEvidenceFault(i, different);
        }
        return null;
    }

    private static string? Compare(TransitionInputs batch, PriceSet set, string tableName, string fieldName, IReadOnlySet<string>? stated)
    {
        ImmutableArray<MarketTable> tables = batch.Rulebook.Schema.Tables;
        for (int t = 0; t < tables.Length; t++)
        {
            if (tables[t].Name != tableName) continue;
            for (int f = 0; f < tables[t].Fields.Length; f++)
            {
                if (tables[t].Fields[f] is not { Type: FieldType.Number { Quantity: var quantity } } declared || declared.Name != fieldName) continue;
                foreach (MarketRecord record in batch.Market.Tables[t])
                    if (stated?.Contains(record.Symbol) != true && Compare(record.Symbol, record.Fields[f].Integer, quantity, set) is { } different) return different;
            }
        }
        return null;
    }

    private static string? Compare(string symbol, BigInteger valued, Quantity quantity, PriceSet set)
    {
        if (set.Feeds.FirstOrDefault(feed => feed.Feed == symbol) is not { } feed) return $"the price set has no price of {symbol}";
        (BigInteger left, BigInteger right) = (valued * BigInteger.Pow(10, feed.Price.Scale), feed.Price.Mantissa * BigInteger.Pow(10, quantity.Scale));
        return left == right ? null : $"{symbol} is valued at {ScaledNumber.Format(valued, quantity.Scale)}, and the sources say {feed.Price}";
    }
}
