using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>A matrix seen from a row on: the row read for row number r is <paramref name="RowOffset"/> + r.</summary>
/// <param name="Matrix">The matrix.</param>
/// <param name="RowOffset">Where its rows start; 0 for the whole matrix.</param>
public readonly record struct StripMatrix(Matrix Matrix, int RowOffset = 0)
{
    /// <summary>The whole matrix.</summary>
    public static implicit operator StripMatrix(Matrix matrix) => new(matrix);
}

/// <summary>Everything a strip program reads. The matrices share their row numbers, whatever their order.</summary>
public sealed class StripInputs
{
    /// <summary>The preprocessed columns; null when there are none.</summary>
    public StripMatrix? Preprocessed { get; init; }

    /// <summary>The committed columns by phase; null where the table has none or the program reads none.</summary>
    public IReadOnlyList<StripMatrix?> Phases { get; init; } = [];

    /// <summary>The public columns; null when there are none.</summary>
    public StripMatrix? Public { get; init; }

    /// <summary>The columns of <see cref="Air.Selectors.OverCoset"/>.</summary>
    public StripMatrix? Selectors { get; init; }

    /// <summary>The challenges of the circuit, in order, as far as the program uses them.</summary>
    public IReadOnlyList<Quintic> Challenges { get; init; } = [];

    /// <summary>The table's bus sum.</summary>
    public Quintic BusSum { get; init; }

    /// <summary>The constraint challenge α of <see cref="Table.FoldProgram"/>.</summary>
    public Quintic FoldChallenge { get; init; }
}
