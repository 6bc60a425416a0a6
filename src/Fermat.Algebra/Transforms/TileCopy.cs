using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>Copies rows of 16 elements between matrices and tiles, in order or in bit-reversed order, with an optional factor.</summary>
internal static unsafe class TileCopy
{
    /// <summary>Row rev(i) of the destination becomes row i of the source.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="sourceStride">Elements from row to row of the source.</param>
    /// <param name="destination">The first row.</param>
    /// <param name="destinationStride">Elements from row to row of the destination.</param>
    /// <param name="log">The logarithm of the number of rows.</param>
    public static void Reversed(uint* source, nint sourceStride, uint* destination, nint destinationStride, int log)
    {
        for (uint i = 0; i < 1U << log; i++)
            Row(source + ((nint)i * sourceStride), destination + ((nint)Ntt.ReverseBits(i, log) * destinationStride));
    }

    /// <summary>Row i of the destination becomes row i of the source.</summary>
    /// <inheritdoc cref="Reversed"/>
    public static void Straight(uint* source, nint sourceStride, uint* destination, nint destinationStride, int log)
    {
        for (nint i = 0; i < 1 << log; i++)
            Row(source + (i * sourceStride), destination + (i * destinationStride));
    }

    /// <summary>Multiplies all rows of a tile by one factor.</summary>
    public static void Scale<TLanes>(uint* tile, int log, KoalaBear factor)
        where TLanes : struct, ILanes
    {
        Vector256<uint> w = Vector256.Create(factor.Value), wPre = Vector256.Create(KoalaBearVector.Precompute(factor));
        uint* end = tile + ((nint)TileTransform.Width << log);
        for (uint* p = tile; p < end; p += KoalaBearVector.Lanes)
            TLanes.MulConstant(Vector256.LoadAligned(p), w, wPre).StoreAligned(p);
    }

    /// <summary>Multiplies row i of a tile by first·ratio^i.</summary>
    public static void ScaleByPowers<TLanes>(uint* tile, int log, KoalaBear first, KoalaBear ratio)
        where TLanes : struct, ILanes
    {
        KoalaBear factor = first;
        for (nint i = 0; i < 1 << log; i++, factor *= ratio)
            Scale<TLanes>(tile + (i * TileTransform.Width), 0, factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(uint* source, uint* destination)
    {
        Vector256<uint> low = Vector256.LoadAligned(source), high = Vector256.LoadAligned(source + KoalaBearVector.Lanes);
        low.StoreAligned(destination);
        high.StoreAligned(destination + KoalaBearVector.Lanes);
    }
}
