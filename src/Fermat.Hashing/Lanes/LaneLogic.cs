using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Hashing;

/// <summary>The logic that Keccak needs on four 64-bit words side by side; kernels are generic over it, so that tests can force each.</summary>
internal interface ILaneLogic
{
    /// <summary>x rotated left by 0 to 63 bits.</summary>
    static abstract Vector256<ulong> RotateLeft(Vector256<ulong> x, [ConstantExpected] byte bits);

    /// <summary>a ^ b ^ c.</summary>
    static abstract Vector256<ulong> Xor(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c);

    /// <summary>a ^ (~b &amp; c).</summary>
    static abstract Vector256<ulong> Chi(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c);
}

/// <summary>With the operations every <c>Vector256</c> has.</summary>
internal readonly struct PortableLogic : ILaneLogic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> RotateLeft(Vector256<ulong> x, [ConstantExpected] byte bits) => (x << bits) | (x >>> (64 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Xor(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) => a ^ b ^ c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Chi(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) => a ^ Vector256.AndNot(c, b);
}

/// <summary>With the 256-bit forms of AVX-512: rotations and three-operand logic are one instruction each.</summary>
internal readonly struct Avx512Logic : ILaneLogic
{
    private const byte XorOfThree = 0x96;
    private const byte ChiOfThree = 0xD2; // truth table of a ^ (~b & c), a being the most significant index bit

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> RotateLeft(Vector256<ulong> x, [ConstantExpected] byte bits) => Avx512F.VL.RotateLeft(x, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Xor(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) => Avx512F.VL.TernaryLogic(a, b, c, XorOfThree);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Chi(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c) => Avx512F.VL.TernaryLogic(a, b, c, ChiOfThree);
}
