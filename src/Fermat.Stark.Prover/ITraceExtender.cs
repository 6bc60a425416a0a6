using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Fills the columns that depend on challenges, except those of the LogUp phase, which the prover fills by itself.</summary>
public interface ITraceExtender
{
    /// <summary>Fills the active rows of one table's columns of one phase, <c>traces[table].Phase(phase)</c>.</summary>
    /// <param name="phase">A phase after the first and before the LogUp phase.</param>
    /// <param name="table">Index of the table, which has columns in that phase.</param>
    /// <param name="challenges">All challenges drawn so far, in circuit order.</param>
    /// <param name="traces">
    /// All tables' traces. Columns of earlier phases may be read, their tail rows being noise; so may public columns of this phase, and columns of
    /// this phase in tables before this one.
    /// </param>
    void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces);
}
