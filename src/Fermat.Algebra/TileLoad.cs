using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra;

/// <summary>
/// The first two layers, done while rows are read: from a matrix with wide rows into up to four tiles at once (so that memory is read in
/// whole rows, and waiting for it is filled with arithmetic), or from one tile into another.
/// </summary>
internal static unsafe class TileLoad
{
    private const int Half = KoalaBearVector.Lanes;

    /// <summary>Reads 2^log rows and does layers 1 and 2.</summary>
    /// <param name="source">The first row; 16 elements for each tile.</param>
    /// <param name="stride">Elements from row to row of the source.</param>
    /// <param name="reversed">Whether row i of a tile is row rev(i) of the source, instead of row i.</param>
    /// <param name="tiles">The first tile; the others follow, 16·2^log elements each.</param>
    /// <param name="count">The number of tiles.</param>
    /// <param name="log">At least two.</param>
    /// <param name="table">A <see cref="TwiddleTable"/> of that size.</param>
    /// <param name="scale">A factor for all rows; one costs nothing.</param>
    public static void Run<TLanes>(
        uint* source, nint stride, bool reversed, uint* tiles, int count, int log, uint* table, KoalaBear scale)
        where TLanes : struct, ILanes
    {
        if (scale == KoalaBear.One)
            Groups<TLanes>(source, stride, reversed, tiles, count, log, table);
        else
            ScaledGroups<TLanes>(source, stride, reversed, tiles, count, log, table, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Groups<TLanes>(uint* source, nint stride, bool reversed, uint* tiles, int count, int log, uint* table)
        where TLanes : struct, ILanes
    {
        uint* companions = table + TwiddleTable.Length(log);
        Vector256<uint> w1 = Vector256.Create(table[1]), w1Pre = Vector256.Create(companions[1]);
        Vector256<uint> w2 = Vector256.Create(table[2]), w2Pre = Vector256.Create(companions[2]);
        Vector256<uint> w3 = Vector256.Create(table[3]), w3Pre = Vector256.Create(companions[3]);
        var rows = new SourceRows(stride, reversed, log);
        nint tileWords = (nint)TileTransform.Width << log;
        for (uint index = 0; index < 1U << (log - 2); index++, source += rows.Step)
        {
            Prefetch(source + rows.Step, rows, count);
            uint* tile = tiles + rows.Group(index);
            uint* rowA = source;
            for (int t = 0; t < count; t++, rowA += TileTransform.Width, tile += tileWords)
            {
                uint* rowB = rowA + rows.B, rowC = rowA + rows.C, rowD = rowA + rows.D;
                Vector256<uint> a0 = Vector256.LoadAligned(rowA), a1 = Vector256.LoadAligned(rowA + Half);
                Vector256<uint> b0 = Vector256.LoadAligned(rowB), b1 = Vector256.LoadAligned(rowB + Half);
                Vector256<uint> c0 = Vector256.LoadAligned(rowC), c1 = Vector256.LoadAligned(rowC + Half);
                Vector256<uint> d0 = Vector256.LoadAligned(rowD), d1 = Vector256.LoadAligned(rowD + Half);
                Butterfly<TLanes>.Apply(
                    ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, w1, w1Pre, w2, w2Pre, w3, w3Pre);
                Store(tile, a0, a1, b0, b1, c0, c1, d0, d1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaledGroups<TLanes>(
        uint* source, nint stride, bool reversed, uint* tiles, int count, int log, uint* table, KoalaBear scale)
        where TLanes : struct, ILanes
    {
        uint* companions = table + TwiddleTable.Length(log);
        Vector256<uint> w1 = Vector256.Create(table[1]), w1Pre = Vector256.Create(companions[1]);
        Vector256<uint> w2 = Vector256.Create(table[2]), w2Pre = Vector256.Create(companions[2]);
        Vector256<uint> w3 = Vector256.Create(table[3]), w3Pre = Vector256.Create(companions[3]);
        Vector256<uint> s = Vector256.Create(scale.Value), sPre = Vector256.Create(KoalaBearVector.Precompute(scale));
        var rows = new SourceRows(stride, reversed, log);
        nint tileWords = (nint)TileTransform.Width << log;
        for (uint index = 0; index < 1U << (log - 2); index++, source += rows.Step)
        {
            Prefetch(source + rows.Step, rows, count);
            uint* tile = tiles + rows.Group(index);
            uint* rowA = source;
            for (int t = 0; t < count; t++, rowA += TileTransform.Width, tile += tileWords)
            {
                uint* rowB = rowA + rows.B, rowC = rowA + rows.C, rowD = rowA + rows.D;
                Vector256<uint> a0 = TLanes.MulConstant(Vector256.LoadAligned(rowA), s, sPre);
                Vector256<uint> a1 = TLanes.MulConstant(Vector256.LoadAligned(rowA + Half), s, sPre);
                Vector256<uint> b0 = TLanes.MulConstant(Vector256.LoadAligned(rowB), s, sPre);
                Vector256<uint> b1 = TLanes.MulConstant(Vector256.LoadAligned(rowB + Half), s, sPre);
                Vector256<uint> c0 = TLanes.MulConstant(Vector256.LoadAligned(rowC), s, sPre);
                Vector256<uint> c1 = TLanes.MulConstant(Vector256.LoadAligned(rowC + Half), s, sPre);
                Vector256<uint> d0 = TLanes.MulConstant(Vector256.LoadAligned(rowD), s, sPre);
                Vector256<uint> d1 = TLanes.MulConstant(Vector256.LoadAligned(rowD + Half), s, sPre);
                Butterfly<TLanes>.Apply(
                    ref a0, ref a1, ref b0, ref b1, ref c0, ref c1, ref d0, ref d1, w1, w1Pre, w2, w2Pre, w3, w3Pre);
                Store(tile, a0, a1, b0, b1, c0, c1, d0, d1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        uint* tile,
        Vector256<uint> a0,
        Vector256<uint> a1,
        Vector256<uint> b0,
        Vector256<uint> b1,
        Vector256<uint> c0,
        Vector256<uint> c1,
        Vector256<uint> d0,
        Vector256<uint> d1)
    {
        a0.StoreAligned(tile);
        a1.StoreAligned(tile + Half);
        b0.StoreAligned(tile + (2 * Half));
        b1.StoreAligned(tile + (3 * Half));
        c0.StoreAligned(tile + (4 * Half));
        c1.StoreAligned(tile + (5 * Half));
        d0.StoreAligned(tile + (6 * Half));
        d1.StoreAligned(tile + (7 * Half));
    }

    /// <summary>The rows of the next group only: rows a power of two apart share a few cache sets, and more would push each other out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(uint* source, in SourceRows rows, int count)
    {
        if (!Sse.IsSupported)
            return;
        for (int t = 0; t < count; t++, source += TileTransform.Width)
        {
            Sse.Prefetch0(source);
            Sse.Prefetch0(source + rows.B);
            Sse.Prefetch0(source + rows.C);
            Sse.Prefetch0(source + rows.D);
        }
    }

    /// <summary>
    /// Where the four rows of group g are: 4g … 4g + 3, or their reversals r, r + m/2, r + m/4, r + 3m/4 with r = rev(4g), which is less than
    /// m/4. The source is walked forwards in either case.
    /// </summary>
    private readonly struct SourceRows(nint stride, bool reversed, int log)
    {
        private readonly int _log = log - 2;
        private readonly bool _reversed = reversed;

        public readonly nint Step = reversed ? stride : 4 * stride;
        public readonly nint B = reversed ? (stride << log) / 2 : stride;
        public readonly nint C = reversed ? (stride << log) / 4 : 2 * stride;
        public readonly nint D = reversed ? (stride << log) / 4 * 3 : 3 * stride;

        /// <summary>The place in a tile of the group that is read at a step.</summary>
        public nint Group(uint index) => 4 * TileTransform.Width * (nint)(_reversed ? Ntt.ReverseBits(index, _log) : index);
    }
}
