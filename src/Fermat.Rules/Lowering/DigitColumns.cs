using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Leaves;

namespace Fermat.Rules.Lowering;

/// <summary>An integer in range-checked cells of a row, in its one form: bytes, the top one split into sign and seven bits where the format is signed.</summary>
internal sealed class DigitColumns
{
    private readonly DigitFormat _format;
    private readonly Expr[] _cells;
    private readonly Expr? _sign;
    private readonly MemoSlot _slot;
    private readonly RowLimbs _compute;
    private readonly int[] _offsets;

    /// <summary>Digits of a number that a form is.</summary>
    public DigitColumns(Domain domain, string name, DigitFormat format, LimbForm form, bool isZeroOnPadding = false)
        : this(domain, name, format, (row, into) => form.Digits(row, into, format), isZeroOnPadding)
    {
    }

    /// <summary>Digits of a number that is computed otherwise.</summary>
    public DigitColumns(Domain domain, string name, DigitFormat format, Func<WitnessRow, BigInteger> value, bool isZeroOnPadding = false)
        : this(domain, name, format, (row, into) => Limbs.ToDigits(value(row), into, format, wrap: row.Book.Lie is not null), isZeroOnPadding)
    {
    }

    /// <summary>Digits that are computed as such.</summary>
    public DigitColumns(Domain domain, string name, DigitFormat format, RowLimbs compute, bool isZeroOnPadding = false)
    {
        _format = format;
        _cells = [.. Enumerable.Range(0, format.Count).Select(i => domain.Column($"{name}[{i}]", isZeroOnPadding))];
        int plain = format.IsSigned ? Math.Max(0, format.Count - 2) : format.Count;
        for (int i = 0; i + 1 < plain; i += 2)
            domain.Table.Receive(domain.Range.Bytes, $"{name}[{i}..] are bytes", 1, _cells[i], _cells[i + 1]);
        if (plain % 2 == 1) domain.Byte(_cells[plain - 1]);
        Expr[] digits = [.. _cells];
        if (format.IsSigned)
        {
            _sign = domain.Column($"{name}.sign", isZeroOnPadding: true);
            domain.Table.ConstrainBoolean($"{name}.sign is a bit", _sign.Value);
            domain.Table.Receive(domain.Range.Tops, $"{name}, the highest digits", 1, format.Count > 1 ? _cells[^2] : _cells[^1], _cells[^1]);
            digits[^1] -= 128 * _sign.Value;
            Sign = new SmallValue(_sign.Value, 1, row => Of(row)[^1] < 0 ? 1 : 0);
        }
        (_slot, _compute) = (domain.NewSlot(format), compute);
        Form = new LimbForm(
            Expr.Polynomial(digits, domain.R),
            [.. Enumerable.Range(0, format.Count).Select(format.Min)],
            [.. Enumerable.Range(0, format.Count).Select(format.Max)],
            AddTo,
            mirror: () => Expr.Polynomial(digits, -domain.R));
        // a row that is not active may not add to another's sum, whatever its identities leave open (a denominator that is zero there)
        if (!isZeroOnPadding) domain.Table.Constrain($"padding: {name} is zero", (1 - domain.Active) * Form.At);
        CellSum = Expr.Sum(_cells) + (_sign is { } sign ? 256 * sign : 0);
        _offsets = [.. _cells.Select(cell => cell.Offset)];
        _slot.Cells = [.. Cells.Select(cell => cell.Offset)];
        domain.Fillers.Add(Fill);
    }

    /// <summary>The integer as a polynomial in its digits.</summary>
    public LimbForm Form { get; }

    /// <summary>Where a row remembers the integer.</summary>
    public int Slot => _slot.Index;

    /// <summary>What the cells can hold.</summary>
    public DigitFormat Format => _format;

    /// <summary>How a leaf holds the integer.</summary>
    public NumberBytes Bytes => new(_format.Count, _format.IsSigned);

