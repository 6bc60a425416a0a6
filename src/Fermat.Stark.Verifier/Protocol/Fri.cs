using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// The arithmetic of FRI on one coset. Codewords are in bit-reversed order: position p of a codeword of length N = 2^L holds
/// the value at y = ω_N^rev(p), where y stands for the point g·y of the trace's coset. The 2^a positions 2^a·r … 2^a·r + 2^a − 1 are then the
/// coset of the 2^a-th roots of unity around s = ω_N^rev(r) (L − a bits reversed), and fold to position r of length N / 2^a.
/// </summary>
public static class Fri
{
    /// <summary>The largest folding factor.</summary>
    public const int MaxArityLog2 = 3;

    /// <summary>The base point s of coset <paramref name="row"/>: ω_N^rev(row), where N = 2^<paramref name="codewordLog2"/>.</summary>
    /// <param name="codewordLog2">Logarithm of the codeword's length.</param>
    /// <param name="arityLog2">Logarithm of the folding factor.</param>
    /// <param name="row">Index of the coset, that is the position in the folded codeword.</param>
    public static KoalaBear CosetPoint(int codewordLog2, int arityLog2, int row) =>
        KoalaBear.RootOfUnity(codewordLog2).Pow(Ntt.ReverseBits((uint)row, codewordLog2 - arityLog2));

    /// <summary>The point y at a position of a codeword.</summary>
    public static KoalaBear Point(int codewordLog2, int position) => CosetPoint(codewordLog2, 0, position);

    /// <summary>
    /// Folds one coset: with f(x) = Σ_j x^j·f_j(x^A), A = 2^a, gives Σ_j β^j·f_j(s^A), which is the value at β of the polynomial of degree
    /// below A through the coset's points.
    /// </summary>
    /// <param name="values">The 2^<paramref name="arityLog2"/> values of the coset, in the codeword's (bit-reversed) order.</param>
    /// <param name="arityLog2">a: 1 to <see cref="MaxArityLog2"/>.</param>
    /// <param name="beta">β.</param>
    /// <param name="inversePoint">1 / s.</param>
    public static Quintic FoldCoset(ReadOnlySpan<Quintic> values, int arityLog2, Quintic beta, KoalaBear inversePoint)
    {
        // Halving, arityLog2 times: neighbours hold f(y) and f(−y), and even(y²) + β·odd(y²) = (f(y) + f(−y))/2 + β·(f(y) − f(−y))/(2y).
        // Folding by 2 at β, then by 2 at β², then at β⁴ is the same as folding by 8 at β.
        Span<Quintic> work = stackalloc Quintic[1 << MaxArityLog2];
        values.CopyTo(work);
        Quintic scale = beta * inversePoint * KoalaBear.Half;
        for (int log = arityLog2; log > 0; log--)
        {
            for (int pair = 0; pair < 1 << (log - 1); pair++)
            {
                Quintic sum = work[2 * pair] + work[2 * pair + 1];
                Quintic difference = work[2 * pair] - work[2 * pair + 1];
                // The pair's points are ±s·ω^rev(pair), ω of order 2^log; dividing by them is multiplying by ω^−rev(pair) / s.
                KoalaBear turn = KoalaBear.RootOfUnity(log).Inverse().Pow(Ntt.ReverseBits((uint)pair, log - 1));
                work[pair] = sum * KoalaBear.Half + difference * scale * turn;
            }

            // Next: β → β², s → s².
            scale = scale * scale * KoalaBear.From(2);
        }

        return work[0];
    }

    /// <summary>The value of a polynomial given by its coefficients, constant first.</summary>
    public static Quintic Evaluate(ReadOnlySpan<Quintic> coefficients, KoalaBear point)
    {
        Quintic sum = Quintic.Zero;
        for (int i = coefficients.Length - 1; i >= 0; i--) sum = sum * point + coefficients[i];
        return sum;
    }
}
