using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Rules.Lowering;

/// <summary>What a row's value is made of, written where it is remembered.</summary>
internal delegate void RowLimbs(WitnessRow row, Span<long> into);

/// <summary>
/// One row of a domain while its account is filled: what it stands for, the rows it belongs to and those that belong to it, and the values computed for it. Values are computed when first
/// asked for, across tables. Rows are used again for other accounts.
/// </summary>
internal sealed class WitnessRow(WitnessBook book, Domain domain, int domains)
{
    private readonly long[] _memo = new long[domain.MemoLength];
    private readonly bool[] _known = new bool[domain.Slots];
    private readonly List<WitnessRow>?[] _children = new List<WitnessRow>?[domains];
    private readonly WitnessRow?[] _groups = new WitnessRow?[domains];
    private readonly List<WitnessRow>?[] _pairs = new List<WitnessRow>?[domains];
    private readonly long[] _order = new long[domain.OrderParts.Count];
    private WitnessRow? _parent;

    /// <summary>Public values and counts of the book.</summary>
    public WitnessBook Book => book;

    /// <summary>The domain.</summary>
    public Domain Domain => domain;

    /// <summary>The row of the table.</summary>
    public int Index { get; private set; }

    /// <summary>The account's row, or the row that this one repeats for a record.</summary>
    public WitnessRow? Parent => _parent;

    /// <summary>The account's fields, the item's fields, or the group's keys.</summary>
    public ImmutableArray<BigInteger> Data { get; private set; }

    /// <summary>The record of a row that is one of a parent's rows, one a record; of an item its position.</summary>
    public int Record { get; private set; }

    /// <summary>The other row of a pair.</summary>
    public WitnessRow? Right { get; private set; }

    /// <summary>The row of the table before this one, while rows are compared.</summary>
    public long[]? Before { get; private set; }

    /// <summary>Phase 0 of the table, where it is written already: values that have cells are read there instead of computed again. Null before.</summary>
    public Matrix? Filled { get; set; }

    /// <summary>What rises from row to row.</summary>
    public long[] Order => _order;

    /// <summary>Makes the row stand for something else.</summary>
    public void Reset(int index, WitnessRow? parent, ImmutableArray<BigInteger> data, int record, WitnessRow? right, long[]? before)
    {
        (Index, _parent, Data, Record, Right, Before) = (index, parent, data, record, right, before);
        Array.Clear(_known);
        Array.Clear(_groups);
        foreach (List<WitnessRow>? rows in _children) rows?.Clear();
        foreach (List<WitnessRow>? rows in _pairs) rows?.Clear();
        for (int i = 0; i < _order.Length; i++) _order[i] = domain.OrderParts[i].Value(this);
    }

    /// <summary>The pairs in which this is the other row.</summary>
    public List<WitnessRow> PairsAsRight(Domain pairs) => _pairs[pairs.Number] ??= [];

    /// <summary>The row of another domain that this one belongs to, or itself.</summary>
    public WitnessRow In(Domain other) => other == domain ? this : _groups[other.Number] ?? _parent!.In(other);

    /// <summary>The rows of a domain that belong to this one.</summary>
    public List<WitnessRow> Children(Domain child) => _children[child.Number] ??= [];

    public void Adopt(WitnessRow child)
    {
        Children(child.Domain).Add(child);
        if (child.Parent != this) child._groups[domain.Number] = this;
    }

    /// <summary>A value that is computed once.</summary>
    public ReadOnlySpan<long> Remember(MemoSlot slot, RowLimbs compute)
    {
        Span<long> at = _memo.AsSpan(slot.Offset, slot.Count);
        if (_known[slot.Index]) return at;
        if (Filled is not null && slot.Cells.Length > 0)
        {
            slot.Read(Filled.Row(Index), at);
            _known[slot.Index] = true;
            return at;
        }
        at.Clear();
        compute(this, at);
        if (book.Lie is { } lie && lie.Domain == domain && lie.Slot == slot.Index && lie.Row == Index) slot.Replace(at, lie.Instead);
        _known[slot.Index] = true;
        return at;
    }

    /// <summary>Where a value is remembered that is computed for several rows together; who asks writes it.</summary>
    public Span<long> Known(MemoSlot slot)
    {
        _known[slot.Index] = true;
        return _memo.AsSpan(slot.Offset, slot.Count);
    }

    /// <summary>A small value that is computed once.</summary>
    public int Remember(MemoSlot slot, Func<WitnessRow, int> compute)
    {
        if (_known[slot.Index]) return (int)_memo[slot.Offset];
        bool isRead = Filled is not null && slot.Cells.Length > 0;
        int value = isRead ? (int)Filled!.Row(Index)[slot.Cells[0]].Value : compute(this);
        if (!isRead && book.Lie is { } lie && lie.Domain == domain && lie.Slot == slot.Index && lie.Row == Index) value = (int)lie.Instead(value);
        (_memo[slot.Offset], _known[slot.Index]) = (value, true);
        return value;
    }
}

/// <summary>What a remembered value is.</summary>
internal enum MemoKind
{
    /// <summary>A small integer.</summary>
    Small,

    /// <summary>Digits of a number.</summary>
    Digits,

    /// <summary>Words of a number.</summary>
    Words,

    /// <summary>What other values are made of: not a value of the rulebook, so no lie replaces it.</summary>
    Part,
}

/// <summary>A place for a row's remembered value.</summary>
/// <param name="Index">Its number among the domain's.</param>
/// <param name="Offset">Where it is kept.</param>
/// <param name="Count">How many integers it is made of.</param>
/// <param name="Kind">What they are.</param>
/// <param name="Format">Of digits.</param>
internal sealed record MemoSlot(int Index, int Offset, int Count, MemoKind Kind, DigitFormat Format)
{
    /// <summary>The columns of phase 0 that hold the value, the sign of digits last; empty where it has none.</summary>
    public int[] Cells { get; set; } = [];

    /// <summary>The value as a row's cells hold it.</summary>
    public void Read(ReadOnlySpan<KoalaBear> cells, Span<long> into)
    {
        for (int i = 0; i < into.Length; i++) into[i] = cells[Cells[i]].Value;
        if (Cells.Length > into.Length) into[^1] -= 128 * (long)cells[Cells[^1]].Value;
    }

    /// <summary>Puts another number in the place of an honest one.</summary>
    public void Replace(Span<long> at, Func<object, object> instead)
    {
        switch (Kind)
        {
            case MemoKind.Digits:
                Limbs.ToDigits((BigInteger)instead(Limbs.ToInteger(at)), at, Format, wrap: true);
                break;
            case MemoKind.Words:
                BigInteger value = 0;
                for (int i = at.Length - 1; i >= 0; i--) value = (value << 16) + at[i];
                Limbs.ToWords((BigInteger)instead(value), at, wrap: true);
                break;
            default:
                _ = instead(at.ToArray());
                break;
        }
    }
}
