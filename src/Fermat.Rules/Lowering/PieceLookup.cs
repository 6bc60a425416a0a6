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
/// The pieces that one number of a domain's rows lies in, of one or several public functions of the same record: a public table (record, low, high, values at r and at −r), cut wherever one of the
/// functions begins another piece, with private multiplicities. A row finds its piece by the number's distances to both ends: low = x − above and high = x + below, with neither distance
/// negative, form a message only if they are the ends of a piece.
/// </summary>
internal sealed class PieceLookup
{
    private readonly Domain _domain;
    private readonly SmallValue? _record;
    private readonly int _marketTable;
    private readonly List<Func<Interpreter, int, PublicPiece[]>> _functions = [];
    private readonly List<DigitFormat> _formats = [];
    private readonly List<LimbForm> _found = [];
    private readonly BigInteger _shift;
    private readonly int _words;
    private readonly MemoSlot _slot;
    private readonly RowLimbs _find;
    private readonly string _name;
    private readonly Bus _bus;
    private readonly TableBuilder _table;
    private readonly Expr _used;
    private readonly Expr _of;
    private readonly Expr[] _low;
    private readonly Expr[] _high;
    private readonly Expr[] _lowHere;
    private readonly Expr[] _highHere;
    private readonly List<Expr> _values = [];
    private readonly List<Expr> _mirrors = [];
    private readonly Expr _uses;

    /// <summary>Declares the public table, and the distances to the ends of the piece.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="domain">Whose rows look up.</param>
    /// <param name="table">A name of the table and the bus.</param>
    /// <param name="name">A prefix of the columns.</param>
    /// <param name="record">The record whose functions they are; null for a parameter.</param>
    /// <param name="marketTable">The records' table, or −1.</param>
    /// <param name="x">What is looked up.</param>
    /// <param name="format">Its digits.</param>
    public PieceLookup(CircuitBuilder circuit, Domain domain, string table, string name, SmallValue? record, int marketTable, DigitColumns x, DigitFormat format)
    {
        (_domain, _record, _marketTable, _name) = (domain, record, marketTable, name);
        _words = (format.Count + 1) / 2;
        _shift = -format.Range.Min;
        _bus = circuit.Bus(table);
        _table = circuit.Table(table);
        _used = _table.PublicColumn("offered");
        _of = _table.PublicColumn("record");
        _low = [.. Enumerable.Range(0, _words).Select(i => _table.PublicColumn($"low[{i}]"))];
        _high = [.. Enumerable.Range(0, _words).Select(i => _table.PublicColumn($"high[{i}]"))];
        _uses = _table.Column("uses");
        _table.Constrain("only what is offered is used", (1 - _used) * _uses);

        Expr[] amount = [.. Enumerable.Range(0, _words).Select(i => x.ShiftedWord(i, domain.Active))];
        Expr[] above = Words($"{name}, above"), below = Words($"{name}, below");
        Expr[] borrow = Bits($"{name}, borrow"), carry = Bits($"{name}, carry");
        _slot = domain.NewSlot(1, MemoKind.Part);
        _find = (row, into) => into[0] = Pieces(row.Book).RowOf(_record?.Of(row) ?? 0, x.Value(row));
        domain.Fillers.Add((row, cells, tally) =>
        {
            int piece = PieceOf(row);
            PieceRows pieces = Pieces(row.Book);
            Span<long> words = stackalloc long[_words];
            ShiftedWords(x.Of(row), words);
            Fill(cells, tally, above, borrow, to: words, from: pieces.Low(piece));
            Fill(cells, tally, below, carry, to: pieces.High(piece), from: words);
            tally.UsesOf(this, pieces.All.Length)[piece]++;
        });
        _lowHere = [.. Enumerable.Range(0, _words).Select(i => amount[i] - above[i] - In(borrow, i) + 65536 * Out(borrow, i))];
        _highHere = [.. Enumerable.Range(0, _words).Select(i => amount[i] + below[i] + In(carry, i) - 65536 * Out(carry, i))];
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Index => _table.Index;

    /// <summary>How many rows hold pieces.</summary>
    public int Rows(WitnessBook book) => Pieces(book).All.Length;

    /// <summary>The values, at r, of the piece of a function that the number lies in.</summary>
    /// <param name="formats">Their digits.</param>
    /// <param name="function">A record's pieces, rising and without gaps.</param>
    public LimbForm[] Find(DigitFormat[] formats, Func<Interpreter, int, PublicPiece[]> function)
    {
        _functions.Add(function);
        return [.. formats.Select(Looked)];

        LimbForm Looked(DigitFormat format)
        {
            int part = _formats.Count;
            _formats.Add(format);
            _values.Add(_table.PublicExtensionColumn($"value {part} at r", phase: 1));
            _mirrors.Add(_table.PublicExtensionColumn($"value {part} at -r", phase: 1));
            long[] min = [.. Enumerable.Range(0, format.Count).Select(format.Min)], max = [.. Enumerable.Range(0, format.Count).Select(format.Max)];
            object key = new(), mirrored = new();
            Accumulate add = LimbForm.Adding(row => Pieces(row.Book).Digits(PieceOf(row), part));
            Expr column = _domain.Point($"{_name}, value {part}", (row, at) => at.Table(key, () => Pieces(row.Book).Points(part, at))[PieceOf(row)]);
            Expr mirror = _domain.Point($"{_name}, value {part}, at -r", (row, at) => at.Table(mirrored, () => Pieces(row.Book).Mirrors(part, at))[PieceOf(row)]);
            _domain.Degree(format.Count);
            var found = new LimbForm(column, min, max, add, mirror: () => mirror);
            _found.Add(found);
            return found;
        }
    }

    /// <summary>Declares the messages; call once all functions are known.</summary>
    public void Finish()
    {
        _table.Send(_bus, "piece", _uses, [_of, .. _low, .. _high, .. _values, .. _mirrors]);
        _domain.Table.Receive(
            _bus, $"{_name}: the piece it lies in", _domain.Active,
            [_record?.At ?? 0, .. _lowHere, .. _highHere, .. _found.Select(v => v.At), .. _found.Select(v => v.Mirror)]);
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
                for (int i = 0; i < _values.Count; i++)
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

    private int PieceOf(WitnessRow row) => (int)row.Remember(_slot, _find)[0];

    private PieceRows Pieces(WitnessBook book) =>
        book.Of(this, () => new PieceRows(book.Records(_marketTable), record => PieceRows.Together([.. _functions.Select(function => function(book.Interpreter, record))]), _shift, _words, [.. _formats]));

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
