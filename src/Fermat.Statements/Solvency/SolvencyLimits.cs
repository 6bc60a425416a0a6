using System.Numerics;
using Fermat.Margin;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The widths that statement S is built with, in one place. <see cref="LimbBounds"/> proves from them that no sum wraps the field.
/// </summary>
public static class SolvencyLimits
{
    /// <summary>Bytes of an amount: 63 bits, the top byte below 128.</summary>
    public const int AmountBytes = 8;

    /// <summary>16-bit limbs of an amount.</summary>
    public const int AmountLimbs = 4;

    /// <summary>Bytes of a slope or of a weight in hundredths: at most 100 · 2^81 &lt; 2^88.</summary>
    public const int SlopeBytes = 11;

    /// <summary>Bytes of an interval's offset: at most 100 · 2^63 · 2^81 &lt; 2^151.</summary>
    public const int OffsetBytes = 19;

    /// <summary>Bytes of an account's surplus and net equity in hundredths: at most 512 · 100 · 2^63 · 2^81 &lt; 2^160.</summary>
    public const int AccountBytes = 20;

    /// <summary>Bytes of what a bound leaves, with 2^183 added where it may be negative.</summary>
    public const int TotalBytes = 23;

    /// <summary>The first magnitude that no bound has: a bound is at most 100 times a sum of money or of reserves.</summary>
    public static BigInteger BoundEnd { get; } = 100 * BigInteger.Max(
        BigInteger.Max(BookLimits.MoneyEnd, BigInteger.One << BookLimits.TotalBits), MaxAssets * BookLimits.ReserveEnd * BookLimits.MaxWeight);

    /// <summary>Carries are integers of [−2^22, 2^22).</summary>
    public const int CarryBits = 23;

    /// <summary>Most rows of the table of items, as a logarithm.</summary>
    public const int MaxItemsLog = 21;

    /// <summary>Most rows of the table of accounts, as a logarithm.</summary>
    public const int MaxAccountsLog = 21;

    /// <summary>The deepest state tree: 2^24 leaf slots.</summary>
    public const int MaxDepth = 24;

    /// <summary>Most segments of a book.</summary>
    public const int MaxSegments = 1 << 10;

    /// <summary>Most permutations in one row of the hash table.</summary>
    public const int MaxHashSlots = 4;

    /// <summary>Most assets: <see cref="BookLimits.MaxAssets"/>. Items of one account have strictly rising assets, so it bounds them too.</summary>
    public const int MaxAssets = BookLimits.MaxAssets;
}
