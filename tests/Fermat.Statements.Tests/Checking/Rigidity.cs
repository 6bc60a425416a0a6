using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Statements.Tests.Checking;

/// <summary>
/// What a prover could change in an honest trace if it changed any number of cells at once, each by as little as it likes: the kernel of all constraints and buses, linear around the trace. A column that nothing pins is found even where it needs others to move with it.
/// </summary>
/// <remarks>
/// Cells of the range table's buses hold integers, so they do not move by a little; they stay as they are, but for those that the caller lets move. Messages that are equal stay equal: where a message has one sender or one receiver all of its uses move together, else their changes cancel.
/// </remarks>
internal sealed class Rigidity
{
    private static readonly Dictionary<int, Quintic> Nothing = [];

    private readonly IReadOnlyList<TableTrace> traces;
    private readonly Graph graph;
    private readonly HashSet<string> ranges;
    private readonly HashSet<Bus> changing; // with messages that are others at each point
    private readonly int?[] firstOf; // by column: its first unknown
    private readonly bool[] moving; // by node of the graph: whether it depends on a cell that can move
    private readonly Dictionary<int, Cone> cones = [];
    private readonly Quintic[] adjoint;
    private readonly int points;
    private readonly List<(ColumnInfo Column, int Row)> cells = [];
    private readonly List<Dictionary<int, KoalaBear>> pivots = [];
    private readonly Dictionary<int, int> pivotOf = [];

