using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// Finds the interval of a public ladder (a tier) in which an amount lies: low = amount − above and high = amount + below, with above and below in range-checked words, are
/// expressions in digits, so that (low, high) can be looked up in a table of intervals. Whoever finds them there knows low ≤ amount ≤ high.
/// </summary>
/// <remarks>
/// <see cref="Low"/> and <see cref="High"/> are digits only if the carries are right; a table of intervals has proper digits, so a lookup of anything else fails. An amount of k words
/// plus <c>below</c> must not exceed k words, which the lookup enforces in the same way.
/// </remarks>
public sealed class IntervalLookup
{
    private readonly LimbPolynomial _amount;
    private readonly LimbInteger _above;
    private readonly LimbInteger _below;
    private readonly Expr[] _borrows;
    private readonly Expr[] _carries;

    /// <summary>Declares the lookup's columns; the caller sends or receives the message.</summary>
    /// <param name="table">The table.</param>
    /// <param name="range">The circuit's range table.</param>
    /// <param name="name">A prefix for columns and constraints.</param>
    /// <param name="amount">The amount in 16-bit words, each in range (regroup bytes by two).</param>
    public IntervalLookup(TableBuilder table, RangeTable range, string name, LimbPolynomial amount)
    {
        if (amount.BaseLog2 != 16)
            throw new CircuitException($"table {table.Name}, {name}: intervals are looked up in 16-bit words");
        _amount = amount;
        _above = LimbInteger.Words(table, range, $"{name}.above", amount.Count);
        _below = LimbInteger.Words(table, range, $"{name}.below", amount.Count);
        _borrows = Bits(table, $"{name}.borrow", amount.Count - 1);
        _carries = Bits(table, $"{name}.carry", amount.Count - 1);
        Low = [.. Enumerable.Range(0, amount.Count).Select(i => amount[i].Expression - _above.Limbs[i] - In(_borrows, i) + 65536 * Out(_borrows, i))];
        High = [.. Enumerable.Range(0, amount.Count).Select(i => amount[i].Expression + _below.Limbs[i] + In(_carries, i) - 65536 * Out(_carries, i))];
    }

    /// <summary>The words of the interval's least amount.</summary>
    public IReadOnlyList<Expr> Low { get; }

    /// <summary>The words of the interval's greatest amount.</summary>
    public IReadOnlyList<Expr> High { get; }

    /// <summary>Writes the distances of a row whose amount is filled.</summary>
    /// <param name="row">The cells of phase 0.</param>
    /// <param name="low">The interval's least amount.</param>
    /// <param name="high">The interval's greatest amount.</param>
    /// <param name="counts">The counts of this thread.</param>
    /// <exception cref="ArgumentOutOfRangeException">The amount is outside the interval.</exception>
    public void Fill(Span<KoalaBear> row, BigInteger low, BigInteger high, RangeCounts counts)
    {
        BigInteger amount = _amount.Evaluate(row), above = amount - low, below = high - amount;
        _above.Fill(row, above, counts);
        _below.Fill(row, below, counts);
        for (int i = 0; i < _borrows.Length; i++)
        {
            BigInteger mask = (BigInteger.One << (16 * (i + 1))) - 1;
            row[_borrows[i].Offset] = KoalaBear.From((amount & mask) < (above & mask) ? 1 : 0);
            row[_carries[i].Offset] = KoalaBear.From((amount & mask) + (below & mask) > mask ? 1 : 0);
        }
    }

    private static Expr[] Bits(TableBuilder table, string name, int count)
    {
        Expr[] bits = table.Columns(name, count);
        foreach (Expr bit in bits)
            table.ConstrainBoolean($"{bit.ColumnInfo.Name} is a bit", bit);
        return bits;
    }

    private static Expr In(Expr[] bits, int i) => i > 0 ? bits[i - 1] : 0;

    private static Expr Out(Expr[] bits, int i) => i < bits.Length ? bits[i] : 0;
}
