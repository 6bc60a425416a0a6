namespace Fermat.Algebra;

/// <summary>
/// Transforms larger than the cache, n = M·L, in three passes over memory; each pass works on columns of M or L rows in the cache.
/// With i = i1·L + i0 for given points, j = j1 + M·j0 for coefficients, k = k1 + L·k0 for wanted points, and s a coset:
/// <list type="number">
/// <item>for each i0: A[j1, i0] = 1/n · Σ_i1 f(ω^i) ω_M^(−i1·j1);</item>
/// <item>for each j1: c[j1 + M·j0] = Σ_i0 A[j1, i0] (ω^(−j1) ω_L^(−j0))^i0, a transform over a coset; then at once, for each s,
/// B[j1, k1] = Σ_j0 c[j1 + M·j0] (s^M ω_L^k1)^j0, another;</item>
/// <item>for each k1: f(s·ω^k) = Σ_j1 B[j1, k1] (s·ω^k1·ω_M^k0)^j1, again one.</item>
/// </list>
/// All twiddles between passes are absorbed by transforming over cosets. The third pass reads and writes the M contiguous rows of one k1,
/// whose place in bit-reversed order is rev(k1)·M + rev(k0). No memory is needed beside the result: A[j1, i0] waits in row
/// rev(i0)·M + rev(j1) of the last block, and the rows of one j1 are read before B[j1, ·] takes their places.
/// </summary>
internal sealed unsafe class ThreePassLde<TLanes>
    where TLanes : struct, ILanes
{
    /// <summary>Tiles side by side in a task: rows of 64 elements, 256 bytes, are moved at once.</summary>
    private const int TilesPerSlab = 4;

    private readonly int _log;
    private readonly int _highLog; // M = 2^_highLog
    private readonly int _lowLog; // L = 2^_lowLog, M or 2M
    private readonly KoalaBear _root;
    private readonly KoalaBear _inverseRoot;
    private readonly CancellationToken _cancellation;

    private ThreePassLde(int log, CancellationToken cancellation)
    {
        _log = log;
        _highLog = log / 2;
        _lowLog = log - _highLog;
        _root = KoalaBear.RootOfUnity(log);
        _inverseRoot = _root.Inverse();
        _cancellation = cancellation;
    }

    private nint TileWords => (nint)TileTransform.Width << _lowLog;

    /// <inheritdoc cref="LdeEngine.Run"/>
    public static void Run(LdeSource source, Matrix result, KoalaBear[] cosets, CancellationToken cancellationToken) =>
        new ThreePassLde<TLanes>(source.Log, cancellationToken).Evaluate(source, result, cosets);

    /// <inheritdoc cref="LdeEngine.Interpolate"/>
    public static void Interpolate(LdeSource source, KoalaBear shift, CancellationToken cancellationToken) =>
        new ThreePassLde<TLanes>(source.Log, cancellationToken).InterpolateInPlace(source, shift);

    private void Evaluate(LdeSource source, Matrix result, KoalaBear[] cosets)
    {
        using ScratchPool pool = Scratch();
        using var tables = new ScratchPool((nuint)(cosets.Length * TwiddleTable.Words(_lowLog) * sizeof(uint)));
        uint* cosetTables = (uint*)tables.Rent();
        for (int q = 0; q < cosets.Length; q++)
            TwiddleTable.Fill<TLanes>(CosetTable(cosetTables, q), _lowLog, cosets[q].Pow(1UL << _highLog), inverse: false);
        uint* waiting = (uint*)result.RowPointer((cosets.Length - 1) << _log);
        bool given = source.Kind == LdeSourceKind.Coefficients;
        foreach (Slab slab in Slabs(result))
        {
            if (!given)
                InverseHigh(source, waiting, result.Stride, slab, pool);
            Parallelism.For(0, 1 << _highLog, j1 =>
            {
                uint* tiles = (uint*)pool.Rent();
                if (given)
                    GatherCoefficients(source, slab, j1, tiles);
                else
                    InverseLow(waiting, result.Stride, slab, j1, tiles, TaskTable(tiles));
                for (int q = 0; q < cosets.Length; q++)
                    ForwardLow(result, slab, j1, tiles, q, CosetTable(cosetTables, q));
                pool.Return(tiles);
            }, _cancellation);
            ForwardHigh(result, slab, cosets, pool);
        }
    }

    private void InterpolateInPlace(LdeSource source, KoalaBear shift)
    {
        Matrix matrix = source.Matrix;
        using ScratchPool pool = Scratch();
        KoalaBear inverseShift = shift.Inverse();
        foreach (Slab slab in Slabs(matrix))
        {
            InverseHigh(source, (uint*)matrix.Pointer, matrix.Stride, slab, pool);

            // The rows j1 + M·j0 that j1 writes are those that rev(j1) reads, so these two go together.
            Parallelism.For(0, 1 << _highLog, j1 =>
            {
                int partner = (int)Ntt.ReverseBits((uint)j1, _highLog);
                if (partner < j1)
                    return;
                uint* tiles = (uint*)pool.Rent();
                uint* others = tiles + (TilesPerSlab * TileWords);
                InverseLow((uint*)matrix.Pointer, matrix.Stride, slab, j1, tiles, TaskTable(tiles));
                if (partner != j1)
                    InverseLow((uint*)matrix.Pointer, matrix.Stride, slab, partner, others, TaskTable(tiles));
                WriteCoefficients(matrix, slab, j1, tiles, inverseShift);
                if (partner != j1)
                    WriteCoefficients(matrix, slab, partner, others, inverseShift);
                pool.Return(tiles);
            }, _cancellation);
        }
    }

    /// <summary>Pass 1, for every i0: A[j1, i0] to row rev(i0)·M + rev(j1). In place if the source is there in bit-reversed order.</summary>
    private void InverseHigh(LdeSource source, uint* waiting, nint waitingStride, Slab slab, ScratchPool pool)
    {
        nint stride = source.Matrix.Stride;
        uint* rows = (uint*)source.Matrix.RowPointer(source.FirstRow) + slab.Column;
        bool natural = source.Kind == LdeSourceKind.NaturalValues;
        KoalaBear scale = KoalaBear.From(1UL << _log).Inverse();
        using var tables = new ScratchPool((nuint)(TwiddleTable.Words(_highLog) * sizeof(uint)));
        uint* table = (uint*)tables.Rent();
        TwiddleTable.Fill<TLanes>(table, _highLog, KoalaBear.One, inverse: true);
        Parallelism.For(0, 1 << _lowLog, i0 =>
        {
            uint* tiles = (uint*)pool.Rent();
            nint position = (nint)Ntt.ReverseBits((uint)i0, _lowLog);
            uint* first = rows + (stride * (natural ? i0 : position << _highLog));
            nint step = natural ? stride << _lowLog : stride;
            TileLoad.RunScaled<TLanes>(first, step, natural, tiles, slab.Tiles, _highLog, table, scale);
            for (int t = 0; t < slab.Tiles; t++)
                TileTransform.Middle<TLanes>(tiles + ((nint)t * TileTransform.Width << _highLog), _highLog, table);
            uint* to = waiting + ((position << _highLog) * waitingStride) + slab.Column;
            TileStore.Run<TLanes>(tiles, slab.Tiles, to, waitingStride, reversed: true, _highLog, table);
            pool.Return(tiles);
        }, _cancellation);
    }

    /// <summary>Pass 2, first half: tiles take c[j1 + M·j0] in natural order of j0.</summary>
    private void InverseLow(uint* waiting, nint stride, Slab slab, int j1, uint* tiles, uint* table)
    {
        uint* rows = waiting + ((nint)Ntt.ReverseBits((uint)j1, _highLog) * stride) + slab.Column;
        TwiddleTable.Fill<TLanes>(table, _lowLog, _inverseRoot.Pow((ulong)j1), inverse: true);
        TileLoad.Run<TLanes>(rows, stride << _highLog, reversed: false, tiles, slab.Tiles, _lowLog, table);
        for (int t = 0; t < slab.Tiles; t++)
            TileTransform.AfterLoad<TLanes>(tiles + (t * TileWords), _lowLog, table);
    }

    /// <summary>The end of an interpolation: rows j1 + M·j0 take the coefficients, the shift taken out.</summary>
    private void WriteCoefficients(Matrix matrix, Slab slab, int j1, uint* tiles, KoalaBear inverseShift)
    {
        KoalaBear first = inverseShift.Pow((ulong)j1), ratio = inverseShift.Pow(1UL << _highLog);
        for (int t = 0; t < slab.Tiles; t++)
        {
            uint* tile = tiles + (t * TileWords);
            uint* rows = (uint*)matrix.RowPointer(j1) + slab.Column + (t * TileTransform.Width);
            TileCopy.ScaleByPowers<TLanes>(tile, _lowLog, first, ratio);
            TileCopy.Straight(tile, TileTransform.Width, rows, (nint)matrix.Stride << _highLog, _lowLog);
        }
    }

    /// <summary>The same, when the source already holds coefficients.</summary>
    private void GatherCoefficients(LdeSource source, Slab slab, int j1, uint* tiles)
    {
        uint* rows = (uint*)source.Matrix.RowPointer(source.FirstRow + j1) + slab.Column;
        for (int t = 0; t < slab.Tiles; t++)
        {
            uint* tileRows = rows + (t * TileTransform.Width);
            TileCopy.Straight(tileRows, (nint)source.Matrix.Stride << _highLog, tiles + (t * TileWords), TileTransform.Width, _lowLog);
        }
    }

    /// <summary>Pass 2, second half: row rev(k1)·M + rev(j1) of block q takes B[j1, k1].</summary>
    private void ForwardLow(Matrix result, Slab slab, int j1, uint* tiles, int q, uint* table)
    {
        uint* values = tiles + (TilesPerSlab * TileWords);
        for (int t = 0; t < slab.Tiles; t++)
        {
            uint* tile = values + (t * TileWords);
            TileLoad.Run<TLanes>(tiles + (t * TileWords), TileTransform.Width, reversed: true, tile, 1, _lowLog, table);
            TileTransform.Middle<TLanes>(tile, _lowLog, table);
        }

        uint* block = (uint*)result.RowPointer((q << _log) + (int)Ntt.ReverseBits((uint)j1, _highLog)) + slab.Column;
        TileStore.Run<TLanes>(values, slab.Tiles, block, (nint)result.Stride << _highLog, reversed: true, _lowLog, table);
    }

    /// <summary>Pass 3, for every coset and k1, in place: rows rev(j1) to rows rev(k0).</summary>
    private void ForwardHigh(Matrix result, Slab slab, KoalaBear[] cosets, ScratchPool pool)
    {
        int lowMask = (1 << _lowLog) - 1;
        Parallelism.For(0, cosets.Length << _lowLog, task =>
        {
            uint* tiles = (uint*)pool.Rent();
            uint* table = TaskTable(tiles);
            uint k1 = Ntt.ReverseBits((uint)(task & lowMask), _lowLog);
            TwiddleTable.Fill<TLanes>(table, _highLog, cosets[task >> _lowLog] * _root.Pow(k1), inverse: false);
            uint* rows = (uint*)result.RowPointer(task << _highLog) + slab.Column;
            TileLoad.Run<TLanes>(rows, result.Stride, reversed: false, tiles, slab.Tiles, _highLog, table);
            for (int t = 0; t < slab.Tiles; t++)
                TileTransform.Middle<TLanes>(tiles + ((nint)t * TileTransform.Width << _highLog), _highLog, table);
            TileStore.Run<TLanes>(tiles, slab.Tiles, rows, result.Stride, reversed: true, _highLog, table);
            pool.Return(tiles);
        }, _cancellation);
    }

    /// <summary>A task's buffer: tiles of a slab, tiles for one coset's values, and a table.</summary>
    private ScratchPool Scratch() => new((nuint)(((2 * TilesPerSlab * TileWords) + TwiddleTable.Words(_lowLog)) * sizeof(uint)));

    private uint* TaskTable(uint* tiles) => tiles + (2 * TilesPerSlab * TileWords);

    private uint* CosetTable(uint* cosetTables, int q) => cosetTables + ((nint)q * TwiddleTable.Words(_lowLog));

    private static IEnumerable<Slab> Slabs(Matrix matrix)
    {
        int tiles = matrix.Stride / TileTransform.Width;
        for (int first = 0; first < tiles; first += TilesPerSlab)
            yield return new Slab(first * TileTransform.Width, Math.Min(TilesPerSlab, tiles - first));
    }

    /// <summary>Columns that go through the passes together.</summary>
    private readonly record struct Slab(int Column, int Tiles);
}
