using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Fills the generated phase-0 columns that mask the tables' bus sums.</summary>
public static class Blinding
{
    /// <summary>
    /// Gives rows 0 to 4 of each table random multiplicities that the next table takes back. Other rows are set to zero up to the last active one; tail rows are
    /// left alone. Without this the sums still balance, and tell about the messages.
    /// </summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="traces">One trace a table, in order.</param>
    /// <param name="random">Uniform elements, from the prover's secret randomness.</param>
    public static void Fill(Circuit circuit, IReadOnlyList<TableTrace> traces, Func<KoalaBear> random)
    {
        Span<KoalaBear> mask = stackalloc KoalaBear[LogUp.BlindRows];
        for (int t = 0; t < circuit.Tables.Count; t++)
        {
            if (circuit.Tables[t].BlindIn is { } taken)
                Write(traces[t], taken, mask);
            if (circuit.Tables[t].BlindOut is not { } given)
                continue;
            foreach (ref KoalaBear multiplicity in mask)
                multiplicity = random();
            Write(traces[t], given, mask);
        }
    }

    private static void Write(TableTrace trace, ColumnInfo column, ReadOnlySpan<KoalaBear> mask)
    {
        Matrix matrix = trace.Phase(column.Phase);
        for (int row = 0; row < trace.ActiveRows; row++)
            matrix.Row(row)[column.Offset] = row < mask.Length ? mask[row] : default;
    }
}
