namespace Fermat.Algebra;

/// <summary>Transforms whose columns fit in the cache, 16 columns at a time.</summary>
internal static unsafe class SinglePassLde<TLanes>
    where TLanes : struct, ILanes
{
    /// <summary>From this size on there are two layers to do at either end.</summary>
    private const int FusedLog = 4;

    /// <inheritdoc cref="LdeEngine.Run"/>
    public static void Run(LdeSource source, Matrix result, KoalaBear[] cosets, CancellationToken cancellationToken)
    {
        int log = source.Log;
        nint words = TwiddleTable.Words(log);
        using var tables = new ScratchPool((nuint)(words * (cosets.Length + 1) * sizeof(uint)));
        using var tiles = new ScratchPool((nuint)((nint)2 * TileTransform.Width * sizeof(uint)) << log);
        uint* table = (uint*)tables.Rent();
        TwiddleTable.Fill<TLanes>(table, log, KoalaBear.One, inverse: true);
        for (int q = 0; q < cosets.Length; q++)
            TwiddleTable.Fill<TLanes>(table + ((q + 1) * words), log, cosets[q], inverse: false);
        Parallelism.For(0, result.Stride / TileTransform.Width, group =>
        {
            uint* coefficients = (uint*)tiles.Rent();
            uint* values = coefficients + ((nint)TileTransform.Width << log);
            nint column = (nint)group * TileTransform.Width;
            Coefficients(source, column, coefficients, table);
            for (int q = 0; q < cosets.Length; q++)
            {
                uint* block = (uint*)result.RowPointer(q << log) + column;
                Values(coefficients, values, block, result.Stride, log, table + ((q + 1) * words));
            }

            tiles.Return(coefficients);
        }, cancellationToken);
    }

    /// <inheritdoc cref="LdeEngine.Interpolate"/>
    public static void Interpolate(LdeSource source, KoalaBear shift, CancellationToken cancellationToken)
    {
        int log = source.Log;
        using var tables = new ScratchPool((nuint)(TwiddleTable.Words(log) * sizeof(uint)));
        using var tiles = new ScratchPool((nuint)((nint)TileTransform.Width * sizeof(uint)) << log);
        uint* table = (uint*)tables.Rent();
        TwiddleTable.Fill<TLanes>(table, log, KoalaBear.One, inverse: true);
        KoalaBear ratio = shift.Inverse();
        Matrix matrix = source.Matrix;
        Parallelism.For(0, matrix.Stride / TileTransform.Width, group =>
        {
            uint* tile = (uint*)tiles.Rent();
            nint column = (nint)group * TileTransform.Width;
            Coefficients(source, column, tile, table);
            TileCopy.ScaleByPowers<TLanes>(tile, log, KoalaBear.One, ratio);
            TileCopy.Straight(tile, TileTransform.Width, (uint*)matrix.Pointer + column, matrix.Stride, log);
            tiles.Return(tile);
        }, cancellationToken);
    }

    /// <summary>Writes the values on one coset; the first two and the last two layers are done while rows are moved.</summary>
    private static void Values(uint* coefficients, uint* values, uint* block, nint stride, int log, uint* table)
    {
        if (log < FusedLog)
        {
            TileCopy.Reversed(coefficients, TileTransform.Width, values, TileTransform.Width, log);
            TileTransform.Run<TLanes>(values, log, table);
            TileCopy.Reversed(values, TileTransform.Width, block, stride, log);
            return;
        }

        TileLoad.Run<TLanes>(coefficients, TileTransform.Width, reversed: true, values, 1, log, table);
        TileTransform.Middle<TLanes>(values, log, table);
        TileStore.Run<TLanes>(values, 1, block, stride, reversed: true, log, table);
    }

    /// <summary>Fills a tile with the coefficients of 16 columns, in natural order.</summary>
    private static void Coefficients(LdeSource source, nint column, uint* tile, uint* inverseTable)
    {
        uint* rows = (uint*)source.Matrix.RowPointer(source.FirstRow) + column;
        nint stride = source.Matrix.Stride;
        KoalaBear scale = KoalaBear.From(1UL << source.Log).Inverse();
        if (source.Kind != LdeSourceKind.Coefficients && source.Log >= FusedLog)
        {
            TileLoad.RunScaled<TLanes>(rows, stride, source.Kind == LdeSourceKind.NaturalValues, tile, 1, source.Log, inverseTable, scale);
            TileTransform.AfterLoad<TLanes>(tile, source.Log, inverseTable);
            return;
        }

        if (source.Kind == LdeSourceKind.NaturalValues)
            TileCopy.Reversed(rows, stride, tile, TileTransform.Width, source.Log);
        else
            TileCopy.Straight(rows, stride, tile, TileTransform.Width, source.Log);
        if (source.Kind == LdeSourceKind.Coefficients)
            return;
        TileTransform.Run<TLanes>(tile, source.Log, inverseTable);
        TileCopy.Scale<TLanes>(tile, source.Log, scale);
    }
}
