using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>A signed integer as a sign bit and bytes: the magnitude m for m, and −(m + 1) with the sign set, so that every integer has one form.</summary>
public sealed class SignedInteger
{
    private readonly Expr _sign;

    /// <summary>Declares a signed integer.</summary>
    /// <param name="table">The table.</param>
    /// <param name="range">The circuit's range table.</param>
    /// <param name="name">A prefix for columns and constraints.</param>
    /// <param name="bytes">Bytes of the magnitude.</param>
    public SignedInteger(TableBuilder table, RangeTable range, string name, int bytes)
    {
        _sign = table.Column($"{name}.sign");
        table.ConstrainBoolean($"{name}.sign is a bit", _sign);
        Magnitude = LimbInteger.Bytes(table, range, $"{name}.magnitude", bytes);
        Sign = LimbTerm.Column(_sign, 1);
        LimbPolynomial negative = LimbPolynomial.Constant(8, -1) - Magnitude.Value;
        Value = LimbPolynomial.Select(Sign, negative, Magnitude.Value);
    }

    /// <summary>1 for negative integers.</summary>
    public LimbTerm Sign { get; }

    /// <summary>The value, or minus one minus the value.</summary>
    public LimbInteger Magnitude { get; }

    /// <summary>The integer; its coefficients have degree 2.</summary>
    public LimbPolynomial Value { get; }

    /// <summary>Writes an integer.</summary>
    /// <param name="row">The cells of phase 0.</param>
    /// <param name="value">−2^(8·bytes) to 2^(8·bytes) − 1.</param>
    /// <param name="counts">The counts of this thread.</param>
    public void Fill(Span<KoalaBear> row, BigInteger value, RangeCounts counts)
    {
        row[_sign.Offset] = KoalaBear.From(value.Sign < 0 ? 1 : 0);
        Magnitude.Fill(row, value.Sign < 0 ? -value - 1 : value, counts);
    }
}
