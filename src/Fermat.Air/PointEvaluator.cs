using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Evaluates expressions at one point of the extension field: the verifier's view of a circuit.</summary>
public static class PointEvaluator
{
    /// <summary>The values of some expressions of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="expressions">Expressions over the table's columns.</param>
    /// <param name="inputs">Values at the point.</param>
    /// <exception cref="CircuitException">An expression reads columns of another table.</exception>
    public static Quintic[] Evaluate(Table table, IReadOnlyList<Expr> expressions, PointInputs inputs)
    {
        Graph graph = table.Graph;
        int[] nodes = graph.Reachable(expressions.Where(e => e.Graph is not null).Select(e => e.Id));
        var values = new Dictionary<int, Quintic>(nodes.Length);
        foreach (int id in nodes)
            values.Add(id, Evaluate(table, graph[id], values, inputs));
        return [.. expressions.Select(e => e.Graph is null ? e.PlainConstant : values[e.Id])];
    }

    /// <summary>Σ_j α^j · sel_j · C_j over the table's constraints.</summary>
    /// <param name="table">The table.</param>
    /// <param name="inputs">Values at the point.</param>
    /// <param name="alpha">The constraint challenge.</param>
    public static Quintic FoldConstraints(Table table, PointInputs inputs, Quintic alpha)
    {
        Quintic[] values = Evaluate(table, [.. table.Constraints.Select(c => c.Expression)], inputs);
        Quintic sum = default;
        for (int j = values.Length - 1; j >= 0; j--)
            sum = sum * alpha + SelectorOf(table.Constraints[j].Rows, inputs.Selectors) * values[j];
        return sum;
    }

    private static Quintic SelectorOf(ConstraintRows rows, in SelectorValues selectors) => rows switch
    {
        ConstraintRows.First => selectors.First,
        ConstraintRows.Last => selectors.Last,
        ConstraintRows.Transition => selectors.Transition,
        _ => Quintic.One,
    };

    private static Quintic Evaluate(Table table, Node node, Dictionary<int, Quintic> values, PointInputs inputs) => node.Kind switch
    {
        ExprKind.Constant => table.Graph.Constants[node.A],
        ExprKind.Column => ColumnValue(table, node.A, next: false, inputs),
        ExprKind.NextColumn => ColumnValue(table, node.A, next: true, inputs),
        ExprKind.Selector => inputs.Selectors[(SelectorKind)node.A],
        ExprKind.Challenge => inputs.Challenges[node.A],
        ExprKind.BusSum => inputs.BusSum,
        ExprKind.Add => values[node.A] + values[node.B],
        ExprKind.Sub => values[node.A] - values[node.B],
        ExprKind.Mul => values[node.A] * values[node.B],
        ExprKind.Neg => -values[node.A],
        _ => throw new InvalidOperationException($"unknown node {node.Kind}"),
    };

    private static Quintic ColumnValue(Table table, int index, bool next, PointInputs inputs)
    {
        ColumnInfo column = table.Graph.Columns[index];
        if (column.Table != table.Index)
            throw new CircuitException($"column {column.Name} is not one of table {table.Name}");
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
