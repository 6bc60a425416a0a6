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
/// <param name="Tables">By the schema's tables: records, each symbol once. A record's number is its position, and accounts hold the numbers: by rising symbol (ordinal) where people write the data, in the order of listing where a ledger keeps them.</param>
public sealed record MarketData(ImmutableArray<FieldValue> Parameters, ImmutableArray<ImmutableArray<MarketRecord>> Tables)
{
    private int[]?[]? _bySymbol;

    /// <summary>By the schema's tables: records, each symbol once.</summary>
    public ImmutableArray<ImmutableArray<MarketRecord>> Tables
    {
        get;
        init => (field, _bySymbol) = (value, null);
    } = Tables;

    /// <summary>The number of a record, or −1.</summary>
    public int IndexOf(int table, string symbol)
    {
        ImmutableArray<MarketRecord> records = Tables[table];
        int[] order = (_bySymbol ??= new int[]?[Tables.Length])[table] ??= BySymbol(records);
        int low = 0, high = records.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2, record = order.Length == 0 ? middle : order[middle], sign = string.CompareOrdinal(records[record].Symbol, symbol);
            if (sign == 0) return record;
            (low, high) = sign < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return -1;
    }

    /// <summary>Whether the records of a table rise strictly by symbol.</summary>
    public static bool IsRising(ImmutableArray<MarketRecord> records)
    {
        for (int i = 1; i < records.Length; i++)
            if (string.CompareOrdinal(records[i - 1].Symbol, records[i].Symbol) >= 0) return false;
        return true;
    }

    /// <summary>Whether both are the same data: the very same values, as of every record.</summary>
    public bool Equals(MarketData? other) => other is not null && Parameters == other.Parameters && Tables == other.Tables;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Parameters, Tables);

    /// <summary>Numbers of records by rising symbol; none where that is their order.</summary>
    private static int[] BySymbol(ImmutableArray<MarketRecord> records)
    {
        if (IsRising(records)) return [];
        int[] order = [.. Enumerable.Range(0, records.Length)];
        Array.Sort(order, (a, b) => string.CompareOrdinal(records[a].Symbol, records[b].Symbol));
        return order;
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
