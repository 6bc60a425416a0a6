using System.Collections.Immutable;
using System.Numerics;
using Fermat.Margin;

namespace Fermat.Rules.Inputs;

/// <summary>The value of a field or parameter: an integer, a ladder or a matrix.</summary>
/// <param name="Integer">A number's mantissa, 0 or 1, the position of a name, the index of a record.</param>
/// <param name="Ladder">Of a ladder.</param>
/// <param name="Matrix">Of a correlation matrix: rows by record index.</param>
public readonly record struct FieldValue(BigInteger Integer, LadderData? Ladder = null, ImmutableArray<ImmutableArray<BigInteger>> Matrix = default);

/// <summary>A record of a market table.</summary>
/// <param name="Symbol">Its name; unique in the table.</param>
/// <param name="Fields">By the table's fields.</param>
public sealed record MarketRecord(string Symbol, ImmutableArray<FieldValue> Fields);

/// <summary>Everything public that a rulebook is run with.</summary>
/// <param name="Parameters">By the schema's parameters.</param>
/// <param name="Tables">By the schema's tables: records by rising symbol (ordinal). A record's index is its position.</param>
public sealed record MarketData(ImmutableArray<FieldValue> Parameters, ImmutableArray<ImmutableArray<MarketRecord>> Tables)
{
    /// <summary>The index of a record, or −1.</summary>
    public int IndexOf(int table, string symbol)
    {
        ImmutableArray<MarketRecord> records = Tables[table];
        int low = 0, high = records.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2, order = string.CompareOrdinal(records[middle].Symbol, symbol);
            if (order == 0) return middle;
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return -1;
    }
}

/// <summary>One account.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Scalars">By the schema's scalars.</param>
/// <param name="Items">By collection, by item (rising references), by field.</param>
public sealed record AccountData(string Id, ImmutableArray<BigInteger> Scalars, ImmutableArray<ImmutableArray<ImmutableArray<BigInteger>>> Items)
{
    /// <summary>The owner's key, or none. It is in the leaf, so that one leaf cannot serve two owners; no rule speaks of it.</summary>
    public OwnerKey OwnerKey { get; init; }

    /// <summary>How many of the owner's orders the account reflects. It is in the leaf; no rule speaks of it.</summary>
    public ulong Nonce { get; init; }
}
