using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>A sum Σ factor·node + constant, where factors and constant are scalar nodes (the same on every row) and no node is itself such a sum unless it pays to compute it once.</summary>
internal sealed class LinearForm
{
    private readonly Graph _graph;
    private readonly Func<int, bool> _isPrivate;
    private readonly List<Term> _terms = [];

    private LinearForm(Graph graph, Func<int, bool> isPrivate)
    {
        _graph = graph;
        _isPrivate = isPrivate;
        Constant = graph.Constant(default);
    }

    /// <summary>The terms, in the order in which they were written.</summary>
    public IReadOnlyList<Term> Terms => _terms;

    /// <summary>The node of the constant part.</summary>
    public int Constant { get; private set; }

    /// <summary>Flattens a node.</summary>
    /// <param name="graph">The graph; factors are added to it.</param>
    /// <param name="id">The node.</param>
    /// <param name="isPrivate">Whether a node is used once only and not computed yet, so that flattening it duplicates no work.</param>
    public static LinearForm Of(Graph graph, int id, Func<int, bool> isPrivate)
    {
        var form = new LinearForm(graph, isPrivate);
        // An explicit stack: folds of a thousand constraints are chains a thousand deep. Right operands are pushed first, so terms keep their order.
        var pending = new Stack<(int Id, int Factor)>();
        pending.Push((id, graph.Constant(Quintic.One)));
        bool root = true;
        while (pending.TryPop(out (int Id, int Factor) next))
        {
            form.Visit(next.Id, next.Factor, root, pending);
            root = false;
        }
        return form;
    }

    private void Visit(int id, int factor, bool root, Stack<(int Id, int Factor)> pending)
    {
        Node node = _graph[id];
        if (_graph.Traits(id).IsScalar)
        {
            Constant = _graph.Add(Constant, _graph.Mul(factor, id));
            return;
        }
        bool scaled = node.Kind == ExprKind.Neg
            || (node.Kind == ExprKind.Mul && (_graph.Traits(node.A).IsScalar || _graph.Traits(node.B).IsScalar));
        if (scaled && (root || _isPrivate(id) || IsCheapToRepeat(id)))
        {
            if (node.Kind == ExprKind.Neg)
                pending.Push((node.A, _graph.Neg(factor)));
            else if (_graph.Traits(node.A).IsScalar)
                pending.Push((node.B, _graph.Mul(factor, node.A)));
            else
                pending.Push((node.A, _graph.Mul(factor, node.B)));
        }
        else if (node.Kind is ExprKind.Add or ExprKind.Sub && (root || MayOpen(id, factor)))
        {
            pending.Push((node.B, node.Kind == ExprKind.Sub ? _graph.Neg(factor) : factor));
            pending.Push((node.A, factor));
        }
        else
        {
            _terms.Add(new Term(id, factor));
        }
    }

    /// <summary>
    /// Whether the sum at a node dissolves into the sum around it: with factor ±1 if it is not shared or is but a column plus a constant; with another factor,
    /// which would then multiply each term instead of one, only if its terms have factors of their own. In sums of extension elements a base-field term costs
    /// the same here as there, so they dissolve while at most one of their terms must be computed in the extension.
    /// </summary>
    private bool MayOpen(int id, int factor)
    {
        if (!_graph.IsConstant(factor, out Quintic value) || !value.IsBase)
            return _graph.Traits(id).IsExtension && _isPrivate(id) && ExtensionLeaves(id) <= 1;
        if (value == Quintic.One || value == -Quintic.One)
            return _isPrivate(id) || IsShift(id);
        return value.IsBase && (IsShift(id) || (_isPrivate(id) && HasFactors(id)));
    }

    /// <summary>x + constant, for a leaf x.</summary>
    private bool IsShift(int id)
    {
        Node node = _graph[id];
        return (_graph.Traits(node.A).IsScalar && _graph[node.B].Kind < ExprKind.Add)
            || (_graph.Traits(node.B).IsScalar && _graph[node.A].Kind < ExprKind.Add);
    }

    private bool HasFactors(int id)
    {
        Node node = _graph[id];
        return IsMultiple(node.A) && IsMultiple(node.B);

        bool IsMultiple(int child) => _graph.Traits(child).IsScalar
            || (_graph[child].Kind == ExprKind.Mul && _graph.Traits(_graph[child].A).IsScalar)
            || (_graph[child].Kind is ExprKind.Add or ExprKind.Sub && _isPrivate(child) && HasFactors(child));
    }

    /// <summary>The terms of a sum that are extension elements themselves, rather than scalars or scalar multiples of base-field nodes.</summary>
    private int ExtensionLeaves(int id)
    {
        Node node = _graph[id];
        if (_graph.Traits(id).IsScalar || !_graph.Traits(id).IsExtension)
            return 0;
        if (node.Kind is ExprKind.Add or ExprKind.Sub && _isPrivate(id))
            return ExtensionLeaves(node.A) + ExtensionLeaves(node.B);
        bool scaled = node.Kind == ExprKind.Mul && (_graph.Traits(node.A).IsScalar || _graph.Traits(node.B).IsScalar);
        return scaled && !_graph.Traits(_graph.Traits(node.A).IsScalar ? node.B : node.A).IsExtension ? 0 : 1;
    }

    /// <summary>scalar · leaf.</summary>
    private bool IsCheapToRepeat(int id)
    {
        Node node = _graph[id];
        return node.Kind == ExprKind.Neg
            ? _graph[node.A].Kind < ExprKind.Add
            : _graph[_graph.Traits(node.A).IsScalar ? node.B : node.A].Kind < ExprKind.Add;
    }

    /// <summary>factor · node.</summary>
    /// <param name="Node">A row-dependent node.</param>
    /// <param name="Factor">A scalar node.</param>
    public readonly record struct Term(int Node, int Factor);
}
