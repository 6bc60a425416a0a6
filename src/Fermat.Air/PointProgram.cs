using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Some expressions of a table in the order of their evaluation at one point of the extension field, each node once; made once, run at any number of points.
/// </summary>
internal sealed class PointProgram
{
    private readonly Table _table;
    private readonly Node[] _steps; // operands of sums, differences and products are positions of earlier steps
    private readonly int[] _results; // a step for each expression, −1 where it is a plain constant
    private readonly Quintic[] _constants; // for the expressions that are

    public PointProgram(Table table, IReadOnlyList<Expr> expressions)
    {
        _table = table;
        Graph graph = table.Graph;
        int[] nodes = graph.Reachable(expressions.Where(e => e.Graph is not null).Select(e => e.Id));
        var positions = new Dictionary<int, int>(nodes.Length);
        _steps = new Node[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            positions.Add(nodes[i], i);
            Node node = graph[nodes[i]];
            if (node.Kind is ExprKind.Column or ExprKind.NextColumn && graph.Columns[node.A].Table != table.Index)
                throw new CircuitException($"column {graph.Columns[node.A].Name} is not one of table {table.Name}");
            _steps[i] = node.Kind < ExprKind.Add ? node
                : new Node(node.Kind, positions[node.A], node.Kind == ExprKind.Neg ? 0 : positions[node.B]);
        }

        _results = [.. expressions.Select(e => e.Graph is null ? -1 : positions[e.Id])];
        _constants = [.. expressions.Select(e => e.Graph is null ? e.PlainConstant : default)];
    }

    /// <summary>The values of the expressions.</summary>
    public Quintic[] Run(PointInputs inputs)
    {
        var values = new Quintic[_steps.Length];
        for (int i = 0; i < values.Length; i++)
        {
            Node step = _steps[i];
            values[i] = step.Kind switch
            {
                ExprKind.Constant => _table.Graph.Constants[step.A],
                ExprKind.Column => ColumnValue(step.A, next: false, inputs),
                ExprKind.NextColumn => ColumnValue(step.A, next: true, inputs),
                ExprKind.Selector => inputs.Selectors[(SelectorKind)step.A],
                ExprKind.Challenge => inputs.Challenges[step.A],
                ExprKind.BusSum => inputs.BusSum,
                ExprKind.Add => values[step.A] + values[step.B],
                ExprKind.Sub => values[step.A] - values[step.B],
                ExprKind.Mul => values[step.A] * values[step.B],
                ExprKind.Neg => -values[step.A],
                _ => throw new InvalidOperationException($"unknown node {step.Kind}"),
            };
        }

        var results = new Quintic[_results.Length];
        for (int i = 0; i < results.Length; i++) results[i] = _results[i] < 0 ? _constants[i] : values[_results[i]];
        return results;
    }

    private Quintic ColumnValue(int index, bool next, PointInputs inputs)
    {
        ColumnInfo column = _table.Graph.Columns[index];
        PointValues values = column.Source switch
        {
            ColumnSource.Preprocessed => inputs.Preprocessed!,
            ColumnSource.Public => inputs.Public!,
            _ => inputs.Phases[column.Phase]!,
        };
        ReadOnlySpan<Quintic> row = (next ? values.Next : values.Current).AsSpan(column.Offset, column.BaseWidth);
        Quintic value = row[0];
        // An extension column is Σ X^c · f_c; its components are base-field polynomials, but their values at z are not in the base field.
        Quintic power = Quintic.X;
        for (int c = 1; c < row.Length; c++, power *= Quintic.X)
            value += power * row[c];
        return value;
    }
}
