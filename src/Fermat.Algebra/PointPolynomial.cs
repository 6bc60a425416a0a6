namespace Fermat.Algebra;

/// <summary>
/// For an extension point z: m(X) = Π_i (X − z^(p^i)), which has base-field coefficients, and Q(X) = m(X)/(X − z), so that
/// 1/(x − z) = Q(x)/m(x) for x in the base field: all inversions happen in the base field, and no extension product is needed.
/// </summary>
internal readonly struct PointPolynomial
{
    /// <summary>m_0 … m_4; m is monic of degree five.</summary>
    public readonly KoalaBear[] Norm = new KoalaBear[Quintic.Degree];

    /// <summary>Q_0 … Q_3; Q is monic of degree four.</summary>
    public readonly Quintic[] Cofactor = new Quintic[Quintic.Degree - 1];

    /// <summary>The polynomials of a point.</summary>
    /// <param name="z">Any element; conjugates are repeated when it lies in the base field, and the identity still holds.</param>
    public PointPolynomial(Quintic z)
    {
        var cofactor = new Quintic[Quintic.Degree];
        cofactor[0] = Quintic.One;
        for (int i = 1; i < Quintic.Degree; i++)
            MultiplyByRoot(cofactor, z.Frobenius(i));
        cofactor.AsSpan(0, Cofactor.Length).CopyTo(Cofactor);
        Quintic[] norm = [.. cofactor, Quintic.Zero];
        MultiplyByRoot(norm, z);
        for (int k = 0; k < Norm.Length; k++)
            Norm[k] = norm[k].C0; // the coefficients are fixed by the Frobenius map, so they lie in the base field
    }

    /// <summary>Multiplies a polynomial, whose leading places are still zero, by X − root.</summary>
    private static void MultiplyByRoot(Quintic[] polynomial, Quintic root)
    {
        for (int k = polynomial.Length - 1; k >= 0; k--)
            polynomial[k] = (k > 0 ? polynomial[k - 1] : Quintic.Zero) - (polynomial[k] * root);
    }
}
