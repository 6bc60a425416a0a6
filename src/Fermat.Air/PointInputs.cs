using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>The values of one matrix's base-field columns at a point z and at z·ω (the next row).</summary>
/// <param name="Current">One value a column.</param>
/// <param name="Next">One value a column; only the columns read on the next row matter.</param>
public sealed record PointValues(Quintic[] Current, Quintic[] Next)
{
    /// <summary>From openings: all columns at z, some at z·ω.</summary>
    /// <param name="current">One value a column.</param>
    /// <param name="nextColumns">The columns opened at z·ω.</param>
    /// <param name="next">Their values.</param>
    public static PointValues FromOpenings(ReadOnlySpan<Quintic> current, IReadOnlyList<int> nextColumns, ReadOnlySpan<Quintic> next)
    {
        var all = new Quintic[current.Length];
        for (int i = 0; i < nextColumns.Count; i++)
            all[nextColumns[i]] = next[i];
        return new PointValues(current.ToArray(), all);
    }
}

/// <summary>Everything an expression of a table can read, at one point.</summary>
public sealed class PointInputs
{
    /// <summary>The preprocessed columns; null when there are none.</summary>
    public PointValues? Preprocessed { get; init; }

    /// <summary>The committed columns by phase; null where the table has none.</summary>
    public required IReadOnlyList<PointValues?> Phases { get; init; }

    /// <summary>The public columns; null when there are none.</summary>
    public PointValues? Public { get; init; }

    /// <summary>The transparent polynomials.</summary>
    public required SelectorValues Selectors { get; init; }

    /// <summary>All challenges of the circuit, in order.</summary>
    public required IReadOnlyList<Quintic> Challenges { get; init; }

    /// <summary>The table's bus sum.</summary>
    public Quintic BusSum { get; init; }
}
