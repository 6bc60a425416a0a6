using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>A public table of a parameter's matrix: (row, column, entry), with private multiplicities.</summary>
internal sealed class MatrixLookup
{
    private readonly int _parameter;
    private readonly int _marketTable;
    private readonly DigitFormat _format;
    private readonly Bus _bus;
    private readonly TableBuilder _table;
    private readonly Expr _used;
    private readonly Expr _row;
    private readonly Expr _column;
    private readonly Expr _entry;
    private readonly Expr _uses;

    public MatrixLookup(CircuitBuilder circuit, string name, int parameter, int marketTable, Bounds entries)
    {
        (_parameter, _marketTable, _format) = (parameter, marketTable, DigitFormat.Of(entries));
        _bus = circuit.Bus(name);
        _table = circuit.Table(name);
        _used = _table.PublicColumn("offered");
        _row = _table.PublicColumn("row");
        _column = _table.PublicColumn("column");
        _entry = _table.PublicExtensionColumn("entry(r)", phase: 1);
        _uses = _table.Column("uses");
        _table.Constrain("only what is offered is used", (1 - _used) * _uses);
        _table.Send(_bus, "entry", _uses, _row, _column, _entry);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Index => _table.Index;

    /// <summary>How many rows hold entries.</summary>
    public int Rows(WitnessBook book) => book.Records(_marketTable) * book.Records(_marketTable);

    /// <summary>The entry of a row and a column, in the rows of a domain.</summary>
    public LimbForm Find(Domain domain, string name, SmallValue row, SmallValue column)
    {
        long[] min = [.. Enumerable.Range(0, _format.Count).Select(_format.Min)], max = [.. Enumerable.Range(0, _format.Count).Select(_format.Max)];
        MemoSlot slot = domain.NewSlot(_format.Count, MemoKind.Part);
        Accumulate add = (at, into, factor) =>
        {
            ReadOnlySpan<long> digits = at.Remember(slot, (one, entry) => Limbs.ToDigits(Entry(one.Book.Interpreter, row.Of(one), column.Of(one)), entry, _format, wrap: false));
            for (int i = 0; i < digits.Length; i++) into[i] += factor * digits[i];
        };
        Expr found = domain.Point(name, new LimbForm(0, min, max, add));
        domain.Degree(_format.Count);
        domain.Table.Receive(_bus, $"{name}: an entry of the matrix", domain.Active, row.At, column.At, found);
        domain.Fillers.Add((at, _, tally) => tally.UsesOf(this, Rows(at.Book))[row.Of(at) * at.Book.Records(_marketTable) + column.Of(at)]++);
        return new LimbForm(found, min, max, add);
    }

    /// <summary>Writes the public columns of a phase.</summary>
    public void FillPublic(WitnessBook book, int phase, RandomPoint? r, Matrix into)
    {
        int size = book.Records(_marketTable);
        for (int at = 0; at < size * size; at++)
        {
            Span<KoalaBear> cells = into.Row(at);
            if (phase == 1)
            {
                RandomPoint.Write(r!.At(_format.Digits(Entry(book.Interpreter, at / size, at % size))), cells, _entry.Offset);
                continue;
            }
            cells[_used.Offset] = KoalaBear.One;
            cells[_row.Offset] = KoalaBear.From(at / size);
            cells[_column.Offset] = KoalaBear.From(at % size);
        }
    }

    /// <summary>Writes how often each entry is used.</summary>
    public void FillUses(WitnessBook book, Tally tally, Matrix into)
    {
        int[] uses = tally.UsesOf(this, Rows(book));
        for (int row = 0; row < uses.Length; row++) into[row, _uses.Offset] = KoalaBear.From(uses[row]);
    }

    private BigInteger Entry(Interpreter interpreter, int row, int column) => interpreter.Market.Parameters[_parameter].Matrix[row][column];
}
