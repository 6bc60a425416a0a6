using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Step 4 of the prover: the values of all columns out of the domain.</summary>
internal static class OutOfDomainOpener
{
    /// <summary>Evaluates all columns at z, and at z·ω those that are read on the next row, each from its values on one coset.</summary>
    /// <param name="shape">The proof's shape.</param>
    /// <param name="point">z.</param>
    /// <param name="matrixOf">The committed codewords of a group.</param>
    /// <param name="openings">The values, in the order of <see cref="ProofShape.Openings"/>.</param>
    /// <param name="ct">Cancels.</param>
    public static void Open(ProofShape shape, Quintic point, Func<OpeningGroup, Matrix> matrixOf, Quintic[] openings, CancellationToken ct)
    {
        Parallelism.For(0, shape.Openings.Groups.Length, number =>
        {
            OpeningGroup group = shape.Openings.Groups[number];
            TraceDomain domain = shape.Domain(group.Table);
            Matrix matrix = matrixOf(group);
            Quintic[] values = Barycentric.Evaluate(matrix, 0, domain.Rows, TraceDomain.CosetShift, point);
            values.AsSpan(0, group.Columns).CopyTo(openings.AsSpan(group.First));
            if (group.NextColumns.IsEmpty) return;
            Quintic[] next = Barycentric.Evaluate(matrix, 0, domain.Rows, TraceDomain.CosetShift, point * domain.Generator);
            for (int i = 0; i < group.NextColumns.Length; i++) openings[group.FirstNext + i] = next[group.NextColumns[i]];
        }, ct);
    }
}
