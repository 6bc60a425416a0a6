using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Statements.Tests.Checking;

/// <summary>Evaluates a set of expressions of one table on one row of a trace, in plain element arithmetic.</summary>
internal sealed class RowEvaluator
{
    private readonly Graph graph;
    private readonly TableTrace trace;
    private readonly IReadOnlyList<Quintic> challenges;
    private readonly int[] order;
    private readonly Dictionary<int, int> slotOf = [];
    private readonly (ExprKind Kind, int A, int B, bool IsExtension, ColumnInfo? Column)[] program;
    private readonly Quintic[] values;

    public RowEvaluator(TableTrace trace, IReadOnlyList<Quintic> challenges, IEnumerable<Expr> expressions)
    {
        this.trace = trace;
        this.challenges = challenges;
        graph = trace.Table.Graph;
        order = graph.Reachable(expressions.Select(e => e.Id));
        for (int i = 0; i < order.Length; i++) slotOf[order[i]] = i;
        program = [.. order.Select(Compile)];
        values = new Quintic[order.Length];
    }

    public Quintic this[Expr expression] => values[slotOf[expression.Id]];

    public void Run(int row)
    {
        for (int i = 0; i < program.Length; i++)
        {
            (ExprKind kind, int a, int b, bool extension, ColumnInfo? column) = program[i];
            values[i] = kind switch
            {
                ExprKind.Constant => graph.Constants[a],
                ExprKind.Challenge => challenges[a],
                ExprKind.Column => Read(column!, row),
                ExprKind.NextColumn => Read(column!, row + 1),
                ExprKind.Selector => Selector((SelectorKind)a, row),
                ExprKind.Add => extension ? values[a] + values[b] : new Quintic(values[a].C0 + values[b].C0),
                ExprKind.Sub => extension ? values[a] - values[b] : new Quintic(values[a].C0 - values[b].C0),
                ExprKind.Mul => !extension ? new Quintic(values[a].C0 * values[b].C0)
                    : values[b].IsBase ? values[a] * values[b].C0
                    : values[a].IsBase ? values[b] * values[a].C0
                    : values[a] * values[b],
                ExprKind.Neg => -values[a],
                _ => Quintic.Zero,
            };
        }
    }

    private (ExprKind, int, int, bool, ColumnInfo?) Compile(int id)
    {
        Node node = graph[id];
        bool operation = node.Kind >= ExprKind.Add;
        bool column = node.Kind is ExprKind.Column or ExprKind.NextColumn;
        return (
            node.Kind,
            operation ? slotOf[node.A] : node.A,
            operation && node.Kind != ExprKind.Neg ? slotOf[node.B] : node.B,
            graph.Traits(id).IsExtension,
            column ? graph.Columns[node.A] : null);
    }

    private Quintic Read(ColumnInfo column, int row)
    {
        Span<KoalaBear> cells = trace.MatrixOf(column).Row(row);
        int at = column.Offset;
        return column.IsExtension ? new Quintic(cells[at], cells[at + 1], cells[at + 2], cells[at + 3], cells[at + 4]) : new Quintic(cells[at]);
    }

    private Quintic Selector(SelectorKind kind, int row) => kind switch
    {
        SelectorKind.First => row == 0 ? Quintic.One : Quintic.Zero,
        SelectorKind.Last => row == trace.ActiveRows - 1 ? Quintic.One : Quintic.Zero,
        SelectorKind.Transition => row == trace.ActiveRows - 1 ? Quintic.Zero : Quintic.One,
        SelectorKind.BlindSum => row < 5 ? Quintic.One : Quintic.Zero,
        _ => row < 5 ? new Quintic(KoalaBear.From(row)) : Quintic.Zero,
    };
}
