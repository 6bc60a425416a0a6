using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Hides a quotient's pieces, and adds the mask.</summary>
internal static class PieceRandomiser
{
    private const int Grain = 1 << 12;

    /// <summary>
    /// Adds X^(n−k)·t_i to piece i and takes t_i from piece i + 1, for uniform t_0 and t_1 of degree below k: each opened value of the pieces is
    /// then uniform, under the one relation that they are pieces of Q.
    /// </summary>
    /// <param name="pieces">The pieces' coefficients.</param>
    /// <param name="domain">The table's rows.</param>
    /// <param name="table">Index of the table.</param>
    /// <param name="randomness">Where t_0 and t_1 come from.</param>
    public static void Randomise(Matrix pieces, TraceDomain domain, int table, ProverRandomness randomness)
    {
        if (randomness.IsNone) return;
        var coefficients = new KoalaBear[domain.TailRows * Quintic.Degree];
        for (int piece = 0; piece < QuotientPieces.Count - 1; piece++)
        {
            randomness.Fill(RandomPurpose.QuotientPieces, table, 0, piece, coefficients);
            for (int row = 0; row < domain.TailRows; row++)
            {
                Span<KoalaBear> high = pieces.Row(domain.ActiveRows + row).Slice(piece * Quintic.Degree, Quintic.Degree);
                Span<KoalaBear> low = pieces.Row(row).Slice((piece + 1) * Quintic.Degree, Quintic.Degree);
                for (int c = 0; c < Quintic.Degree; c++)
                {
                    high[c] += coefficients[row * Quintic.Degree + c];
                    low[c] -= coefficients[row * Quintic.Degree + c];
                }
            }
        }
    }

    /// <summary>Writes the uniform coefficients of the mask R behind the pieces.</summary>
    public static void WriteMask(Matrix pieces, int table, ProverRandomness randomness, CancellationToken ct)
    {
        if (randomness.IsNone) return;
        Parallelism.ForRanges(pieces.Rows, Grain, (from, to) =>
        {
            // Blocks have a fixed size, whatever the ranges: same seed, same mask.
            const int block = 64;
            Span<KoalaBear> coefficients = stackalloc KoalaBear[block * Quintic.Degree];
            for (int first = from; first < to; first += block)
            {
                int count = Math.Min(block, to - first);
                randomness.Fill(RandomPurpose.Mask, table, 0, first, coefficients[..(count * Quintic.Degree)]);
                for (int r = 0; r < count; r++)
                    coefficients.Slice(r * Quintic.Degree, Quintic.Degree).CopyTo(pieces.Row(first + r)[QuotientPieces.Width..]);
            }
        }, ct);
    }
}
