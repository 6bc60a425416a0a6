using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// Step 3 of the prover: a table's quotient Σ_j α^j·sel_j·C_j / Z_act on the points of <see cref="QuotientDomain"/>, and from there the codewords of
/// its pieces.
/// </summary>
internal sealed class QuotientProver(
    ProofShape shape, Quintic constraintChallenge, Quintic[] challenges, Quintic[] busSums, ProverRandomness randomness, CancellationToken ct)
{
    /// <summary>The extended pieces of one table's quotient, and with zero knowledge its mask.</summary>
    /// <param name="table">The table.</param>
    /// <param name="preprocessed">Its extended preprocessed columns, if any.</param>
    /// <param name="phases">Its extended columns by phase, if any.</param>
    /// <param name="tails">The tail rows of both.</param>
    /// <param name="publics">Its public columns in natural order, if any.</param>
    /// <param name="selectors">The selectors of its height, if they are known.</param>
    public Matrix Extend(Table table, Matrix? preprocessed, Matrix?[] phases, TableTails tails, Matrix? publics, DomainSelectors? selectors = null)
    {
        TraceDomain domain = shape.Domain(table.Index);
        using Matrix pieces = Pieces(table, domain, preprocessed, phases, tails, publics, selectors);
        PieceRandomiser.Randomise(pieces, domain, table.Index, randomness);
        PieceRandomiser.WriteMask(pieces, table.Index, randomness, ct);
        return Lde.EvaluateBitReversed(pieces, shape.Options.BlowupLog2, TraceDomain.CosetShift, ct);
    }

    private Matrix Pieces(Table table, TraceDomain domain, Matrix? preprocessed, Matrix?[] phases, TableTails tails, Matrix? publics, DomainSelectors? selectors)
    {
        using var values = new Matrix(domain.Rows, QuotientDomain.Cosets * Quintic.Degree);
        using var tailValues = new Matrix(domain.TailRows, Quintic.Degree);
        using ConstraintColumns first = ConstraintColumns.OnCoset(domain, 0, preprocessed, phases, publics, selectors, ct);
        ConstraintQuotient.OnCoset(table.FoldProgram, Bind(table, first), first.Selectors, values, 0, ct);
        using (ConstraintColumns second = ConstraintColumns.OnCoset(domain, 1, preprocessed, phases, publics, selectors, ct))
            ConstraintQuotient.OnCoset(table.FoldProgram, Bind(table, second), second.Selectors, values, Quintic.Degree, ct);
        using ConstraintColumns tail = ConstraintColumns.OnTail(domain, tails, publics, selectors);
        ConstraintQuotient.OnTail(table.FoldProgram, Bind(table, tail), tail.Selectors, tailValues);

        int width = shape.Options.ZeroKnowledge ? QuotientPieces.WidthWithMask : QuotientPieces.Width;
        return QuotientPolynomial.Pieces(domain, values, tailValues, tail.Selectors, first.Selectors, width, ct);
    }

    private BoundStrip Bind(Table table, ConstraintColumns columns) => table.FoldProgram.Bind(new StripInputs
    {
        Preprocessed = columns.Preprocessed,
        Phases = columns.Phases,
        Public = columns.Public,
        Selectors = columns.Selectors,
        Challenges = challenges,
        BusSum = busSums.Length == 0 ? Quintic.Zero : busSums[table.Index],
        FoldChallenge = constraintChallenge,
    });
}
