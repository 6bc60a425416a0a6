using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// An integer as Σ coefficient_i · B^i with B = 2^<see cref="BaseLog2"/> and signed, bounded coefficients that need not be digits: sums and products of limb vectors,
/// without carries. Two of them are the same integer when a <see cref="CarryChain"/> says so.
/// </summary>
public sealed class LimbPolynomial
{
    private readonly LimbTerm[] _coefficients;

    /// <summary>A polynomial by its coefficients.</summary>
    /// <param name="baseLog2">The limb base is 2^baseLog2.</param>
    /// <param name="coefficients">Lowest power first.</param>
    public LimbPolynomial(int baseLog2, params IEnumerable<LimbTerm> coefficients)
    {
        BaseLog2 = baseLog2;
        _coefficients = [.. coefficients];
    }

    /// <summary>The logarithm of the limb base.</summary>
    public int BaseLog2 { get; }

    /// <summary>The number of coefficients.</summary>
    public int Count => _coefficients.Length;

    /// <summary>The coefficient of B^i; zero beyond the last.</summary>
    /// <param name="i">The power.</param>
    public LimbTerm this[int i] => i < _coefficients.Length ? _coefficients[i] : LimbTerm.Zero;

    /// <summary>A fixed integer; a negative one has negative digits.</summary>
    /// <param name="baseLog2">The limb base is 2^baseLog2.</param>
    /// <param name="value">The integer.</param>
    public static LimbPolynomial Constant(int baseLog2, BigInteger value)
    {
        var digits = new List<LimbTerm>();
        for (BigInteger rest = BigInteger.Abs(value); !rest.IsZero; rest >>= baseLog2)
            digits.Add(value.Sign * (long)(rest & ((1 << baseLog2) - 1)));
        return new LimbPolynomial(baseLog2, digits);
    }

    /// <summary>Sum.</summary>
    public static LimbPolynomial operator +(LimbPolynomial left, LimbPolynomial right) => Zip(left, right, (a, b) => a + b);

    /// <summary>Difference.</summary>
    public static LimbPolynomial operator -(LimbPolynomial left, LimbPolynomial right) => Zip(left, right, (a, b) => a - b);

    /// <summary>Every coefficient times a bounded integer.</summary>
    public static LimbPolynomial operator *(LimbPolynomial left, LimbTerm right) => new(left.BaseLog2, left._coefficients.Select(c => c * right));

    /// <summary>Exact product.</summary>
    public static LimbPolynomial operator *(LimbPolynomial left, LimbPolynomial right)
    {
        RequireSameBase(left, right);
        var product = new LimbTerm[Math.Max(0, left.Count + right.Count - 1)];
        for (int i = 0; i < left.Count; i++)
        {
            for (int j = 0; j < right.Count; j++)
                product[i + j] = product[i + j] is { } sum ? sum + left[i] * right[j] : left[i] * right[j];
        }
        return new LimbPolynomial(left.BaseLog2, product);
    }

    /// <summary>The first where the bit is one, else the second.</summary>
    /// <param name="bit">0 or 1 by a constraint elsewhere.</param>
    /// <param name="whenOne">Taken where the bit is one.</param>
    /// <param name="whenZero">Taken where the bit is zero.</param>
    public static LimbPolynomial Select(LimbTerm bit, LimbPolynomial whenOne, LimbPolynomial whenZero)
    {
        if (bit.Min < 0 || bit.Max > 1)
            throw new CircuitException("a selection is made by a bit");
        // The hull of both bounds is tighter than arithmetic on bounds would give.
        return Zip(whenOne, whenZero, (one, zero) => new LimbTerm(
            zero.Expression + bit.Expression * (one.Expression - zero.Expression),
            Math.Min(one.Min, zero.Min),
            Math.Max(one.Max, zero.Max),
            row => bit.Value(row) == 1 ? one.Value(row) : zero.Value(row)));
    }

    /// <summary>The same integer with several limbs made one: bytes to 16-bit words with count 2.</summary>
    /// <param name="count">Limbs to a new limb.</param>
    public LimbPolynomial Regroup(int count)
    {
        var groups = new List<LimbTerm>();
        for (int first = 0; first < Count; first += count)
        {
            LimbTerm sum = this[first];
            for (int i = 1; i < count && first + i < Count; i++)
                sum += this[first + i] * (1L << (BaseLog2 * i));
            groups.Add(sum);
        }
        return new LimbPolynomial(BaseLog2 * count, groups);
    }

    /// <summary>The integer on a filled row.</summary>
    /// <param name="row">The cells of phase 0.</param>
    public BigInteger Evaluate(ReadOnlySpan<KoalaBear> row)
    {
        BigInteger sum = 0;
        for (int i = Count - 1; i >= 0; i--)
            sum = (sum << BaseLog2) + _coefficients[i].Value(row);
        return sum;
    }

    private static LimbPolynomial Zip(LimbPolynomial left, LimbPolynomial right, Func<LimbTerm, LimbTerm, LimbTerm> combine)
    {
        RequireSameBase(left, right);
        return new LimbPolynomial(left.BaseLog2, Enumerable.Range(0, Math.Max(left.Count, right.Count)).Select(i => combine(left[i], right[i])));
    }

    private static void RequireSameBase(LimbPolynomial left, LimbPolynomial right)
    {
        if (left.BaseLog2 != right.BaseLog2)
            throw new CircuitException($"limbs of base 2^{left.BaseLog2} and 2^{right.BaseLog2} do not mix; regroup one of them");
    }
}
