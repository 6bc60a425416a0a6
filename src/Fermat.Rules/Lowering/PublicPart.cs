using System.Numerics;
using System.Runtime.Intrinsics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>The public factor G(reference, s) of a term.</summary>
internal sealed class PublicPart
{
    private const int DigitsAtOnce = 3;

    private readonly PublicLookup _lookup;
    private readonly DigitFormat _format;
    private readonly Func<Interpreter, int, int, BigInteger> _value;
    private readonly int _table;
    private readonly int _stride;

    public PublicPart(PublicLookup lookup, DigitFormat format, Func<Interpreter, int, int, BigInteger> value, int table)
    {
        (_lookup, _format, _value, _table) = (lookup, format, value, table);
        _stride = (format.Count + Vector256<int>.Count - 1) / Vector256<int>.Count * Vector256<int>.Count;
    }

    /// <summary>Whose records the items refer to.</summary>
    public PublicLookup Lookup => _lookup;

    /// <summary>How many digits a factor has.</summary>
    public int Count => _format.Count;

    /// <summary>Adds Σ_items number · G for each record.</summary>
    /// <param name="items">The items.</param>
    /// <param name="number">What G is multiplied by; the sums' coefficients are within <see cref="LimbForm.Limit"/>.</param>
    /// <param name="into">Coefficients, <paramref name="count"/> a record.</param>
    /// <param name="count">At least as many as the products have.</param>
    public void AddTo(List<WitnessRow> items, LimbForm number, Span<long> into, int count)
    {
        if (items.Count == 0) return;
        WitnessBook book = items[0].Book;
        int[]?[] known = DigitsOf(book);
        var digits = new int[items.Count][];
        int[] numbers = new int[items.Count * number.Count];
        Span<long> one = stackalloc long[number.Count];
        for (int item = 0; item < digits.Length; item++)
        {
            one.Clear();
            number.AddTo(items[item], one);
            for (int i = 0; i < one.Length; i++) numbers[item * one.Length + i] = (int)one[i];
            int record = _lookup.RecordOf(items[item]);
            digits[item] = known[record] ?? Digits(book, record);
        }
        for (int s = 0; s * count < into.Length; s++)
            for (int i = 0; i < one.Length; i += DigitsAtOnce)
                for (int j = 0; j < _stride; j += Vector256<int>.Count)
                    AddProducts(digits, s * _stride + j, numbers, one.Length, i, into[(s * count + i + j)..((s + 1) * count)]);
    }

    /// <summary>Adds the products of some digits of the numbers, from i on, with eight of G.</summary>
    private static void AddProducts(int[][] digits, int at, ReadOnlySpan<int> numbers, int length, int i, Span<long> into)
    {
        Vector256<int> sum0 = default, sum1 = default, sum2 = default;
        (bool second, bool third) = (i + 1 < length, i + 2 < length);
        for (int item = 0; item < digits.Length; item++)
        {
            ReadOnlySpan<int> number = numbers.Slice(item * length + i, Math.Min(DigitsAtOnce, length - i));
            var g = Vector256.Create(digits[item].AsSpan(at, Vector256<int>.Count));
            sum0 += g * number[0];
            if (second) sum1 += g * number[1];
            if (third) sum2 += g * number[2];
        }
        for (int j = 0; j < Vector256<int>.Count; j++)
        {
            if (j < into.Length) into[j] += sum0[j];
            if (j + 1 < into.Length) into[j + 1] += sum1[j];
            if (j + 2 < into.Length) into[j + 2] += sum2[j];
        }
    }

    /// <summary>What G's digits can be.</summary>
    public LimbForm Shape() => new(0, [.. Enumerable.Range(0, _format.Count).Select(_format.Min)], [.. Enumerable.Range(0, _format.Count).Select(_format.Max)], (_, _, _) => { }, mirror: () => 0);

    /// <summary>Evaluated once to know that the values exist.</summary>
    public BigInteger Exists(WitnessBook book, int record)
    {
        for (int s = 0; s < book.Records(_table); s++) _ = _value(book.Interpreter, record, s);
        return 0;
    }

    /// <summary>Σ_s γ^s · G(reference, s) at r or at −r.</summary>
    public Quintic PointOf(WitnessBook book, int record, RandomPoint at, bool mirror)
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
