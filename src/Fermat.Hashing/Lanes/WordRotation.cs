using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Hashing;

/// <summary>The four rotations of BLAKE3 on eight words side by side; kernels are generic over it, so that tests can force each.</summary>
internal interface IWordRotation
{
    static abstract Vector256<uint> Right16(Vector256<uint> x);

    static abstract Vector256<uint> Right12(Vector256<uint> x);

    static abstract Vector256<uint> Right8(Vector256<uint> x);

    static abstract Vector256<uint> Right7(Vector256<uint> x);
}

/// <summary>Rotations by two shifts, on any machine.</summary>
internal readonly struct PortableRotation : IWordRotation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right16(Vector256<uint> x) => (x >>> 16) | (x << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right12(Vector256<uint> x) => (x >>> 12) | (x << 20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right8(Vector256<uint> x) => (x >>> 8) | (x << 24);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right7(Vector256<uint> x) => (x >>> 7) | (x << 25);
}

/// <summary>
/// With AVX2, whole-byte rotations are byte shuffles. The masks are read from memory at each use: as constants they would occupy two of
/// the sixteen registers that the BLAKE3 state needs.
/// </summary>
internal readonly struct Avx2Rotation : IWordRotation
{
    private static ReadOnlySpan<byte> Mask16 =>
        [2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13];

    private static ReadOnlySpan<byte> Mask8 =>
        [1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right16(Vector256<uint> x) =>
        Avx2.Shuffle(x.AsByte(), Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(Mask16))).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right12(Vector256<uint> x) => PortableRotation.Right12(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right8(Vector256<uint> x) =>
        Avx2.Shuffle(x.AsByte(), Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(Mask8))).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right7(Vector256<uint> x) => PortableRotation.Right7(x);
}

/// <summary>With the 256-bit forms of AVX-512, a rotation is one instruction.</summary>
internal readonly struct Avx512Rotation : IWordRotation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right16(Vector256<uint> x) => Avx512F.VL.RotateRight(x, 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right12(Vector256<uint> x) => Avx512F.VL.RotateRight(x, 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right8(Vector256<uint> x) => Avx512F.VL.RotateRight(x, 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Right7(Vector256<uint> x) => Avx512F.VL.RotateRight(x, 7);
}
