using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// The committed form of a table's quotient: three pieces of the extension field, re-randomised, and with zero knowledge the mask.
/// </summary>
/// <remarks>
/// Constraints have degree at most 3 in columns of degree below n, and a transition selector adds 1; so the quotient by the
/// vanishing polynomial of the n − k active rows has at most 2n + k − 1 coefficients, and three pieces of n − k hold it when n ≥ 4k.
/// Piece i is then q_i + X^(n−k)·t_i − t_(i−1) with uniform t_0, t_1 of degree below k and t_(−1) = t_2 = 0: the sum
/// Σ X^(i(n−k))·piece_i is unchanged, each piece has degree below n.
/// </remarks>
public static class QuotientPieces
{
    /// <summary>Number of pieces.</summary>
    public const int Count = 3;

    /// <summary>Base-field columns of the pieces: five to each, piece after piece.</summary>
    public const int Width = Count * Quintic.Degree;

    /// <summary>Base-field columns with the mask R, a uniform polynomial of the extension field, behind the pieces.</summary>
    public const int WidthWithMask = Width + Quintic.Degree;

    /// <summary>The quotient at a point, Σ point^(i·activeRows)·piece_i(point).</summary>
    /// <param name="openings">The values of the <see cref="Width"/> columns at the point.</param>
    /// <param name="point">The point.</param>
    /// <param name="activeRows">n − k.</param>
    public static Quintic Recombine(ReadOnlySpan<Quintic> openings, Quintic point, int activeRows)
    {
        Quintic shift = point.Pow((ulong)activeRows);
        Quintic sum = Quintic.Zero;
        for (int piece = Count - 1; piece >= 0; piece--)
            sum = sum * shift + ExtensionColumn.Combine(openings.Slice(piece * Quintic.Degree, Quintic.Degree));
        return sum;
    }
}
