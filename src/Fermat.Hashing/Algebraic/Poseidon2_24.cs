using System.Diagnostics.CodeAnalysis;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Poseidon2 (ePrint 2023/323) over KoalaBear, width 24: S-box x^3, 8 full and 23 partial rounds. Constants and matrices are those of
/// Plonky3's default instance. External matrix: blocks of the 4 × 4 circulant (2, 3, 1, 1). Internal matrix: all ones plus the diagonal
/// (−2, 1, 2, 1/2, 3, 4, −1/2, −3, −4, 2^−8, 1/4, 1/8, 1/16, 1/32, 1/64, 2^−24, −2^−8, −1/8, −1/16, −1/32, −1/64, −2^−7, −2^−9, −2^−24).
/// </summary>
[SuppressMessage("Naming", "CA1707", Justification = "The width is part of the published name.")]
public static class Poseidon2_24
{
    /// <summary>The number of field elements in a state.</summary>
    public const int Width = 24;

    internal static readonly Poseidon2Scalar Scalar = new(
        Width, Poseidon2Constants.Initial24, Poseidon2Constants.Partial24, Poseidon2Constants.Final24, Diagonal());

    internal static readonly Poseidon2Lanes Eight = new(Scalar);

    /// <summary>Permutes 24 elements in place.</summary>
    /// <exception cref="ArgumentException">The span does not hold 24 elements.</exception>
    public static void Permute(Span<KoalaBear> state) => Scalar.Permute(state);

    private static KoalaBear[] Diagonal()
    {
        KoalaBear half = KoalaBear.Half;
        KoalaBear P(int k) => Poseidon2Scalar.InversePowerOfTwo(k);
        return
        [
            KoalaBear.From(-2), KoalaBear.One, KoalaBear.From(2), half, KoalaBear.From(3), KoalaBear.From(4), -half,
            KoalaBear.From(-3), KoalaBear.From(-4), P(8), P(2), P(3), P(4), P(5), P(6), P(24),
            -P(8), -P(3), -P(4), -P(5), -P(6), -P(7), -P(9), -P(24),
        ];
    }
}
