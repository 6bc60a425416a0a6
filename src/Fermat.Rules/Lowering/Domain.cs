using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>Writes some cells of phase 0 of a row.</summary>
internal delegate void RowFiller(WitnessRow row, Span<KoalaBear> cells, Tally tally);

/// <summary>What the rows of a table stand for: accounts, items of a collection, groups, or one row a record for each of these.</summary>
internal sealed class Domain
{
    private readonly List<Expr> _zeroOnPadding = [];
    private readonly List<Expr> _bytes = [];
    private int _slots;

    public Domain(CircuitBuilder circuit, RangeTable range, Expr r, string name, CoreSource? source, Domain? parent)
    {
        (Range, R, Name, Source, Parent) = (range, r, name, source, parent);
        Table = circuit.Table(name);
        Active = Table.Column("active");
        Table.ConstrainBoolean("active is a bit", Active);
        Table.ConstrainTransition("padding is at the end", Table.Next(Active) * (1 - Active));
        int active = Active.Offset;
        Fillers.Add((_, cells, _) => cells[active] = KoalaBear.One);
    }

    /// <summary>Its place among the domains.</summary>
    public int Number { get; init; }

    /// <summary>The circuit's range table.</summary>
    public RangeTable Range { get; }

    /// <summary>The random point.</summary>
    public Expr R { get; }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>What a row stands for beside its parent's row; null for accounts.</summary>
    public CoreSource? Source { get; }

    /// <summary>
    /// Whether it has a row for each record of each of its owner's rows. These rows are many, so here last carries go without range checks, values whose degree is too large are held by a column of
    /// their value at r, and distances are words.
    /// </summary>
    public bool IsOfRecords => Source is CoreSource.Table;

    /// <summary>Whose rows these belong to: the account, or the rows that are repeated for each record; null for accounts.</summary>
    public Domain? Parent { get; }

    /// <summary>The table.</summary>
    public TableBuilder Table { get; }

    /// <summary>1 on rows in use, which come first; every other cell that is not a carry is zero where it is 0.</summary>
    public Expr Active { get; }

    /// <summary>What writes a row's cells of phase 0.</summary>
    public List<RowFiller> Fillers { get; } = [];

    /// <summary>Extension columns of phase 1, and what they are the values of.</summary>
    public List<(Expr Column, Func<WitnessRow, RandomPoint, Quintic> Value)> Points { get; } = [];

    /// <summary>What a row tells its children, by their domain, and what they add up to.</summary>
    public List<Link> Links { get; } = [];

    /// <summary>Records of public tables that rows look up.</summary>
    public List<PublicLookup> Lookups { get; } = [];

    /// <summary>What rises strictly from row to row, most significant first: the owner's number and keys; empty for accounts.</summary>
    public List<SmallValue> Order { get; } = [];

    /// <summary>The parts of the order.</summary>
    public List<OrderPart> OrderParts { get; } = [];

    /// <summary>Of groups: name, value in the items' rows, type and bounds of every key, those of an outer group first.</summary>
    public List<(string Name, object Item, CoreType Type, Bounds Bounds)> KeysOfGroup { get; } = [];

    /// <summary>Of groups: account and keys in their own rows.</summary>
    public List<Expr> AddressOfGroup { get; } = [];

    /// <summary>Of rows that are one of a record: the number of their owner's row.</summary>
    public Expr OwnerAt { get; set; }

    /// <summary>Of pairs: whose rows they pair, and whose rows both belong to.</summary>
    public (Domain Left, Domain Right, Domain Owner)? Pair { get; set; }

    /// <summary>Of items: where they stand in their account, from 0.</summary>
    public SmallValue? Position { get; set; }

    /// <summary>The number of a row, where records refer to it.</summary>
    public SmallValue? RowNumber { get; set; }

    /// <summary>The row's number, or the record's on a row that is one of a record; the address others know it by.</summary>
    public SmallValue Key { get; set; } = null!;

    /// <summary>Fields of accounts and items, keys of groups, by index; made when first needed.</summary>
    public Dictionary<int, object> Fields { get; } = [];

    /// <summary>The greatest degree in r of an identity.</summary>
    public int MaxDegree { get; private set; } = 1;

    /// <summary>Who made columns, constraints and messages.</summary>
    public CostLedger? Ledger { get; set; }

    /// <summary>How many values a row remembers.</summary>
    public int Slots => _slots;

    /// <summary>Values that are given, not computed.</summary>
    public HashSet<int> Inputs { get; } = [];

    /// <summary>How many integers a row remembers.</summary>
    public int MemoLength { get; private set; }

    /// <summary>A place for a row's small value.</summary>
    public MemoSlot NewSlot() => NewSlot(1, MemoKind.Small);

    /// <summary>A place for a row's number.</summary>
    public MemoSlot NewSlot(DigitFormat format) => NewSlot(format.Count, MemoKind.Digits, format);

    /// <summary>A place for a row's remembered value of several integers.</summary>
    public MemoSlot NewSlot(int count, MemoKind kind, DigitFormat format = default)
    {
        var slot = new MemoSlot(_slots++, MemoLength, count, kind, format);
        MemoLength += count;
        return slot;
    }

    /// <summary>How coefficients are added that a row works out once: sums over other rows, which are digits, carries and more.</summary>
    /// <param name="count">How many.</param>
    /// <param name="compute">Adds them to zeros.</param>
    public Accumulate Remembering(int count, RowLimbs compute) => Remembering(NewSlot(count, MemoKind.Part), compute);

