using System.Globalization;
using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>Reads an integer off a filled row of phase 0.</summary>
/// <param name="row">The row's cells.</param>
public delegate long RowValue(ReadOnlySpan<KoalaBear> row);

/// <summary>
/// An expression that stands for a signed integer of known bounds, small enough that the field element tells it: −(p−1)/2 ≤ Min ≤ value ≤ Max ≤ (p−1)/2.
/// The bounds are proven by whoever made it: by a range check, a bit constraint, or arithmetic on bounds.
/// </summary>
public sealed class LimbTerm
{
    /// <summary>The largest magnitude: (p − 1) / 2.</summary>
    public const long Limit = (KoalaBear.Modulus - 1) / 2;

    /// <summary>A term.</summary>
    /// <param name="expression">Its field element.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest value.</param>
    /// <param name="value">Its integer on a row.</param>
    /// <exception cref="CircuitException">The bounds pass (p − 1) / 2, so that the integer could wrap.</exception>
    public LimbTerm(Expr expression, long min, long max, RowValue value)
    {
        if (min > max || min < -Limit || max > Limit)
        {
            throw new CircuitException(string.Create(
                CultureInfo.InvariantCulture, $"an integer in [{min}, {max}] may wrap: field elements tell integers apart up to ±{Limit} only"));
        }
        Expression = expression;
        Min = min;
        Max = max;
        Value = value;
    }

    /// <summary>The integer 0.</summary>
    public static LimbTerm Zero { get; } = Constant(0);

    /// <summary>The field element.</summary>
    public Expr Expression { get; }

    /// <summary>The least value.</summary>
    public long Min { get; }

    /// <summary>The greatest value.</summary>
    public long Max { get; }

    /// <summary>The integer on a row.</summary>
    public RowValue Value { get; }

    /// <summary>The larger magnitude of the bounds.</summary>
    public long Magnitude => Math.Max(Math.Abs(Min), Math.Abs(Max));

    /// <summary>A fixed integer.</summary>
    /// <param name="value">Within ±<see cref="Limit"/>.</param>
    public static LimbTerm Constant(long value) => new(value, value, value, _ => value);

    /// <summary>A column of phase 0 with values in [0, max].</summary>
    /// <param name="column">The column.</param>
    /// <param name="max">The greatest value, proven by a constraint elsewhere.</param>
    public static LimbTerm Column(Expr column, long max)
    {
        int offset = column.Offset;
        return new LimbTerm(column, 0, max, row => row[offset].Value);
    }

    /// <summary>Sum; bounds add.</summary>
    public static LimbTerm operator +(LimbTerm left, LimbTerm right) => new(
        left.Expression + right.Expression, left.Min + right.Min, left.Max + right.Max, row => left.Value(row) + right.Value(row));

    /// <summary>Difference.</summary>
    public static LimbTerm operator -(LimbTerm left, LimbTerm right) => new(
        left.Expression - right.Expression, left.Min - right.Max, left.Max - right.Min, row => left.Value(row) - right.Value(row));

    /// <summary>Product; the bounds are the extremes of the products of the bounds.</summary>
    public static LimbTerm operator *(LimbTerm left, LimbTerm right)
    {
        // |bounds| < 2^30, so these products fit a long.
        Span<long> corners = [left.Min * right.Min, left.Min * right.Max, left.Max * right.Min, left.Max * right.Max];
        (long min, long max) = (corners[0], corners[0]);
        foreach (long corner in corners)
            (min, max) = (Math.Min(min, corner), Math.Max(max, corner));
        return new LimbTerm(left.Expression * right.Expression, min, max, row => left.Value(row) * right.Value(row));
    }

    /// <summary>A fixed integer.</summary>
    public static implicit operator LimbTerm(long value) => Constant(value);
}
