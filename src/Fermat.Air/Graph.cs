using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// The expressions of a circuit: an append-only arena in which equal expressions are one node and constants are folded.
/// Operands come before the nodes that use them, so ascending ids are a topological order.
/// </summary>
/// <remarks>Not safe for concurrent building; reading is safe once the circuit is built.</remarks>
public sealed class Graph
{
    private readonly List<Node> _nodes = [];
    private readonly List<NodeTraits> _traits = [];
    private readonly List<Quintic> _constants = [];
    private readonly List<ColumnInfo> _columns = [];
    private readonly Dictionary<Node, int> _ids = [];
    private readonly Dictionary<Quintic, int> _constantIds = [];

    /// <summary>The number of nodes.</summary>
    public int Count => _nodes.Count;

    /// <summary>The distinct constants, referred to by <see cref="ExprKind.Constant"/> nodes.</summary>
    public IReadOnlyList<Quintic> Constants => _constants;

    /// <summary>The columns of all tables in order of declaration, referred to by column nodes.</summary>
    public IReadOnlyList<ColumnInfo> Columns => _columns;

    /// <summary>The node of an id.</summary>
    /// <param name="id">0 to <see cref="Count"/> − 1.</param>
    public Node this[int id] => _nodes[id];

    /// <summary>What is known of a node without evaluating it.</summary>
    /// <param name="id">0 to <see cref="Count"/> − 1.</param>
    public NodeTraits Traits(int id) => _traits[id];

    /// <summary>Whether a node is a constant, and which.</summary>
    /// <param name="id">0 to <see cref="Count"/> − 1.</param>
    /// <param name="value">The constant, or zero.</param>
    public bool IsConstant(int id, out Quintic value)
    {
        Node node = _nodes[id];
        value = node.Kind == ExprKind.Constant ? _constants[node.A] : default;
        return node.Kind == ExprKind.Constant;
    }

    /// <summary>The nodes needed for a set of roots, ascending: an order in which they can be evaluated.</summary>
    /// <param name="roots">Node ids.</param>
    public int[] Reachable(IEnumerable<int> roots)
    {
        var needed = new bool[_nodes.Count];
        int highest = -1;
        foreach (int root in roots)
        {
            needed[root] = true;
            highest = Math.Max(highest, root);
        }
        var order = new List<int>();
        for (int id = highest; id >= 0; id--)
        {
            if (!needed[id])
                continue;
            order.Add(id);
            Node node = _nodes[id];
            if (node.Kind < ExprKind.Add)
                continue;
            needed[node.A] = true;
            if (node.Kind != ExprKind.Neg)
                needed[node.B] = true;
        }
        order.Reverse();
        return [.. order];
    }

    internal ColumnInfo NewColumn(int table, string name, ColumnSource source, int phase, bool isExtension, int offset)
    {
        var column = new ColumnInfo(_columns.Count, table, name, source, phase, isExtension, offset);
        _columns.Add(column);
        return column;
    }

    internal int Constant(Quintic value)
    {
        if (!_constantIds.TryGetValue(value, out int position))
        {
            position = _constants.Count;
            _constants.Add(value);
            _constantIds.Add(value, position);
        }
        return Intern(new Node(ExprKind.Constant, position, 0), new NodeTraits(0, !value.IsBase, false, 0, -1, true));
    }

    internal int Column(ColumnInfo column, bool next) => Intern(
        new Node(next ? ExprKind.NextColumn : ExprKind.Column, column.Index, 0),
        new NodeTraits(1, column.IsExtension, next, column.Phase, column.Table, false));

    internal int Selector(SelectorKind kind) => Intern(
        new Node(ExprKind.Selector, (int)kind, 0),
        new NodeTraits(kind == SelectorKind.Transition ? 0 : 1, false, false, 0, -1, false));

    internal int Challenge(int index, int phase) => Intern(
        new Node(ExprKind.Challenge, index, 0), new NodeTraits(0, true, false, phase + 1, -1, true));

    internal int BusSum() => Intern(new Node(ExprKind.BusSum, 0, 0), new NodeTraits(0, true, false, 0, -1, true));

