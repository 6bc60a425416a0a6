using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>The points of a coset in bit-reversed order, block by block.</summary>
internal static class CosetPoints
{
    /// <summary>Points a block; divides every range of rows that kernels work on.</summary>
    public const int Block = 1024;

    /// <summary>Writes shift·ω^rev(i) for i = first … first + length − 1, where ω has order 2^log.</summary>
    /// <param name="log">Logarithm of the group's order; rev reverses as many bits.</param>
    /// <param name="shift">The coset's shift.</param>
    /// <param name="first">A multiple of the length.</param>
    /// <param name="points">A power of two of points.</param>
    public static void Fill(int log, KoalaBear shift, int first, Span<KoalaBear> points)
    {
        points[0] = shift * KoalaBear.RootOfUnity(log).Pow(Ntt.ReverseBits((uint)first, log));

        // Setting bit b of the index multiplies by ω^(2^(log−1−b)), of order 2^(b+1).
        for (int bit = 0; 1 << bit < points.Length; bit++) Double(points, bit, KoalaBear.RootOfUnity(bit + 1));
    }

    /// <summary>
    /// Writes 1 / s for the base points s = ω^rev(i) of the cosets that fold, i = first … first + length − 1, ω of order 2^log;
    /// rev reverses log − arityLog2 bits.
    /// </summary>
    /// <param name="log">Logarithm of the codeword's length.</param>
    /// <param name="arityLog2">Logarithm of the folding factor.</param>
    /// <param name="first">A multiple of the length.</param>
    /// <param name="points">A power of two of points.</param>
    public static void FillInverseBases(int log, int arityLog2, int first, Span<KoalaBear> points)
    {
        points[0] = KoalaBear.RootOfUnity(log).Inverse().Pow(Ntt.ReverseBits((uint)first, log - arityLog2));

        // Setting bit b of the index multiplies s by ω^(2^(log−arityLog2−1−b)), of order 2^(arityLog2+1+b).
        for (int bit = 0; 1 << bit < points.Length; bit++) Double(points, bit, KoalaBear.RootOfUnity(arityLog2 + 1 + bit).Inverse());
    }

    private static void Double(Span<KoalaBear> points, int bit, KoalaBear root)
    {
        for (int i = 0; i < 1 << bit; i++) points[(1 << bit) + i] = points[i] * root;
    }
}
