using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

/// <summary>
/// An expression of the core language, the small language that every rulebook becomes and whose meaning the interpreter defines. Functions are gone (put in the place of their
/// calls), scales are aligned, every value is an integer with bounds. Made by <see cref="CoreBuilder"/> alone, which computes type, stage and free variables.
/// </summary>
public abstract class CoreNode
{
    private int _wide = -1;

    /// <summary>Unique in the rulebook; children have smaller ids.</summary>
    public int Id { get; internal set; } = -1;

    /// <summary>The type.</summary>
    public CoreType Type { get; internal set; } = null!;

    /// <summary>Who can compute it.</summary>
    public Stage Stage { get; internal set; }

    /// <summary>The private reference that it depends on, where the stage is <see cref="Stage.Keyed"/>.</summary>
    public CoreKey? Reference { get; internal set; }

    /// <summary>The variables it depends on, by id.</summary>
    public ImmutableArray<CoreVariable> Free { get; internal set; } = [];

    /// <summary>Where in the rulebook's text it comes from: first character and length; (0, 0) for what the compiler adds.</summary>
    public (int Start, int Length) Span { get; internal set; }

    /// <summary>The nodes it is made of.</summary>
    public abstract IEnumerable<CoreNode> Children { get; }

    /// <summary>The type of a number.</summary>
    /// <exception cref="InvalidCastException">It is not a number.</exception>
    public CoreType.Number Number => (CoreType.Number)Type;

    /// <summary>What the integer can be, whatever the type.</summary>
    public Bounds Bounds => Type switch
    {
        CoreType.Number number => number.Bounds,
        CoreType.Choice choice => new Bounds(0, choice.Type.Values.Length - 1),
        CoreType.Record => new Bounds(0, RuleLimits.MaxRecords - 1),
        _ => Bounds.Flag,
    };

    /// <summary>
    /// Why native evaluation by columns (<see cref="Batches.BatchEvaluator"/>) computes the value in numbers of any size and not in 128-bit words: <see cref="WideCause.None"/> where it is in words.
    /// It follows from the bounds alone. The evaluator does what is said here, and throws where it would do otherwise.
    /// </summary>
    public WideCause Wide => (WideCause)(_wide >= 0 ? _wide : _wide = (int)MachineWords.CauseOf(this));

    /// <summary>Whether native evaluation computes the value in 128-bit words.</summary>
    internal bool IsInWords => Wide == WideCause.None;
}

/// <summary>A constant.</summary>
/// <param name="value">The integer.</param>
public sealed class Literal(BigInteger value) : CoreNode
{
    /// <summary>The integer.</summary>
    public BigInteger Value => value;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [];
}

/// <summary>A parameter of the rulebook.</summary>
/// <param name="index">Its index.</param>
public sealed class Parameter(int index) : CoreNode
{
    /// <summary>Index into <see cref="RulebookSchema.Parameters"/>.</summary>
    public int Index => index;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [];
}

/// <summary>A private field of the account itself.</summary>
/// <param name="index">Its index.</param>
public sealed class AccountField(int index) : CoreNode
{
    /// <summary>Index into <see cref="RulebookSchema.Scalars"/>.</summary>
    public int Index => index;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [];
}

/// <summary>The record that a variable over a table stands for.</summary>
/// <param name="variable">A variable over a <see cref="CoreSource.Table"/>.</param>
public sealed class RecordVariable(CoreVariable variable) : CoreNode
{
    /// <summary>The variable.</summary>
    public CoreVariable Variable => variable;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [];
}

/// <summary>A field of a market record.</summary>
/// <param name="record">The record; its type is <see cref="CoreType.Record"/>.</param>
/// <param name="index">Index of the field.</param>
public sealed class RecordField(CoreNode record, int index) : CoreNode
{
    /// <summary>The record.</summary>
    public CoreNode Record => record;

    /// <summary>Index into the table's fields.</summary>
    public int Field => index;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [record];
}

/// <summary>A private field of an item.</summary>
/// <param name="variable">A variable over items or members.</param>
/// <param name="index">Index of the field.</param>
public sealed class ItemField(CoreVariable variable, int index) : CoreNode
{
    /// <summary>The item.</summary>
    public CoreVariable Variable => variable;

    /// <summary>Index into the collection's fields.</summary>
    public int Field => index;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [];
}

/// <summary>A key of a group.</summary>
/// <param name="variable">A variable over groups.</param>
/// <param name="index">Index of the key.</param>
public sealed class GroupKey(CoreVariable variable, int index) : CoreNode
{
    /// <summary>The group.</summary>
    public CoreVariable Variable => variable;

    /// <summary>Index into <see cref="CoreSource.Groups.Keys"/>.</summary>
    public int Index => index;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [];
}

/// <summary>a + b, of the same scale.</summary>
/// <param name="left">a.</param>
/// <param name="right">b.</param>
public sealed class Add(CoreNode left, CoreNode right) : CoreNode
{
    /// <summary>a.</summary>
    public CoreNode Left => left;

    /// <summary>b.</summary>
    public CoreNode Right => right;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [left, right];
}

/// <summary>a · b; scales add.</summary>
/// <param name="left">a.</param>
/// <param name="right">b.</param>
public sealed class Multiply(CoreNode left, CoreNode right) : CoreNode
{
    /// <summary>a.</summary>
    public CoreNode Left => left;

    /// <summary>b.</summary>
    public CoreNode Right => right;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [left, right];
}

/// <summary>−a.</summary>
/// <param name="operand">a.</param>
public sealed class Negate(CoreNode operand) : CoreNode
{
    /// <summary>a.</summary>
    public CoreNode Operand => operand;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [operand];
}

/// <summary>The same number at a finer scale: a · 10^digits, exact.</summary>
/// <param name="operand">a.</param>
/// <param name="digits">At least 1.</param>
public sealed class Rescale(CoreNode operand, int digits) : CoreNode
{
    /// <summary>a.</summary>
    public CoreNode Operand => operand;

    /// <summary>How many decimals finer.</summary>
    public int Digits => digits;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [operand];
}

/// <summary>|a|.</summary>
/// <param name="operand">a.</param>
public sealed class Absolute(CoreNode operand) : CoreNode
{
    /// <summary>a.</summary>
    public CoreNode Operand => operand;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [operand];
}

/// <summary>The smaller or the larger of two numbers of the same scale.</summary>
/// <param name="isMaximum">Larger.</param>
/// <param name="left">a.</param>
/// <param name="right">b.</param>
public sealed class Extremum(bool isMaximum, CoreNode left, CoreNode right) : CoreNode
{
    /// <summary>Whether it is the larger.</summary>
    public bool IsMaximum => isMaximum;

    /// <summary>a.</summary>
    public CoreNode Left => left;

    /// <summary>b.</summary>
    public CoreNode Right => right;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [left, right];
}
