using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// For a block of base-field points x and one extension point z: the five coefficients of 1/(x − z), or of x/(x − z), eight points at a time.
/// </summary>
internal static unsafe class PointKernel<TLanes>
    where TLanes : struct, ILanes
{
    /// <summary>Computes a block.</summary>
    /// <param name="polynomial">The polynomials of z.</param>
    /// <param name="points">The points, a multiple of eight of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="timesPoint">Whether to give x/(x − z) instead of 1/(x − z).</param>
    /// <param name="output">Five arrays of <paramref name="count"/> words, coefficient after coefficient.</param>
    /// <returns>False when z is one of the points; the output is then unspecified.</returns>
    public static bool TryRun(in PointPolynomial polynomial, uint* points, int count, bool timesPoint, uint* output)
    {
        // Forward: norms m(x) to coefficient array 0 and the products before each to array 1, lane by lane.
        uint* norms = output, prefixes = output + count;
        Vector256<uint> product = Vector256.Create(KoalaBear.One.Raw);
        for (int i = 0; i < count; i += KoalaBearVector.Lanes)
        {
            Vector256<uint> norm = Norm(polynomial, Vector256.Load(points + i));
            norm.Store(norms + i);
            product.Store(prefixes + i);
            product = TLanes.Mul(product, norm);
        }

        if (Vector256.EqualsAny(product, Vector256<uint>.Zero))
            return false;

        // Backward: the inverse of each norm, then the coefficients of Q(x) over it. Arrays 0 and 1 are overwritten behind the reads.
        Vector256<uint> inverse = Inverse(product);
        for (int i = count - KoalaBearVector.Lanes; i >= 0; i -= KoalaBearVector.Lanes)
        {
            Vector256<uint> x = Vector256.Load(points + i);
            Vector256<uint> factor = TLanes.Mul(inverse, Vector256.Load(prefixes + i));
            inverse = TLanes.Mul(inverse, Vector256.Load(norms + i));
            if (timesPoint)
                factor = TLanes.Mul(factor, x);
            Cofactor(polynomial, x, factor, output + i, count);
        }

        return true;
    }

    private static Vector256<uint> Norm(in PointPolynomial polynomial, Vector256<uint> x)
    {
        Vector256<uint> value = TLanes.Add(x, KoalaBearVector.Broadcast(polynomial.Norm[4]));
        for (int k = 3; k >= 0; k--)
            value = TLanes.Add(TLanes.Mul(value, x), KoalaBearVector.Broadcast(polynomial.Norm[k]));
        return value;
    }

    private static void Cofactor(in PointPolynomial polynomial, Vector256<uint> x, Vector256<uint> factor, uint* output, int stride)
    {
        Quintic[] q = polynomial.Cofactor;
        Vector256<uint> x2 = TLanes.Mul(x, x), x3 = TLanes.Mul(x2, x);
        for (int c = 0; c < Quintic.Degree; c++)
        {
            Vector256<uint> high = TLanes.Add(TLanes.Mul(x3, KoalaBearVector.Broadcast(q[3][c])), TLanes.Mul(x2, KoalaBearVector.Broadcast(q[2][c])));
            Vector256<uint> low = TLanes.Add(TLanes.Mul(x, KoalaBearVector.Broadcast(q[1][c])), KoalaBearVector.Broadcast(q[0][c]));
            Vector256<uint> value = TLanes.Add(high, low);
            if (c == 0)
                value = TLanes.Add(value, TLanes.Mul(x2, x2)); // the leading coefficient is one
            TLanes.Mul(value, factor).Store(output + ((nint)c * stride));
        }
    }

    /// <summary>Lane-wise x^(p − 2).</summary>
    private static Vector256<uint> Inverse(Vector256<uint> x)
    {
        const uint Exponent = KoalaBear.Modulus - 2;
        Vector256<uint> result = x;
        for (int bit = 29; bit >= 0; bit--)
        {
            result = TLanes.Mul(result, result);
            if (((Exponent >> bit) & 1) != 0)
                result = TLanes.Mul(result, x);
        }

        return result;
    }
}
