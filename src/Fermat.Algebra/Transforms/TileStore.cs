using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra;

/// <summary>The last two layers, done while up to four tiles are written as wide rows of a matrix, past the caches.</summary>
internal static unsafe class TileStore
{
    private const int Half = KoalaBearVector.Lanes;

    /// <summary>Does the last two layers and writes 2^log rows.</summary>
    /// <param name="tiles">The first tile; the others follow.</param>
    /// <param name="count">The number of tiles.</param>
    /// <param name="destination">The first row; 16 elements for each tile.</param>
    /// <param name="stride">Elements from row to row of the destination.</param>
    /// <param name="reversed">Whether row i of a tile becomes row rev(i), instead of row i.</param>
    /// <param name="log">At least two.</param>
    /// <param name="table">A <see cref="TwiddleTable"/> of that size.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes>(uint* tiles, int count, uint* destination, nint stride, bool reversed, int log, uint* table)
        where TLanes : struct, ILanes
    {
        uint* companions = table + TwiddleTable.Length(log);
        uint quarter = 1U << (log - 2);
        nint step = (nint)quarter * TileTransform.Width, tileWords = 4 * step;

        // Rows j, j + m/4, j + m/2, j + 3m/4 go there, or to their reversals 4r, 4r + 2, 4r + 1, 4r + 3 with j = rev(r).
        nint b = reversed ? 2 * stride : (nint)quarter * stride, c = reversed ? stride : 2 * (nint)quarter * stride, d = b + c;
        nint advance = reversed ? 4 * stride : stride;
        for (uint index = 0; index < quarter; index++, destination += advance)
        {
            uint j = reversed ? Ntt.ReverseBits(index, log - 2) : index;
            Vector256<uint> w1 = Vector256.Create(table[quarter + j]), w1Pre = Vector256.Create(companions[quarter + j]);
            Vector256<uint> w2 = Vector256.Create(table[(2 * quarter) + j]), w2Pre = Vector256.Create(companions[(2 * quarter) + j]);
            Vector256<uint> w3 = Vector256.Create(table[(3 * quarter) + j]), w3Pre = Vector256.Create(companions[(3 * quarter) + j]);
            uint* row = tiles + ((nint)j * TileTransform.Width);
            uint* output = destination;
            for (int t = 0; t < count; t++, row += tileWords, output += TileTransform.Width)
            {
                uint* rowB = row + step, rowC = rowB + step, rowD = rowC + step;
                Butterfly<TLanes>.Apply(
                    row, rowB, rowC, rowD, w1, w1Pre, w2, w2Pre, w3, w3Pre,
                    out Vector256<uint> a0, out Vector256<uint> a1, out Vector256<uint> b0, out Vector256<uint> b1,
                    out Vector256<uint> c0, out Vector256<uint> c1, out Vector256<uint> d0, out Vector256<uint> d1);
                a0.StoreAlignedNonTemporal(output);
                a1.StoreAlignedNonTemporal(output + Half);
                b0.StoreAlignedNonTemporal(output + b);
                b1.StoreAlignedNonTemporal(output + b + Half);
                c0.StoreAlignedNonTemporal(output + c);
                c1.StoreAlignedNonTemporal(output + c + Half);
                d0.StoreAlignedNonTemporal(output + d);
                d1.StoreAlignedNonTemporal(output + d + Half);
            }
        }

        if (Sse.IsSupported)
            Sse.StoreFence(); // non-temporal stores are ordered before whatever tells other threads that this task is done
    }
}
