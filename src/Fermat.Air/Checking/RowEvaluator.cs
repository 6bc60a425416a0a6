using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Evaluates expressions of a table on single rows of a trace, node by node: the plain interpreter that the strip programs and the point evaluator are tested against.
/// Holds values of one row at a time; one a thread.
/// </summary>
internal sealed class RowEvaluator
{
    private readonly TableTrace _trace;
    private readonly IReadOnlyList<Quintic> _challenges;
    private readonly Quintic _busSum;
    private readonly Step[] _steps;
    private readonly int[] _positions;
    private readonly KoalaBear[] _base;
    private readonly Quintic[] _extension;

    public RowEvaluator(TableTrace trace, IEnumerable<Expr> expressions, IReadOnlyList<Quintic> challenges, Quintic busSum)
    {
        Graph graph = trace.Table.Graph;
        int[] nodes = graph.Reachable(expressions.Select(e => e.Id));
        _trace = trace;
        _challenges = challenges;
        _busSum = busSum;
        _positions = new int[graph.Count];
        _base = new KoalaBear[nodes.Length];
        _extension = new Quintic[nodes.Length];
        _steps = new Step[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            Node node = graph[nodes[i]];
            _positions[nodes[i]] = i;
            bool operation = node.Kind >= ExprKind.Add;
            bool column = node.Kind is ExprKind.Column or ExprKind.NextColumn;
            _steps[i] = new Step(
                node.Kind,
                operation ? _positions[node.A] : node.A,
                operation && node.Kind != ExprKind.Neg ? _positions[node.B] : 0,
                graph.Traits(nodes[i]).IsExtension,
                column ? graph.Columns[node.A].Offset : 0,
                column ? trace.MatrixOf(graph.Columns[node.A]) : null);
            if (node.Kind is ExprKind.Constant or ExprKind.Challenge or ExprKind.BusSum)
                Set(i, Scalar(graph, node));
        }
    }

    /// <summary>Evaluates all expressions on an active row.</summary>
    public void Evaluate(int row)
    {
        for (int i = 0; i < _steps.Length; i++)
        {
            ref readonly Step step = ref _steps[i];
            switch (step.Kind)
            {
                case ExprKind.Column: Read(i, step, row); break;
                case ExprKind.NextColumn: Read(i, step, (row + 1) & (_trace.Height - 1)); break;
                case ExprKind.Selector: Set(i, new Quintic(Selector((SelectorKind)step.A, row))); break;
                case ExprKind.Constant or ExprKind.Challenge or ExprKind.BusSum: break;
                default:
                    if (step.IsExtension)
                        _extension[i] = Extension(step);
                    else
                        _base[i] = Base(step);
                    break;
            }
        }
    }

    /// <summary>The value of one of the expressions on the row last evaluated.</summary>
    public Quintic Value(Expr expression) => Value(_positions[expression.Id]);

    private Quintic Value(int position) => _steps[position].IsExtension ? _extension[position] : new Quintic(_base[position]);

    private KoalaBear Base(in Step step) => step.Kind switch
    {
        ExprKind.Add => _base[step.A] + _base[step.B],
        ExprKind.Sub => _base[step.A] - _base[step.B],
        ExprKind.Mul => _base[step.A] * _base[step.B],
        _ => -_base[step.A],
    };

    private Quintic Extension(in Step step) => step.Kind switch
    {
        ExprKind.Add => Value(step.A) + Value(step.B),
        ExprKind.Sub => Value(step.A) - Value(step.B),
        ExprKind.Mul when !_steps[step.B].IsExtension => _extension[step.A] * _base[step.B],
        ExprKind.Mul when !_steps[step.A].IsExtension => _extension[step.B] * _base[step.A],
        ExprKind.Mul => _extension[step.A] * _extension[step.B],
        _ => -_extension[step.A],
    };

    private void Read(int position, in Step step, int row)
    {
        ReadOnlySpan<KoalaBear> cells = step.Matrix!.Row(row)[step.Offset..];
        if (step.IsExtension)
            _extension[position] = Quintic.From(cells[..Quintic.Degree]);
        else
            _base[position] = cells[0];
    }

    /// <summary>Selectors on the rows are indicators, but for the transition, which is ω^row − ω^(a−1).</summary>
    private KoalaBear Selector(SelectorKind kind, int row)
    {
        int last = _trace.ActiveRows - 1;
        KoalaBear omega = KoalaBear.RootOfUnity(_trace.LogHeight);
        return kind switch
        {
            SelectorKind.First => row == 0 ? KoalaBear.One : default,
            SelectorKind.Last => row == last ? KoalaBear.One : default,
            SelectorKind.Transition => omega.Pow((ulong)row) - omega.Pow((ulong)last),
            SelectorKind.BlindSum => row < LogUp.BlindRows ? KoalaBear.One : default,
            _ => row < LogUp.BlindRows ? KoalaBear.From(row) : default,
        };
    }

    private Quintic Scalar(Graph graph, Node node) => node.Kind switch
    {
        ExprKind.Constant => graph.Constants[node.A],
        ExprKind.Challenge when node.A < _challenges.Count => _challenges[node.A],
        ExprKind.Challenge => throw new ArgumentException($"table {_trace.Table.Name} needs challenge {node.A}, {_challenges.Count} are given"),
        _ => _busSum,
    };

    private void Set(int position, Quintic value)
    {
        if (_steps[position].IsExtension)
            _extension[position] = value;
        else
            _base[position] = value.C0;
    }

    private readonly record struct Step(ExprKind Kind, int A, int B, bool IsExtension, int Offset, Matrix? Matrix);
}
