using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Poseidon of width 16 on eight states at once with AVX2, one state in each lane: the twin of <see cref="Poseidon16"/>. Words are signed
/// inside: a bound in units of p stands at each step. How the rounds are rearranged is said at <see cref="Poseidon16LaneConstants"/>.
/// </summary>
internal static unsafe class Poseidon16Lanes
{
    internal const int Lanes = 8;

    private const int Width = Poseidon16.Width, Half = Poseidon16.FullRounds / 2, Partial = Poseidon16.PartialRounds;
    private const int MaxTerms = Poseidon16LaneConstants.MaxTerms;
    private const byte OddLanes = 0b10101010;

    /// <summary>2^32 mod p = 2^25 − 2.</summary>
    private const int RModP = (1 << 25) - 2;

    /// <summary>Terms that a signed 64-bit sum can take between folds: 6 · (p/2 · 0.66 p) + 2^56 &lt; 2^63.</summary>
    private const int TermsPerFold = 6;

    internal static bool IsActive => Kernels.Active is KernelKind.Avx2 or KernelKind.Avx512;

    private static Vector256<int> P => Vector256.Create((int)KoalaBear.Modulus);

    /// <summary>p^−1 mod 2^32.</summary>
    private static Vector256<int> Mu => Vector256.Create(unchecked((int)0x81000001));

    /// <summary>Permutes eight states.</summary>
    /// <param name="state">16 vectors of reduced Montgomery words.</param>
    /// <param name="cubes">Null, or room for 148 vectors: the outputs of the S-boxes in order, reduced.</param>
    [SkipLocalsInit]
    internal static void Permute(Vector256<uint>* state, Vector256<uint>* cubes)
    {
        var s = (Vector256<int>*)state;
        int* constants = Poseidon16LaneConstants.Rounds;
        for (int r = 0; r < Half; r++, constants += Width) FullRound(s, constants, r, ref cubes);
        PartialRounds(s, ref cubes);
        for (int r = Half; r < 2 * Half; r++, constants += Width) FullRound(s, constants, r, ref cubes);
        Unscale(s, Poseidon16LaneConstants.ResultUnscale, state, Width);
    }

    /// <summary>Constants, cubes, matrix. |state| ≤ p/2 + 362 before (or in [0, p), with constants in [−p, 0)), and p/2 + 362 after.</summary>
    private static void FullRound(Vector256<int>* s, int* constants, int round, ref Vector256<uint>* cubes)
    {
        for (int i = 0; i < Width; i++) s[i] = Cube(Avx2.Add(s[i], Vector256.Create(constants[i]))); // |sum| ≤ p + 362, |cube| < p
        if (cubes != null)
        {
            Unscale(s, Poseidon16LaneConstants.CubeUnscale[round], cubes, Width);
            cubes += Width;
        }

        Matrix(s);
    }

    [SkipLocalsInit]
    private static void PartialRounds(Vector256<int>* s, ref Vector256<uint>* cubes)
    {
        Vector256<int>* even = stackalloc Vector256<int>[MaxTerms];
        Vector256<int>* odd = stackalloc Vector256<int>[MaxTerms];
        for (int i = 1; i < Width; i++)
        {
            even[i - 1] = s[i];
            odd[i - 1] = OddToEven(s[i]);
        }

        int* terms = Poseidon16LaneConstants.Terms;
        ReadOnlySpan<long> starts = Poseidon16LaneConstants.Starts;
        int first = Poseidon16LaneConstants.First;
        Vector256<int> oddFirst = OddToEven(s[0]);
        for (int k = 0; k < Partial; k++, terms += MaxTerms)
        {
            Vector256<int> t = k == 0
                ? InnerProduct(s, &oddFirst, &first, 1, starts[0])
                : InnerProduct(even, odd, terms, Width - 1 + k, starts[k]);
            Vector256<int> cube = Cube(t); // |t| < 0.51 p, so |cube| < 0.66 p
            even[Width - 1 + k] = cube;
            odd[Width - 1 + k] = OddToEven(cube);
            if (cubes != null) *cubes++ = Canonical(cube);
        }

        for (int i = 0; i < Width; i++, terms += MaxTerms) s[i] = Canonical(InnerProduct(even, odd, terms, MaxTerms, starts[Partial + i])).AsInt32();
    }

