namespace Fermat.Algebra;

/// <summary>
/// For an extension point z: m(X) = Π_i (X − z^(p^i)), which has base-field coefficients, and Q(X) = m(X)/(X − z), so that
/// 1/(x − z) = Q(x)/m(x) for x in the base field: all inversions happen in the base field, and no extension product is needed.
/// </summary>
internal sealed class PointPolynomial
{
    /// <summary>The polynomials of a point.</summary>
    /// <param name="z">Any element; conjugates are repeated when it lies in the base field, and the identity still holds.</param>
    public PointPolynomial(Quintic z)
    {
        var cofactor = new Quintic[Quintic.Degree];
        cofactor[0] = Quintic.One;
        for (int i = 1; i < Quintic.Degree; i++)
            MultiplyByRoot(cofactor, z.Frobenius(i));
        Quintic[] norm = [.. cofactor, Quintic.Zero];
        MultiplyByRoot(norm, z);

        // The norm's coefficients are fixed by the Frobenius map, so they lie in the base field.
        Norm = [.. norm.Take(Quintic.Degree).Select(c => c.C0.Raw)];
        KoalaBear[] words = [.. cofactor.Take(Quintic.Degree - 1).SelectMany(c => new[] { c.C0, c.C1, c.C2, c.C3, c.C4 })];
        Cofactor = [.. words.Select(w => w.Raw)];
        CofactorPlain = [.. words.Select(w => w.Value)];
        CofactorPre = [.. words.Select(KoalaBearVector.Precompute)];
    }

    /// <summary>The words of m_0 … m_4; m is monic of degree five.</summary>
    public uint[] Norm { get; }

    /// <summary>At 5k + c the word of coefficient c of Q_k, k = 0 … 3; Q is monic of degree four.</summary>
    public uint[] Cofactor { get; }

    /// <summary>The same as canonical values, for <see cref="ILanes.MulConstant"/>.</summary>
    public uint[] CofactorPlain { get; }

    /// <summary>Their companions.</summary>
    public uint[] CofactorPre { get; }

    /// <summary>Multiplies a polynomial, whose leading place is still zero, by X − root.</summary>
    private static void MultiplyByRoot(Quintic[] polynomial, Quintic root)
    {
        for (int k = polynomial.Length - 1; k >= 0; k--)
            polynomial[k] = (k > 0 ? polynomial[k - 1] : Quintic.Zero) - (polynomial[k] * root);
    }
}
