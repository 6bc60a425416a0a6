using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>What becomes of the part of a quotient below one.</summary>
public enum Rounding
{
    /// <summary>⌊a / b⌋.</summary>
    Down,

    /// <summary>⌈a / b⌉.</summary>
    Up,

    /// <summary>The nearest integer, a half upwards: ⌊(2a + b) / 2b⌋.</summary>
    HalfUp,
}

/// <summary>
/// The rounded quotient q of non-negative a and positive b, both in bytes. Down: a = q·b + r; Up: a + r = q·b; HalfUp: 2a + b = q·2b + r; with 0 ≤ r &lt; b (2b for HalfUp),
/// which makes q unique.
/// </summary>
public sealed class Division
{
    private readonly LimbPolynomial _numerator;
    private readonly LimbPolynomial _denominator;
    private readonly Rounding _rounding;
    private readonly CarryChain _identity;
    private readonly AtMost _remainderBound;

    /// <summary>Declares a division.</summary>
    /// <param name="table">The table.</param>
    /// <param name="range">The circuit's range table.</param>
    /// <param name="name">A prefix for columns and constraints.</param>
    /// <param name="numerator">a ≥ 0, in bytes.</param>
    /// <param name="denominator">b ≥ 0, in bytes; rows with b = 0 satisfy no constraint unless disabled.</param>
    /// <param name="quotientBytes">The bytes of q.</param>
    /// <param name="rounding">The named rounding.</param>
    /// <param name="enabled">1 on rows in use; where it is 0, an all-zero row satisfies the constraints.</param>
    public Division(
        TableBuilder table, RangeTable range, string name, LimbPolynomial numerator, LimbPolynomial denominator, int quotientBytes, Rounding rounding, Expr enabled)
    {
        _rounding = rounding;
        bool doubled = rounding == Rounding.HalfUp;
        _numerator = doubled ? numerator * 2 + denominator : numerator;
        _denominator = doubled ? denominator * 2 : denominator;
        Quotient = LimbInteger.Bytes(table, range, $"{name}.quotient", quotientBytes);
        Remainder = LimbInteger.Bytes(table, range, $"{name}.remainder", denominator.Count + (doubled ? 1 : 0));
        LimbPolynomial product = Quotient.Value * _denominator;
        _identity = new CarryChain(
            table,
            range,
            $"{name}: quotient · denominator",
            rounding == Rounding.Up ? product - _numerator - Remainder.Value : product + Remainder.Value - _numerator,
            enabled);
        var unit = new LimbPolynomial(8, new LimbTerm(enabled, 0, 1, _ => 1));
        _remainderBound = new AtMost(table, range, $"{name}: remainder < denominator", Remainder.Value + unit, _denominator, Remainder.Limbs.Count, enabled);
    }

    /// <summary>The rounded quotient.</summary>
    public LimbInteger Quotient { get; }

    /// <summary>What was rounded away: see the identities of the class.</summary>
    public LimbInteger Remainder { get; }

    /// <summary>The rounded quotient of two integers.</summary>
    /// <param name="numerator">Not negative.</param>
    /// <param name="denominator">Positive.</param>
    /// <param name="rounding">The named rounding.</param>
    public static BigInteger Divide(BigInteger numerator, BigInteger denominator, Rounding rounding) => rounding switch
    {
        Rounding.Up => (numerator + denominator - 1) / denominator,
        Rounding.HalfUp => (2 * numerator + denominator) / (2 * denominator),
        _ => numerator / denominator,
    };

    /// <summary>Writes quotient and remainder of a row whose operands are filled.</summary>
    /// <param name="row">The cells of phase 0.</param>
    /// <param name="counts">The counts of this thread.</param>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public void Fill(Span<KoalaBear> row, RangeCounts counts)
    {
        // Numerator and denominator are doubled already for HalfUp.
        BigInteger numerator = _numerator.Evaluate(row), denominator = _denominator.Evaluate(row);
        BigInteger quotient = Divide(numerator, denominator, _rounding == Rounding.Up ? Rounding.Up : Rounding.Down);
        Quotient.Fill(row, quotient, counts);
        Remainder.Fill(row, BigInteger.Abs(numerator - (quotient * denominator)), counts);
        _identity.Fill(row, counts);
        _remainderBound.Fill(row, counts);
    }
}
