using System.Numerics;

namespace Fermat.Algebra;

/// <summary>
/// Evaluation of all columns of a matrix, given by their values on a coset, at a point of the extension:
/// f(z) = (z^n − s^n)/(n·s^n) · Σ_i f(x_i)·x_i/(z − x_i) over the points x_i = s·ω_n^i (the barycentric formula on a coset).
/// </summary>
public static class Barycentric
{
    /// <summary>Evaluates column polynomials of degree below n, given on the coset shift·H in bit-reversed order.</summary>
    /// <param name="matrix">Holds the values.</param>
    /// <param name="firstRow">The row the coset's values begin at.</param>
    /// <param name="rows">n, a power of two.</param>
    /// <param name="shift">The coset's representative, not zero.</param>
    /// <param name="z">The point; not in the coset.</param>
    /// <returns>One value a column.</returns>
    /// <exception cref="ArgumentException">
    /// Rows outside the matrix or not a power of two up to 2^24, shift zero, or z in the coset.
    /// </exception>
    public static Quintic[] Evaluate(Matrix matrix, int firstRow, int rows, KoalaBear shift, Quintic z)
    {
        Lde.CheckRows(matrix, firstRow, rows);
        if (shift.IsZero)
            throw new ArgumentException("the representative of a coset is not zero", nameof(shift));
        return Evaluate(matrix, firstRow, new DomainPoints(Ntt.Log2(rows, nameof(rows)), shift, bitReversed: true), rows, shift, z);
    }

    /// <summary>Evaluates column polynomials of degree below n, given on H in natural order.</summary>
    /// <param name="matrix">n = 2^k rows.</param>
    /// <param name="z">The point; not in H.</param>
    /// <returns>One value a column.</returns>
    /// <exception cref="ArgumentException">The number of rows is not a power of two up to 2^24, or z is in H.</exception>
    public static Quintic[] EvaluateNatural(Matrix matrix, Quintic z)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        int log = Ntt.Log2(matrix.Rows, nameof(matrix));
        return Evaluate(matrix, 0, new DomainPoints(log, KoalaBear.One, bitReversed: false), matrix.Rows, KoalaBear.One, z);
    }

    private static Quintic[] Evaluate(Matrix matrix, int firstRow, DomainPoints points, int rows, KoalaBear shift, Quintic z)
    {
        Quintic[] sums = Kernels.Active switch
        {
            KernelKind.Avx2 or KernelKind.Avx512 => BarycentricSum<Avx2Lanes>.Run(matrix, firstRow, points, z),
            KernelKind.Vector256 => BarycentricSum<PortableLanes>.Run(matrix, firstRow, points, z),
            _ => BarycentricSum<ScalarLanes>.Run(matrix, firstRow, points, z),
        };

        // The sums hold x/(x − z), the negative of the formula's terms.
        KoalaBear shiftPower = shift.Pow((ulong)rows);
        Quintic factor = (new Quintic(shiftPower) - z.Pow((ulong)rows)) * (shiftPower * KoalaBear.From(rows)).Inverse();
        for (int i = 0; i < sums.Length; i++)
            sums[i] *= factor;
        return sums;
    }
}
