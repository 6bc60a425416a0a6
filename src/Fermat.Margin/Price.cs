using System.Numerics;

namespace Fermat.Margin;

/// <summary>A positive price with its own scale: <see cref="Mantissa"/> · 10^−<see cref="Scale"/> units of the quote asset for one whole unit of the asset.</summary>
/// <remarks>Canonical: the mantissa does not end in 0 unless the scale is 0, so one price has one representation.</remarks>
public readonly record struct Price
{
    /// <summary>Takes a price and brings it to its canonical form.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The mantissa is not in 1..2^63−1 or the scale not in 0..18.</exception>
    public Price(ulong mantissa, int scale)
    {
        ArgumentOutOfRangeException.ThrowIfZero(mantissa);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mantissa, BookLimits.MaxPriceMantissa);
        ArgumentOutOfRangeException.ThrowIfNegative(scale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, BookLimits.MaxPriceScale);
        while (scale > 0 && mantissa % 10 == 0)
        {
            mantissa /= 10;
            scale--;
        }
        Mantissa = mantissa;
        Scale = scale;
    }

    /// <summary>1 to 2^63 − 1.</summary>
    public ulong Mantissa { get; }

    /// <summary>Decimals, 0 to 18.</summary>
    public int Scale { get; }

    /// <summary>Reads a canonical positive decimal.</summary>
    public static DecimalFault TryParse(ReadOnlySpan<char> text, out Price price)
    {
        price = default;
        int point = text.IndexOf('.');
        int scale = point < 0 ? 0 : text.Length - point - 1;
        if (scale > BookLimits.MaxPriceScale) return DecimalFault.TooManyDecimals;
        DecimalFault fault = ExactDecimal.TryParseUInt64(text, scale, BookLimits.MaxPriceMantissa, out ulong mantissa);
        if (fault != DecimalFault.None) return fault;
        if (mantissa == 0) return DecimalFault.NotPositive;
        price = new Price(mantissa, scale);
        return DecimalFault.None;
    }

    /// <summary>The canonical decimal.</summary>
    public override string ToString() => ExactDecimal.Format(new BigInteger(Mantissa), Scale);
}
