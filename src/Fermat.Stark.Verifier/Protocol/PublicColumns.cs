using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Has the statement fill in public columns.</summary>
internal static class PublicColumns
{
    /// <summary>All public columns of a table, of every phase. The caller frees the matrix.</summary>
    /// <param name="shape">The proof's shape.</param>
    /// <param name="publics">The statement's.</param>
    /// <param name="table">A table with public columns.</param>
    /// <param name="challenges">All challenges of the circuit; each phase is shown only those drawn before it.</param>
    public static Matrix Fill(ProofShape shape, IPublicTables publics, Table table, ReadOnlySpan<Quintic> challenges)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(publics);
        ArgumentNullException.ThrowIfNull(table);
        TraceDomain domain = shape.Domain(table.Index);
        var columns = new Matrix(domain.Rows, table.PublicWidth);
        try
        {
            foreach (int phase in table.PublicColumns.Select(column => column.Phase).Distinct().Order())
                publics.Fill(table.Index, phase, domain.ActiveRows, challenges[..shape.Circuit.ChallengesBefore(phase)], columns);
            return columns;
        }
        catch
        {
            columns.Dispose();
            throw;
        }
    }
}
