using System.Numerics;
using System.Runtime.Intrinsics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>The public factor G(reference, s) of a term, and D(reference) = Σ_s γ^s · G(reference, s)(r) in a column of the items.</summary>
internal sealed class PublicPart
{
    private readonly PublicLookup _lookup;
    private readonly DigitFormat _format;
    private readonly Func<Interpreter, int, int, BigInteger> _value;
    private readonly int _table;
    private readonly PublicValue _public;
    private readonly PublicValue _mirror;
    private readonly int _stride;
    private Expr? _mirrored;

    public PublicPart(PublicLookup lookup, DigitFormat format, Func<Interpreter, int, int, BigInteger> value, int table, Domain items)
    {
        (_lookup, _format, _value, _table) = (lookup, format, value, table);
        _stride = (format.Count + Vector256<int>.Count - 1) / Vector256<int>.Count * Vector256<int>.Count;
        _public = new PublicValue("sum over records", null, Exists, (book, record, at) => PointOf(book, record, at, mirror: false));
        _mirror = new PublicValue("sum over records, at -r", null, (_, _) => 0, (book, record, at) => PointOf(book, record, at, mirror: true));
        Column = lookup.Point(_public);
        items.Degree(format.Count);
    }

    /// <summary>D in the items' rows.</summary>
    public Expr Column { get; }

    /// <summary>Σ_s γ^s · G(reference, s)(−r) in the items' rows.</summary>
    public Expr Mirror => _mirrored ??= _lookup.Point(_mirror);

    /// <summary>What <see cref="Mirror"/> is of an item.</summary>
    public Quintic MirrorPoint(WitnessRow item, RandomPoint at) => _lookup.PointsOf(_mirror, item.Book, at)[_lookup.RecordOf(item)];

    /// <summary>D of an item.</summary>
    public Quintic Point(WitnessRow item, RandomPoint at) => _lookup.PointsOf(_public, item.Book, at)[_lookup.RecordOf(item)];

    /// <summary>Adds Σ_items number · G for a record.</summary>
    /// <param name="items">The items.</param>
    /// <param name="scenario">The record.</param>
    /// <param name="number">What G is multiplied by; the sum's coefficients are within <see cref="LimbForm.Limit"/>.</param>
    /// <param name="into">Coefficients.</param>
    public void AddTo(List<WitnessRow> items, int scenario, LimbForm number, Span<long> into)
    {
        Span<long> a = stackalloc long[number.Count];
        Span<int> products = stackalloc int[number.Count * _stride]; // digit i of numbers times digit j of G
        products.Clear();
        if (items.Count == 0) return;
        WitnessBook book = items[0].Book;
        int[]?[] known = DigitsOf(book);
        foreach (WitnessRow item in items)
        {
            a.Clear();
            number.AddTo(item, a);
            int record = _lookup.RecordOf(item);
            ReadOnlySpan<int> b = (known[record] ?? Digits(book, record)).AsSpan(scenario * _stride, _stride);
            for (int j = 0; j < b.Length; j += Vector256<int>.Count)
            {
                var digits = Vector256.Create(b[j..]);
                for (int i = 0; i < a.Length; i++)
                {
                    Span<int> to = products[(i * _stride + j)..];
                    (Vector256.Create<int>(to) + digits * (int)a[i]).CopyTo(to);
                }
            }
        }
        for (int i = 0; i < a.Length; i++)
            for (int j = 0; j < _format.Count; j++)
                into[i + j] += products[i * _stride + j];
    }

    /// <summary>What G's digits can be.</summary>
    public LimbForm Shape() => new(0, [.. Enumerable.Range(0, _format.Count).Select(_format.Min)], [.. Enumerable.Range(0, _format.Count).Select(_format.Max)], (_, _, _) => { }, mirror: () => 0);

    /// <summary>Evaluated once to know that the values exist.</summary>
    private BigInteger Exists(Interpreter interpreter, int record)
    {
        for (int s = 0; s < interpreter.Market.Tables[_table].Length; s++) _ = _value(interpreter, record, s);
        return 0;
    }

    private Quintic PointOf(WitnessBook book, int record, RandomPoint at, bool mirror)
    {
        Quintic sum = Quintic.Zero;
        int[] digits = DigitsOf(book)[record]!;
        Span<long> one = stackalloc long[_format.Count];
        for (int s = book.Records(_table) - 1; s >= 0; s--)
        {
            for (int i = 0; i < one.Length; i++) one[i] = digits[s * _stride + i];
            sum = sum * at.Gamma + (mirror ? at.AtMirror(one) : at.At(one));
        }
        return sum;
    }

    /// <summary>G's digits of each record that is offered: scenario after scenario, each filled up with zeros to the stride.</summary>
    private int[]?[] DigitsOf(WitnessBook book) => book.Known<int[]?[]>(this) ?? MakeDigits(book);

    private int[]?[] MakeDigits(WitnessBook book) => book.Of(this, () =>
    {
        var digits = new int[]?[book.Records(_lookup.Table)];
        Parallelism.For(0, digits.Length, record => digits[record] = book.IsOffered(_lookup, record) ? Digits(book, record) : null);
        return digits;
    });

    private int[] Digits(WitnessBook book, int record)
    {
        int scenarios = book.Records(_table);
        var digits = new int[scenarios * _stride];
        Span<long> one = stackalloc long[_format.Count];
        for (int s = 0; s < scenarios; s++)
        {
            Limbs.ToDigits(_value(book.Interpreter, record, s), one, _format, wrap: false);
            for (int i = 0; i < one.Length; i++) digits[s * _stride + i] = (int)one[i];
        }
        return digits;
    }
}
