using System.Numerics;
using System.Runtime.CompilerServices;
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
    private readonly PerMarket<(int Record, int Scenario), long[]> _digits = new();
    private readonly PerMarket<(int Record, Quintic R, Quintic Gamma), Quintic> _points = new();

    public PublicPart(PublicLookup lookup, DigitFormat format, Func<Interpreter, int, int, BigInteger> value, int table, Domain items)
    {
        (_lookup, _format, _value) = (lookup, format, value);
        Column = lookup.Point(new PublicValue("sum over records", null, Exists, PointOf));

        // evaluated once to know that the values exist
        BigInteger Exists(Interpreter interpreter, int record)
        {
            for (int s = 0; s < interpreter.Market.Tables[table].Length; s++) _ = DigitsOf(interpreter, record, s);
            return 0;
        }

        Quintic PointOf(Interpreter interpreter, int record, Quintic r, Quintic gamma)
        {
            return _points.Get(interpreter, (record, r, gamma), () => Computed(interpreter, record, r, gamma));
        }

        Quintic Computed(Interpreter interpreter, int record, Quintic r, Quintic gamma)
        {
            Quintic sum = Quintic.Zero;
            for (int s = interpreter.Market.Tables[table].Length - 1; s >= 0; s--) sum = sum * gamma + Points.At(DigitsOf(interpreter, record, s), r);
            return sum;
        }

        Point = (item, r, gamma) => PointOf(item.Book.Interpreter, lookup.RecordOf(item), r, gamma);
        items.Degree(format.Count);
    }

    /// <summary>D in the items' rows.</summary>
    public Expr Column { get; }

    /// <summary>D of an item.</summary>
    public Func<WitnessRow, Quintic, Quintic, Quintic> Point { get; }

    /// <summary>G's digits for an item and a record.</summary>
    public long[] Digits(WitnessRow item, int scenario) => DigitsOf(item.Book.Interpreter, _lookup.RecordOf(item), scenario);

    /// <summary>What G's digits can be.</summary>
    public LimbForm Shape() => new(0, [.. Enumerable.Range(0, _format.Count).Select(_format.Min)], [.. Enumerable.Range(0, _format.Count).Select(_format.Max)], _ => []);

    private long[] DigitsOf(Interpreter interpreter, int record, int scenario) =>
        _digits.Get(interpreter, (record, scenario), () => _format.Digits(_value(interpreter, record, scenario)));
}

/// <summary>What is computed once for an interpreter's market.</summary>
internal sealed class PerMarket<TKey, TValue>
    where TKey : notnull
{
    private readonly ConditionalWeakTable<Interpreter, Dictionary<TKey, TValue>> _known = [];

    public TValue Get(Interpreter interpreter, TKey key, Func<TValue> compute)
    {
        Dictionary<TKey, TValue> known = _known.GetOrCreateValue(interpreter);
        if (!known.TryGetValue(key, out TValue? value)) known.Add(key, value = compute());
        return value;
    }
}
