using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Has a statement fill in public columns, for prover and verifier alike.</summary>
public static class PublicColumns
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
        var columns = new Matrix(shape.Domain(table.Index).Rows, table.PublicWidth);
        try
        {
            foreach (int phase in table.PublicColumns.Select(column => column.Phase).Distinct().Order())
                FillPhase(shape, publics, table, phase, challenges[..shape.Circuit.ChallengesBefore(phase)], columns);
            return columns;
        }
        catch
        {
            columns.Dispose();
            throw;
        }
    }

    /// <summary>The public columns of one phase of a table.</summary>
    /// <param name="shape">The proof's shape.</param>
    /// <param name="publics">The statement's.</param>
    /// <param name="table">A table with public columns in the phase.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="challenges">The challenges drawn before the phase.</param>
    /// <param name="columns">The matrix to write to.</param>
    public static void FillPhase(
        ProofShape shape, IPublicTables publics, Table table, int phase, ReadOnlySpan<Quintic> challenges, Matrix columns)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(publics);
        ArgumentNullException.ThrowIfNull(table);
        publics.Fill(table.Index, phase, shape.Domain(table.Index).ActiveRows, challenges, columns);
    }
}
