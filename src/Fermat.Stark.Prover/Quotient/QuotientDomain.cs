using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// Where a table's quotient is computed: on the two cosets s_j·H, s = g and g·ω_2n, which at every rate are the first two blocks of n rows of the
/// committed codewords, and on the k tail rows, where Z_act does not vanish. That is 2n + k points for at most 2n + k − 1 coefficients,
/// so that no column is ever transformed twice.
/// </summary>
internal static class QuotientDomain
{
    /// <summary>Number of cosets.</summary>
    public const int Cosets = 2;

    /// <summary>The shift s_j of coset <paramref name="coset"/> of a table of 2^<paramref name="logHeight"/> rows.</summary>
    public static KoalaBear Shift(int logHeight, int coset) =>
        coset == 0 ? TraceDomain.CosetShift : TraceDomain.CosetShift * KoalaBear.RootOfUnity(logHeight + 1);
}