    /// <summary>
    /// (start + Σ terms) / R modulo p, within ±(p/2 + 2^24). The sums are signed 64-bit; a fold replaces hi · 2^32 + lo by hi · (2^32 mod p) + lo,
    /// which is below 2^56.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<int> InnerProduct(Vector256<int>* even, Vector256<int>* odd, int* terms, int count, long start)
    {
        Vector256<long> evenSum = Vector256.Create(start), oddSum = evenSum;
        Vector256<int> fold = Vector256.Create(RModP);
        for (int i = 0; i < count;)
        {
            int end = Math.Min(i + TermsPerFold, count);
            for (; i < end; i++)
            {
                Vector256<int> term = Vector256.Create(terms[i]);
                evenSum = Avx2.Add(evenSum, Avx2.Multiply(even[i], term));
                oddSum = Avx2.Add(oddSum, Avx2.Multiply(odd[i], term));
            }

            evenSum = Fold(evenSum, fold);
            oddSum = Fold(oddSum, fold);
        }

        return Finish(evenSum, oddSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Fold(Vector256<long> sum, Vector256<int> fold) => Avx2.Add(
        Avx2.Multiply(OddToEven(sum.AsInt32()), fold),
        Avx2.Blend(sum.AsInt32(), Vector256<int>.Zero, OddLanes).AsInt64());

    /// <summary>2·M·state / R: |state| &lt; p before, ≤ p/2 + 362 after.</summary>
    /// <remarks>
    /// With u = x_low + x_high and v = x_low − x_high the circulant falls into a cyclic and a negacyclic one of size 8, whose sum and
    /// difference are twice the result. Inputs are cut into signed 16-bit halves, two inputs to a word, for 16-bit multiply-adds.
    /// </remarks>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Matrix(Vector256<int>* s)
    {
        Vector256<short>* u = stackalloc Vector256<short>[8];
        Vector256<short>* v = stackalloc Vector256<short>[8];
        for (int k = 0; k < 4; k++)
        {
            Butterfly(s[2 * k], s[(2 * k) + 8], out Vector256<int> u0, out Vector256<int> v0);
            Butterfly(s[(2 * k) + 1], s[(2 * k) + 9], out Vector256<int> u1, out Vector256<int> v1);
            Halves(u0, u1, out u[k], out u[k + 4]);
            Halves(v0, v1, out v[k], out v[k + 4]);
        }

        for (int i = 0; i < 8; i++)
        {
            Vector256<int> uLow = Sum(u, Poseidon16LaneConstants.Cyclic, -i, 7), uHigh = Sum(u + 4, Poseidon16LaneConstants.Cyclic, -i, 7);
            Vector256<int> vLow = Sum(v, Poseidon16LaneConstants.Negacyclic, -i, 15), vHigh = Sum(v + 4, Poseidon16LaneConstants.Negacyclic, -i, 15);
            s[i] = Reduce(Avx2.Add(uLow, vLow), Avx2.Add(uHigh, vHigh));
            s[i + 8] = Reduce(Avx2.Subtract(uLow, vLow), Avx2.Subtract(uHigh, vHigh));
        }
    }

    /// <summary>u = a + b and v = a − b modulo p, within ±p, for a and b within ±p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Butterfly(Vector256<int> a, Vector256<int> b, out Vector256<int> u, out Vector256<int> v)
    {
        a = Avx2.Min(a.AsUInt32(), Avx2.Add(a, P).AsUInt32()).AsInt32(); // [0, p)
        b = Avx2.Min(b.AsUInt32(), Avx2.Add(b, P).AsUInt32()).AsInt32(); // [0, p)
        u = Avx2.Add(a, Avx2.Subtract(b, P)); // [−p, p)
        v = Avx2.Subtract(a, b); // (−p, p)
    }

    /// <summary>Cuts x = low + 2^16 · high with low in [−2^15, 2^15) and |high| &lt; 2^15, for two inputs, of which one goes to the lower 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(Vector256<int> x0, Vector256<int> x1, out Vector256<short> low, out Vector256<short> high)
    {
        const byte upper = 0b10101010;
        Vector256<int> half = Vector256.Create(1 << 15);
        low = Avx2.Blend(x0.AsInt16(), Avx2.ShiftLeftLogical(x1, 16).AsInt16(), upper);
        high = Avx2.Blend(Avx2.ShiftRightLogical(Avx2.Add(x0, half), 16).AsInt16(), Avx2.Add(x1, half).AsInt16(), upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sum(Vector256<short>* inputs, Vector256<short>* pairs, int shift, int mask) => Avx2.Add(
        Avx2.Add(
            Avx2.MultiplyAddAdjacent(inputs[0], pairs[shift & mask]),
            Avx2.MultiplyAddAdjacent(inputs[1], pairs[(shift + 2) & mask])),
        Avx2.Add(
            Avx2.MultiplyAddAdjacent(inputs[2], pairs[(shift + 4) & mask]),
            Avx2.MultiplyAddAdjacent(inputs[3], pairs[(shift + 6) & mask])));

    /// <summary>
    /// (low + 2^16 · high) / R modulo p, for |low|, |high| ≤ 644 · 2^15: within ±(p/2 + 362). The entries of both matrices sum to 371 + 273 = 644.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Reduce(Vector256<int> low, Vector256<int> high)
    {
        Vector256<int> wordLow = Avx2.Add(low, Avx2.ShiftLeftLogical(high, 16));
        Vector256<int> wordHigh = Avx2.ShiftRightArithmetic(Avx2.Add(high, Avx2.ShiftRightArithmetic(low, 16)), 16); // floor
        Vector256<int> quotient = Avx2.MultiplyLow(wordLow, Mu);
        Vector256<int> even = OddToEven(Avx2.Multiply(quotient, P).AsInt32());
        Vector256<int> odd = Avx2.Multiply(OddToEven(quotient), P).AsInt32();
        return Avx2.Subtract(wordHigh, Avx2.Blend(even, odd, OddLanes)); // the low words agree
    }

    /// <summary>x³/R²: within ±p for |x| ≤ p + 362, within ±0.66 p for |x| ≤ 0.51 p. The square is not reduced to [0, p) in between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Cube(Vector256<int> x)
    {
        Vector256<int> odd = OddToEven(x);
        Vector256<int> evenSquare = HighReduced(Avx2.Multiply(x, x)), oddSquare = HighReduced(Avx2.Multiply(odd, odd));
        return Finish(Avx2.Multiply(evenSquare, x), Avx2.Multiply(oddSquare, odd));
    }

    /// <summary>The Montgomery reduction of signed 64-bit lanes, in the even words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> HighReduced(Vector256<long> product)
    {
        Vector256<int> quotient = Avx2.Multiply(product.AsInt32(), Mu).AsInt32();
        return OddToEven(Avx2.Subtract(product, Avx2.Multiply(quotient, P)).AsInt32());
    }

    /// <summary>The Montgomery reductions of two sets of signed 64-bit lanes, put together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Finish(Vector256<long> even, Vector256<long> odd)
    {
        Vector256<int> oddQuotient = Avx2.Multiply(odd.AsInt32(), Mu).AsInt32();
        return Avx2.Blend(HighReduced(even), Avx2.Subtract(odd, Avx2.Multiply(oddQuotient, P)).AsInt32(), OddLanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> OddToEven(Vector256<int> x) => Avx.DuplicateOddIndexed(x.AsSingle()).AsInt32();

    /// <summary>From ±p to [0, p).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Canonical(Vector256<int> x) => Avx2.Min(x.AsUInt32(), Avx2.Add(x, P).AsUInt32());

    private static void Unscale(Vector256<int>* from, LaneFactor factor, Vector256<uint>* to, int count)
    {
        for (int i = 0; i < count; i++) to[i] = factor.Multiply(Canonical(from[i]));
    }
}
