using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// A symbolic expression over the columns of one table, challenges and constants: a node of a <see cref="Graph"/>, or a plain constant that
/// belongs to no graph yet. <c>default</c> is zero; integers and field elements convert implicitly, so <c>Expr sum = 0</c> starts a sum.
/// </summary>
public readonly struct Expr : IEquatable<Expr>
{
    private readonly Quintic _constant;

    internal Expr(Graph graph, int id)
    {
        Graph = graph;
        Id = id;
        _constant = default;
    }

    private Expr(Quintic constant)
    {
        Graph = null;
        Id = 0;
        _constant = constant;
    }

    /// <summary>The graph the expression lives in; null for a plain constant.</summary>
    public Graph? Graph { get; }

    /// <summary>The node's id in <see cref="Graph"/>; meaningless for a plain constant.</summary>
    public int Id { get; }

    /// <summary>What is known of the expression without evaluating it.</summary>
    public NodeTraits Traits => Graph is null ? new NodeTraits(0, !_constant.IsBase, false, 0, -1, true) : Graph.Traits(Id);

    /// <summary>Whether values lie in the quintic extension.</summary>
    public bool IsExtension => Traits.IsExtension;

    /// <summary>Total degree in columns and selectors.</summary>
    public int Degree => Traits.Degree;

    /// <summary>For a column on its own row: the first base-field column it occupies in the matrix of its source and phase.</summary>
    /// <exception cref="InvalidOperationException">The expression is not a column.</exception>
    public int Offset => ColumnInfo.Offset;

    /// <summary>For a column on its own row: the column.</summary>
    /// <exception cref="InvalidOperationException">The expression is not a column.</exception>
    public ColumnInfo ColumnInfo => Graph is not null && Graph[Id] is { Kind: ExprKind.Column, A: int index }
        ? Graph.Columns[index]
        : throw new InvalidOperationException("the expression is not a column");

    /// <summary>An integer, reduced modulo the field's order.</summary>
    public static implicit operator Expr(long value) => new(Quintic.From(value));

    /// <summary>A base-field constant.</summary>
    public static implicit operator Expr(KoalaBear value) => new(new Quintic(value));

    /// <summary>An extension constant.</summary>
    public static implicit operator Expr(Quintic value) => new(value);

    /// <summary>Sum.</summary>
    public static Expr operator +(Expr left, Expr right) => Common(left, right) is { } graph
        ? new Expr(graph, graph.Add(left.In(graph), right.In(graph)))
        : new Expr(left._constant + right._constant);

    /// <summary>Difference.</summary>
    public static Expr operator -(Expr left, Expr right) => Common(left, right) is { } graph
        ? new Expr(graph, graph.Sub(left.In(graph), right.In(graph)))
        : new Expr(left._constant - right._constant);

    /// <summary>Product.</summary>
    public static Expr operator *(Expr left, Expr right) => Common(left, right) is { } graph
        ? new Expr(graph, graph.Mul(left.In(graph), right.In(graph)))
        : new Expr(left._constant * right._constant);

    /// <summary>Additive inverse.</summary>
    public static Expr operator -(Expr value) => value.Graph is { } graph
        ? new Expr(graph, graph.Neg(value.Id))
        : new Expr(-value._constant);

    /// <summary>Whether two expressions are the same node or the same plain constant. Not whether they are equal as polynomials.</summary>
    public static bool operator ==(Expr left, Expr right) => left.Equals(right);

    /// <summary>The negation of ==.</summary>
    public static bool operator !=(Expr left, Expr right) => !left.Equals(right);

    /// <summary>Σ terms.</summary>
    /// <param name="terms">Any number of terms; none gives zero.</param>
    public static Expr Sum(params ReadOnlySpan<Expr> terms)
    {
        Expr sum = 0;
        foreach (Expr term in terms)
            sum += term;
        return sum;
    }

    /// <summary>The polynomial Σ coefficients[i] · point^i, as a linear form in the coefficients.</summary>
    /// <param name="coefficients">Lowest power first.</param>
    /// <param name="point">Where to evaluate: a constant or a challenge, so that the degree stays that of the coefficients.</param>
    public static Expr Polynomial(ReadOnlySpan<Expr> coefficients, Expr point)
    {
        Expr sum = 0;
        Expr power = 1;
        foreach (Expr coefficient in coefficients)
        {
            sum += power * coefficient;
            power *= point;
        }
        return sum;
    }

    /// <summary>The value of a plain constant.</summary>
    internal Quintic PlainConstant => _constant;

    /// <summary>The node id in a graph, adding a plain constant to it if needed.</summary>
    internal int In(Graph graph) => Graph is null
        ? graph.Constant(_constant)
        : ReferenceEquals(Graph, graph) ? Id : throw new CircuitException("expressions of two circuits were mixed");

    /// <inheritdoc/>
    public bool Equals(Expr other) => ReferenceEquals(Graph, other.Graph) && Id == other.Id && _constant == other._constant;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Expr other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Graph is null ? _constant.GetHashCode() : Id;

    /// <summary>A readable rendering, cut off where expressions get long.</summary>
    public override string ToString() => Graph is null ? _constant.ToString()! : ExprText.Render(Graph, Id);

    private static Graph? Common(Expr left, Expr right) => left.Graph ?? right.Graph;
}
