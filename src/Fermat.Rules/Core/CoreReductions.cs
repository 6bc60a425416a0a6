namespace Fermat.Rules.Core;

/// <summary>The reductions.</summary>
public enum ReduceKind
{
    /// <summary>Σ; 0 of nothing.</summary>
    Sum,

    /// <summary>The smallest.</summary>
    Min,

    /// <summary>The largest.</summary>
    Max,

    /// <summary>How many elements satisfy a flag; scale 0.</summary>
    Count,

    /// <summary>Whether all satisfy a flag; true of nothing.</summary>
    All,

    /// <summary>Whether any does; false of nothing.</summary>
    Any,
}

/// <summary>A reduction of a body over the elements of a source that satisfy a filter.</summary>
/// <param name="kind">Which.</param>
/// <param name="variable">Runs over its source.</param>
/// <param name="filter">A flag, or null for all.</param>
/// <param name="body">What is reduced.</param>
/// <param name="empty">Min and Max of nothing; null only over a table without filter, which then may not be empty.</param>
public sealed class Reduce(ReduceKind kind, CoreVariable variable, CoreNode? filter, CoreNode body, CoreNode? empty) : CoreNode
{
    /// <summary>Which.</summary>
    public ReduceKind Kind => kind;

    /// <summary>Runs over its source.</summary>
    public CoreVariable Variable => variable;

    /// <summary>A flag, or null for all.</summary>
    public CoreNode? Filter => filter;

    /// <summary>What is reduced.</summary>
    public CoreNode Body => body;

    /// <summary>Min and Max of nothing.</summary>
    public CoreNode? Empty => empty;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children =>
        new[] { filter, body, empty }.OfType<CoreNode>().Concat(variable.Source is CoreSource.Groups groups ? groups.Keys.Select(key => key.Value) : []);
}

/// <summary>Who gets what is left of a pro-rata split after every share is rounded down.</summary>
public enum RemainderOrder
{
    /// <summary>All of it to the first item with a positive weight.</summary>
    First,

    /// <summary>All of it to the last item with a positive weight.</summary>
    Last,
}

/// <summary>
/// The share of one item of a total split over items by their weights: floor(total · weight / Σ weights), and what is left of the total to one item. 0 where all weights are 0.
/// </summary>
/// <param name="total">Not negative.</param>
/// <param name="variable">Runs over the items that share.</param>
/// <param name="weight">Not negative; speaks of the variable.</param>
/// <param name="order">Who gets the rest.</param>
/// <param name="of">The item whose share it is: a variable over the same source.</param>
public sealed class ProRata(CoreNode total, CoreVariable variable, CoreNode weight, RemainderOrder order, CoreVariable of) : CoreNode
{
    /// <summary>What is split.</summary>
    public CoreNode Total => total;

    /// <summary>Runs over the items that share.</summary>
    public CoreVariable Variable => variable;

    /// <summary>The weight of an item.</summary>
    public CoreNode Weight => weight;

    /// <summary>Who gets the rest.</summary>
    public RemainderOrder Order => order;

    /// <summary>The item whose share it is.</summary>
    public CoreVariable Of => of;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [total, weight];
}

/// <summary>A value under the name that the rulebook gives it; for explanations.</summary>
/// <param name="name">The name, with arguments: <c>value(b)</c>.</param>
/// <param name="value">The value.</param>
public sealed class Named(string name, CoreNode value) : CoreNode
{
    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>The value.</summary>
    public CoreNode Value => value;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => [value];
}
