using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// Interpolates a quotient from its values on two cosets and on the tail rows, and cuts it into pieces.
/// </summary>
/// <remarks>
/// With c_j = s_j^n, the value of x^n on coset j, Q = A + (x^n − c_0)(x^n − c_1)·B. A, of degree below 2n, is what the cosets say:
/// A = A_0 + x^n·A_1 where the interpolant of degree below n on coset j is P_j = A_0 + c_j·A_1. B, of degree below k, is what is left on the tail rows, where
/// x^n = 1: B = (Q − A) / ((1 − c_0)(1 − c_1)). To interpolate B from k points that are no group, B·Z_act is interpolated from all n rows, being zero
/// on the others, and divided by Z_act on a coset.
/// </remarks>
internal static class QuotientPolynomial
{
    private const int Degree = Quintic.Degree;
    private const int Grain = 1 << 12;

    /// <summary>The coefficients of the pieces, n rows, each piece of degree below n − k.</summary>
    /// <param name="domain">The table's rows.</param>
    /// <param name="values">n rows, bit-reversed: columns 5j … 5j + 4 hold Q on coset j. Overwritten.</param>
    /// <param name="tail">Q on the tail rows: k rows of five columns. Overwritten.</param>
    /// <param name="tailSelectors">The selectors there, for 1 / Z_act.</param>
    /// <param name="cosetSelectors">The selectors of coset 0, for 1 / Z_act.</param>
    /// <param name="width">Columns of the result: the pieces' 15, or more, which are left zero.</param>
    /// <param name="ct">Cancels.</param>
    public static Matrix Pieces(
        TraceDomain domain, Matrix values, Matrix tail, Matrix tailSelectors, Matrix cosetSelectors, int width, CancellationToken ct)
    {
        KoalaBear c0 = QuotientDomain.Shift(domain.LogHeight, 0).Pow((ulong)domain.Rows);
        KoalaBear c1 = QuotientDomain.Shift(domain.LogHeight, 1).Pow((ulong)domain.Rows);
        Lde.InterpolateBitReversed(values, KoalaBear.One, ct);
        using (Matrix sums = SeparateCosets(values, domain, c0, c1))
            SubtractOnTail(tail, sums, domain, ((KoalaBear.One - c0) * (KoalaBear.One - c1)).Inverse(), ct);
        using Matrix b = InterpolateTail(tail, tailSelectors, cosetSelectors, domain, ct);

        // Q = A_0 + x^n·A_1 + (x^2n − (c_0 + c_1)·x^n + c_0·c_1)·B.
        for (int row = 0; row < domain.TailRows; row++)
        {
            Span<KoalaBear> a = values.Row(row);
            ReadOnlySpan<KoalaBear> rest = b.Row(row);
            for (int c = 0; c < Degree; c++)
            {
                a[c] += c0 * c1 * rest[c];
                a[Degree + c] -= (c0 + c1) * rest[c];
            }
        }

        return Cut(values, b, domain, width);
    }

    /// <summary>From the interpolants at s_j·y to the coefficients of A_0 and A_1, in place; gives A_0 + A_1, which is A where x^n = 1.</summary>
    private static Matrix SeparateCosets(Matrix values, TraceDomain domain, KoalaBear c0, KoalaBear c1)
    {
        var sums = new Matrix(domain.Rows, Degree);
        KoalaBear scale0 = QuotientDomain.Shift(domain.LogHeight, 0).Inverse(), scale1 = QuotientDomain.Shift(domain.LogHeight, 1).Inverse();
        KoalaBear difference = (c0 - c1).Inverse();
        Parallelism.ForRanges(domain.Rows, Grain, (from, to) =>
        {
            KoalaBear power0 = scale0.Pow((ulong)from), power1 = scale1.Pow((ulong)from); // s_j^−row
            for (int row = from; row < to; row++, power0 *= scale0, power1 *= scale1)
            {
                Span<KoalaBear> cells = values.Row(row), sum = sums.Row(row);
                for (int c = 0; c < Degree; c++)
                {
                    KoalaBear p0 = cells[c] * power0, p1 = cells[Degree + c] * power1;
                    KoalaBear a1 = (p0 - p1) * difference;
                    cells[c] = p0 - c0 * a1;
                    cells[Degree + c] = a1;
                    sum[c] = cells[c] + a1;
                }
            }
        });
        return sums;
    }

    /// <summary>From Q to B on the tail rows: (Q − A)·factor.</summary>
    private static void SubtractOnTail(Matrix tail, Matrix sums, TraceDomain domain, KoalaBear factor, CancellationToken ct)
    {
        using Matrix onRows = Lde.EvaluateBitReversed(sums, 0, KoalaBear.One, ct);
        for (int m = 0; m < domain.TailRows; m++)
        {
            ReadOnlySpan<KoalaBear> known = onRows.Row((int)Ntt.ReverseBits((uint)(domain.ActiveRows + m), domain.LogHeight));
            Span<KoalaBear> cells = tail.Row(m);
            for (int c = 0; c < Degree; c++) cells[c] = (cells[c] - known[c]) * factor;
        }
    }

    /// <summary>The coefficients of B, of degree below k, from its values on the tail rows: those of B·Z_act, divided by Z_act.</summary>
    private static Matrix InterpolateTail(Matrix tail, Matrix tailSelectors, Matrix cosetSelectors, TraceDomain domain, CancellationToken ct)
    {
        var vanishing = new KoalaBear[domain.TailRows];
        for (int m = 0; m < vanishing.Length; m++) vanishing[m] = tailSelectors[m, Air.Selectors.InverseVanishingColumn];
        BatchInverse.Invert(vanishing.AsSpan());
        using var product = new Matrix(domain.Rows, Degree);
        for (int m = 0; m < vanishing.Length; m++)
        {
            for (int c = 0; c < Degree; c++) product[domain.ActiveRows + m, c] = tail[m, c] * vanishing[m];
        }

        Matrix b = Lde.Extend(product, 0, TraceDomain.CosetShift, ct);
        Parallelism.ForRanges(domain.Rows, Grain, (from, to) =>
        {
            for (int row = from; row < to; row++)
            {
                KoalaBear inverse = cosetSelectors.Row(row)[Air.Selectors.InverseVanishingColumn];
                foreach (ref KoalaBear cell in b.Row(row)) cell *= inverse;
            }
        });
        Lde.InterpolateBitReversed(b, TraceDomain.CosetShift);
        return b;
    }

    /// <summary>Coefficient e of Q goes to piece e / (n − k), at e mod (n − k). From 3·(n − k) on there is none, as n ≥ 4k.</summary>
    private static Matrix Cut(Matrix a, Matrix b, TraceDomain domain, int width)
    {
        var pieces = new Matrix(domain.Rows, width);
        for (int piece = 0; piece < QuotientPieces.Count; piece++)
        {
            int first = piece * domain.ActiveRows, column = piece * Degree;
            Parallelism.ForRanges(domain.ActiveRows, Grain, (from, to) =>
            {
                for (int row = from; row < to; row++)
                {
                    int exponent = first + row;
                    ReadOnlySpan<KoalaBear> coefficient = exponent < domain.Rows ? a.Row(exponent)[..Degree]
                        : exponent < 2 * domain.Rows ? a.Row(exponent - domain.Rows).Slice(Degree, Degree)
                        : b.Row(exponent - 2 * domain.Rows);
                    coefficient.CopyTo(pieces.Row(row)[column..]);
                }
            });
        }

        return pieces;
    }
}
