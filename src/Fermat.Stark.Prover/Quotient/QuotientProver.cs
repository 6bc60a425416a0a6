using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Step 3 of the prover: a table's quotient Σ_j α^j·sel_j·C_j / Z_act on three cosets, and from there the codewords of its pieces.</summary>
internal sealed class QuotientProver(
    ProofShape shape, Quintic constraintChallenge, Quintic[] challenges, Quintic[] busSums, ProverRandomness randomness, CancellationToken ct)
{
    /// <summary>The extended pieces of one table's quotient, and with zero knowledge its mask.</summary>
    /// <param name="table">The table.</param>
    /// <param name="preprocessed">Its extended preprocessed columns, if any.</param>
    /// <param name="phases">Its extended columns by phase, if any.</param>
    /// <param name="publics">Its public columns in natural order, if any.</param>
    /// <param name="evenIfWrong">Gives something even if the constraints do not hold.</param>
    /// <exception cref="ProverException">The trace violates a constraint.</exception>
    public Matrix Extend(Table table, Matrix? preprocessed, Matrix?[] phases, Matrix? publics, bool evenIfWrong)
    {
        TraceDomain domain = shape.Domain(table.Index);
        using Matrix pieces = Pieces(table, domain, preprocessed, phases, publics, evenIfWrong);
        QuotientSplitter.Randomise(pieces, domain, table.Index, randomness);
        QuotientSplitter.WriteMask(pieces, table.Index, randomness, ct);
        return Lde.EvaluateBitReversed(pieces, shape.Options.BlowupLog2, TraceDomain.CosetShift, ct);
    }

    private Matrix Pieces(Table table, TraceDomain domain, Matrix? preprocessed, Matrix?[] phases, Matrix? publics, bool evenIfWrong)
    {
        using var values = new Matrix(domain.Rows, QuotientPieces.Width);
        for (int coset = 0; coset < QuotientDomain.Cosets; coset++)
        {
            ct.ThrowIfCancellationRequested();
            using CosetColumns columns = CosetColumns.Take(shape, domain, coset, preprocessed, phases, publics, ct);
            BoundStrip program = table.FoldProgram.Bind(new StripInputs
            {
                Preprocessed = columns.Preprocessed,
                Phases = columns.Phases,
                Public = columns.Public,
                Selectors = columns.Selectors,
                Challenges = challenges,
                BusSum = busSums.Length == 0 ? Quintic.Zero : busSums[table.Index],
                FoldChallenge = constraintChallenge,
            });
            ConstraintQuotient.Evaluate(table.FoldProgram, program, columns.Selectors, values, coset * Quintic.Degree, ct);
        }

        int width = shape.Options.ZeroKnowledge ? QuotientPieces.WidthWithMask : QuotientPieces.Width;
        return QuotientSplitter.Split(values, domain, width, evenIfWrong, ct) ?? throw new ProverException(
            ProverError.ConstraintsViolated, $"the trace of table {table.Name} violates its constraints; the constraint checker names them and the rows");
    }
}
