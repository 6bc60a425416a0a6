using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>The row-independent values of a program: expressions of constants and challenges, laid out as words of five components each.</summary>
internal sealed class StripScalars
{
    /// <summary>In challenge nodes of a lowering, the power α^j of the constraint challenge is challenge −1 − j.</summary>
    public static int FoldPower(int j) => -1 - j;

    private readonly Graph _graph;
    private readonly List<int> _roots = [];
    private readonly Dictionary<int, int> _offsets = [];
    private Plan? _plan;

    public StripScalars(Graph graph) => _graph = graph;

    /// <summary>The offset of zero.</summary>
    public int Zero => OffsetOf(_graph.Constant(default));

    /// <summary>The offset of a scalar's five words.</summary>
    public int OffsetOf(int node)
    {
        if (!_offsets.TryGetValue(node, out int offset))
        {
            offset = _roots.Count * Quintic.Degree;
            _roots.Add(node);
            _offsets.Add(node, offset);
        }
        return offset;
    }

    /// <summary>Evaluates all scalars: Montgomery words, five a scalar.</summary>
    public uint[] Evaluate(StripInputs inputs)
    {
        Plan plan = _plan is { } known && known.Roots.Length == _roots.Count ? known : _plan = PlanOf();
        var values = new Quintic[plan.Nodes.Length];
        var powers = new List<Quintic> { Quintic.One };
        for (int i = 0; i < values.Length; i++)
        {
            Node node = plan.Nodes[i];
            values[i] = node.Kind switch
            {
                ExprKind.Constant => _graph.Constants[node.A],
                ExprKind.Challenge => node.A < 0 ? Power(powers, inputs.FoldChallenge, -1 - node.A) : Challenge(inputs, node.A),
                ExprKind.BusSum => inputs.BusSum,
                ExprKind.Add => values[node.A] + values[node.B],
                ExprKind.Sub => values[node.A] - values[node.B],
                ExprKind.Mul => values[node.A] * values[node.B],
                ExprKind.Neg => -values[node.A],
                _ => throw new InvalidOperationException($"{node.Kind} is not a scalar"),
            };
        }
        var words = new uint[Math.Max(1, _roots.Count) * Quintic.Degree];
        for (int i = 0; i < _roots.Count; i++)
        {
            for (int c = 0; c < Quintic.Degree; c++)
                words[(i * Quintic.Degree) + c] = values[plan.Roots[i]][c].Raw;
        }
        return words;
    }

    /// <summary>The nodes that are needed, each after its operands, which are places in the list; and where the roots are in it.</summary>
    private Plan PlanOf()
    {
        int[] ids = _graph.Reachable(_roots);
        var places = new Dictionary<int, int>(ids.Length);
        var nodes = new Node[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            Node node = _graph[ids[i]];
            nodes[i] = node.Kind switch
            {
                ExprKind.Add or ExprKind.Sub or ExprKind.Mul => node with { A = places[node.A], B = places[node.B] },
                ExprKind.Neg => node with { A = places[node.A] },
                _ => node,
            };
            places.Add(ids[i], i);
        }
        return new Plan(nodes, [.. _roots.Select(root => places[root])]);
    }

    private sealed record Plan(Node[] Nodes, int[] Roots);

    private static Quintic Power(List<Quintic> powers, Quintic alpha, int exponent)
    {
        while (powers.Count <= exponent)
            powers.Add(powers[^1] * alpha);
        return powers[exponent];
    }

    private static Quintic Challenge(StripInputs inputs, int index) => index < inputs.Challenges.Count
        ? inputs.Challenges[index]
        : throw new ArgumentException($"the program reads challenge {index}, {inputs.Challenges.Count} are given", nameof(inputs));
}
