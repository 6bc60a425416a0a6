using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// The tail rows of a table's columns and, behind them, row 0: kept of the trace when it is freed, because the quotient is computed there too.
/// </summary>
/// <param name="phases">Number of phases.</param>
internal sealed class TableTails(int phases) : IDisposable
{
    /// <summary>Of the preprocessed columns.</summary>
    public Matrix? Preprocessed { get; private set; }

    /// <summary>Of each phase's columns.</summary>
    public Matrix?[] Phases { get; } = new Matrix?[phases];

    /// <summary>Keeps the tail of the preprocessed columns.</summary>
    public void KeepPreprocessed(Matrix columns, int activeRows) => Preprocessed = Copy(columns, activeRows);

    /// <summary>Keeps the tail of a phase's columns.</summary>
    public void KeepPhase(int phase, Matrix columns, int activeRows) => Phases[phase] = Copy(columns, activeRows);

    /// <summary>Rows <paramref name="activeRows"/> to the end, then row 0.</summary>
    public static Matrix Copy(Matrix columns, int activeRows)
    {
        var tail = new Matrix(columns.Rows - activeRows + 1, columns.Columns);
        for (int row = activeRows; row < columns.Rows; row++) columns.Row(row).CopyTo(tail.Row(row - activeRows));
        columns.Row(0).CopyTo(tail.Row(tail.Rows - 1));
        return tail;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Preprocessed?.Dispose();
        foreach (Matrix? tail in Phases) tail?.Dispose();
    }
}
