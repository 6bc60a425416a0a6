using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>A piece of a public function of one number.</summary>
/// <param name="Low">Where it begins.</param>
/// <param name="High">The last number in it.</param>
/// <param name="Values">What the function is made of there, like slope and offset.</param>
internal sealed record PublicPiece(BigInteger Low, BigInteger High, params BigInteger[] Values);

/// <summary>
/// A public table of the pieces of public functions: (record, low, high, values at r), with private multiplicities. A row finds the piece that its number lies in by its distances to both ends:
/// low = x − above and high = x + below, with neither distance negative, form a message only if they are the ends of a piece.
/// </summary>
internal sealed class PieceLookup
{
    private readonly Domain _domain;
    private readonly SmallValue? _record;
    private readonly int _marketTable;
    private readonly Func<Interpreter, int, PublicPiece[]> _function;
    private readonly BigInteger _shift;
    private readonly int _words;
    private readonly DigitFormat[] _formats;
    private readonly Bus _bus;
    private readonly PerMarket<int, PublicPiece[]> _pieces = new();
    private readonly TableBuilder _table;
    private readonly Expr _used;
    private readonly Expr _of;
    private readonly Expr[] _low;
    private readonly Expr[] _high;
    private readonly Expr[] _values;
    private readonly Expr _uses;