    /// <summary>The same, where it is remembered being known.</summary>
    /// <param name="slot">Where.</param>
    /// <param name="compute">Adds coefficients to zeros.</param>
    public static Accumulate Remembering(MemoSlot slot, RowLimbs compute) => (row, into, factor) =>
    {
        ReadOnlySpan<long> known = row.Remember(slot, compute);
        for (int i = 0; i < known.Length; i++) into[i] += factor * known[i];
    };

    /// <summary>A base-field column of phase 0.</summary>
    /// <param name="name">Unique in the table.</param>
    /// <param name="isZeroOnPadding">Constrain it to be zero on padding; not needed where that follows from other cells.</param>
    public Expr Column(string name, bool isZeroOnPadding = true)
    {
        Expr column = Table.Column(name);
        Count(1);
        if (isZeroOnPadding) _zeroOnPadding.Add(column);
        return column;
    }

    /// <summary>An extension column of phase 1 that holds a form's value at r; who calls this constrains it to be that.</summary>
    public Expr Point(string name, LimbForm form) => Point(name, form.AtPoint);

    /// <summary>An extension column of phase 1 with a value at (r, γ); who calls this constrains it to be that.</summary>
    public Expr Point(string name, Func<WitnessRow, RandomPoint, Quintic> value)
    {
        Expr column = Table.ExtensionColumn(name, phase: 1);
        Count(5);
        _zeroOnPadding.Add(column);
        Points.Add((column, value));
        return column;
    }

    /// <summary>A number in digits that another table tells: its value at r is a column. Who calls this says where it comes from.</summary>
    /// <param name="name">Unique in the table.</param>
    /// <param name="format">Its digits.</param>
    /// <param name="add">Adds the digits of an honest row.</param>
    /// <param name="mirrored">Whether its value at −r is a column too.</param>
    public LimbForm Told(string name, DigitFormat format, Accumulate add, bool mirrored = false)
    {
        (long[] min, long[] max) = ([.. Enumerable.Range(0, format.Count).Select(format.Min)], [.. Enumerable.Range(0, format.Count).Select(format.Max)]);
        var told = new LimbForm(0, min, max, add);
        Expr at = Point(name, told);
        Expr? mirror = mirrored ? Point($"{name}, at -r", told.AtMirror) : null;
        Degree(format.Count);
        return new LimbForm(at, min, max, add, mirror: mirror is { } known ? () => known : null);
    }

    /// <summary>A flag in a column, constrained to be a bit.</summary>
    public SmallValue Bit(string name, Func<WitnessRow, bool> value) => Small(name, 1, row => value(row) ? 1 : 0, isBit: true);

    /// <summary>A small integer in a column; who calls this constrains it.</summary>
    public SmallValue Small(string name, int max, Func<WitnessRow, int> value, bool isBit = false)
    {
        Expr column = Column(name);
        if (isBit) Table.ConstrainBoolean($"{name} is a bit", column);
        int offset = column.Offset;
        MemoSlot slot = NewSlot();
        slot.Cells = [offset];
        Func<WitnessRow, int> known = row => row.Remember(slot, value);
        Fillers.Add((row, cells, _) => cells[offset] = KoalaBear.From(known(row)));
        return new SmallValue(column, max, known);
    }

    /// <summary>Cells that are the same on all active rows.</summary>
    public void Steady(string name, params IEnumerable<Expr> cells)
    {
        foreach (Expr cell in cells) Table.ConstrainTransition($"{name}: {cell.ColumnInfo.Name}", Table.Next(Active) * (Table.Next(cell) - cell));
    }

    /// <summary>Notes an identity's degree in r.</summary>
    public void Degree(int degree) => MaxDegree = Math.Max(MaxDegree, degree);

    /// <summary>Notes cells for the cost ledger.</summary>
    public void Count(int cells) => Ledger?.Cells(this, cells);

    /// <summary>Whether a row of this belongs to one row of the other.</summary>
    public bool IsWithin(Domain other) => this == other || Links.Any(link => link.Parent.IsWithin(other));

    /// <summary>A cell is a byte: checked with another one in one message, once everything is declared.</summary>
    public void Byte(Expr cell) => _bytes.Add(cell);

    /// <summary>The constraints of padding, and range checks of bytes two by two; call once everything is declared.</summary>
    public void Finish()
    {
        for (int i = 0; i < _bytes.Count; i += 2)
        {
            Expr first = _bytes[i], second = _bytes[Math.Min(i + 1, _bytes.Count - 1)];
            Table.Receive(Range.Bytes, first.Equals(second) ? $"{first.ColumnInfo.Name} is a byte" : $"{first.ColumnInfo.Name} and {second.ColumnInfo.Name} are bytes", 1, first, second);
        }
        if (_bytes.Count > 0)
        {
            int[] offsets = [.. _bytes.Select(cell => cell.Offset)];
            Fillers.Add((_, cells, tally) =>
            {
                for (int i = 0; i < offsets.Length; i += 2)
                    tally.Range.Pair((int)cells[offsets[i]].Value, (int)cells[offsets[Math.Min(i + 1, offsets.Length - 1)]].Value);
            });
        }
        foreach (Expr column in _zeroOnPadding)
            Table.Constrain($"padding: {column.ColumnInfo.Name} is zero", (1 - Active) * column);
    }
}