    /// <summary>Finds what can move.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="points">Satisfying traces of all tables at several random points, in which phase 0 is the same.</param>
    /// <param name="ranges">The buses of the range table.</param>
    /// <param name="left">Columns that are left as they are.</param>
    /// <param name="moves">Range-checked columns that may move all the same.</param>
    public Rigidity(Circuit circuit, IReadOnlyList<(Quintic[] Challenges, IReadOnlyList<TableTrace> Traces)> points, IEnumerable<string> ranges, Func<ColumnInfo, bool> left, Func<ColumnInfo, bool> moves)
    {
        (traces, this.ranges, this.points, graph) = (points[0].Traces, [.. ranges], points.Count, points[0].Traces[0].Table.Graph);
        (firstOf, moving, adjoint) = (new int?[graph.Columns.Count], new bool[graph.Count], new Quintic[graph.Count]);
        foreach (TableTrace trace in traces)
        {
            HashSet<ColumnInfo> held = [.. trace.Table.Interactions.Where(i => this.ranges.Contains(i.Bus.Name)).SelectMany(i => i.Message).Select(ColumnOf).OfType<ColumnInfo>().Where(c => !moves(c))];
            foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase < circuit.LogUpPhase && !c.Name.StartsWith("blind.", StringComparison.Ordinal) && !held.Contains(c) && !left(c)))
            {
                firstOf[column.Index] = cells.Count;
                for (int row = 0; row < trace.ActiveRows; row++)
                    for (int each = 0; each < column.BaseWidth * PointsOf(column); each++) cells.Add((column, row));
            }
        }
        for (int id = 0; id < graph.Count; id++)
            moving[id] = graph[id] switch
            {
                { Kind: ExprKind.Column or ExprKind.NextColumn } node => firstOf[node.A] is not null,
                { Kind: ExprKind.Neg } node => moving[node.A],
                { Kind: >= ExprKind.Add } node => moving[node.A] || moving[node.B],
                _ => false,
            };
        changing = [.. traces.SelectMany(trace => trace.Table.Interactions).Where(i => i.Message.Append(i.Multiplicity).Any(Changes)).Select(i => i.Bus)];
        for (int point = 0; point < points.Count; point++)
        {
            var uses = new Dictionary<(int Bus, string Message), List<Use>>();
            foreach (TableTrace trace in points[point].Traces) Table(trace, points[point].Challenges, point, uses);
            Buses(uses);
        }
        Free = [.. Enumerable.Range(0, cells.Count).Where(i => !pivotOf.ContainsKey(i))];
    }

    /// <summary>How many cells could move.</summary>
    public int Unknowns => cells.Count;

    /// <summary>The cells that can be chosen; all others follow.</summary>
    public IReadOnlyList<int> Free { get; }

    /// <summary>The columns that move with a cell that is chosen, with their rows.</summary>
    public IReadOnlyList<string> With(int free)
    {
        var moved = new Dictionary<int, KoalaBear> { [free] = KoalaBear.One };
        for (int p = pivots.Count - 1; p >= 0; p--)
        {
            KoalaBear sum = default;
            int pivot = -1;
            foreach ((int unknown, KoalaBear factor) in pivots[p])
                if (pivotOf.TryGetValue(unknown, out int of) && of == p) pivot = unknown;
                else if (moved.TryGetValue(unknown, out KoalaBear by)) sum += factor * by;
            if (!sum.IsZero) moved[pivot] = -sum;
        }
        return [.. moved.Keys.Select(Name).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>What is found, for people.</summary>
    public override string ToString() => $"{Free.Count} of {Unknowns} move:\n{string.Join("\n", Free.Take(60).Select(free => string.Join(", ", With(free).Take(12))))}";

    /// <summary>Table, row and column of a cell.</summary>
    public string Name(int unknown) => $"{traces[cells[unknown].Column.Table].Table.Name}[{cells[unknown].Row}].{cells[unknown].Column.Name}";

    /// <summary>What is the same at each point says the same at each, so it is looked at in the first alone.</summary>
    private bool Changes(Expr expression) => expression.Graph is not null && graph.Traits(expression.Id).Phase > 0;

    private int PointsOf(ColumnInfo column) => column.Phase == 0 ? 1 : points;

    private void Table(TableTrace trace, Quintic[] challenges, int point, Dictionary<(int, string), List<Use>> uses)
    {
        Constraint[] constraints = [.. trace.Table.Constraints.Where(c => !c.IsGenerated && (point == 0 || Changes(c.Expression)) && Moves(c.Expression))];
        Interaction[] interactions = [.. trace.Table.Interactions.Where(i => !i.IsGenerated && !ranges.Contains(i.Bus.Name) && (point == 0 || changing.Contains(i.Bus)))];
        var values = new RowEvaluator(trace, challenges, constraints.Select(c => c.Expression).Concat(interactions.SelectMany(i => i.Message.Append(i.Multiplicity))));
        for (int row = 0; row < trace.ActiveRows; row++)
        {
            values.MoveTo(row);
            bool last = row == trace.ActiveRows - 1;
            foreach (Constraint constraint in constraints)
                if (constraint.Rows switch { ConstraintRows.First => row == 0, ConstraintRows.Last => last, ConstraintRows.Transition => !last, _ => true })
                    Zero(Gradient(trace, point, values, row, constraint.Expression));
            foreach (Interaction interaction in interactions)
            {
                Quintic multiplicity = values[interaction.Multiplicity];
                Dictionary<int, Quintic> often = Gradient(trace, point, values, row, interaction.Multiplicity);
                if (multiplicity.IsZero && often.Count == 0) continue;
                string message = string.Join(";", interaction.Message.Select(e => values[e].ToString()));
                if (!uses.TryGetValue((interaction.Bus.Index, message), out List<Use>? of)) uses.Add((interaction.Bus.Index, message), of = []);
                of.Add(new Use(multiplicity, often, multiplicity.IsZero ? [] : [.. interaction.Message.Select(e => Gradient(trace, point, values, row, e))]));
            }
        }
    }

    private void Buses(Dictionary<(int, string), List<Use>> uses)
    {
        foreach (List<Use> all in uses.Values)
        {
            Zero(Sum(all.Select(use => (use.Often, Quintic.One))));
            Use[] some = [.. all.Where(use => !use.Multiplicity.IsZero)];
            if (some.Length == 0) continue;
            bool together = some.Count(use => IsPositive(use.Multiplicity)) <= 1 || some.Count(use => !IsPositive(use.Multiplicity)) <= 1;
            for (int e = 0; e < some[0].Elements.Count; e++)
                if (together)
                    foreach (Use use in some.Skip(1)) Zero(Sum([(some[0].Elements[e], Quintic.One), (use.Elements[e], -Quintic.One)]));
                else
                    Zero(Sum(some.Select(use => (use.Elements[e], use.Multiplicity))));
        }

        static bool IsPositive(Quintic multiplicity) => multiplicity.C0.Value < KoalaBear.Modulus / 2;
    }

    private static Dictionary<int, Quintic> Sum(IEnumerable<(Dictionary<int, Quintic> Gradient, Quintic Factor)> terms)
    {
        var sum = new Dictionary<int, Quintic>();
        foreach ((Dictionary<int, Quintic> gradient, Quintic factor) in terms)
            foreach ((int unknown, Quintic by) in gradient) sum[unknown] = sum.GetValueOrDefault(unknown) + factor * by;
        return sum;
    }

    /// <summary>One equation for each coordinate.</summary>
    private void Zero(Dictionary<int, Quintic> gradient)
    {
        for (int i = 0; i < Quintic.Degree; i++)
        {
            var equation = new Dictionary<int, KoalaBear>();
            foreach ((int unknown, Quintic by) in gradient)
                if (!by[i].IsZero) equation.Add(unknown, by[i]);
            if (equation.Count > 0) Eliminate(equation);
        }
    }

    private void Eliminate(Dictionary<int, KoalaBear> equation)
    {
        var due = new PriorityQueue<int, int>(equation.Keys.Where(pivotOf.ContainsKey).Select(unknown => (unknown, pivotOf[unknown])));
        while (due.TryDequeue(out int unknown, out int pivot))
        {
            if (!equation.TryGetValue(unknown, out KoalaBear factor)) continue;
            foreach ((int other, KoalaBear by) in pivots[pivot])
            {
                KoalaBear sum = equation.GetValueOrDefault(other) - factor * by;
                if (sum.IsZero)
                {
                    equation.Remove(other);
                }
                else
                {
                    if (!equation.ContainsKey(other) && pivotOf.TryGetValue(other, out int later)) due.Enqueue(other, later);
                    equation[other] = sum;
                }
            }
        }
        if (equation.Count == 0) return;
        (int chosen, KoalaBear lead) = equation.MaxBy(pair => pair.Key);
        KoalaBear inverse = lead.Inverse();
        pivotOf.Add(chosen, pivots.Count);
        pivots.Add(equation.ToDictionary(pair => pair.Key, pair => pair.Value * inverse));
    }

    private bool Moves(Expr expression) => expression.Graph is not null && moving[expression.Id];

    /// <summary>The derivatives of an expression by the cells that can move.</summary>
    private Dictionary<int, Quintic> Gradient(TableTrace trace, int point, RowEvaluator values, int row, Expr expression)
    {
        if (!Moves(expression)) return Nothing;
        if (!cones.TryGetValue(expression.Id, out Cone? cone)) cones.Add(expression.Id, cone = ConeOf(expression.Id));
        var gradient = new Dictionary<int, Quintic>();
        adjoint[expression.Id] = Quintic.One;
        foreach (int id in cone.Nodes)
        {
            Quintic by = adjoint[id];
            if (by.IsZero) continue;
            adjoint[id] = Quintic.Zero;
            Node node = graph[id];
            switch (node.Kind)
            {
                case ExprKind.Column or ExprKind.NextColumn:
                    ColumnInfo column = graph.Columns[node.A];
                    int of = node.Kind == ExprKind.Column ? row : row + 1, each = PointsOf(column);
                    if (of >= trace.ActiveRows) break;
                    int first = firstOf[node.A]!.Value + of * column.BaseWidth * each + (each == 1 ? 0 : point);
                    for (int part = 0; part < column.BaseWidth; part++, by *= Quintic.X) gradient[first + part * each] = gradient.GetValueOrDefault(first + part * each) + by;
                    break;
                case ExprKind.Add:
                    if (moving[node.A]) adjoint[node.A] += by;
                    if (moving[node.B]) adjoint[node.B] += by;
                    break;
                case ExprKind.Sub:
                    if (moving[node.A]) adjoint[node.A] += by;
                    if (moving[node.B]) adjoint[node.B] -= by;
                    break;
                case ExprKind.Mul:
                    if (moving[node.A]) adjoint[node.A] += RowEvaluator.Product(by, values.ValueOf(node.B));
                    if (moving[node.B]) adjoint[node.B] += RowEvaluator.Product(by, values.ValueOf(node.A));
                    break;
                case ExprKind.Neg:
                    adjoint[node.A] -= by;
                    break;
            }
        }
        return gradient;
    }

    /// <summary>The nodes that an expression depends on and that can move, those that use others first.</summary>
    private Cone ConeOf(int root)
    {
        var nodes = new SortedSet<int>();
        var due = new Stack<int>([root]);
        while (due.TryPop(out int id))
        {
            if (!moving[id] || !nodes.Add(id) || graph[id].Kind < ExprKind.Add) continue;
            due.Push(graph[id].A);
            if (graph[id].Kind != ExprKind.Neg) due.Push(graph[id].B);
        }
        return new Cone([.. nodes.Reverse()]);
    }

    private ColumnInfo? ColumnOf(Expr expression) => expression.Graph is not null && graph[expression.Id] is { Kind: ExprKind.Column } node ? graph.Columns[node.A] : null;

    private sealed record Cone(int[] Nodes);

    private sealed record Use(Quintic Multiplicity, Dictionary<int, Quintic> Often, IReadOnlyList<Dictionary<int, Quintic>> Elements);
}
