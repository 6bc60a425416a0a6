using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// Two layers of a decimation-in-time transform on four rows a, b, c, d of sixteen elements: first (a, b) and (c, d) with the constant
/// w1 of the lower layer, then (a, c) with w2 and (b, d) with w3 of the upper. Both halves of the rows are worked on in turn, so that
/// one half's multiplications fill the other's latencies.
/// </summary>
internal static unsafe class Butterfly<TLanes>
    where TLanes : struct, ILanes
{
    /// <summary>
    /// Reads the rows and gives the new ones; constants as for <see cref="ILanes.MulConstant"/>. All words are reduced, before and
    /// after.
    /// </summary>
    /// <remarks>Rows are read as late as possible, which keeps the constants in registers.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(
        uint* a,
        uint* b,
        uint* c,
        uint* d,
        Vector256<uint> w1,
        Vector256<uint> w1Pre,
        Vector256<uint> w2,
        Vector256<uint> w2Pre,
        Vector256<uint> w3,
        Vector256<uint> w3Pre,
        out Vector256<uint> a0,
        out Vector256<uint> a1,
        out Vector256<uint> b0,
        out Vector256<uint> b1,
        out Vector256<uint> c0,
        out Vector256<uint> c1,
        out Vector256<uint> d0,
        out Vector256<uint> d1)
    {
        const int Half = KoalaBearVector.Lanes;
        Vector256<uint> p = Vector256.Create(KoalaBear.Modulus);
        Vector256<uint> wb0 = TLanes.MulConstant(Vector256.LoadAligned(b), w1, w1Pre);
        Vector256<uint> wb1 = TLanes.MulConstant(Vector256.LoadAligned(b + Half), w1, w1Pre);
        Vector256<uint> wd0 = TLanes.MulConstant(Vector256.LoadAligned(d), w1, w1Pre);
        Vector256<uint> wd1 = TLanes.MulConstant(Vector256.LoadAligned(d + Half), w1, w1Pre);

        // c + d < 2p and 0 < c − d + p < 2p are not reduced: a constant may be multiplied by any word.
        Vector256<uint> oldC0 = Vector256.LoadAligned(c), oldC1 = Vector256.LoadAligned(c + Half);
        Vector256<uint> upper0 = TLanes.MulConstant(oldC0 + wd0, w2, w2Pre), upper1 = TLanes.MulConstant(oldC1 + wd1, w2, w2Pre);
        Vector256<uint> lower0 = TLanes.MulConstant(oldC0 - wd0 + p, w3, w3Pre), lower1 = TLanes.MulConstant(oldC1 - wd1 + p, w3, w3Pre);
        Vector256<uint> oldA0 = Vector256.LoadAligned(a), oldA1 = Vector256.LoadAligned(a + Half);
        Vector256<uint> sum0 = TLanes.Add(oldA0, wb0), sum1 = TLanes.Add(oldA1, wb1);
        a0 = TLanes.Add(sum0, upper0);
        a1 = TLanes.Add(sum1, upper1);
        c0 = TLanes.Sub(sum0, upper0);
        c1 = TLanes.Sub(sum1, upper1);
        Vector256<uint> difference0 = TLanes.Sub(oldA0, wb0), difference1 = TLanes.Sub(oldA1, wb1);
        b0 = TLanes.Add(difference0, lower0);
        b1 = TLanes.Add(difference1, lower1);
        d0 = TLanes.Sub(difference0, lower0);
        d1 = TLanes.Sub(difference1, lower1);
    }
}
