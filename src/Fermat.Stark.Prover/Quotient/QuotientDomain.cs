using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// The three cosets s_j·H on which a table's quotient is computed: s = g, g·ω_2n, g·ω_4n. At rate 1/4 and below they are the first three
/// blocks of n rows of the committed codewords; at rate 1/2 the first two are.
/// </summary>
internal static class QuotientDomain
{
    /// <summary>Number of cosets: a quotient has fewer than 3n coefficients.</summary>
    public const int Cosets = 3;

    /// <summary>How many of the cosets are blocks of the committed codewords.</summary>
    public static int Committed(int blowupLog2) => Math.Min(Cosets, 1 << blowupLog2);

    /// <summary>The shift s_j of coset <paramref name="coset"/> of a table of 2^<paramref name="logHeight"/> rows.</summary>
    public static KoalaBear Shift(int logHeight, int coset) => TraceDomain.CosetShift * coset switch
    {
        0 => KoalaBear.One,
        1 => KoalaBear.RootOfUnity(logHeight + 1),
        _ => KoalaBear.RootOfUnity(logHeight + 2),
    };
}
