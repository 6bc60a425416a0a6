using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>The rows of one table as points: row i is ω^i in the group H of order n, the last k rows are the random tail.</summary>
/// <param name="LogHeight">Logarithm of n.</param>
/// <param name="TailRows">k.</param>
public readonly record struct TraceDomain(int LogHeight, int TailRows)
{
    /// <summary>The point g by which the coset of the low-degree extensions is shifted, the same for all heights.</summary>
    public static KoalaBear CosetShift => KoalaBear.Generator;

    /// <summary>n.</summary>
    public int Rows => 1 << LogHeight;

    /// <summary>n − k, the rows on which constraints hold.</summary>
    public int ActiveRows => Rows - TailRows;

    /// <summary>ω, of order n.</summary>
    public KoalaBear Generator => KoalaBear.RootOfUnity(LogHeight);

    /// <summary>Whether a point is in H or in the coset g·⟨ω_N⟩ on which columns are committed, N = n·2^b.</summary>
    public bool IsInDomain(Quintic point, int blowupLog2) =>
        point.Pow((ulong)Rows) == Quintic.One
        || point.Pow(1UL << (LogHeight + blowupLog2)) == new Quintic(CosetShift.Pow(1UL << (LogHeight + blowupLog2)));
}