    /// <summary>1 where the integer is negative; null where it cannot be.</summary>
    public SmallValue? Sign { get; }

    /// <summary>The digits of an honest row.</summary>
    public ReadOnlySpan<long> Of(WitnessRow row) => row.Remember(_slot, _compute);

    /// <summary>The integer of an honest row.</summary>
    public BigInteger Value(WitnessRow row) => Limbs.ToInteger(Of(row));

    /// <summary>Whether the integer of an honest row is zero.</summary>
    public bool IsZero(WitnessRow row) => !Of(row).ContainsAnyExcept(0);

    /// <summary>A sum of cells that are not negative, far below p: zero exactly if the integer is.</summary>
    public Expr CellSum { get; }

    /// <summary><see cref="CellSum"/> of an honest row.</summary>
    public long SumOf(WitnessRow row)
    {
        ReadOnlySpan<long> digits = Of(row);
        long sum = _format.IsSigned && digits[^1] < 0 ? 128 + 256 : 0;
        foreach (long digit in digits) sum += digit;
        return sum;
    }

    /// <summary>Constrains the top digit of an unsigned integer to be below 128.</summary>
    public void HalveTop(Domain domain, string name)
    {
        domain.Table.Receive(domain.Range.Tops, name, 1, _cells[^1], _cells[^1]);
        domain.Fillers.Add((row, _, tally) => tally.Range.Top((int)Of(row)[^1], (int)Of(row)[^1]));
    }

    /// <summary>Word i of 16 bits of an unsigned integer.</summary>
    public Expr Word(int i) => _cells[2 * i] + (2 * i + 1 < _cells.Length ? 256 * _cells[2 * i + 1] : 0);

    /// <summary>Word i of 16 bits of the integer's distance to the lowest number of its digits.</summary>
    public Expr ShiftedWord(int i, Expr active)
    {
        if (_sign is not { } sign || 2 * i + 2 < _cells.Length) return Word(i);
        return Word(i) + (2 * i + 1 < _cells.Length ? 256 * 128 : 128) * (active - sign);
    }

    /// <summary>The integer in words of 16 bits, the highest first (its sign with it): it rises where they rise in order.</summary>
    public IEnumerable<OrderPart> Words(Domain domain)
    {
        for (int i = (_cells.Length - 1) / 2 * 2; i >= 0; i -= 2)
        {
            int at = i;
            yield return new OrderPart(Word(at, c => c), Word(at, domain.Table.Next), row =>
            {
                ReadOnlySpan<long> digits = Of(row);
                return digits[at] + (at + 1 < digits.Length ? 256 * digits[at + 1] : 0);
            });
        }

        Expr Word(int at, Func<Expr, Expr> on)
        {
            Expr word = on(_cells[at]);
            if (at + 1 < _cells.Length) word += 256 * on(_cells[at + 1]);
            if (_sign is { } sign && at + 2 >= _cells.Length) word -= (at + 1 < _cells.Length ? 256 * 128 : 128) * on(sign);
            return word;
        }
    }

    /// <summary>The cells, the sign last.</summary>
    public IEnumerable<Expr> Cells => _sign is { } sign ? [.. _cells, sign] : _cells;

    private void AddTo(WitnessRow row, Span<long> into, long factor)
    {
        ReadOnlySpan<long> digits = Of(row);
        for (int i = 0; i < digits.Length; i++) into[i] += factor * digits[i];
    }

    private void Fill(WitnessRow row, Span<KoalaBear> cells, Tally tally)
    {
        ReadOnlySpan<long> digits = Of(row);
        bool negative = _format.IsSigned && digits[^1] < 0;
        Span<int> written = stackalloc int[digits.Length];
        for (int i = 0; i < digits.Length; i++) written[i] = (int)digits[i];
        if (negative) written[^1] += 128;
        for (int i = 0; i < written.Length; i++) cells[_offsets[i]] = KoalaBear.From((uint)written[i]);
        if (_sign is { } sign) cells[sign.Offset] = negative ? KoalaBear.One : KoalaBear.Zero;
        int plain = _format.IsSigned ? Math.Max(0, _format.Count - 2) : _format.Count;
        for (int i = 0; i + 1 < plain; i += 2) tally.Range.Pair(written[i], written[i + 1]);
        if (_format.IsSigned) tally.Range.Top(_format.Count > 1 ? written[^2] : written[^1], written[^1]);
    }
}

