using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// For a block of base-field points x and one extension point z: the five coefficients of 1/(x − z), or of x/(x − z), eight points at a
/// time.
/// </summary>
internal static unsafe class PointKernel<TLanes>
    where TLanes : struct, ILanes
{
    /// <summary>Computes a block.</summary>
    /// <param name="polynomial">The polynomials of z.</param>
    /// <param name="points">The words of the points, a multiple of eight of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="timesPoint">Whether to give x/(x − z) instead of 1/(x − z).</param>
    /// <param name="output">Five arrays of <paramref name="count"/> words, coefficient after coefficient.</param>
    /// <returns>False when z is one of the points; the output is then unspecified.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryRun(PointPolynomial polynomial, uint* points, int count, bool timesPoint, uint* output)
    {
        // Forward: norms m(x) to coefficient array 0 and the products before each to array 1, lane by lane.
        uint* norms = output, prefixes = output + count;
        Vector256<uint> product = Vector256.Create(KoalaBear.One.Raw);
        fixed (uint* norm = polynomial.Norm)
        {
            for (int i = 0; i < count; i += KoalaBearVector.Lanes)
            {
                Vector256<uint> value = Norm(norm, Vector256.Load(points + i));
                value.Store(norms + i);
                product.Store(prefixes + i);
                product = TLanes.Mul(product, value);
            }
        }

        if (Vector256.EqualsAny(product, Vector256<uint>.Zero))
            return false;

        // Backward: the inverse of each norm, then the coefficients of Q(x) over it. Arrays 0 and 1 are overwritten behind the reads.
        Vector256<uint> inverse = Inverse(product);
        fixed (uint* raw = polynomial.Cofactor, plain = polynomial.CofactorPlain, pre = polynomial.CofactorPre)
        {
            for (int i = count - KoalaBearVector.Lanes; i >= 0; i -= KoalaBearVector.Lanes)
            {
                Vector256<uint> x = Vector256.Load(points + i);
                Vector256<uint> factor = TLanes.Mul(inverse, Vector256.Load(prefixes + i));
                inverse = TLanes.Mul(inverse, Vector256.Load(norms + i));
                if (timesPoint)
                    factor = TLanes.Mul(factor, x);
                Cofactor(raw, plain, pre, x, factor, output + i, count);
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Norm(uint* norm, Vector256<uint> x)
    {
        Vector256<uint> value = TLanes.Add(x, Vector256.Create(norm[4]));
        value = TLanes.Add(TLanes.Mul(value, x), Vector256.Create(norm[3]));
        value = TLanes.Add(TLanes.Mul(value, x), Vector256.Create(norm[2]));
        value = TLanes.Add(TLanes.Mul(value, x), Vector256.Create(norm[1]));
        return TLanes.Add(TLanes.Mul(value, x), Vector256.Create(norm[0]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Cofactor(uint* raw, uint* plain, uint* pre, Vector256<uint> x, Vector256<uint> factor, uint* output, int stride)
    {
        Vector256<uint> x2 = TLanes.Mul(x, x), x3 = TLanes.Mul(x2, x);
        Vector256<uint> leading = TLanes.Mul(x2, x2); // x^4 belongs to coefficient zero only
        for (int c = 0; c < Quintic.Degree; c++, leading = Vector256<uint>.Zero)
        {
            Vector256<uint> third = TLanes.MulConstant(x3, Vector256.Create(plain[15 + c]), Vector256.Create(pre[15 + c]));
            Vector256<uint> second = TLanes.MulConstant(x2, Vector256.Create(plain[10 + c]), Vector256.Create(pre[10 + c]));
            Vector256<uint> first = TLanes.MulConstant(x, Vector256.Create(plain[5 + c]), Vector256.Create(pre[5 + c]));
            Vector256<uint> low = TLanes.Add(TLanes.Add(first, Vector256.Create(raw[c])), leading);
            TLanes.Mul(TLanes.Add(TLanes.Add(third, second), low), factor).Store(output + ((nint)c * stride));
        }
    }

    /// <summary>Lane-wise x^(p − 2).</summary>
    private static Vector256<uint> Inverse(Vector256<uint> x)
    {
        const uint Exponent = KoalaBear.Modulus - 2; // 31 bits, the highest set
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