    internal int Add(int a, int b)
    {
        if (IsConstant(a, out Quintic x))
        {
            if (x.IsZero)
                return b;
            if (IsConstant(b, out Quintic y))
                return Constant(x + y);
        }
        else if (IsConstant(b, out Quintic y) && y.IsZero)
        {
            return a;
        }
        if (_nodes[b].Kind == ExprKind.Neg)
            return Sub(a, _nodes[b].A);
        if (_nodes[a].Kind == ExprKind.Neg)
            return Sub(b, _nodes[a].A);
        return Binary(ExprKind.Add, Math.Min(a, b), Math.Max(a, b));
    }

    internal int Sub(int a, int b)
    {
        if (a == b)
            return Constant(default);
        if (IsConstant(b, out Quintic y))
        {
            if (y.IsZero)
                return a;
            return IsConstant(a, out Quintic c) ? Constant(c - y) : Add(a, Constant(-y));
        }
        if (IsConstant(a, out Quintic x) && x.IsZero)
            return Neg(b);
        return _nodes[b].Kind == ExprKind.Neg ? Add(a, _nodes[b].A) : Binary(ExprKind.Sub, a, b);
    }

    internal int Mul(int a, int b)
    {
        if (IsConstant(b, out _))
            (a, b) = (b, a);
        if (IsConstant(a, out Quintic x))
        {
            if (x.IsZero)
                return Constant(default);
            if (x == Quintic.One)
                return b;
            if (x == -Quintic.One)
                return Neg(b);
            if (IsConstant(b, out Quintic y))
                return Constant(x * y);
            Node inner = _nodes[b];
            if (inner.Kind == ExprKind.Neg)
                return Mul(Constant(-x), inner.A);
            if (inner.Kind == ExprKind.Mul && IsConstant(inner.A, out Quintic z))
                return Mul(Constant(x * z), inner.B);
            return Binary(ExprKind.Mul, a, b);
        }
        bool negatedA = _nodes[a].Kind == ExprKind.Neg;
        bool negatedB = _nodes[b].Kind == ExprKind.Neg;
        if (negatedA || negatedB)
        {
            int product = Mul(negatedA ? _nodes[a].A : a, negatedB ? _nodes[b].A : b);
            return negatedA == negatedB ? product : Neg(product);
        }
        // Constants first, then the lower id: one node for x·y and y·x.
        if (IsConstantMultiple(a, out int factor, out int rest))
            return Mul(factor, Mul(rest, b));
        if (IsConstantMultiple(b, out factor, out rest))
            return Mul(factor, Mul(a, rest));
        return Binary(ExprKind.Mul, Math.Min(a, b), Math.Max(a, b));
    }

    internal int Neg(int a)
    {
        if (IsConstant(a, out Quintic x))
            return Constant(-x);
        Node node = _nodes[a];
        if (node.Kind == ExprKind.Neg)
            return node.A;
        if (node.Kind == ExprKind.Sub)
            return Sub(node.B, node.A);
        if (IsConstantMultiple(a, out int factor, out int rest))
            return Mul(Neg(factor), rest);
        return Intern(new Node(ExprKind.Neg, a, 0), _traits[a]);
    }

    private bool IsConstantMultiple(int id, out int factor, out int rest)
    {
        Node node = _nodes[id];
        (factor, rest) = (node.A, node.B);
        return node.Kind == ExprKind.Mul && IsConstant(node.A, out _);
    }

    private int Binary(ExprKind kind, int a, int b)
    {
        NodeTraits left = _traits[a], right = _traits[b];
        if (left.Table >= 0 && right.Table >= 0 && left.Table != right.Table)
            throw new CircuitException("an expression reads columns of two tables; tables talk through buses only");
        return Intern(new Node(kind, a, b), new NodeTraits(
            kind == ExprKind.Mul ? left.Degree + right.Degree : Math.Max(left.Degree, right.Degree),
            left.IsExtension || right.IsExtension,
            left.UsesNext || right.UsesNext,
            Math.Max(left.Phase, right.Phase),
            Math.Max(left.Table, right.Table),
            left.IsScalar && right.IsScalar));
    }

    private int Intern(Node node, NodeTraits traits)
    {
        if (_ids.TryGetValue(node, out int id))
            return id;
        id = _nodes.Count;
        _nodes.Add(node);
        _traits.Add(traits);
        _ids.Add(node, id);
        return id;
    }
}
