using Fermat.Air;

namespace Fermat.Statements.Proving;

/// <summary>Traces of all tables of a statement's circuit.</summary>
internal static class StatementTraces
{
    /// <summary>Makes empty traces and fills phase 0 of them; the caller disposes of them, and where filling fails they are disposed of here.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="logHeights">Logarithm of each table's rows, in circuit order.</param>
    /// <param name="tailRows">Tail rows of each.</param>
    /// <param name="fill">Fills them.</param>
    public static IReadOnlyList<TableTrace> Fill(Circuit circuit, IReadOnlyList<int> logHeights, int tailRows, Action<TableTrace[]> fill)
    {
        TableTrace[] traces = [.. circuit.Tables.Select(table => new TableTrace(circuit, table.Index, logHeights[table.Index], tailRows))];
        try
        {
            fill(traces);
            return traces;
        }
        catch
        {
            foreach (TableTrace trace in traces) trace.Dispose();
            throw;
        }
    }
}
