using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// A non-negative integer in range-checked limbs, one column a limb: bytes (two to a lookup) for what is multiplied, 16-bit words (one to a lookup) for what is added
/// and compared.
/// </summary>
public sealed class LimbInteger
{
    private readonly bool _topHalved;

    private LimbInteger(int baseLog2, Expr[] limbs, bool topHalved)
    {
        _topHalved = topHalved;
        Limbs = limbs;
        long max = (1L << baseLog2) - 1;
        Value = new LimbPolynomial(baseLog2, limbs.Select((limb, i) => LimbTerm.Column(limb, topHalved && i == limbs.Length - 1 ? max / 2 : max)));
    }

    /// <summary>The columns, least significant first.</summary>
    public IReadOnlyList<Expr> Limbs { get; }

    /// <summary>The integer.</summary>
    public LimbPolynomial Value { get; }

    /// <summary>The number of bits.</summary>
    public int Bits => (Value.BaseLog2 * Limbs.Count) - (_topHalved ? 1 : 0);

    /// <summary>An integer in bytes.</summary>
    /// <param name="table">The table.</param>
    /// <param name="range">The circuit's range table.</param>
    /// <param name="name">The columns are name[0], name[1], …</param>
    /// <param name="count">The number of bytes.</param>
    /// <param name="topHalved">Whether the top byte is below 128, so that the integer has one bit less; then the count is even.</param>
    public static LimbInteger Bytes(TableBuilder table, RangeTable range, string name, int count, bool topHalved = false)
    {
        if (topHalved && count % 2 != 0)
            throw new CircuitException($"{name}: an integer of {count} bytes has no top pair of bytes");
        Expr[] limbs = table.Columns(name, count);
        for (int i = 0; i < count; i += 2)
        {
            Bus bus = topHalved && i == count - 2 ? range.Tops : range.Bytes;
            table.Receive(bus, $"{name}[{i}..] in range", 1, limbs[i], limbs[Math.Min(i + 1, count - 1)]);
        }
        return new LimbInteger(8, limbs, topHalved);
    }

    /// <summary>An integer in 16-bit words.</summary>
    /// <param name="table">The table.</param>
    /// <param name="range">The circuit's range table.</param>
    /// <param name="name">The columns are name[0], name[1], …</param>
    /// <param name="count">The number of words.</param>
    public static LimbInteger Words(TableBuilder table, RangeTable range, string name, int count)
    {
        Expr[] limbs = table.Columns(name, count);
        for (int i = 0; i < count; i++)
            table.Receive(range.Range16, $"{name}[{i}] in range", 1, limbs[i]);
        return new LimbInteger(16, limbs, topHalved: false);
    }

    /// <summary>Writes an integer's limbs and counts their range checks.</summary>
    /// <param name="row">The cells of phase 0.</param>
    /// <param name="value">0 to 2^<see cref="Bits"/> − 1.</param>
    /// <param name="counts">The counts of this thread.</param>
    public void Fill(Span<KoalaBear> row, BigInteger value, RangeCounts counts)
    {
        if (value.Sign < 0 || value >> Bits != 0)
            throw new ArgumentOutOfRangeException(nameof(value), $"the column {Limbs[0]} and those after it hold {Bits} bits");
        Span<int> digits = stackalloc int[Limbs.Count];
        int mask = (1 << Value.BaseLog2) - 1;
        for (int i = 0; i < digits.Length; i++, value >>= Value.BaseLog2)
        {
            digits[i] = (int)(value & mask);
            row[Limbs[i].Offset] = KoalaBear.From(digits[i]);
        }
        for (int i = 0; i < digits.Length; i += Value.BaseLog2 == 8 ? 2 : 1)
        {
            int second = digits[Math.Min(i + 1, digits.Length - 1)];
            if (Value.BaseLog2 == 16)
                counts.Word(digits[i]);
            else if (_topHalved && i == digits.Length - 2)
                counts.Top(digits[i], second);
            else
                counts.Pair(digits[i], second);
        }
    }
}
