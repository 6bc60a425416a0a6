using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// Checks at the out-of-domain point that each table's folded constraints are its quotient times its vanishing polynomial. The prover runs it too,
/// on its own openings: a trace that violates a constraint is then noticed before anything is folded.
/// </summary>
/// <param name="shape">The proof's shape.</param>
/// <param name="publics">The statement's public columns, all filled in.</param>
/// <param name="challenges">All challenges of the circuit.</param>
/// <param name="constraintChallenge">α.</param>
/// <param name="openings">All openings, in order.</param>
/// <param name="busSums">The bus sum of each table; empty in a circuit without messages.</param>
public sealed class OutOfDomainCheck(
    ProofShape shape,
    PublicColumns publics,
    Quintic[] challenges,
    Quintic constraintChallenge,
    ImmutableArray<Quintic> openings,
    ImmutableArray<Quintic> busSums)
{
    /// <summary>The point lies in no table's domain or coset, where the quotients by x − z would not be defined. Neither then does z·ω.</summary>
    public Rejection? Point(Quintic point)
    {
        foreach (Table table in shape.Circuit.Tables)
        {
            if (shape.Domain(table.Index).IsInDomain(point, shape.Options.BlowupLog2))
            {
                return new Rejection(
                    RejectionCode.OutOfDomainPointInDomain, "the out-of-domain point lies in a table's domain", Got: $"{point}", Part: $"table \"{table.Name}\"");
            }
        }

        return null;
    }

    /// <summary>Σ α^j·sel_j(z)·C_j(z) = Z_act(z)·Q(z) for every table.</summary>
    public Rejection? Tables(Quintic point)
    {
        foreach (Table table in shape.Circuit.Tables)
        {
            (Quintic expected, Quintic got) = Sides(table, point);
            if (got != expected)
            {
                return new Rejection(
                    RejectionCode.ConstraintsNotSatisfied,
                    "the constraints are not a multiple of the vanishing polynomial",
                    $"{expected}",
                    $"{got}",
                    $"table \"{table.Name}\"");
            }
        }

        return null;
    }

    /// <summary>Z_act(z)·Q(z), and the folded constraints, which should be the same.</summary>
    internal (Quintic Expected, Quintic Got) Sides(Table table, Quintic point)
    {
        PointInputs inputs = Inputs(table, point);
        OpeningGroup quotient = shape.Openings.OfTable(table.Index)[^1];
        ReadOnlySpan<Quintic> pieces = openings.AsSpan().Slice(quotient.First, quotient.Columns);
        Quintic expected = inputs.Selectors.Vanishing * QuotientPieces.Recombine(pieces, point, shape.Domain(table.Index).ActiveRows);
        return (expected, PointEvaluator.FoldConstraints(table, inputs, constraintChallenge));
    }

    /// <summary>Everything the table's constraints read: committed columns from the openings, selectors and public columns computed here.</summary>
    private PointInputs Inputs(Table table, Quintic point)
    {
        PointValues? preprocessed = null;
        var phases = new PointValues?[shape.Circuit.Phases];
        foreach (OpeningGroup group in shape.Openings.OfTable(table.Index))
        {
            CommitmentShape commitment = shape.Commitments[group.Commitment];
            if (commitment.Kind == CommitmentKind.Quotient) continue;
            ReadOnlySpan<Quintic> opened = openings.AsSpan().Slice(group.First, group.Count);
            var values = PointValues.FromOpenings(opened[..group.Columns], group.NextColumns, opened[group.Columns..]);
            if (commitment.Kind == CommitmentKind.Preprocessed) preprocessed = values;
            else phases[commitment.Phase] = values;
        }

        return new PointInputs
        {
            Preprocessed = preprocessed,
            Phases = phases,
            Public = PublicValues(table, point),
            Selectors = Selectors.AtPoint(shape.LogHeights[table.Index], shape.Options.TailRows, point),
            Challenges = challenges,
            BusSum = shape.HasBusSums ? busSums[table.Index] : Quintic.Zero,
        };
    }

    /// <summary>The public columns, filled in by the statement, absorbed, and interpolated here: nothing of them comes from the proof.</summary>
    private PointValues? PublicValues(Table table, Quintic point)
    {
        if (publics.OfTable(table.Index) is not { } columns) return null;
        Quintic[] current = Barycentric.EvaluateNatural(columns, point);
        bool usesNext = table.PublicColumns.Any(column => column.UsesNext);
        Quintic[] next = usesNext ? Barycentric.EvaluateNatural(columns, point * shape.Domain(table.Index).Generator) : new Quintic[current.Length];
        return new PointValues(current, next);
    }
}
