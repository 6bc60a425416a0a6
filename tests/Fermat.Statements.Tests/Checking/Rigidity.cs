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
    private readonly IReadOnlyList<TableTrace> traces;
    private readonly HashSet<string> ranges;
    private readonly Dictionary<(int Point, int Table, int Column, int Row, int Part), int> unknowns = [];
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
        (traces, this.ranges) = (points[0].Traces, [.. ranges]);
        foreach (TableTrace trace in traces)
        {
            HashSet<ColumnInfo> held = [.. trace.Table.Interactions.Where(i => this.ranges.Contains(i.Bus.Name)).SelectMany(i => i.Message).Select(e => ColumnOf(trace, e)).OfType<ColumnInfo>().Where(c => !moves(c))];
            foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase < circuit.LogUpPhase && !c.Name.StartsWith("blind.", StringComparison.Ordinal) && !held.Contains(c) && !left(c)))
                for (int row = 0; row < trace.ActiveRows; row++)
                    for (int part = 0; part < column.BaseWidth; part++)
                        for (int point = 0; point < (column.Phase == 0 ? 1 : points.Count); point++)
                        {
                            unknowns.Add((point, column.Table, column.Index, row, part), cells.Count);
                            cells.Add((column, row));
                        }
        }
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

    private void Table(TableTrace trace, Quintic[] challenges, int point, Dictionary<(int, string), List<Use>> uses)
    {
        Constraint[] constraints = [.. trace.Table.Constraints.Where(c => !c.IsGenerated)];
        Interaction[] interactions = [.. trace.Table.Interactions.Where(i => !i.IsGenerated && !ranges.Contains(i.Bus.Name))];
        var values = new RowEvaluator(trace, challenges, constraints.Select(c => c.Expression).Concat(interactions.SelectMany(i => i.Message.Append(i.Multiplicity))));
        Dictionary<int, int[]> orders = [];
        for (int row = 0; row < trace.ActiveRows; row++)
        {
            values.MoveTo(row);
            bool last = row == trace.ActiveRows - 1;
            foreach (Constraint constraint in constraints)
                if (constraint.Rows switch { ConstraintRows.First => row == 0, ConstraintRows.Last => last, ConstraintRows.Transition => !last, _ => true })
                    Zero(Gradient(trace, point, values, row, constraint.Expression, orders));
            foreach (Interaction interaction in interactions)
            {
                Quintic multiplicity = values[interaction.Multiplicity];
                Dictionary<int, Quintic> often = Gradient(trace, point, values, row, interaction.Multiplicity, orders);
                if (multiplicity.IsZero && often.Count == 0) continue;
                string message = string.Join(";", interaction.Message.Select(e => values[e].ToString()));
                if (!uses.TryGetValue((interaction.Bus.Index, message), out List<Use>? of)) uses.Add((interaction.Bus.Index, message), of = []);
                of.Add(new Use(multiplicity, often, multiplicity.IsZero ? [] : [.. interaction.Message.Select(e => Gradient(trace, point, values, row, e, orders))]));
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

    /// <summary>The derivatives of an expression by the cells that can move.</summary>
    private Dictionary<int, Quintic> Gradient(TableTrace trace, int point, RowEvaluator values, int row, Expr expression, Dictionary<int, int[]> orders)
    {
        var gradient = new Dictionary<int, Quintic>();
        if (expression.Graph is null) return gradient;
        Graph graph = trace.Table.Graph;
        if (!orders.TryGetValue(expression.Id, out int[]? order)) orders.Add(expression.Id, order = graph.Reachable([expression.Id]));
        var adjoint = new Dictionary<int, Quintic>(order.Length) { [expression.Id] = Quintic.One };
        for (int i = order.Length - 1; i >= 0; i--)
        {
            if (!adjoint.TryGetValue(order[i], out Quintic by) || by.IsZero) continue;
            Node node = graph[order[i]];
            switch (node.Kind)
            {
                case ExprKind.Column or ExprKind.NextColumn:
                    ColumnInfo column = graph.Columns[node.A];
                    Quintic unit = by;
                    for (int part = 0; part < column.BaseWidth; part++, unit *= Quintic.X)
                        if (unknowns.TryGetValue((column.Phase == 0 ? 0 : point, column.Table, column.Index, node.Kind == ExprKind.Column ? row : row + 1, part), out int unknown)) gradient[unknown] = gradient.GetValueOrDefault(unknown) + unit;
                    break;
                case ExprKind.Add:
                    Add(node.A, by);
                    Add(node.B, by);
                    break;
                case ExprKind.Sub:
                    Add(node.A, by);
                    Add(node.B, -by);
                    break;
                case ExprKind.Mul:
                    Add(node.A, by * values.ValueOf(node.B));
                    Add(node.B, by * values.ValueOf(node.A));
                    break;
                case ExprKind.Neg:
                    Add(node.A, -by);
                    break;
            }
        }
        return gradient;

        void Add(int node, Quintic by) => adjoint[node] = adjoint.GetValueOrDefault(node) + by;
    }

    private static ColumnInfo? ColumnOf(TableTrace trace, Expr expression) =>
        expression.Graph is not null && trace.Table.Graph[expression.Id] is { Kind: ExprKind.Column } node ? trace.Table.Graph.Columns[node.A] : null;

    private sealed record Use(Quintic Multiplicity, Dictionary<int, Quintic> Often, IReadOnlyList<Dictionary<int, Quintic>> Elements);
}
