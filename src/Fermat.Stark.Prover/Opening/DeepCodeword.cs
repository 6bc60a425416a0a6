using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// The batched codeword G_h = Σ G_t over the tables of one height. G_h has degree below n, so it is computed on one coset of n points and extended
/// from there: 1 / blowup of the work of combining whole codewords.
/// </summary>
internal static class DeepCodeword
{
    private const int Grain = 1 << 12;

    /// <summary>G_h on the first block of the committed codewords: n rows of five columns, bit-reversed.</summary>
    /// <param name="shape">The proof's shape.</param>
    /// <param name="logHeight">The height.</param>
    /// <param name="combination">The openings with their coefficients.</param>
    /// <param name="coefficients">The coefficients λ, by opening.</param>
    /// <param name="point">z.</param>
    /// <param name="matrixOf">The committed codewords of a group.</param>
    /// <param name="ct">Cancels.</param>
    public static Matrix Combine(
        ProofShape shape, int logHeight, DeepCombination combination, Quintic[] coefficients, Quintic point, Func<OpeningGroup, Matrix> matrixOf,
        CancellationToken ct)
    {
        // All tables of a height share their domain, so also 1/(x − z) and 1/(x − z·ω).
        var total = new Quintic[1 << logHeight];
        Quintic openedAtPoint = Quintic.Zero, openedAtNext = Quintic.Zero, nextPoint = Quintic.Zero;
        var atPoint = new Quintic[total.Length];
        var atNext = new Quintic[total.Length];
        for (int table = 0; table < shape.LogHeights.Length; table++)
        {
            if (shape.LogHeights[table] != logHeight) continue;
            nextPoint = combination.NextPoint(table);
            openedAtPoint += combination.OpenedSums(table).AtPoint;
            openedAtNext += combination.OpenedSums(table).AtNext;
            foreach (OpeningGroup group in shape.Openings.OfTable(table)) Add(group, matrixOf(group), coefficients, atPoint, atNext, total, ct);
        }

        PointInverses.AddQuotientsBitReversed(TraceDomain.CosetShift, point, atPoint, openedAtPoint, total);
        PointInverses.AddQuotientsBitReversed(TraceDomain.CosetShift, nextPoint, atNext, openedAtNext, total);
        var codeword = new Matrix(total.Length, Quintic.Degree);
        Parallelism.ForRanges(total.Length, Grain, (from, to) =>
        {
            for (int row = from; row < to; row++) total[row].CopyTo(codeword.Row(row));
        });
        return codeword;
    }

    /// <summary>Adds the columns of one matrix: at z, at z·ω, and the mask.</summary>
    private static void Add(
        OpeningGroup group, Matrix matrix, Quintic[] coefficients, Quintic[] atPoint, Quintic[] atNext, Quintic[] mask, CancellationToken ct)
    {
        LinearCombination.Rows(matrix, 0, 0, coefficients.AsSpan(group.First, group.Columns), atPoint, ct);
        if (matrix.Columns > group.Columns) LinearCombination.Rows(matrix, 0, group.Columns, PowersOfX, mask, ct);
        if (group.NextColumns.IsEmpty) return;

        // The columns read on the next row need not be neighbours: those between them get the coefficient zero.
        int first = group.NextColumns[0];
        var spread = new Quintic[group.NextColumns[^1] + 1 - first];
        for (int i = 0; i < group.NextColumns.Length; i++) spread[group.NextColumns[i] - first] = coefficients[group.FirstNext + i];
        LinearCombination.Rows(matrix, 0, first, spread, atNext, ct);
    }

    /// <summary>1, X, …, X⁴: an extension column from its five base-field columns.</summary>
    private static readonly Quintic[] PowersOfX = [Quintic.One, Quintic.X, Quintic.X.Pow(2), Quintic.X.Pow(3), Quintic.X.Pow(4)];
}
