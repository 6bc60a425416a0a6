using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Air;

/// <summary>The transpose of an 8 × 8 block of words held in eight vectors.</summary>
internal static unsafe class TransposeLanes
{
    /// <summary>Vector i becomes the i-th words of the eight vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        ref Vector256<uint> r0, ref Vector256<uint> r1, ref Vector256<uint> r2, ref Vector256<uint> r3,
        ref Vector256<uint> r4, ref Vector256<uint> r5, ref Vector256<uint> r6, ref Vector256<uint> r7)
    {
        // Pairs of rows, 32 bits: (a0 b0 a1 b1 | a4 b4 a5 b5) and (a2 b2 a3 b3 | a6 b6 a7 b7).
        Vector256<ulong> t0 = Low32(r0, r1), t1 = High32(r0, r1), t2 = Low32(r2, r3), t3 = High32(r2, r3);
        Vector256<ulong> t4 = Low32(r4, r5), t5 = High32(r4, r5), t6 = Low32(r6, r7), t7 = High32(r6, r7);
        // Fours of rows, 64 bits: columns 0 | 4, 1 | 5, 2 | 6, 3 | 7.
        Vector256<uint> u0 = Low64(t0, t2), u1 = High64(t0, t2), u2 = Low64(t1, t3), u3 = High64(t1, t3);
        Vector256<uint> u4 = Low64(t4, t6), u5 = High64(t4, t6), u6 = Low64(t5, t7), u7 = High64(t5, t7);
        r0 = Low128(u0, u4);
        r1 = Low128(u1, u5);
        r2 = Low128(u2, u6);
        r3 = Low128(u3, u7);
        r4 = High128(u0, u4);
        r5 = High128(u1, u5);
        r6 = High128(u2, u6);
        r7 = High128(u3, u7);
    }

    /// <summary>Transposes up to eight columns of eight words, <paramref name="stride"/> words apart, into eight rows of eight; missing columns are zero.</summary>
    public static void Transpose(uint* columns, nint stride, int width, uint* block)
    {
        Vector256<uint> r0 = Column(columns, stride, width, 0), r1 = Column(columns, stride, width, 1);
        Vector256<uint> r2 = Column(columns, stride, width, 2), r3 = Column(columns, stride, width, 3);
        Vector256<uint> r4 = Column(columns, stride, width, 4), r5 = Column(columns, stride, width, 5);
        Vector256<uint> r6 = Column(columns, stride, width, 6), r7 = Column(columns, stride, width, 7);
        Transpose(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
        r0.Store(block);
        r1.Store(block + 8);
        r2.Store(block + 16);
        r3.Store(block + 24);
        r4.Store(block + 32);
        r5.Store(block + 40);
        r6.Store(block + 48);
        r7.Store(block + 56);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Column(uint* columns, nint stride, int width, int column) =>
        column < width ? Vector256.Load(columns + (column * stride)) : Vector256<uint>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Low32(Vector256<uint> a, Vector256<uint> b) => Avx2.IsSupported
        ? Avx2.UnpackLow(a, b).AsUInt64()
        : Vector256.Create(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5]).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> High32(Vector256<uint> a, Vector256<uint> b) => Avx2.IsSupported
        ? Avx2.UnpackHigh(a, b).AsUInt64()
        : Vector256.Create(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7]).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Low64(Vector256<ulong> a, Vector256<ulong> b) => Avx2.IsSupported
        ? Avx2.UnpackLow(a, b).AsUInt32()
        : Vector256.Create(a[0], b[0], a[2], b[2]).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> High64(Vector256<ulong> a, Vector256<ulong> b) => Avx2.IsSupported
        ? Avx2.UnpackHigh(a, b).AsUInt32()
        : Vector256.Create(a[1], b[1], a[3], b[3]).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Low128(Vector256<uint> a, Vector256<uint> b) => Vector256.Create(a.GetLower(), b.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> High128(Vector256<uint> a, Vector256<uint> b) => Vector256.Create(a.GetUpper(), b.GetUpper());
}
