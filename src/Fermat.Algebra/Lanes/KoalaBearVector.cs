using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra;

/// <summary>
/// Eight <see cref="KoalaBear"/> elements in a <see cref="Vector256{T}"/> of Montgomery words, with the best instructions of the machine
/// (a choice the JIT makes; kernels that must be forced by <see cref="Kernels"/> are generic over <see cref="ILanes"/> instead).
/// All operands and results are reduced words, 0 ≤ x &lt; p, unless said otherwise.
/// </summary>
public static class KoalaBearVector
{
    /// <summary>The number of lanes.</summary>
    public const int Lanes = 8;

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b) =>
        Avx2.IsSupported ? Avx2Lanes.Add(a, b) : PortableLanes.Add(a, b);

    /// <summary>a − b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Sub(Vector256<uint> a, Vector256<uint> b) =>
        Avx2.IsSupported ? Avx2Lanes.Sub(a, b) : PortableLanes.Sub(a, b);

    /// <summary>−a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Negate(Vector256<uint> a) => Sub(Vector256<uint>.Zero, a);

    /// <summary>2a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Double(Vector256<uint> a) => Add(a, a);

    /// <summary>a · b. One operand may hold any 32-bit words, as long as the other is reduced.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Mul(Vector256<uint> a, Vector256<uint> b) =>
        Avx2.IsSupported ? Avx2Lanes.Mul(a, b) : PortableLanes.Mul(a, b);

    /// <summary>a².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Square(Vector256<uint> a) => Mul(a, a);

    /// <summary>a³.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Cube(Vector256<uint> a) =>
        Avx2.IsSupported ? Avx2Lanes.Cube(a) : PortableLanes.Cube(a);

    /// <summary>a · w for a constant that is the same in all lanes; cheaper than <see cref="Mul"/>.</summary>
    /// <param name="a">Any 32-bit words, not only reduced ones.</param>
    /// <param name="w">The constant's canonical <see cref="KoalaBear.Value"/> in all lanes (not its Montgomery word).</param>
    /// <param name="wPre">The word of <see cref="Precompute"/> in all lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> MulConstant(Vector256<uint> a, Vector256<uint> w, Vector256<uint> wPre) =>
        Avx2.IsSupported ? Avx2Lanes.MulConstant(a, w, wPre) : PortableLanes.MulConstant(a, w, wPre);

    /// <summary>The companion word of a constant for <see cref="MulConstant"/>: ⌊value · 2^32 / p⌋.</summary>
    /// <remarks>value · 2^32 = quotient · p + raw, so quotient = −raw · p^−1 modulo 2^32: no division.</remarks>
    /// <param name="constant">The constant.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Precompute(KoalaBear constant) => 0 - (constant.Raw * KoalaBear.ModulusInverse);

    /// <summary>The same element in all lanes.</summary>
    /// <param name="value">The element.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Broadcast(KoalaBear value) => Vector256.Create(value.Raw);

    /// <summary>Reads eight consecutive elements.</summary>
    /// <param name="source">The first; need not be aligned.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<uint> Load(KoalaBear* source) => Vector256.Load((uint*)source);

    /// <summary>Writes eight consecutive elements.</summary>
    /// <param name="value">Reduced words.</param>
    /// <param name="destination">The first; need not be aligned.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector256<uint> value, KoalaBear* destination) => value.Store((uint*)destination);
}
