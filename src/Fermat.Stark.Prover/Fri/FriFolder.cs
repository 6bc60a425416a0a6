using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Folds whole codewords: what <see cref="Stark.Fri.FoldCoset"/> says, for every coset, with the constants computed once.</summary>
internal static class FriFolder
{
    private const int MaxArity = 1 << Stark.Fri.MaxArityLog2;

    /// <summary>The folded codeword, 2^<paramref name="arityLog2"/> times shorter.</summary>
    /// <param name="codeword">Bit-reversed, a power of two long.</param>
    /// <param name="arityLog2">Logarithm of the folding factor.</param>
    /// <param name="beta">β.</param>
    /// <param name="ct">Cancels.</param>
    public static Quintic[] Fold(Quintic[] codeword, int arityLog2, Quintic beta, CancellationToken ct)
    {
        int log = int.Log2(codeword.Length);
        int arity = 1 << arityLog2;
        var folded = new Quintic[codeword.Length >> arityLog2];
        KoalaBear[] inverseRoots = InverseRoots(arityLog2);
        KoalaBear inverseArity = KoalaBear.From(arity).Inverse();
        int block = Math.Min(CosetPoints.Block, folded.Length);
        Parallelism.ForRanges(folded.Length, block, (from, to) =>
        {
            Span<KoalaBear> inverseBases = stackalloc KoalaBear[block];
            CosetPoints.FillInverseBases(log, arityLog2, from, inverseBases);
            Span<Quintic> work = stackalloc Quintic[MaxArity];
            work = work[..arity];
            for (int row = from; row < to; row++)
            {
                codeword.AsSpan(row << arityLog2, arity).CopyTo(work);
                Interpolate(work, inverseRoots);

                // Σ_j a_j·(β/s)^j / arity, by Horner's rule.
                Quintic point = beta * inverseBases[row - from];
                Quintic sum = work[arity - 1];
                for (int j = arity - 2; j >= 0; j--) sum = sum * point + work[j];
                folded[row] = sum * inverseArity;
            }
        }, ct);
        return folded;
    }

    /// <summary>The inverse transform without the division by its length: bit-reversed values to coefficients in natural order.</summary>
    /// <param name="a">The values, 2, 4 or 8 of them.</param>
    /// <param name="inverseRoots">ω^−j for j below half the length.</param>
    private static void Interpolate(Span<Quintic> a, ReadOnlySpan<KoalaBear> inverseRoots)
    {
        for (int half = 1; half < a.Length; half *= 2)
        {
            int stride = inverseRoots.Length / half;
            for (int start = 0; start < a.Length; start += 2 * half)
            {
                for (int k = 0; k < half; k++)
                {
                    Quintic left = a[start + k];
                    Quintic right = k == 0 ? a[start + half] : a[start + half + k] * inverseRoots[k * stride];
                    a[start + k] = left + right;
                    a[start + half + k] = left - right;
                }
            }
        }
    }

    private static KoalaBear[] InverseRoots(int log)
    {
        var roots = new KoalaBear[1 << (log - 1)];
        KoalaBear root = KoalaBear.RootOfUnity(log).Inverse();
        roots[0] = KoalaBear.One;
        for (int j = 1; j < roots.Length; j++) roots[j] = roots[j - 1] * root;
        return roots;
    }
}
