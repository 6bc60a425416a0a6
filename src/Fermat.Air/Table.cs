using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>A table of a built circuit: its columns, constraints (generated ones included) and messages. Immutable.</summary>
public sealed class Table
{
    private readonly int[] _phaseWidths;
    private readonly int[][] _nextOfPhase;
    private readonly Action<Matrix, int>? _preprocessedFill;
    private readonly Lazy<StripProgram> _foldProgram;
    private readonly Lazy<StripProgram[]> _logUpPrograms;
    private readonly Lazy<PointProgram> _constraintProgram;

    internal Table(Graph graph, TableBuilder source, LogUpColumns? lookup, int phases)
    {
        Graph = graph;
        Name = source.Name;
        Index = source.Index;
        MinLogHeight = source.MinLogHeight;
        MaxLogHeight = source.MaxLogHeight;
        Columns = [.. source.DeclaredColumns];
        Constraints = [.. source.Constraints];
        Interactions = [.. source.Interactions];
        PreprocessedWidth = source.PreprocessedWidth;
        PublicWidth = source.PublicWidth;
        _preprocessedFill = source.PreprocessedFill;
        _phaseWidths = [.. Enumerable.Range(0, phases).Select(p => source.PhaseWidths.GetValueOrDefault(p))];
        Groups = lookup?.Groups ?? [];
        RunningSum = lookup?.RunningSum.ColumnInfo;
        BlindOut = lookup?.BlindOut?.ColumnInfo;
        BlindIn = lookup?.BlindIn?.ColumnInfo;
        MarkNextColumns();
        _nextOfPhase = [.. Enumerable.Range(0, phases).Select(p => NextOf(ColumnSource.Committed, p))];
        NextOfPreprocessed = NextOf(ColumnSource.Preprocessed, 0);
        _logUpPrograms = new Lazy<StripProgram[]>(() => LogUpFiller.Compile(this));
        _foldProgram = new Lazy<StripProgram>(() => StripProgram.LowerFold(this));
        _constraintProgram = new Lazy<PointProgram>(() => new PointProgram(this, [.. Constraints.Select(c => c.Expression)]));
    }

    /// <summary>The circuit's expressions.</summary>
    public Graph Graph { get; }

    /// <summary>The name, unique in the circuit.</summary>
    public string Name { get; }

    /// <summary>The position in the circuit.</summary>
    public int Index { get; }

    /// <summary>The smallest height the verifier accepts, as a logarithm.</summary>
    public int MinLogHeight { get; }

    /// <summary>The largest height the verifier accepts, as a logarithm.</summary>
    public int MaxLogHeight { get; }

    /// <summary>All columns in order of declaration; generated ones last.</summary>
    public IReadOnlyList<ColumnInfo> Columns { get; }

    /// <summary>The columns the statement supplies.</summary>
    public IEnumerable<ColumnInfo> PublicColumns => Columns.Where(c => c.Source == ColumnSource.Public);

    /// <summary>All constraints in the order of their powers of the constraint challenge.</summary>
    public IReadOnlyList<Constraint> Constraints { get; }

    /// <summary>All messages, the blinding ones last.</summary>
    public IReadOnlyList<Interaction> Interactions { get; }

    /// <summary>The interactions by helper column, in the order of their columns in the LogUp phase; empty in a circuit without messages.</summary>
    public IReadOnlyList<InteractionGroup> Groups { get; }

    /// <summary>The running sum of the helpers, in the LogUp phase; null in a circuit without messages.</summary>
    public ColumnInfo? RunningSum { get; }

    /// <summary>Whether the table has a bus sum: every table of a circuit with messages does, and no table of another.</summary>
    public bool HasBusSum => RunningSum is not null;

    /// <summary>The random multiplicities sent to the next table on rows 0 to 4, or null.</summary>
    public ColumnInfo? BlindOut { get; }

    /// <summary>The random multiplicities received from the previous table on rows 0 to 4, or null.</summary>
    public ColumnInfo? BlindIn { get; }

    /// <summary>Base-field columns of the preprocessed matrix; 0 when there is none.</summary>
    public int PreprocessedWidth { get; }

    /// <summary>Base-field columns of the public matrix, extension columns counting five; 0 when there is none.</summary>
    public int PublicWidth { get; }

    /// <summary>The preprocessed base-field columns that are opened on the next row too, ascending.</summary>
    public IReadOnlyList<int> NextOfPreprocessed { get; }

    /// <summary>The largest degree of a constraint, selector included.</summary>
    public int MaxDegree => Constraints.Count == 0 ? 0 : Constraints.Max(c => c.Degree);

    /// <summary>
    /// The program whose one output, an extension element, is Σ_j α^j · sel_j · C_j over <see cref="Constraints"/>, with α = <see cref="StripInputs.FoldChallenge"/>.
    /// Compiled at first use.
    /// </summary>
    public StripProgram FoldProgram => _foldProgram.Value;

    internal StripProgram[] LogUpPrograms => _logUpPrograms.Value;

    /// <summary>All constraints at one point, compiled at first use.</summary>
    internal PointProgram ConstraintProgram => _constraintProgram.Value;

    /// <summary>Base-field columns of the matrix committed in a phase; 0 when the table has none there.</summary>
    /// <param name="phase">0 to the circuit's phases − 1.</param>
    public int PhaseWidth(int phase) => _phaseWidths[phase];

    /// <summary>The base-field columns of a phase that are opened on the next row too, ascending.</summary>
    /// <param name="phase">0 to the circuit's phases − 1.</param>
    public IReadOnlyList<int> NextOfPhase(int phase) => _nextOfPhase[phase];

    /// <summary>The preprocessed matrix at a height, in natural order with zero tail rows; null when the table has no preprocessed column.</summary>
    /// <param name="logHeight">The table's height.</param>
    /// <param name="tailRows">The number of tail rows.</param>
    public Matrix? CreatePreprocessed(int logHeight, int tailRows)
    {
        if (_preprocessedFill is null)
            return null;
        var matrix = new Matrix(1 << logHeight, PreprocessedWidth);
        _preprocessedFill(matrix, (1 << logHeight) - tailRows);
        return matrix;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private void MarkNextColumns()
    {
        foreach (int id in Graph.Reachable(Constraints.Select(c => c.Expression.Id)))
        {
            if (Graph[id] is { Kind: ExprKind.NextColumn, A: int column })
                Graph.Columns[column].UsesNext = true;
        }
    }

    private int[] NextOf(ColumnSource source, int phase) =>
    [
        .. Columns.Where(c => c.UsesNext && c.Source == source && c.Phase == phase)
            .SelectMany(c => Enumerable.Range(c.Offset, c.BaseWidth)).Order(),
    ];
}
