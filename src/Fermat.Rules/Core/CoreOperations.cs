using System.Collections.Immutable;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

/// <summary>The comparisons; the others are made of these.</summary>
public enum Comparison
{
    /// <summary>a &lt; b.</summary>
    Less,

    /// <summary>a ≤ b.</summary>
    LessOrEqual,

    /// <summary>a = b; also of flags, choices and records of one table.</summary>
    Equal,
}

/// <summary>A comparison of two values of the same type and scale.</summary>
/// <param name="operator">Which.</param>
/// <param name="left">a.</param>
/// <param name="right">b.</param>
public sealed class Compare(Comparison @operator, CoreNode left, CoreNode right) : CoreNode
{
    /// <summary>Which comparison.</summary>
    public Comparison Operator => @operator;

    /// <summary>a.</summary>
    public CoreNode Left => left;

    /// <summary>b.</summary>
    public CoreNode Right => right;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [left, right];
}

/// <summary>not a.</summary>
/// <param name="operand">A flag.</param>
public sealed class Not(CoreNode operand) : CoreNode
{
    /// <summary>A flag.</summary>
    public CoreNode Operand => operand;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [operand];
}

/// <summary>a and b, or a or b; both sides are always evaluated.</summary>
/// <param name="isAnd">and.</param>
/// <param name="left">A flag.</param>
/// <param name="right">A flag.</param>
public sealed class Connective(bool isAnd, CoreNode left, CoreNode right) : CoreNode
{
    /// <summary>Whether it is and.</summary>
    public bool IsAnd => isAnd;

    /// <summary>A flag.</summary>
    public CoreNode Left => left;

    /// <summary>A flag.</summary>
    public CoreNode Right => right;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [left, right];
}

/// <summary>if c then a else b. Where c is public only the chosen side is evaluated; where it is private both are.</summary>
/// <param name="condition">A flag.</param>
/// <param name="then">a.</param>
/// <param name="else">b, of the same type and scale.</param>
public sealed class Conditional(CoreNode condition, CoreNode then, CoreNode @else) : CoreNode
{
    /// <summary>c.</summary>
    public CoreNode Condition => condition;

    /// <summary>a.</summary>
    public CoreNode Then => then;

    /// <summary>b.</summary>
    public CoreNode Else => @else;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [condition, then, @else];
}

/// <summary>numerator / denominator, rounded once, at the node's scale. A plain rounding has the denominator 1.</summary>
/// <param name="rounding">Which way.</param>
/// <param name="numerator">Any number.</param>
/// <param name="denominator">Positive wherever it is private (its bounds say so); checked when evaluated where it is public.</param>
public sealed class Quotient(Rounding rounding, CoreNode numerator, CoreNode denominator) : CoreNode
{
    /// <summary>Which way.</summary>
    public Rounding Rounding => rounding;

    /// <summary>The numerator.</summary>
    public CoreNode Numerator => numerator;

    /// <summary>The denominator.</summary>
    public CoreNode Denominator => denominator;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [numerator, denominator];
}

/// <summary>√a of a number that is not negative, rounded once, at the node's scale.</summary>
/// <param name="rounding">Which way.</param>
/// <param name="operand">a.</param>
public sealed class SquareRoot(Rounding rounding, CoreNode operand) : CoreNode
{
    /// <summary>Which way.</summary>
    public Rounding Rounding => rounding;

    /// <summary>a.</summary>
    public CoreNode Operand => operand;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [operand];
}

/// <summary>The public functions of <c>PublicMath</c>.</summary>
public enum FunctionKind
{
    /// <summary>exp(x).</summary>
    Exp,

    /// <summary>ln(x).</summary>
    Ln,

    /// <summary>pow(x, y) = x^y.</summary>
    Pow,

    /// <summary>normal_cdf(x).</summary>
    NormalCdf,

    /// <summary>normal_pdf(x).</summary>
    NormalPdf,

    /// <summary>black76(kind, forward, strike, vol, time, year, discount): kind 0 call, 1 put; time / year in years.</summary>
    Black76,

    /// <summary>delta, same arguments.</summary>
    Delta,

    /// <summary>gamma, same arguments without kind.</summary>
    Gamma,

    /// <summary>vega, same arguments without kind.</summary>
    Vega,
}

/// <summary>A public function at the node's scale, to the nearest unit within its documented error.</summary>
/// <param name="kind">Which.</param>
/// <param name="arguments">Its arguments.</param>
public sealed class Function(FunctionKind kind, ImmutableArray<CoreNode> arguments) : CoreNode
{
    /// <summary>Which.</summary>
    public FunctionKind Kind => kind;

    /// <summary>Its arguments.</summary>
    public ImmutableArray<CoreNode> Arguments => arguments;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => arguments;
}

/// <summary>Tiers or brackets at x, exact: the scale is x's plus the rate's.</summary>
/// <param name="ladder">A field or parameter that is tiers or brackets.</param>
/// <param name="x">Not negative, at the ladder's x scale.</param>
public sealed class Tiered(CoreNode ladder, CoreNode x) : CoreNode
{
    /// <summary>The ladder.</summary>
    public CoreNode Ladder => ladder;

    /// <summary>x.</summary>
    public CoreNode X => x;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [ladder, x];
}

/// <summary>A curve at x, at the node's scale, rounded once.</summary>
/// <param name="rounding">Which way.</param>
/// <param name="curve">A field or parameter that is a curve.</param>
/// <param name="x">At the curve's x scale.</param>
public sealed class Interpolate(Rounding rounding, CoreNode curve, CoreNode x) : CoreNode
{
    /// <summary>Which way.</summary>
    public Rounding Rounding => rounding;

    /// <summary>The curve.</summary>
    public CoreNode Curve => curve;

    /// <summary>x.</summary>
    public CoreNode X => x;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [curve, x];
}

/// <summary>An entry of a correlation matrix.</summary>
/// <param name="parameter">Index of the parameter.</param>
/// <param name="row">A record of the matrix's table.</param>
/// <param name="column">Another.</param>
public sealed class CorrelationEntry(int parameter, CoreNode row, CoreNode column) : CoreNode
{
    /// <summary>Index into <see cref="RulebookSchema.Parameters"/>.</summary>
    public int Parameter => parameter;

    /// <summary>The row.</summary>
    public CoreNode Row => row;

    /// <summary>The column.</summary>
    public CoreNode Column => column;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [row, column];
}
