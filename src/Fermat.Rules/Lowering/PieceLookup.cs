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
    private readonly TableBuilder _table;
    private readonly Expr _used;
    private readonly Expr _of;
    private readonly Expr[] _low;
    private readonly Expr[] _high;
    private readonly Expr[] _values;
    private readonly Expr[] _mirrors;
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
        _mirrors = [.. formats.Select((_, i) => _table.PublicExtensionColumn($"value {i} at -r", phase: 1))];
        _uses = _table.Column("uses");
        _table.Constrain("only what is offered is used", (1 - _used) * _uses);
        _table.Send(_bus, "piece", _uses, [_of, .. _low, .. _high, .. _values, .. _mirrors]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Index => _table.Index;

    /// <summary>How many rows hold pieces.</summary>
    public int Rows(WitnessBook book) => Pieces(book).All.Length;

    /// <summary>The values, at r, of the piece that a number lies in.</summary>
    /// <param name="name">A prefix.</param>
    /// <param name="x">Committed digits.</param>
    public LimbForm[] Find(string name, DigitColumns x)
    {
        Expr[] amount = [.. Enumerable.Range(0, _words).Select(i => x.ShiftedWord(i, _domain.Active))];
        Expr[] above = Words($"{name}, above"), below = Words($"{name}, below");
        Expr[] borrow = Bits($"{name}, borrow"), carry = Bits($"{name}, carry");
        MemoSlot slot = _domain.NewSlot(1, MemoKind.Part);
        RowLimbs find = (row, into) => into[0] = Pieces(row.Book).RowOf(_record?.Of(row) ?? 0, x.Value(row));
        int PieceOf(WitnessRow row) => (int)row.Remember(slot, find)[0];
        _domain.Fillers.Add((row, cells, tally) =>
        {
            int piece = PieceOf(row);
            PieceRows pieces = Pieces(row.Book);
            Span<long> words = stackalloc long[_words];
            ShiftedWords(x.Of(row), words);
            Fill(cells, tally, above, borrow, to: words, from: pieces.Low(piece));
            Fill(cells, tally, below, carry, to: pieces.High(piece), from: words);
            tally.UsesOf(this, pieces.All.Length)[piece]++;
        });
        Expr[] low = [.. Enumerable.Range(0, _words).Select(i => amount[i] - above[i] - In(borrow, i) + 65536 * Out(borrow, i))];
        Expr[] high = [.. Enumerable.Range(0, _words).Select(i => amount[i] + below[i] + In(carry, i) - 65536 * Out(carry, i))];
        LimbForm[] values = [.. _formats.Select((format, i) => Looked($"{name}, value {i}", format, i))];
        _domain.Table.Receive(_bus, $"{name}: the piece it lies in", _domain.Active, [_record?.At ?? 0, .. low, .. high, .. values.Select(v => v.At), .. values.Select(v => v.Mirror)]);
        return values;

        LimbForm Looked(string what, DigitFormat format, int part)
        {
            long[] min = [.. Enumerable.Range(0, format.Count).Select(format.Min)], max = [.. Enumerable.Range(0, format.Count).Select(format.Max)];
            object key = new(), mirrored = new();
            Accumulate add = LimbForm.Adding(row => Pieces(row.Book).Digits(PieceOf(row), part));
            Expr column = _domain.Point(what, (row, at) => at.Table(key, () => Pieces(row.Book).Points(part, at))[PieceOf(row)]);
            Expr mirror = _domain.Point($"{what}, at -r", (row, at) => at.Table(mirrored, () => Pieces(row.Book).Mirrors(part, at))[PieceOf(row)]);
            _domain.Degree(format.Count);
            return new LimbForm(column, min, max, add, mirror: () => mirror);
        }
    }

    /// <summary>Writes the public columns of a phase.</summary>
    public void FillPublic(WitnessBook book, int phase, RandomPoint? at, Matrix into)
    {
        PieceRows pieces = Pieces(book);
        for (int row = 0; row < pieces.All.Length; row++)
        {
            Span<KoalaBear> cells = into.Row(row);
            if (phase == 0)
            {
                cells[_used.Offset] = KoalaBear.One;
                cells[_of.Offset] = KoalaBear.From(pieces.RecordOf(row));
                Write(cells, _low, pieces.Low(row));
                Write(cells, _high, pieces.High(row));
            }
            else
            {
                for (int i = 0; i < _values.Length; i++)
                {
                    RandomPoint.Write(at!.At(pieces.Digits(row, i)), cells, _values[i].Offset);
                    RandomPoint.Write(at.AtMirror(pieces.Digits(row, i)), cells, _mirrors[i].Offset);
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

    private PieceRows Pieces(WitnessBook book) => book.Of(this, () => new PieceRows(book.Records(_marketTable), record => _function(book.Interpreter, record), _shift, _words, _formats));

    /// <summary>The words of an integer's distance to the lowest number of its digits.</summary>
    private void ShiftedWords(ReadOnlySpan<long> digits, Span<long> words)
    {
        words.Clear();
        for (int i = 0; i < digits.Length; i++) words[i / 2] += digits[i] << (8 * (i % 2));
        if (!_shift.IsZero) words[^1] += digits.Length % 2 == 0 ? 256 * 128 : 128; // the top digit's sign
    }

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

    /// <summary>The distance to − from in words, and the carries of from + distance.</summary>
    private static void Fill(Span<KoalaBear> cells, Tally tally, Expr[] words, Expr[] carries, ReadOnlySpan<long> to, ReadOnlySpan<long> from)
    {
        long carry = 0;
        for (int i = 0; i < words.Length; i++)
        {
            long word = to[i] - from[i] - carry;
            carry = word < 0 ? 1 : 0;
            word += carry << 16;
            cells[words[i].Offset] = KoalaBear.From((uint)word);
            tally.Range.Word((int)word);
            if (i < carries.Length) cells[carries[i].Offset] = KoalaBear.From((uint)carry);
        }
    }

    private static void Write(Span<KoalaBear> cells, Expr[] words, ReadOnlySpan<long> value)
    {
        for (int i = 0; i < words.Length; i++) cells[words[i].Offset] = KoalaBear.From((uint)value[i]);
    }

    private static Expr In(Expr[] bits, int i) => i > 0 ? bits[i - 1] : 0;

    private static Expr Out(Expr[] bits, int i) => i < bits.Length ? bits[i] : 0;
}
