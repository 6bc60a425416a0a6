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
    private readonly int[] stamps;
    private int row, stamp;

    public RowEvaluator(TableTrace trace, IReadOnlyList<Quintic> challenges, IEnumerable<Expr> expressions)
    {
        this.trace = trace;
        this.challenges = challenges;
        graph = trace.Table.Graph;
        order = graph.Reachable(expressions.Select(e => e.Id));
        for (int i = 0; i < order.Length; i++) slotOf[order[i]] = i;
        program = [.. order.Select(Compile)];
        values = new Quintic[order.Length];
        stamps = new int[order.Length];
    }

    /// <summary>The value on the row of the last <see cref="MoveTo"/>; only what it depends on is evaluated.</summary>
    public Quintic this[Expr expression] => Value(slotOf[expression.Id]);

    /// <summary>The value of a node of the graph that is part of the expressions.</summary>
    public Quintic ValueOf(int id) => Value(slotOf[id]);

    /// <summary>The columns an expression reads: on its own row and on the next.</summary>
    public (HashSet<ColumnInfo> Here, HashSet<ColumnInfo> Next) Reads(IEnumerable<Expr> expressions)
    {
        HashSet<ColumnInfo> here = [], next = [];
        foreach (int id in graph.Reachable(expressions.Select(e => e.Id)))
        {
            if (graph[id].Kind == ExprKind.Column) here.Add(graph.Columns[graph[id].A]);
            if (graph[id].Kind == ExprKind.NextColumn) next.Add(graph.Columns[graph[id].A]);
        }
        return (here, next);
    }

    /// <summary>Goes to a row, and forgets all values.</summary>
    public void MoveTo(int to)
    {
        row = to;
        stamp++;
    }

    private Quintic Value(int slot)
    {
        if (stamps[slot] == stamp) return values[slot];
        (ExprKind kind, int a, int b, bool extension, ColumnInfo? column) = program[slot];
        Quintic value = kind switch
        {
            ExprKind.Constant => graph.Constants[a],
            ExprKind.Challenge => challenges[a],
            ExprKind.Column => Read(column!, row),
            ExprKind.NextColumn => Read(column!, row + 1),
            ExprKind.Selector => Selector((SelectorKind)a, row),
            ExprKind.Add => extension ? Value(a) + Value(b) : new Quintic(Value(a).C0 + Value(b).C0),
            ExprKind.Sub => extension ? Value(a) - Value(b) : new Quintic(Value(a).C0 - Value(b).C0),
            ExprKind.Mul => Product(Value(a), Value(b)),
            ExprKind.Neg => -Value(a),
            _ => Quintic.Zero,
        };
        stamps[slot] = stamp;
        return values[slot] = value;
    }

    /// <summary>A product, with less work where a factor is in the base field.</summary>
    public static Quintic Product(Quintic a, Quintic b) =>
        b.IsBase ? a.IsBase ? new Quintic(a.C0 * b.C0) : a * b.C0 : a.IsBase ? b * a.C0 : a * b;

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
