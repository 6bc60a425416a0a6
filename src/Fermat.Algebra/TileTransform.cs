using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// The in-cache transform. A tile is m = 2^k rows of 16 elements (64 bytes, two vectors), row after row; each of the 16 columns is
/// transformed by itself. Decimation in time: coefficients in bit-reversed order become values at g·ω^i in natural order. The coset g is
/// in the constants, so it costs nothing.
/// </summary>
internal static unsafe class TileTransform
{
    /// <summary>Elements in a row of a tile.</summary>
    public const int Width = 16;

    /// <summary>Layers done on a block of rows while it stays in the first-level cache: 2^8 rows are 16 KiB.</summary>
    private const int BlockLog = 8;

    /// <summary>Transforms a tile in place.</summary>
    /// <param name="tile">2^<paramref name="log"/> rows.</param>
    /// <param name="log">0 to 24.</param>
    /// <param name="table">A <see cref="TwiddleTable"/> of that size.</param>
    public static void Run<TLanes>(uint* tile, int log, uint* table)
        where TLanes : struct, ILanes
    {
        uint* companions = table + TwiddleTable.Length(log);
        int blockLog = log <= BlockLog ? log : BlockLog - (log & 1); // an odd number of layers leaves one single layer, done first
        for (int block = 0; block < 1 << log; block += 1 << blockLog)
        {
            uint* rows = tile + (block * Width);
            int layer = 1;
            if ((blockLog & 1) != 0)
                SingleLayer<TLanes>(rows, 1 << blockLog, table[1], companions[1]);
            for (layer += blockLog & 1; layer < blockLog; layer += 2)
                DoubleLayer<TLanes>(rows, 1 << blockLog, 1 << (layer - 1), table, companions);
        }

        for (int layer = blockLog + 1; layer < log; layer += 2)
            DoubleLayer<TLanes>(tile, 1 << log, 1 << (layer - 1), table, companions);
    }

    /// <summary>The first layer: rows 2i and 2i + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SingleLayer<TLanes>(uint* tile, int rows, uint twiddle, uint companion)
        where TLanes : struct, ILanes
    {
        Vector256<uint> w = Vector256.Create(twiddle), wPre = Vector256.Create(companion);
        uint* end = tile + (rows * Width);
        for (uint* row = tile; row < end; row += 2 * Width)
        {
            for (int lane = 0; lane < Width; lane += KoalaBearVector.Lanes)
            {
                Vector256<uint> even = Vector256.LoadAligned(row + lane);
                Vector256<uint> odd = TLanes.MulConstant(Vector256.LoadAligned(row + Width + lane), w, wPre);
                TLanes.Add(even, odd).StoreAligned(row + lane);
                TLanes.Sub(even, odd).StoreAligned(row + Width + lane);
            }
        }
    }

    /// <summary>
    /// Two layers at once: rows j, j + h, j + 2h and j + 3h of each group of 4h rows, first paired at distance h with the constant of
    /// the lower layer, then at distance 2h with the two constants of the upper.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DoubleLayer<TLanes>(uint* tile, int rows, int half, uint* table, uint* companions)
        where TLanes : struct, ILanes
    {
        nint step = (nint)half * Width;
        uint* end = tile + ((nint)rows * Width);
        for (int j = 0; j < half; j++)
        {
            Vector256<uint> w1 = Vector256.Create(table[half + j]), w1Pre = Vector256.Create(companions[half + j]);
            Vector256<uint> w2 = Vector256.Create(table[(2 * half) + j]), w2Pre = Vector256.Create(companions[(2 * half) + j]);
            Vector256<uint> w3 = Vector256.Create(table[(3 * half) + j]), w3Pre = Vector256.Create(companions[(3 * half) + j]);
            for (uint* row = tile + (j * Width); row < end; row += 4 * step)
            {
                uint* other = row + KoalaBearVector.Lanes;
                Vector256<uint> b = Vector256.LoadAligned(row + step), d = Vector256.LoadAligned(row + (3 * step));
                Vector256<uint> bb = Vector256.LoadAligned(other + step), dd = Vector256.LoadAligned(other + (3 * step));
                b = TLanes.MulConstant(b, w1, w1Pre);
                bb = TLanes.MulConstant(bb, w1, w1Pre);
                d = TLanes.MulConstant(d, w1, w1Pre);
                dd = TLanes.MulConstant(dd, w1, w1Pre);
                Vector256<uint> c = Vector256.LoadAligned(row + (2 * step)), cc = Vector256.LoadAligned(other + (2 * step));
                Vector256<uint> oddSum = TLanes.MulConstant(c + d, w2, w2Pre);
                Vector256<uint> oddSum2 = TLanes.MulConstant(cc + dd, w2, w2Pre);
                Vector256<uint> oddDifference = TLanes.MulConstant(c - d + Vector256.Create(KoalaBear.Modulus), w3, w3Pre);
                Vector256<uint> oddDifference2 = TLanes.MulConstant(cc - dd + Vector256.Create(KoalaBear.Modulus), w3, w3Pre);
                Vector256<uint> a = Vector256.LoadAligned(row), aa = Vector256.LoadAligned(other);
                Vector256<uint> sum = TLanes.Add(a, b), sum2 = TLanes.Add(aa, bb);
                TLanes.Add(sum, oddSum).StoreAligned(row);
                TLanes.Add(sum2, oddSum2).StoreAligned(other);
                TLanes.Sub(sum, oddSum).StoreAligned(row + (2 * step));
                TLanes.Sub(sum2, oddSum2).StoreAligned(other + (2 * step));
                Vector256<uint> difference = TLanes.Sub(a, b), difference2 = TLanes.Sub(aa, bb);
                TLanes.Add(difference, oddDifference).StoreAligned(row + step);
                TLanes.Add(difference2, oddDifference2).StoreAligned(other + step);
                TLanes.Sub(difference, oddDifference).StoreAligned(row + (3 * step));
                TLanes.Sub(difference2, oddDifference2).StoreAligned(other + (3 * step));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Butterfly<TLanes>(
        uint* row,
        nint step,
        Vector256<uint> w1,
        Vector256<uint> w1Pre,
        Vector256<uint> w2,
        Vector256<uint> w2Pre,
        Vector256<uint> w3,
        Vector256<uint> w3Pre)
        where TLanes : struct, ILanes
    {
        Vector256<uint> b = TLanes.MulConstant(Vector256.LoadAligned(row + step), w1, w1Pre);
        Vector256<uint> a = Vector256.LoadAligned(row);
        Vector256<uint> sum = TLanes.Add(a, b), difference = TLanes.Sub(a, b);
        Vector256<uint> d = TLanes.MulConstant(Vector256.LoadAligned(row + (3 * step)), w1, w1Pre);
        Vector256<uint> c = Vector256.LoadAligned(row + (2 * step));
        Vector256<uint> oddSum = TLanes.MulConstant(c + d, w2, w2Pre);
        Vector256<uint> oddDifference = TLanes.MulConstant(c - d + Vector256.Create(KoalaBear.Modulus), w3, w3Pre);
        TLanes.Add(sum, oddSum).StoreAligned(row);
        TLanes.Add(difference, oddDifference).StoreAligned(row + step);
        TLanes.Sub(sum, oddSum).StoreAligned(row + (2 * step));
        TLanes.Sub(difference, oddDifference).StoreAligned(row + (3 * step));
    }
}
