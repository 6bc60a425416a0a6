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

    /// <summary>
    /// Groups of four rows asked for in advance. Rows a power of two apart share a few cache sets, and more would push each other out;
    /// asking beyond the last group is harmless.
    /// </summary>
    private const int PrefetchDistance = 2;

    /// <summary>Reads 2^log rows and does layers 1 and 2.</summary>
    /// <param name="source">The first row; 16 elements for each tile.</param>
    /// <param name="stride">Elements from row to row of the source.</param>
    /// <param name="reversed">Whether row i of a tile is row rev(i) of the source, instead of row i.</param>
    /// <param name="tiles">The first tile; the others follow, 16·2^log elements each.</param>
    /// <param name="count">The number of tiles.</param>
    /// <param name="log">At least two; at least four if <see cref="TileStore"/> follows.</param>
    /// <param name="table">A <see cref="TwiddleTable"/> of that size.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes>(uint* source, nint stride, bool reversed, uint* tiles, int count, int log, uint* table)
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
            Prefetch(source + (PrefetchDistance * rows.Step), rows, count);
            uint* tile = tiles + rows.Group(index);
            uint* rowA = source;
            for (int t = 0; t < count; t++, rowA += TileTransform.Width, tile += tileWords)
            {
                uint* rowB = rowA + rows.B, rowC = rowA + rows.C, rowD = rowA + rows.D;
                Butterfly<TLanes>.Apply(
                    rowA, rowB, rowC, rowD, w1, w1Pre, w2, w2Pre, w3, w3Pre,
                    out Vector256<uint> a0, out Vector256<uint> a1, out Vector256<uint> b0, out Vector256<uint> b1,
                    out Vector256<uint> c0, out Vector256<uint> c1, out Vector256<uint> d0, out Vector256<uint> d1);
                Store(tile, a0, a1, b0, b1, c0, c1, d0, d1);
            }
        }
    }

    /// <summary>
    /// The same for a transform over the subgroup itself, all rows multiplied by a factor: the constants of the first two layers are
    /// then 1, 1 and the root of order four, and the factor takes the place of the products saved.
    /// </summary>
    /// <inheritdoc cref="Run"/>
    /// <param name="source">The first row.</param>
    /// <param name="stride">Elements from row to row of the source.</param>
    /// <param name="reversed">Whether row i of a tile is row rev(i) of the source.</param>
    /// <param name="tiles">The first tile.</param>
    /// <param name="count">The number of tiles.</param>
    /// <param name="log">At least two.</param>
    /// <param name="table">A <see cref="TwiddleTable"/> of that size with g = 1.</param>
    /// <param name="factor">The factor.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunScaled<TLanes>(
        uint* source, nint stride, bool reversed, uint* tiles, int count, int log, uint* table, KoalaBear factor)
        where TLanes : struct, ILanes
    {
        Vector256<uint> root = Vector256.Create(table[3]), rootPre = Vector256.Create(table[TwiddleTable.Length(log) + 3]);
        Vector256<uint> s = Vector256.Create(factor.Value), sPre = Vector256.Create(KoalaBearVector.Precompute(factor));
        Vector256<uint> p = Vector256.Create(KoalaBear.Modulus);
        var rows = new SourceRows(stride, reversed, log);
        nint tileWords = ((nint)TileTransform.Width << log) - Half; // the two halves of a row are done in turn
        for (uint index = 0; index < 1U << (log - 2); index++, source += rows.Step)
        {
            Prefetch(source + (PrefetchDistance * rows.Step), rows, count);
            uint* tile = tiles + rows.Group(index);
            uint* rowA = source;
            for (int half = 0; half < 2 * count; half++, rowA += Half, tile += (half & 1) != 0 ? Half : tileWords)
            {
                Vector256<uint> b = TLanes.MulConstant(Vector256.LoadAligned(rowA + rows.B), s, sPre);
                Vector256<uint> d = TLanes.MulConstant(Vector256.LoadAligned(rowA + rows.D), s, sPre);
                Vector256<uint> c = TLanes.MulConstant(Vector256.LoadAligned(rowA + rows.C), s, sPre);
                Vector256<uint> a = TLanes.MulConstant(Vector256.LoadAligned(rowA), s, sPre);
                Vector256<uint> lower = TLanes.MulConstant(c - d + p, root, rootPre); // c − d + p < 2p: any word may be multiplied
                Vector256<uint> upper = TLanes.Add(c, d), sum = TLanes.Add(a, b), difference = TLanes.Sub(a, b);
                TLanes.Add(sum, upper).StoreAligned(tile);
                TLanes.Add(difference, lower).StoreAligned(tile + (2 * Half));
                TLanes.Sub(sum, upper).StoreAligned(tile + (4 * Half));
                TLanes.Sub(difference, lower).StoreAligned(tile + (6 * Half));
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
    /// Where the four rows of group g are: 4g … 4g + 3, or their reversals r, r + m/2, r + m/4, r + 3m/4 with r = rev(4g), which is
    /// less than m/4. The source is walked forwards in either case.
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
