using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Turns a quotient's values on its three cosets into coefficients of its three pieces, and re-randomises those.</summary>
internal static class QuotientSplitter
{
    private const int Grain = 1 << 12;

    /// <summary>
    /// Interpolates. On coset j, x^n is the constant c_j = s_j^n, so with Q = Q_0 + x^n·Q_1 + x^2n·Q_2 the interpolant of degree below n there is
    /// P_j = Q_0 + c_j·Q_1 + c_j²·Q_2: three interpolations of size n and, coefficient by coefficient, a 3 × 3 Vandermonde system.
    /// </summary>
    /// <param name="values">n rows, bit-reversed: columns 5j … 5j + 4 hold Q on coset j. Overwritten.</param>
    /// <param name="domain">The table's rows.</param>
    /// <param name="width">Columns of the result: the pieces' 15, or more, which are left zero.</param>
    /// <param name="evenIfWrong">Drops excess coefficients instead of giving null.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>n rows of coefficients of the pieces, each of degree below n − k; null if Q has more coefficients than 3·(n − k), that is
    /// if it is not the quotient of a trace that satisfies its constraints.</returns>
    public static Matrix? Split(Matrix values, TraceDomain domain, int width, bool evenIfWrong, CancellationToken ct)
    {
        Lde.InterpolateBitReversed(values, KoalaBear.One, ct);

        KoalaBear[] inverseShifts = new KoalaBear[QuotientDomain.Cosets];
        KoalaBear[] constants = new KoalaBear[QuotientDomain.Cosets];
        for (int j = 0; j < QuotientDomain.Cosets; j++)
        {
            KoalaBear shift = QuotientDomain.Shift(domain.LogHeight, j);
            inverseShifts[j] = shift.Inverse();
            constants[j] = shift.Pow((ulong)domain.Rows);
        }

        KoalaBear[,] solve = InverseVandermonde(constants);
        var pieces = new Matrix(domain.Rows, width);
        int rows = domain.Rows, active = domain.ActiveRows;
        int excess = 0;
        Parallelism.ForRanges(rows, Grain, (from, to) =>
        {
            Span<KoalaBear> scales = stackalloc KoalaBear[QuotientDomain.Cosets]; // s_j^−row
            for (int j = 0; j < scales.Length; j++) scales[j] = inverseShifts[j].Pow((ulong)from);
            for (int row = from; row < to; row++)
            {
                ReadOnlySpan<KoalaBear> interpolants = values.Row(row);
                for (int i = 0; i < QuotientDomain.Cosets; i++)
                {
                    Quintic coefficient = Quintic.Zero; // of x^row in Q_i, that is of x^(i·n + row) in Q
                    for (int j = 0; j < scales.Length; j++)
                        coefficient += Quintic.From(interpolants.Slice(j * Quintic.Degree, Quintic.Degree)) * (solve[i, j] * scales[j]);

                    long exponent = (long)i * rows + row;
                    if (exponent < (long)QuotientPieces.Count * active)
                        ExtensionCells.Write(pieces.Row((int)(exponent % active)), (int)(exponent / active) * Quintic.Degree, coefficient);
                    else if (coefficient != Quintic.Zero)
                        Interlocked.Exchange(ref excess, 1);
                }

                for (int j = 0; j < scales.Length; j++) scales[j] *= inverseShifts[j];
            }
        });
        if (excess == 0 || evenIfWrong) return pieces;
        pieces.Dispose();
        return null;
    }

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
                ct.ThrowIfCancellationRequested();
                int count = Math.Min(block, to - first);
                randomness.Fill(RandomPurpose.Mask, table, 0, first, coefficients[..(count * Quintic.Degree)]);
                for (int r = 0; r < count; r++)
                    coefficients.Slice(r * Quintic.Degree, Quintic.Degree).CopyTo(pieces.Row(first + r)[QuotientPieces.Width..]);
            }
        });
    }

    /// <summary>M with Q_i = Σ_j M[i, j]·P_j where P_j = Σ_i c_j^i·Q_i: column j holds the coefficients of the Lagrange polynomial of c_j.</summary>
    private static KoalaBear[,] InverseVandermonde(KoalaBear[] c)
    {
        var inverse = new KoalaBear[c.Length, c.Length];
        for (int j = 0; j < c.Length; j++)
        {
            KoalaBear a = c[(j + 1) % 3], b = c[(j + 2) % 3];
            KoalaBear scale = ((c[j] - a) * (c[j] - b)).Inverse();
            inverse[0, j] = a * b * scale;
            inverse[1, j] = -(a + b) * scale;
            inverse[2, j] = scale;
        }

        return inverse;
    }
}
