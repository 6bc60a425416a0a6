using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// A bit that tells whether a ≥ b, for integers in limbs: the distance, a − b where the bit is one and b − a − 1 where it is zero, is a
/// non-negative integer in range-checked limbs, so one of the two holds and the bit says which.
/// </summary>
public sealed class Comparison
{
    private readonly LimbPolynomial _left;
    private readonly LimbPolynomial _right;
    private readonly Expr _bit;
    private readonly LimbInteger _distance;
    private readonly CarryChain _chain;
    private readonly BigInteger _limit;

    /// <summary>Compares two integers.</summary>
    /// <param name="table">The table.</param>
    /// <param name="range">The circuit's range table.</param>
    /// <param name="name">A prefix for columns and constraints.</param>
    /// <param name="left">a, of degree 1 coefficients.</param>
    /// <param name="right">b, in the same base 2^8 or 2^16.</param>
    /// <param name="limbs">The number of limbs of the distance.</param>
    /// <param name="enabled">1 on rows in use; where it is 0, an all-zero row satisfies the constraints.</param>
    public Comparison(TableBuilder table, RangeTable range, string name, LimbPolynomial left, LimbPolynomial right, int limbs, Expr enabled)
    {
        _left = left;
        _right = right;
        _bit = table.Column($"{name}.atLeast");
        table.ConstrainBoolean($"{name}.atLeast is a bit", _bit);
        AtLeast = LimbTerm.Column(_bit, 1);
        _distance = Distance(table, range, $"{name}.distance", left.BaseLog2, limbs);
        _limit = BigInteger.One << _distance.Bits;
        var unit = new LimbPolynomial(left.BaseLog2, new LimbTerm(enabled, 0, 1, _ => 1));
        LimbPolynomial distance = LimbPolynomial.Select(AtLeast, left - right, right - left - unit);
        // enabled − bit rather than (1 − bit): zero on an all-zero row.
        distance = new LimbPolynomial(
            left.BaseLog2,
            Enumerable.Range(0, distance.Count).Select(i => i > 0 ? distance[i] : new LimbTerm(
                _bit * (left[0] - right[0]).Expression + (1 - _bit) * (right[0] - left[0]).Expression - (enabled - _bit), distance[0].Min, distance[0].Max, distance[0].Value)));
        _chain = new CarryChain(table, range, name, distance - _distance.Value, enabled);
    }

    /// <summary>1 if a ≥ b, else 0.</summary>
    public LimbTerm AtLeast { get; }

    /// <summary>Writes the bit and the distance of a row whose operands are filled.</summary>
    /// <param name="row">The cells of phase 0.</param>
    /// <param name="counts">The counts of this thread.</param>
    public void Fill(Span<KoalaBear> row, RangeCounts counts)
    {
        BigInteger difference = _left.Evaluate(row) - _right.Evaluate(row);
        row[_bit.Offset] = KoalaBear.From(difference.Sign >= 0 ? 1 : 0);
        BigInteger distance = difference.Sign >= 0 ? difference : -difference - 1;
        if (distance >= _limit)
            throw new InvalidOperationException($"the integers are further apart than {_distance.Bits} bits");
        _distance.Fill(row, distance, counts);
        _chain.Fill(row, counts);
    }

    internal static LimbInteger Distance(TableBuilder table, RangeTable range, string name, int baseLog2, int limbs) => baseLog2 switch
    {
        8 => LimbInteger.Bytes(table, range, name, limbs),
        16 => LimbInteger.Words(table, range, name, limbs),
        _ => throw new CircuitException($"{name}: limbs of base 2^{baseLog2} are neither bytes nor words"),
    };
}

/// <summary>Proves a ≤ b: the slack b − a is a non-negative integer in range-checked limbs.</summary>
public sealed class AtMost
{
    private readonly LimbPolynomial _left;
    private readonly LimbPolynomial _right;
    private readonly CarryChain _chain;

    /// <summary>Constrains a ≤ b.</summary>
    /// <param name="table">The table.</param>
    /// <param name="range">The circuit's range table.</param>
    /// <param name="name">A prefix for columns and constraints.</param>
    /// <param name="left">a.</param>
    /// <param name="right">b, in the same base 2^8 or 2^16.</param>
    /// <param name="limbs">The number of limbs of the slack.</param>
    /// <param name="enabled">1 on rows in use; where it is 0, an all-zero row satisfies the constraints.</param>
    public AtMost(TableBuilder table, RangeTable range, string name, LimbPolynomial left, LimbPolynomial right, int limbs, Expr enabled)
    {
        _left = left;
        _right = right;
        Slack = Comparison.Distance(table, range, $"{name}.slack", left.BaseLog2, limbs);
        _chain = new CarryChain(table, range, name, right - left - Slack.Value, enabled);
    }

    /// <summary>b − a.</summary>
    public LimbInteger Slack { get; }

    /// <summary>Writes the slack of a row whose operands are filled.</summary>
    /// <param name="row">The cells of phase 0.</param>
    /// <param name="counts">The counts of this thread.</param>
    /// <exception cref="ArgumentOutOfRangeException">a &gt; b, or they are too far apart.</exception>
    public void Fill(Span<KoalaBear> row, RangeCounts counts)
    {
        Slack.Fill(row, _right.Evaluate(row) - _left.Evaluate(row), counts);
        _chain.Fill(row, counts);
    }
}
