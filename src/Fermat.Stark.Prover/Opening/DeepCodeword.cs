using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// The batched codeword G_h = Σ G_t over the tables of one height. G_h has degree below n, so it is computed on one coset of n points and extended
/// from there: 1 / blowup of the work of combining whole codewords.
/// </summary>
internal static class DeepCodeword
{
    /// <summary>G_h on the first block of the committed codewords: n rows of five columns, bit-reversed.</summary>
    /// <param name="shape">The proof's shape.</param>
    /// <param name="logHeight">The height.</param>
    /// <param name="combination">z, the openings and their coefficients.</param>
    /// <param name="coefficients">The coefficients λ, by opening.</param>
    /// <param name="point">z.</param>
    /// <param name="matrixOf">The committed codewords of a group.</param>
    /// <param name="ct">Cancels.</param>
    public static Matrix Combine(
        ProofShape shape, int logHeight, DeepCombination combination, Quintic[] coefficients, Quintic point, Func<OpeningGroup, Matrix> matrixOf,
        CancellationToken ct)
    {
        var codeword = new Matrix(1 << logHeight, Quintic.Degree);
        for (int table = 0; table < shape.LogHeights.Length; table++)
        {
            if (shape.LogHeights[table] != logHeight) continue;
            ct.ThrowIfCancellationRequested();
            AddTable(codeword, shape, table, combination, coefficients, point, matrixOf);
        }

        return codeword;
    }

    private static unsafe void AddTable(
        Matrix codeword, ProofShape shape, int table, DeepCombination combination, Quintic[] coefficients, Quintic point, Func<OpeningGroup, Matrix> matrixOf)
    {
        var groups = new List<GroupCombiner>();
        foreach (OpeningGroup group in shape.Openings.OfTable(table)) groups.Add(new GroupCombiner(group, matrixOf(group), coefficients));
        (Quintic openedAtPoint, Quintic openedAtNext) = combination.OpenedSums(table);
        Quintic next = combination.NextPoint(table);
        int log = shape.LogHeights[table];
        int block = Math.Min(CosetPoints.Block, codeword.Rows);
        Parallelism.ForRanges(codeword.Rows, block, (from, to) =>
        {
            Span<KoalaBear> points = stackalloc KoalaBear[block];
            CosetPoints.Fill(log, TraceDomain.CosetShift, from, points);
            var inverses = new Quintic[2 * block];
            for (int i = 0; i < block; i++)
            {
                inverses[2 * i] = new Quintic(points[i]) - point;
                inverses[2 * i + 1] = new Quintic(points[i]) - next;
            }

            BatchInverse.Invert(inverses.AsSpan());
            for (int i = 0; i < block; i++)
            {
                int row = from + i;
                Quintic atPoint = -openedAtPoint, atNext = -openedAtNext, mask = Quintic.Zero;
                foreach (GroupCombiner group in groups) group.Add(row, ref atPoint, ref atNext, ref mask);
                ref Quintic sum = ref ExtensionCells.Of(codeword.Row(row))[0];
                sum += mask + atPoint * inverses[2 * i] + atNext * inverses[2 * i + 1];
            }
        });
        foreach (GroupCombiner group in groups) group.Dispose();
    }

    /// <summary>The share of one matrix in a table's combination.</summary>
    private sealed unsafe class GroupCombiner : IDisposable
    {
        private readonly Matrix _matrix;
        private readonly RowCombiner _atPoint;
        private readonly RowCombiner? _atNext;
        private readonly int _firstNext; // first column combined at z·ω, a multiple of the vector step
        private readonly int _maskColumn; // −1 if there is no mask

        public GroupCombiner(OpeningGroup group, Matrix matrix, Quintic[] coefficients)
        {
            _matrix = matrix;
            _atPoint = new RowCombiner(coefficients.AsSpan(group.First, group.Columns));
            _maskColumn = matrix.Columns > group.Columns ? group.Columns : -1;
            if (group.NextColumns.IsEmpty) return;

            // The columns read on the next row need not be neighbours: those between them get the coefficient zero.
            _firstNext = group.NextColumns[0] / Matrix.StrideMultiple * Matrix.StrideMultiple;
            var spread = new Quintic[group.NextColumns[^1] + 1 - _firstNext];
            for (int i = 0; i < group.NextColumns.Length; i++) spread[group.NextColumns[i] - _firstNext] = coefficients[group.FirstNext + i];
            _atNext = new RowCombiner(spread);
        }

        public void Add(int row, ref Quintic atPoint, ref Quintic atNext, ref Quintic mask)
        {
            KoalaBear* cells = _matrix.RowPointer(row);
            atPoint += _atPoint.Combine(cells);
            if (_atNext is not null) atNext += _atNext.Combine(cells + _firstNext);
            if (_maskColumn >= 0) mask += ExtensionColumn.Combine(new ReadOnlySpan<KoalaBear>(cells + _maskColumn, Quintic.Degree));
        }

        public void Dispose()
        {
            _atPoint.Dispose();
            _atNext?.Dispose();
        }
    }
}
