using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// A filled table: its matrices in natural row order. Rows 0 to <see cref="ActiveRows"/> − 1 are active; the tail rows after them are left to the prover,
/// which fills them with random values. Owns its matrices.
/// </summary>
public sealed class TableTrace : IDisposable
{
    private readonly Matrix?[] _phases;
    private Matrix? _preprocessed;
    private Matrix? _public;

    /// <summary>An all-zero trace; matrices are allocated when first asked for.</summary>
    /// <param name="table">The table.</param>
    /// <param name="phases">The number of phases of the circuit.</param>
    /// <param name="logHeight">The height is 2^logHeight.</param>
    /// <param name="tailRows">The number of rows at the end on which constraints are off.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer active rows than the blinding rows remain.</exception>
    public TableTrace(Table table, int phases, int logHeight, int tailRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tailRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tailRows, (1 << logHeight) - LogUp.BlindRows, nameof(tailRows));
        Table = table;
        LogHeight = logHeight;
        TailRows = tailRows;
        _phases = new Matrix?[phases];
    }

    /// <summary>An all-zero trace of a table of a circuit.</summary>
    /// <inheritdoc cref="TableTrace(Table, int, int, int)"/>
    public TableTrace(Circuit circuit, int table, int logHeight, int tailRows)
        : this(circuit.Tables[table], circuit.Phases, logHeight, tailRows)
    {
    }

    /// <summary>The table.</summary>
    public Table Table { get; }

    /// <summary>The height is 2^LogHeight rows.</summary>
    public int LogHeight { get; }

    /// <summary>The number of rows, active and tail.</summary>
    public int Height => 1 << LogHeight;

    /// <summary>The number of tail rows.</summary>
    public int TailRows { get; }

    /// <summary>The number of rows on which constraints hold.</summary>
    public int ActiveRows => Height - TailRows;

    /// <summary>The preprocessed matrix, or null when the table has no such column.</summary>
    public Matrix? Preprocessed => _preprocessed ??= Table.CreatePreprocessed(LogHeight, TailRows);

    /// <summary>The public matrix, filled by the statement; null when the table has no such column.</summary>
    public Matrix? Public => Table.PublicWidth == 0 ? null : _public ??= new Matrix(Height, Table.PublicWidth);

    /// <summary>A cell of a committed base-field column. Code that fills many rows takes the matrix of <see cref="Phase"/> and <see cref="Expr.Offset"/>.</summary>
    /// <param name="row">The row, 0 to <see cref="Height"/> − 1.</param>
    /// <param name="column">The column, as the table's builder gave it.</param>
    /// <exception cref="ArgumentException">The expression is not a committed base-field column of this table.</exception>
    public KoalaBear this[int row, Expr column]
    {
        get => Phase(Cell(column).Phase)[row, column.Offset];
        set
        {
            Matrix matrix = Phase(Cell(column).Phase);
            matrix[row, column.Offset] = value;
        }
    }

    /// <summary>Whether a phase's matrix has been asked for or set and not released.</summary>
    /// <param name="phase">The phase.</param>
    public bool HasPhase(int phase) => _phases[phase] is not null;

    /// <summary>The matrix of a phase, all zero when first asked for.</summary>
    /// <param name="phase">The phase.</param>
    /// <exception cref="InvalidOperationException">The table has no column in this phase.</exception>
    public Matrix Phase(int phase)
    {
        if (Table.PhaseWidth(phase) == 0)
            throw new InvalidOperationException($"table {Table.Name} has no column in phase {phase}");
        return _phases[phase] ??= new Matrix(Height, Table.PhaseWidth(phase));
    }

    /// <summary>The matrix of a committed column's phase.</summary>
    /// <param name="column">A committed column of this table.</param>
    public Matrix MatrixOf(ColumnInfo column) => column.Source switch
    {
        ColumnSource.Committed => Phase(column.Phase),
        ColumnSource.Public => Public!,
        _ => Preprocessed!,
    };

    /// <summary>Replaces a phase's matrix, which the trace then owns.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="matrix">Of the table's height and the phase's width.</param>
    public void SetPhase(int phase, Matrix matrix)
    {
        if (matrix.Rows != Height || matrix.Columns != Table.PhaseWidth(phase))
            throw new ArgumentException($"table {Table.Name} has {Height} rows and {Table.PhaseWidth(phase)} columns in phase {phase}", nameof(matrix));
        if (!ReferenceEquals(_phases[phase], matrix))
            Release(phase);
        _phases[phase] = matrix;
    }

    /// <summary>Frees a phase's matrix.</summary>
    /// <param name="phase">The phase.</param>
    public void Release(int phase)
    {
        _phases[phase]?.Dispose();
        _phases[phase] = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int phase = 0; phase < _phases.Length; phase++)
            Release(phase);
        _preprocessed?.Dispose();
        _public?.Dispose();
        (_preprocessed, _public) = (null, null);
    }

    private ColumnInfo Cell(Expr column)
    {
        ColumnInfo info = column.ColumnInfo;
        return info.Table == Table.Index && info.Source == ColumnSource.Committed && !info.IsExtension
            ? info
            : throw new ArgumentException($"{info.Name} is not a committed base-field column of table {Table.Name}", nameof(column));
    }
}
