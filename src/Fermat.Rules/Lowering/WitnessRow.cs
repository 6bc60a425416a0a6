using System.Collections.Immutable;
using System.Numerics;

namespace Fermat.Rules.Lowering;

/// <summary>
/// One row of a domain while its account is filled: what it stands for, the rows it belongs to and those that belong to it, and the values computed for it. Values are computed when first
/// asked for, across tables.
/// </summary>
internal sealed class WitnessRow(WitnessBook book, Domain domain, int index, WitnessRow? parent, ImmutableArray<BigInteger> data, int record)
{
    private readonly Dictionary<int, object> _memo = [];
    private readonly Dictionary<Domain, List<WitnessRow>> _children = [];
    private readonly Dictionary<Domain, WitnessRow> _groups = [];
    private readonly Dictionary<Domain, List<WitnessRow>> _pairs = [];

    /// <summary>Public values and counts of the book.</summary>
    public WitnessBook Book => book;

    /// <summary>The domain.</summary>
    public Domain Domain => domain;

    /// <summary>The row of the table.</summary>
    public int Index => index;

    /// <summary>The account's row, or the row that this one repeats for a record.</summary>
    public WitnessRow? Parent => parent;

    /// <summary>The account's fields, the item's fields, or the group's keys.</summary>
    public ImmutableArray<BigInteger> Data => data;

    /// <summary>The record of a row that is one of a parent's rows, one a record.</summary>
    public int Record => record;

    /// <summary>The other row of a pair.</summary>
    public WitnessRow? Right { get; set; }

    /// <summary>The pairs in which this is the other row.</summary>
    public List<WitnessRow> PairsAsRight(Domain pairs)
    {
        if (!_pairs.TryGetValue(pairs, out List<WitnessRow>? rows)) _pairs.Add(pairs, rows = []);
        return rows;
    }

    /// <summary>The row of the table before this one, while rows are compared.</summary>
    public long[]? Before { get; set; }

    /// <summary>What rises from row to row.</summary>
    public long[] Order { get; set; } = [];

    /// <summary>The row of another domain that this one belongs to, or itself.</summary>
    public WitnessRow In(Domain other)
    {
        if (other == domain) return this;
        return _groups.TryGetValue(other, out WitnessRow? group) ? group : parent!.In(other);
    }

    /// <summary>The rows of a domain that belong to this one.</summary>
    public IReadOnlyList<WitnessRow> Children(Domain child) => _children.TryGetValue(child, out List<WitnessRow>? rows) ? rows : [];

    public void Adopt(WitnessRow child)
    {
        if (!_children.TryGetValue(child.Domain, out List<WitnessRow>? rows)) _children.Add(child.Domain, rows = []);
        rows.Add(child);
        if (child.Parent != this) child._groups[domain] = this;
    }

    /// <summary>A value that is computed once.</summary>
    public T Remember<T>(int slot, Func<WitnessRow, T> compute)
        where T : notnull
    {
        if (_memo.TryGetValue(slot, out object? known)) return (T)known;
        T value = compute(this);
        if (book.Lie is { } lie && lie.Domain == domain && lie.Slot == slot && lie.Row == index) value = (T)lie.Instead(value);
        _memo[slot] = value;
        return value;
    }
}
