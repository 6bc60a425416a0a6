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
/// All twiddles between passes are absorbed by transforming over cosets. The second pass scatters whole rows so that the third reads and
/// writes the M contiguous rows of one k1, whose place in bit-reversed order is rev(k1)·M + rev(k0).
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
    public static void Interpolate(LdeSource source, Matrix result, KoalaBear shift, CancellationToken cancellationToken) =>
        new ThreePassLde<TLanes>(source.Log, cancellationToken).Interpolate(source, result, shift);

    private void Evaluate(LdeSource source, Matrix result, KoalaBear[] cosets)
    {
        using ScratchPool pool = Scratch();
        using var tables = new ScratchPool((nuint)(cosets.Length * TwiddleTable.Words(_lowLog) * sizeof(uint)));
        uint* cosetTables = (uint*)tables.Rent();
        for (int q = 0; q < cosets.Length; q++)
            TwiddleTable.Fill<TLanes>(CosetTable(cosetTables, q), _lowLog, cosets[q].Pow(1UL << _highLog), inverse: false);
        using Matrix? middle = source.Kind == LdeSourceKind.Coefficients ? null : Middle(source.Matrix);
        foreach (Slab slab in Slabs(result))
        {
            if (middle is not null)
                InverseHigh(source, middle, slab, pool);
            SecondPass(slab, pool, (j1, tiles) =>
            {
                if (middle is null)
                    GatherCoefficients(source, slab, j1, tiles);
                else
                    InverseLow(middle, slab, j1, tiles);
                for (int q = 0; q < cosets.Length; q++)
                    ForwardLow(result, slab, j1, tiles, q, CosetTable(cosetTables, q));
            });
            ForwardHigh(result, slab, cosets, pool);
        }
    }

    private void Interpolate(LdeSource source, Matrix result, KoalaBear shift)
    {
        using ScratchPool pool = Scratch();
        using Matrix middle = Middle(source.Matrix);
        KoalaBear inverseShift = shift.Inverse(), ratio = inverseShift.Pow(1UL << _highLog);
        foreach (Slab slab in Slabs(result))
        {
            InverseHigh(source, middle, slab, pool);
            SecondPass(slab, pool, (j1, tiles) =>
            {
                InverseLow(middle, slab, j1, tiles);
                for (int t = 0; t < slab.Tiles; t++)
                {
                    uint* tile = tiles + (t * TileWords);
                    uint* rows = (uint*)result.RowPointer(j1) + slab.Column + (t * TileTransform.Width);
                    TileCopy.ScaleByPowers<TLanes>(tile, _lowLog, inverseShift.Pow((ulong)j1), ratio);
                    TileCopy.Straight(tile, TileTransform.Width, rows, (nint)result.Stride << _highLog, _lowLog);
                }
            });
        }
    }

    /// <summary>Pass 1, for every i0: rows i1 to rows j1 of the middle matrix, whose row j1·L + rev(i0) takes A[j1, i0].</summary>
    private void InverseHigh(LdeSource source, Matrix middle, Slab slab, ScratchPool pool)
    {
        nint stride = source.Matrix.Stride, middleStride = middle.Stride;
        uint* rows = (uint*)source.Matrix.RowPointer(source.FirstRow) + slab.Column;
        uint* output = (uint*)middle.Pointer;
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
            uint* to = output + (position * middleStride);
            TileStore.Run<TLanes>(tiles, slab.Tiles, to, middleStride << _lowLog, reversed: false, _highLog, table);
            pool.Return(tiles);
        }, _cancellation);
    }

    private void SecondPass(Slab slab, ScratchPool pool, SecondPassBody body) => Parallelism.For(0, 1 << _highLog, j1 =>
    {
        uint* tiles = (uint*)pool.Rent();
        body(j1, tiles);
        pool.Return(tiles);
    }, _cancellation);

    /// <summary>Pass 2, first half: tiles take c[j1 + M·j0] in natural order of j0.</summary>
    private void InverseLow(Matrix middle, Slab slab, int j1, uint* tiles)
    {
        uint* table = TaskTable(tiles);
        uint* rows = (uint*)middle.RowPointer(j1 << _lowLog);
        TwiddleTable.Fill<TLanes>(table, _lowLog, _inverseRoot.Pow((ulong)j1), inverse: true);
        TileLoad.Run<TLanes>(rows, middle.Stride, reversed: false, tiles, slab.Tiles, _lowLog, table);
        for (int t = 0; t < slab.Tiles; t++)
            TileTransform.AfterLoad<TLanes>(tiles + (t * TileWords), _lowLog, table);
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

    /// <summary>Takes one slab between the first two passes.</summary>
    private Matrix Middle(Matrix source) => new(1 << _log, Math.Min(source.Stride, TilesPerSlab * TileTransform.Width));

    private static IEnumerable<Slab> Slabs(Matrix matrix)
    {
        int tiles = matrix.Stride / TileTransform.Width;
        for (int first = 0; first < tiles; first += TilesPerSlab)
            yield return new Slab(first * TileTransform.Width, Math.Min(TilesPerSlab, tiles - first));
    }

    private delegate void SecondPassBody(int j1, uint* tiles);

    /// <summary>Columns that go through the passes together.</summary>
    private readonly record struct Slab(int Column, int Tiles);
}
