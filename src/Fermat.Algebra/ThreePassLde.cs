using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra;

/// <summary>
/// Transforms larger than the cache, n = M·L, in three passes over memory; each pass works on columns of M or L rows in the cache.
/// With i = i1·L + i0 for points, j = j1 + M·j0 for coefficients, k = k1 + L·k0 for points of the result, and s a coset:
/// <list type="number">
/// <item>for each i0: A[j1, i0] = 1/n · Σ_i1 f(ω^i) ω_M^(−i1·j1);</item>
/// <item>for each j1: c[j1 + M·j0] = Σ_i0 A[j1, i0] (ω^(−j1) ω_L^(−j0))^i0, a transform over a coset; then at once, for each s,
/// B[j1, k1] = Σ_j0 c[j1 + M·j0] (s^M ω_L^k1)^j0, another;</item>
/// <item>for each k1: f(s·ω^k) = Σ_j1 B[j1, k1] (s·ω^k1·ω_M^k0)^j1, again one.</item>
/// </list>
/// All the twiddles between passes are absorbed by transforming over cosets. The second pass scatters whole rows so that the third reads
/// and writes the 2^a contiguous rows of one k1, whose place in bit-reversed order is rev(k1)·M + rev(k0).
/// </summary>
internal sealed unsafe class ThreePassLde<TLanes>
    where TLanes : struct, ILanes
{
    /// <summary>Tiles side by side in a task: rows of 64 elements, 256 bytes, are moved at once.</summary>
    private const int TilesPerSlab = 4;

    private readonly int _log;
    private readonly int _highLog; // M = 2^_highLog
    private readonly int _lowLog; // L = 2^_lowLog
    private readonly CancellationToken _cancellation;
    private readonly KoalaBear _inverseRoot;
    private readonly KoalaBear _root;

    private ThreePassLde(int log, CancellationToken cancellation)
    {
        _log = log;
        _highLog = log / 2;
        _lowLog = log - _highLog;
        _cancellation = cancellation;
        _root = KoalaBear.RootOfUnity(log);
        _inverseRoot = _root.Inverse();
    }

    /// <inheritdoc cref="LdeEngine.Run"/>
    public static void Run(LdeSource source, Matrix result, KoalaBear[] cosets, CancellationToken cancellationToken) =>
        new ThreePassLde<TLanes>(source.Log, cancellationToken).Evaluate(source, result, cosets);

    private int TileWords => TileTransform.Width << _lowLog; // L ≥ M

    private void Evaluate(LdeSource source, Matrix result, KoalaBear[] cosets)
    {
        using var pool = new ScratchPool((nuint)(((2 * TilesPerSlab * (nint)TileWords) + TwiddleTable.Words(_lowLog)) * sizeof(uint)));
        using var tables = new ScratchPool((nuint)((cosets.Length + 1) * TwiddleTable.Words(_lowLog) * sizeof(uint)));
        uint* table = (uint*)tables.Rent();
        TwiddleTable.Fill<TLanes>(table, _highLog, KoalaBear.One, inverse: true);
        uint* cosetTables = table + TwiddleTable.Words(_lowLog);
        for (int q = 0; q < cosets.Length; q++)
            TwiddleTable.Fill<TLanes>(cosetTables + (q * TwiddleTable.Words(_lowLog)), _lowLog, cosets[q].Pow(1UL << _highLog), inverse: false);

        int tiles = result.Stride / TileTransform.Width;
        using Matrix middle = new(1 << _log, Math.Min(tiles, TilesPerSlab) * TileTransform.Width);
        for (int first = 0; first < tiles; first += TilesPerSlab)
        {
            var slab = new Slab(first * TileTransform.Width, Math.Min(TilesPerSlab, tiles - first));
            InverseHigh(source, middle, slab, table, pool);
            InverseLowForwardLow(middle, result, slab, cosets.Length, cosetTables, pool);
            ForwardHigh(result, slab, cosets, pool);
        }
    }

    private void InverseHigh(LdeSource source, Matrix middle, Slab slab, uint* table, ScratchPool pool)
    {
        nint stride = source.Matrix.Stride;
        uint* rows = (uint*)source.Matrix.RowPointer(source.FirstRow) + slab.Column;
        uint* output = (uint*)middle.Pointer;
        bool natural = source.Kind == LdeSourceKind.NaturalValues;
        KoalaBear scale = KoalaBear.From(1UL << _log).Inverse();
        Parallelism.For(0, 1 << _lowLog, i0 =>
        {
            uint* tiles = (uint*)pool.Rent();
            int position = (int)Ntt.ReverseBits((uint)i0, _lowLog);
            if (natural)
                TileCopy.Gather(rows + (i0 * stride), stride << _lowLog, tiles, slab.Tiles, _highLog, reversed: true);
            else
                TileCopy.Gather(rows + (((nint)position << _highLog) * stride), stride, tiles, slab.Tiles, _highLog, reversed: false);
            for (int t = 0; t < slab.Tiles; t++)
            {
                uint* tile = tiles + ((nint)t * TileTransform.Width << _highLog);
                TileTransform.Run<TLanes>(tile, _highLog, table);
                TileCopy.Scale<TLanes>(tile, _highLog, scale);
            }

            TileCopy.Scatter(tiles, slab.Tiles, output + (position * (nint)middle.Stride), (nint)middle.Stride << _lowLog, _highLog, reversed: false);
            pool.Return(tiles);
        }, _cancellation);
    }

    private void InverseLowForwardLow(Matrix middle, Matrix result, Slab slab, int cosets, uint* cosetTables, ScratchPool pool)
    {
        nint stride = result.Stride;
        Parallelism.For(0, 1 << _highLog, j1 =>
        {
            uint* tiles = (uint*)pool.Rent();
            uint* values = tiles + (TilesPerSlab * (nint)TileWords);
            uint* table = tiles + (2 * TilesPerSlab * (nint)TileWords);
            TwiddleTable.Fill<TLanes>(table, _lowLog, _inverseRoot.Pow((ulong)j1), inverse: true);
            TileCopy.Gather((uint*)middle.RowPointer(j1 << _lowLog), middle.Stride, tiles, slab.Tiles, _lowLog, reversed: false);
            for (int t = 0; t < slab.Tiles; t++)
                TileTransform.Run<TLanes>(tiles + ((nint)t * TileTransform.Width << _lowLog), _lowLog, table);
            for (int q = 0; q < cosets; q++)
            {
                for (int t = 0; t < slab.Tiles; t++)
                {
                    uint* tile = values + ((nint)t * TileTransform.Width << _lowLog);
                    TileCopy.Reversed(tiles + ((nint)t * TileTransform.Width << _lowLog), TileTransform.Width, tile, TileTransform.Width, _lowLog);
                    TileTransform.Run<TLanes>(tile, _lowLog, cosetTables + (q * TwiddleTable.Words(_lowLog)));
                }

                uint* block = (uint*)result.RowPointer((q << _log) + (int)Ntt.ReverseBits((uint)j1, _highLog)) + slab.Column;
                TileCopy.Scatter(values, slab.Tiles, block, stride << _highLog, _lowLog, reversed: true);
            }

            pool.Return(tiles);
        }, _cancellation);
    }

    private void ForwardHigh(Matrix result, Slab slab, KoalaBear[] cosets, ScratchPool pool)
    {
        Parallelism.For(0, cosets.Length << _lowLog, task =>
        {
            uint* tiles = (uint*)pool.Rent();
            uint* table = tiles + (2 * TilesPerSlab * (nint)TileWords);
            int coset = task >> _lowLog;
            uint k1 = Ntt.ReverseBits((uint)task & ((1U << _lowLog) - 1), _lowLog);
            TwiddleTable.Fill<TLanes>(table, _highLog, cosets[coset] * _root.Pow(k1), inverse: false);
            uint* rows = (uint*)result.RowPointer(task << _highLog) + slab.Column;
            TileCopy.Gather(rows, result.Stride, tiles, slab.Tiles, _highLog, reversed: false);
            for (int t = 0; t < slab.Tiles; t++)
                TileTransform.Run<TLanes>(tiles + ((nint)t * TileTransform.Width << _highLog), _highLog, table);
            TileCopy.Scatter(tiles, slab.Tiles, rows, result.Stride, _highLog, reversed: true);
            pool.Return(tiles);
        }, _cancellation);
    }

    private readonly record struct Slab(int Column, int Tiles);
}
