using System.Numerics;

namespace Fermat.Margin;

/// <summary>
/// Every bound a book must keep, in one place. The circuit's limb widths are derived from these, so a book that keeps them
/// can always be proven and one that does not is refused before any work is done.
/// </summary>
public static class BookLimits
{
    /// <summary>Most assets in one book.</summary>
    public const int MaxAssets = 512;

    /// <summary>Amounts are magnitudes of at most 63 bits, in units of the asset's declared scale.</summary>
    public const int AmountBits = 63;

    /// <summary>The largest amount: 2^63 − 1.</summary>
    public const ulong MaxAmount = (1UL << AmountBits) - 1;

    /// <summary>Most decimals an asset's amounts may have.</summary>
    public const int MaxAmountScale = 18;

    /// <summary>Price mantissas have at most 63 bits and are positive.</summary>
    public const int PriceBits = 63;

    /// <summary>The largest price mantissa: 2^63 − 1.</summary>
    public const ulong MaxPriceMantissa = (1UL << PriceBits) - 1;

    /// <summary>Most decimals a price may have.</summary>
    public const int MaxPriceScale = 18;

    /// <summary>The value of one unit of any asset, in units of 10^−W of the quote asset, is at most 2^81.</summary>
    public const int WeightBits = 81;

    /// <summary>Reserves of one asset are below 2^84 units of its scale (2^21 accounts of the largest amount).</summary>
    public const int ReserveBits = 84;

    /// <summary>Insurance fund and buffer are below 2^170 units of 10^−W of the quote asset.</summary>
    public const int MoneyBits = 170;

    /// <summary>Every sum of values over a whole book stays below 2^176 units of 10^−W: 22 bytes.</summary>
    public const int TotalBits = 176;

    /// <summary>Most tiers in one ladder.</summary>
    public const int MaxTiers = 64;

    /// <summary>Tier bounds are below 2^64 − 1 whole units of the quote asset; 2^64 − 1 itself stands for "without bound" in venues' files.</summary>
    public const ulong UnboundedTier = ulong.MaxValue;

    /// <summary>Longest account id, in characters.</summary>
    public const int MaxAccountIdLength = 64;

    /// <summary>Longest asset symbol, in characters.</summary>
    public const int MaxSymbolLength = 32;

    /// <summary>Longest venue name and longest note on the reserves' source, in characters.</summary>
    public const int MaxTextLength = 256;

    /// <summary>The largest weight: 2^81.</summary>
    public static BigInteger MaxWeight { get; } = BigInteger.One << WeightBits;

    /// <summary>The first reserve that is too large: 2^84.</summary>
    public static BigInteger ReserveEnd { get; } = BigInteger.One << ReserveBits;

    /// <summary>The first sum of money that is too large: 2^170.</summary>
    public static BigInteger MoneyEnd { get; } = BigInteger.One << MoneyBits;
}
