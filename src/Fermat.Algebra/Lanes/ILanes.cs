using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// Field arithmetic on eight Montgomery words side by side. Lane i of every result depends on lane i of the operands only, and equals
/// what <see cref="KoalaBear"/> gives for that lane. Kernels are generic over this interface, so each exists once and runs on
/// <see cref="ScalarLanes"/>, <see cref="PortableLanes"/> and <see cref="Avx2Lanes"/>.
/// </summary>
/// <remarks>Unless said otherwise every operand and result lane is a reduced word, 0 ≤ x &lt; p.</remarks>
public interface ILanes
{
    /// <summary>a + b.</summary>
    static abstract Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b);

    /// <summary>a − b.</summary>
    static abstract Vector256<uint> Sub(Vector256<uint> a, Vector256<uint> b);

    /// <summary>a · b (Montgomery product). One operand may hold any 32-bit words, as long as the other is reduced.</summary>
    static abstract Vector256<uint> Mul(Vector256<uint> a, Vector256<uint> b);

    /// <summary>
    /// a · w for a constant <paramref name="w"/> that is the same in all lanes (Shoup's multiplication, cheaper than <see
    /// cref="Mul"/>).
    /// </summary>
    /// <param name="a">Any 32-bit words, not only reduced ones.</param>
    /// <param name="w">The constant's canonical value (not its Montgomery word), all lanes equal.</param>
    /// <param name="wPre">⌊w · 2^32 / p⌋ in all lanes, see <see cref="KoalaBearVector.Precompute"/>.</param>
    static abstract Vector256<uint> MulConstant(Vector256<uint> a, Vector256<uint> w, Vector256<uint> wPre);

    /// <summary>a³.</summary>
    static abstract Vector256<uint> Cube(Vector256<uint> a);

    /// <summary>The full 64-bit products of the even lanes (0, 2, 4, 6) of any 32-bit words.</summary>
    static abstract Vector256<ulong> WideEven(Vector256<uint> a, Vector256<uint> b);

    /// <summary>Lanes 1, 3, 5, 7 moved to the even places; the odd places are unspecified.</summary>
    static abstract Vector256<uint> OddToEven(Vector256<uint> a);
}
