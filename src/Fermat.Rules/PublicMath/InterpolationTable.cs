using System.Numerics;

namespace Fermat.Rules.PublicMath;

/// <summary>A piecewise linear function given by its knots; constant before the first knot and after the last.</summary>
public sealed class InterpolationTable
{
    /// <summary>The most knots that a table may have.</summary>
    public const int MaxKnots = 65536;

    private readonly BigInteger[] _x;
    private readonly BigInteger[] _y;

    private InterpolationTable(BigInteger[] x, BigInteger[] y) => (_x, _y) = (x, y);

    /// <summary>A table, or null with the index of the first knot that is wrong: x must rise strictly, and there must be 1 … <see cref="MaxKnots"/> knots (index −1).</summary>
    public static InterpolationTable? Create(IReadOnlyList<(BigInteger X, BigInteger Y)> knots, out int wrongKnot)
    {
        wrongKnot = -1;
        if (knots.Count is 0 or > MaxKnots) return null;
        for (int i = 1; i < knots.Count; i++)
        {
            if (knots[i].X > knots[i - 1].X) continue;
            wrongKnot = i;
            return null;
        }
        return new([.. knots.Select(k => k.X)], [.. knots.Select(k => k.Y)]);
    }

    /// <summary>The value at x: the exact rational on the segment, then one rounding. Scales are those of the knots.</summary>
    public BigInteger Evaluate(BigInteger x, Rounding rounding)
    {
        if (x <= _x[0]) return _y[0];
        if (x >= _x[^1]) return _y[^1];
        int found = Array.BinarySearch(_x, x);
        if (found >= 0) return _y[found];
        int right = ~found, left = right - 1;
        BigInteger width = _x[right] - _x[left];
        return RoundedDivision.Divide(_y[left] * width + (_y[right] - _y[left]) * (x - _x[left]), width, rounding);
    }
}