/// <summary>An integer that is not negative and is only added: 16-bit words, or one byte.</summary>
internal sealed class WordColumns
{
    private readonly Expr[] _cells;
    private readonly int[] _offsets;
    private readonly MemoSlot _slot;
    private readonly RowLimbs _compute;
    private readonly bool _isByte;

    /// <summary>Words of a number that a form is.</summary>
    public WordColumns(Domain domain, string name, BigInteger max, LimbForm form)
        : this(domain, name, max, (row, into) =>
        {
            Span<long> coefficients = stackalloc long[form.Count];
            coefficients.Clear();
            form.AddTo(row, coefficients);
            Limbs.ToWords(coefficients, into, wrap: row.Book.Lie is not null);
        })
    {
    }

    /// <summary>Words that are computed as such.</summary>
    public WordColumns(Domain domain, string name, BigInteger max, RowLimbs compute)
    {
        _isByte = max < 256;
        int count = CountOf(max);
        (_slot, _compute) = (domain.NewSlot(count, MemoKind.Words), compute);
        _cells = [.. Enumerable.Range(0, count).Select(i => domain.Column($"{name}[{i}]", isZeroOnPadding: false))];
        foreach (Expr cell in _cells)
        {
            if (_isByte) domain.Byte(cell);
            else domain.Table.Receive(domain.Range.Range16, $"{cell.ColumnInfo.Name} is 16 bits", 1, cell);
        }
        Max = _isByte ? 255 : (BigInteger.One << (16 * count)) - 1;
        Expr at = Expr.Polynomial(_cells, domain.R * domain.R); // the same at −r
        Form = new LimbForm(
            at,
            new long[2 * count - 1],
            [.. Enumerable.Range(0, 2 * count - 1).Select(i => i % 2 == 0 ? (_isByte ? 255L : 65535) : 0)],
            (row, into, factor) =>
            {
                ReadOnlySpan<long> words = Of(row);
                for (int i = 0; i < words.Length; i++) into[2 * i] += factor * words[i];
            },
            mirror: () => at);
        CellSum = Expr.Sum(_cells);
        _slot.Cells = _offsets = [.. _cells.Select(cell => cell.Offset)];
        domain.Fillers.Add(Fill);
    }

    /// <summary>The integer as a polynomial: words at even powers.</summary>
    public LimbForm Form { get; }

    /// <summary>The greatest integer that the cells hold.</summary>
    public BigInteger Max { get; }

    /// <summary>The words, lowest first.</summary>
    public IReadOnlyList<Expr> Cells => _cells;

    /// <summary>Zero exactly if the integer is.</summary>
    public Expr CellSum { get; }

    /// <summary>The words of an honest row.</summary>
    public ReadOnlySpan<long> Of(WitnessRow row) => row.Remember(_slot, _compute);

    /// <summary><see cref="CellSum"/> of an honest row.</summary>
    public long SumOf(WitnessRow row)
    {
        long sum = 0;
        foreach (long word in Of(row)) sum += word;
        return sum;
    }

    /// <summary>How many words hold a number up to a bound.</summary>
    public static int CountOf(BigInteger max) => Math.Max(1, (int)(max.GetBitLength() + 15) / 16);

    private void Fill(WitnessRow row, Span<KoalaBear> cells, Tally tally)
    {
        ReadOnlySpan<long> words = Of(row);
        for (int i = 0; i < _offsets.Length; i++)
        {
            cells[_offsets[i]] = KoalaBear.From((uint)words[i]);
            if (!_isByte) tally.Range.Word((int)words[i]);
        }
    }
}
