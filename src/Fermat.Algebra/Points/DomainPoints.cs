using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// The points shift·ω^i of a coset, block by block, in natural or bit-reversed order. Row hi·2^b + lo of either order has the point
/// (point of lo in block 0)·(factor of hi), so a block is one table times one factor.
/// </summary>
internal sealed class DomainPoints
{
    /// <summary>The logarithm of the rows in a block of a large domain.</summary>
    public const int BlockLog = 10;

    private readonly int _log;
    private readonly KoalaBear _shift;
    private readonly bool _bitReversed;
    private readonly KoalaBear[] _first;

    /// <summary>Describes the coset.</summary>
    /// <param name="log">The logarithm of the subgroup's order.</param>
    /// <param name="shift">The representative.</param>
    /// <param name="bitReversed">The order of rows.</param>
    public DomainPoints(int log, KoalaBear shift, bool bitReversed)
    {
        _log = log;
        _shift = shift;
        _bitReversed = bitReversed;
        BlockRows = 1 << Math.Min(log, BlockLog);
        Blocks = (1 << log) / BlockRows;
        _first = new KoalaBear[BlockRows];
        _first[0] = KoalaBear.One;
        for (int half = 1; half < BlockRows; half *= 2)
        {
            KoalaBear factor = RootPower(half); // of the digit that rows half … 2·half − 1 have beyond those before them
            for (int i = 0; i < half; i++)
                _first[half + i] = _first[i] * factor;
        }
    }

    /// <summary>Rows a block.</summary>
    public int BlockRows { get; }

    /// <summary>The number of blocks.</summary>
    public int Blocks { get; }

    /// <summary>
    /// Writes the words of the points of a block; a block of fewer than eight is filled up to eight with its first point.
    /// </summary>
    public unsafe void Fill<TLanes>(int block, uint* words)
        where TLanes : struct, ILanes
    {
        KoalaBear factor = _shift * RootPower((long)block * BlockRows);
        if (BlockRows < KoalaBearVector.Lanes)
        {
            for (int i = 0; i < KoalaBearVector.Lanes; i++)
                words[i] = (_first[i < BlockRows ? i : 0] * factor).Raw;
            return;
        }

        Vector256<uint> w = Vector256.Create(factor.Raw);
        fixed (KoalaBear* first = _first)
        {
            for (int i = 0; i < BlockRows; i += KoalaBearVector.Lanes)
                TLanes.Mul(KoalaBearVector.Load(first + i), w).Store(words + i);
        }
    }

    private KoalaBear RootPower(long row) =>
        KoalaBear.RootOfUnity(_log).Pow(_bitReversed ? Ntt.ReverseBits((uint)row, _log) : (ulong)row);
}
