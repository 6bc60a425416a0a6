using System.Numerics;
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
    private Expr? _mirrored;

    public PublicPart(PublicLookup lookup, DigitFormat format, Func<Interpreter, int, int, BigInteger> value, int table, Domain items)
    {
        (_lookup, _format, _value, _table) = (lookup, format, value, table);
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

    /// <summary>Adds an item's number times G for a record.</summary>
    public void AddTo(WitnessRow item, int scenario, LimbForm number, Span<long> into, long factor)
    {
        Span<long> a = stackalloc long[number.Count];
        a.Clear();
        number.AddTo(item, a, factor);
        long[] b = DigitsOf(item.Book, _lookup.RecordOf(item))[scenario];
        for (int i = 0; i < a.Length; i++)
        {
            long one = a[i];
            if (one == 0) continue;
            Span<long> to = into[i..];
            for (int j = 0; j < b.Length; j++) to[j] += one * b[j];
        }
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
        long[][] digits = DigitsOf(book, record);
        for (int s = digits.Length - 1; s >= 0; s--) sum = sum * at.Gamma + (mirror ? at.AtMirror(digits[s]) : at.At(digits[s]));
        return sum;
    }

    /// <summary>G's digits for a record in each scenario.</summary>
    private long[][] DigitsOf(WitnessBook book, int record)
    {
        long[][]?[] known = book.Of(this, () => new long[book.Records(_lookup.Table)][][]);
        return Volatile.Read(ref known[record]) ?? Compute();

        long[][] Compute()
        {
            long[][] digits = [.. Enumerable.Range(0, book.Records(_table)).Select(s => _format.Digits(_value(book.Interpreter, record, s)))];
            Volatile.Write(ref known[record], digits);
            return digits;
        }
    }
}
