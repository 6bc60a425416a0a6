using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// A public table of the linear pieces of ladders: (record, low, high, slope, offset), with private multiplicities. A row finds the piece that its number lies in by its distances to both ends:
/// low = x − above and high = x + below, with neither distance negative, form a message only if they are the ends of a piece.
/// </summary>
internal sealed class PieceLookup
{
    private readonly Domain _domain;
    private readonly SmallValue? _record;
    private readonly int _marketTable;
    private readonly Func<Interpreter, int, LadderData> _ladder;
    private readonly int _words;
    private readonly DigitFormat _slope;
    private readonly DigitFormat _offset;
    private readonly Bus _bus;
    private readonly PerMarket<int, LadderPiece[]> _pieces = new();
    private readonly TableBuilder _table;
    private readonly Expr _used;
    private readonly Expr _of;
    private readonly Expr[] _low;
    private readonly Expr[] _high;
    private readonly Expr _slopeAt;
    private readonly Expr _offsetAt;
    private readonly Expr _uses;

    /// <summary>Declares the public table.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="domain">Whose rows look up.</param>
    /// <param name="name">Of the table and the bus.</param>
    /// <param name="record">The record whose ladder it is; null for a parameter.</param>
    /// <param name="marketTable">The records' table, or −1.</param>
    /// <param name="type">The ladder's declaration.</param>
    /// <param name="x">What is looked up can be this.</param>
    /// <param name="ladder">A record's ladder.</param>
    public PieceLookup(CircuitBuilder circuit, Domain domain, string name, SmallValue? record, int marketTable, FieldType.Ladder type, Bounds x, Func<Interpreter, int, LadderData> ladder)
    {
        (_domain, _record, _marketTable, _ladder) = (domain, record, marketTable, ladder);
        _words = (DigitFormat.Of(x).Count + 1) / 2;
        BigInteger most = 2 * type.X.Bounds.Magnitude * type.Y.Bounds.Magnitude;
        (_slope, _offset) = (DigitFormat.Of(type.Y.Bounds), DigitFormat.Of(new Bounds(-most, most)));
        _bus = circuit.Bus(name);
        _table = circuit.Table(name);
        _used = _table.PublicColumn("offered");
        _of = _table.PublicColumn("record");
        _low = [.. Enumerable.Range(0, _words).Select(i => _table.PublicColumn($"low[{i}]"))];
        _high = [.. Enumerable.Range(0, _words).Select(i => _table.PublicColumn($"high[{i}]"))];
        _slopeAt = _table.PublicExtensionColumn("slope(r)", phase: 1);
        _offsetAt = _table.PublicExtensionColumn("offset(r)", phase: 1);
        _uses = _table.Column("uses");
        _table.Constrain("only what is offered is used", (1 - _used) * _uses);
        _table.Send(_bus, "piece", _uses, [_of, .. _low, .. _high, _slopeAt, _offsetAt]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Index => _table.Index;

    /// <summary>How many rows hold pieces.</summary>
    public int Rows(WitnessBook book) => Enumerable.Range(0, book.Records(_marketTable)).Sum(record => Pieces(book, record).Length);

    /// <summary>The slope and the offset, at r, of the piece that a number lies in.</summary>
    /// <param name="name">A prefix.</param>
    /// <param name="x">Committed digits, not negative.</param>
    public (LimbForm Slope, LimbForm Offset) Find(string name, DigitColumns x)
    {
        Expr[] amount = [.. Enumerable.Range(0, _words).Select(i => x.Word(i))];
        Expr[] above = Words($"{name}, above"), below = Words($"{name}, below");
        Expr[] borrow = Bits($"{name}, borrow"), carry = Bits($"{name}, carry");
        _domain.Fillers.Add((row, cells, tally) =>
        {
            (BigInteger value, LadderPiece piece) = (x.Value(row), PieceOf(row, x));
            Fill(cells, tally, above, borrow, piece.Low, value - piece.Low);
            Fill(cells, tally, below, carry, value, piece.High!.Value - value);
            tally.UsesOf(this, Rows(row.Book))[FirstRow(row.Book, RecordOf(row)) + Array.IndexOf(Pieces(row.Book, RecordOf(row)), piece)]++;
        });
        Expr[] low = [.. Enumerable.Range(0, _words).Select(i => amount[i] - above[i] - In(borrow, i) + 65536 * Out(borrow, i))];
        Expr[] high = [.. Enumerable.Range(0, _words).Select(i => amount[i] + below[i] + In(carry, i) - 65536 * Out(carry, i))];
        LimbForm slope = Looked($"{name}, slope", _slope, piece => piece.Slope), offset = Looked($"{name}, offset", _offset, piece => piece.Offset);
        _domain.Table.Receive(_bus, $"{name}: the piece it lies in", _domain.Active, [_record?.At ?? 0, .. low, .. high, slope.At, offset.At]);
        return (slope, offset);

        LimbForm Looked(string what, DigitFormat format, Func<LadderPiece, BigInteger> part)
        {
            long[] min = [.. Enumerable.Range(0, format.Count).Select(format.Min)], max = [.. Enumerable.Range(0, format.Count).Select(format.Max)];
            int slot = _domain.NewSlot();
            Func<WitnessRow, long[]> digits = row => row.Remember(slot, one => format.Digits(part(PieceOf(one, x))));
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
            foreach (LadderPiece piece in Pieces(book, record))
            {
                Span<KoalaBear> cells = into.Row(row++);
                if (phase == 0)
                {
                    cells[_used.Offset] = KoalaBear.One;
                    cells[_of.Offset] = KoalaBear.From(record);
                    Write(cells, _low, piece.Low);
                    Write(cells, _high, piece.High!.Value);
                }
                else
                {
                    Points.Write(Points.At(_slope.Digits(piece.Slope), r), cells, _slopeAt);
                    Points.Write(Points.At(_offset.Digits(piece.Offset), r), cells, _offsetAt);
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
    private LadderPiece[] Pieces(WitnessBook book, int record) => _pieces.Get(book.Interpreter, record, () =>
    {
        BigInteger end = (BigInteger.One << (16 * _words)) - 1;
        return
        [
            .. _ladder(book.Interpreter, record).Pieces
                .Where(piece => piece.Low <= end)
                .Select(piece => piece with { High = BigInteger.Min(piece.High ?? end, end) }),
        ];
    });

    private LadderPiece PieceOf(WitnessRow row, DigitColumns x) => Pieces(row.Book, RecordOf(row)).Last(piece => piece.Low <= x.Value(row));

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
