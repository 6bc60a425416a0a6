using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// What a statement brings to its proof and to its verification alike: the public inputs and the public columns, which are never
/// taken from the proof. The public columns are a function of the public inputs and of the challenges drawn before their phase.
/// </summary>
public interface IPublicTables
{
    /// <summary>The statement's public inputs in their one canonical encoding; absorbed before anything is drawn.</summary>
    ReadOnlySpan<byte> PublicInputs { get; }

    /// <summary>
    /// The fewest active rows that hold the public columns of a table. A proof with fewer is rejected before <see cref="Fill"/> is
    /// called, so an implementation need not expect one.
    /// </summary>
    /// <param name="table">Index of the table in the circuit.</param>
    int RequiredRows(int table) => 0;

    /// <summary>Writes the public columns of one phase of one table.</summary>
    /// <param name="table">Index of the table in the circuit.</param>
    /// <param name="phase">The phase: its columns may depend on the challenges of the phases before it.</param>
    /// <param name="activeRows">n − k; the rows after them are left zero.</param>
    /// <param name="challenges">All challenges drawn so far, in circuit order.</param>
    /// <param name="publicColumns">n rows in natural order; all public base-field columns of the table, of which only the phase's are to be written.</param>
    void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns);
}
