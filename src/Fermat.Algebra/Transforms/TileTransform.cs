using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// The in-cache transform. A tile is m = 2^k rows of 16 elements (64 bytes, two vectors), row after row; each of the 16 columns is
/// transformed by itself. Decimation in time: coefficients in bit-reversed order become values at g·ω^i in natural order. The coset g is
/// in the constants, so it costs nothing. Layers are done two at a time.
/// </summary>
internal static unsafe class TileTransform
{
    /// <summary>Elements in a row of a tile.</summary>
    public const int Width = 16;

    /// <summary>Layers done on a block of rows while it stays in the first-level cache: 2^8 rows are 16 KiB.</summary>
    private const int BlockLog = 8;

    private const int Half = KoalaBearVector.Lanes;

    /// <summary>All layers, in place.</summary>
    /// <param name="tile">2^<paramref name="log"/> rows.</param>
    /// <param name="log">0 to 24.</param>
    /// <param name="table">A <see cref="TwiddleTable"/> of that size.</param>
    public static void Run<TLanes>(uint* tile, int log, uint* table)
        where TLanes : struct, ILanes => Layers<TLanes>(tile, log, 1, log, table);

    /// <summary>
    /// The layers between those of <see cref="TileLoad"/> and <see cref="TileStore"/>: all but the first two and the last two.
    /// </summary>
    /// <inheritdoc cref="Run"/>
    public static void Middle<TLanes>(uint* tile, int log, uint* table)
        where TLanes : struct, ILanes => Layers<TLanes>(tile, log, 3, log - 2, table);

    /// <summary>All layers after those of <see cref="TileLoad"/>.</summary>
    /// <inheritdoc cref="Run"/>
    public static void AfterLoad<TLanes>(uint* tile, int log, uint* table)
        where TLanes : struct, ILanes => Layers<TLanes>(tile, log, 3, log, table);

    /// <summary>
    /// Layers <paramref name="first"/> to <paramref name="last"/>; when they are odd in number, the first of them goes alone.
    /// </summary>
    private static void Layers<TLanes>(uint* tile, int log, int first, int last, uint* table)
        where TLanes : struct, ILanes
    {
        uint* companions = table + TwiddleTable.Length(log);
        int odd = (last - first + 1) & 1;
        int blockLast = last <= BlockLog ? last : BlockLog - ((last - BlockLog) & 1); // pairs must end at the last layer
        if (blockLast < first)
            blockLast = first - 1;
        for (int block = 0; block < 1 << log && blockLast >= first; block += 1 << blockLast)
        {
            uint* rows = tile + ((nint)block * Width);
            if (odd != 0)
                SingleLayer<TLanes>(rows, 1 << blockLast, 1 << (first - 1), table, companions);
            for (int layer = first + odd; layer < blockLast; layer += 2)
                DoubleLayer<TLanes>(rows, 1 << blockLast, 1 << (layer - 1), table, companions);
        }

        for (int layer = blockLast + 1; layer < last; layer += 2)
            DoubleLayer<TLanes>(tile, 1 << log, 1 << (layer - 1), table, companions);
    }

    /// <summary>One layer: rows j and j + h of each group of 2h rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SingleLayer<TLanes>(uint* tile, int rows, int half, uint* table, uint* companions)
        where TLanes : struct, ILanes
    {
        nint step = (nint)half * Width;
        uint* end = tile + ((nint)rows * Width);
        for (int j = 0; j < half; j++)
        {
            Vector256<uint> w = Vector256.Create(table[half + j]), wPre = Vector256.Create(companions[half + j]);
            for (uint* row = tile + ((nint)j * Width); row < end; row += 2 * step)
            {
                Vector256<uint> odd0 = TLanes.MulConstant(Vector256.LoadAligned(row + step), w, wPre);
                Vector256<uint> odd1 = TLanes.MulConstant(Vector256.LoadAligned(row + step + Half), w, wPre);
                Vector256<uint> even0 = Vector256.LoadAligned(row), even1 = Vector256.LoadAligned(row + Half);
                TLanes.Add(even0, odd0).StoreAligned(row);
                TLanes.Add(even1, odd1).StoreAligned(row + Half);
                TLanes.Sub(even0, odd0).StoreAligned(row + step);
                TLanes.Sub(even1, odd1).StoreAligned(row + step + Half);
            }
        }
    }

    /// <summary>Two layers: rows j, j + h, j + 2h and j + 3h of each group of 4h rows.</summary>
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
            for (uint* row = tile + ((nint)j * Width); row < end; row += 4 * step)
            {
                uint* rowB = row + step, rowC = rowB + step, rowD = rowC + step;
                Butterfly<TLanes>.Apply(
                    row, rowB, rowC, rowD, w1, w1Pre, w2, w2Pre, w3, w3Pre,
                    out Vector256<uint> a0, out Vector256<uint> a1, out Vector256<uint> b0, out Vector256<uint> b1,
                    out Vector256<uint> c0, out Vector256<uint> c1, out Vector256<uint> d0, out Vector256<uint> d1);
                a0.StoreAligned(row);
                a1.StoreAligned(row + Half);
                b0.StoreAligned(rowB);
                b1.StoreAligned(rowB + Half);
                c0.StoreAligned(rowC);
                c1.StoreAligned(rowC + Half);
                d0.StoreAligned(rowD);
                d1.StoreAligned(rowD + Half);
            }
        }
    }
}
