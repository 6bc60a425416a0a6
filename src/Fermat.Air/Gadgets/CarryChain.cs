using System.Globalization;
using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// Proves that a <see cref="LimbPolynomial"/> is the integer zero: d(X) = (B − X) · carry(X) as polynomials in X, coefficient by coefficient,
/// d_i + c_{i−1} = B · c_i, no carry going in or out. Exact products and sums are this with d = a·b − c.
/// </summary>
/// <remarks>
/// Each equation holds in the field; it holds in the integers because both sides are small: |d_i| + |c_{i−1}| + B·|c_i| &lt; p is checked here with the ranges that are enforced, not
/// with those an honest prover needs.
/// </remarks>
public sealed class CarryChain
{
    private readonly LimbPolynomial _difference;
    private readonly BoundedColumn[] _carries;

    /// <summary>Constrains a polynomial to be zero as an integer.</summary>
    /// <param name="table">The table.</param>
    /// <param name="range">The circuit's range table.</param>
    /// <param name="name">A prefix for columns and constraints.</param>
    /// <param name="difference">What must be zero; coefficients of degree ≤ 3.</param>
    /// <param name="enabled">1 on rows in use; where it is 0 an all-zero row satisfies the chain.</param>
    /// <exception cref="CircuitException">The bounds do not exclude that an equation wraps around p.</exception>
    public CarryChain(TableBuilder table, RangeTable range, string name, LimbPolynomial difference, Expr enabled)
    {
        _difference = difference;
        long radix = 1L << difference.BaseLog2;
        var carries = new List<BoundedColumn>();
        LimbTerm into = LimbTerm.Zero;
        (long min, long max) = (0, 0); // what honest carries can be
        for (int i = 0; i < difference.Count; i++)
        {
            (min, max) = (FloorDivide(difference[i].Min + min, radix), FloorDivide(difference[i].Max + max, radix));
            LimbTerm outOf = LimbTerm.Zero;
            if (i < difference.Count - 1)
            {
                carries.Add(BoundedColumn.Declare(table, range, $"{name}.carry[{i}]", min, max, enabled));
                outOf = carries[^1].Term;
            }
            if (difference[i].Magnitude + into.Magnitude + (radix * outOf.Magnitude) >= KoalaBear.Modulus)
            {
                throw new CircuitException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"table {table.Name}, {name}, limb {i}: {difference[i].Magnitude} + {into.Magnitude} + {radix} · {outOf.Magnitude} may wrap around p"));
            }
            table.Constrain($"{name}, limb {i}", difference[i].Expression + into.Expression - radix * outOf.Expression);
            into = outOf;
        }
        _carries = [.. carries];
    }

    /// <summary>Writes the carries of a row whose operands are filled.</summary>
    /// <param name="row">The cells of phase 0.</param>
    /// <param name="counts">The counts of this thread.</param>
    /// <exception cref="InvalidOperationException">The integer is not zero.</exception>
    public void Fill(Span<KoalaBear> row, RangeCounts counts)
    {
        long carry = 0;
        for (int i = 0; i < _difference.Count; i++)
        {
            long sum = _difference[i].Value(row) + carry;
            carry = FloorDivide(sum, 1L << _difference.BaseLog2);
            if (carry << _difference.BaseLog2 != sum || (i == _difference.Count - 1 && carry != 0))
                throw new InvalidOperationException($"the integers differ in limb {i}");
            if (i < _carries.Length)
                _carries[i].Fill(row, carry, counts);
        }
    }

    private static long FloorDivide(long value, long radix) => value >= 0 ? value / radix : -((-value + radix - 1) / radix);
}