    /// <summary>Declares the public table.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="domain">Whose rows look up.</param>
    /// <param name="name">Of the table and the bus.</param>
    /// <param name="record">The record whose ladder it is; null for a parameter.</param>
    /// <param name="marketTable">The records' table, or −1.</param>
    /// <param name="x">The digits of what is looked up.</param>
    /// <param name="formats">The digits of the values.</param>
    /// <param name="function">A record's pieces, rising and without gaps.</param>
    public PieceLookup(
        CircuitBuilder circuit, Domain domain, string name, SmallValue? record, int marketTable, DigitFormat x, DigitFormat[] formats, Func<Interpreter, int, PublicPiece[]> function)
    {
        (_domain, _record, _marketTable, _function, _formats) = (domain, record, marketTable, function, formats);
        _words = (x.Count + 1) / 2;
        _shift = -x.Range.Min;
        _bus = circuit.Bus(name);
        _table = circuit.Table(name);
        _used = _table.PublicColumn("offered");
        _of = _table.PublicColumn("record");
        _low = [.. Enumerable.Range(0, _words).Select(i => _table.PublicColumn($"low[{i}]"))];
        _high = [.. Enumerable.Range(0, _words).Select(i => _table.PublicColumn($"high[{i}]"))];
        _values = [.. formats.Select((_, i) => _table.PublicExtensionColumn($"value {i} at r", phase: 1))];
        _uses = _table.Column("uses");
        _table.Constrain("only what is offered is used", (1 - _used) * _uses);
        _table.Send(_bus, "piece", _uses, [_of, .. _low, .. _high, .. _values]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Index => _table.Index;

    /// <summary>How many rows hold pieces.</summary>
    public int Rows(WitnessBook book) => Enumerable.Range(0, book.Records(_marketTable)).Sum(record => Pieces(book, record).Length);

    /// <summary>The values, at r, of the piece that a number lies in.</summary>
    /// <param name="name">A prefix.</param>
    /// <param name="x">Committed digits.</param>
    public LimbForm[] Find(string name, DigitColumns x)
    {
        Expr[] amount = [.. Enumerable.Range(0, _words).Select(i => x.ShiftedWord(i, _domain.Active))];
        Expr[] above = Words($"{name}, above"), below = Words($"{name}, below");
        Expr[] borrow = Bits($"{name}, borrow"), carry = Bits($"{name}, carry");
        _domain.Fillers.Add((row, cells, tally) =>
        {
            (BigInteger value, PublicPiece piece) = (x.Value(row), PieceOf(row, x));
            Fill(cells, tally, above, borrow, piece.Low + _shift, value - piece.Low);
            Fill(cells, tally, below, carry, value + _shift, piece.High - value);
            tally.UsesOf(this, Rows(row.Book))[FirstRow(row.Book, RecordOf(row)) + Array.IndexOf(Pieces(row.Book, RecordOf(row)), piece)]++;
        });
        Expr[] low = [.. Enumerable.Range(0, _words).Select(i => amount[i] - above[i] - In(borrow, i) + 65536 * Out(borrow, i))];
        Expr[] high = [.. Enumerable.Range(0, _words).Select(i => amount[i] + below[i] + In(carry, i) - 65536 * Out(carry, i))];
        LimbForm[] values = [.. _formats.Select((format, i) => Looked($"{name}, value {i}", format, i))];
        _domain.Table.Receive(_bus, $"{name}: the piece it lies in", _domain.Active, [_record?.At ?? 0, .. low, .. high, .. values.Select(v => v.At)]);
        return values;

        LimbForm Looked(string what, DigitFormat format, int part)
        {
            long[] min = [.. Enumerable.Range(0, format.Count).Select(format.Min)], max = [.. Enumerable.Range(0, format.Count).Select(format.Max)];
            int slot = _domain.NewSlot();
            Func<WitnessRow, long[]> digits = row => row.Remember(slot, one => format.Digits(PieceOf(one, x).Values[part]));
            Expr column = _domain.Point(what, new LimbForm(0, min, max, digits));
            _domain.Degree(format.Count);
            return new LimbForm(column, min, max, digits);
        }
    }

    /// <summary>Writes the public columns of a phase.</summary>
    public void FillPublic(WitnessBook book, int phase, Quintic r, Matrix into)
    {
        int row = 0;
        for (int record = 0; record < book.Records(_marketTable); record++)
        {
            foreach (PublicPiece piece in Pieces(book, record))
            {
                Span<KoalaBear> cells = into.Row(row++);
                if (phase == 0)
                {
                    cells[_used.Offset] = KoalaBear.One;
                    cells[_of.Offset] = KoalaBear.From(record);
                    Write(cells, _low, piece.Low + _shift);
                    Write(cells, _high, piece.High + _shift);
                }
                else
                {
                    for (int i = 0; i < _values.Length; i++) Points.Write(Points.At(_formats[i].Digits(piece.Values[i]), r), cells, _values[i]);
                }
            }
        }
    }

    /// <summary>Writes how often each piece is used.</summary>
    public void FillUses(WitnessBook book, Tally tally, Matrix into)
    {
        int[] uses = tally.UsesOf(this, Rows(book));
        for (int row = 0; row < uses.Length; row++) into[row, _uses.Offset] = KoalaBear.From(uses[row]);
    }

    /// <summary>A record's pieces, as far as the words reach.</summary>
    private PublicPiece[] Pieces(WitnessBook book, int record) => _pieces.Get(book.Interpreter, record, () =>
    {
        (BigInteger begin, BigInteger end) = (-_shift, (BigInteger.One << (16 * _words)) - 1 - _shift);
        return
        [
            .. _function(book.Interpreter, record)
                .Where(piece => piece.Low <= end && piece.High >= begin)
                .Select(piece => piece with { Low = BigInteger.Max(piece.Low, begin), High = BigInteger.Min(piece.High, end) }),
        ];
    });

    private PublicPiece PieceOf(WitnessRow row, DigitColumns x) => Pieces(row.Book, RecordOf(row)).Last(piece => piece.Low <= x.Value(row));

    private int RecordOf(WitnessRow row) => _record?.Of(row) ?? 0;

    private int FirstRow(WitnessBook book, int record) => Enumerable.Range(0, record).Sum(before => Pieces(book, before).Length);

    private Expr[] Words(string name)
    {
        Expr[] words = [.. Enumerable.Range(0, _words).Select(i => _domain.Column($"{name}[{i}]"))];
        foreach (Expr word in words) _domain.Table.Receive(_domain.Range.Range16, $"{word.ColumnInfo.Name} is 16 bits", 1, word);
        return words;
    }

    private Expr[] Bits(string name)
    {
        Expr[] bits = [.. Enumerable.Range(0, _words - 1).Select(i => _domain.Column($"{name}[{i}]"))];
        foreach (Expr bit in bits) _domain.Table.ConstrainBoolean($"{bit.ColumnInfo.Name} is a bit", bit);
        return bits;
    }

    /// <summary>A distance in words, and the carries of start + distance.</summary>
    private static void Fill(Span<KoalaBear> cells, Tally tally, Expr[] words, Expr[] carries, BigInteger start, BigInteger distance)
    {
        for (int i = 0; i < words.Length; i++)
        {
            int word = (int)((distance >> (16 * i)) & 0xffff);
            cells[words[i].Offset] = KoalaBear.From(word);
            tally.Range.Word(word);
            if (i == carries.Length) continue;
            BigInteger mask = (BigInteger.One << (16 * (i + 1))) - 1;
            cells[carries[i].Offset] = KoalaBear.From((start & mask) + (distance & mask) > mask ? 1 : 0);
        }
    }

    private static void Write(Span<KoalaBear> cells, Expr[] words, BigInteger value)
    {
        for (int i = 0; i < words.Length; i++) cells[words[i].Offset] = KoalaBear.From((int)((value >> (16 * i)) & 0xffff));
    }

    private static Expr In(Expr[] bits, int i) => i > 0 ? bits[i - 1] : 0;

    private static Expr Out(Expr[] bits, int i) => i < bits.Length ? bits[i] : 0;
}
