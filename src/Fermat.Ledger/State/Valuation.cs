using System.Numerics;
using Fermat.Ledger.Events;

namespace Fermat.Ledger.State;

/// <summary>
/// How much of the settlement asset a size is worth at a price, in integers: value(n, q) = ⌊n · q · Numerator / Denominator⌋, and for an inverse perpetual ⌊−n · Numerator / (Denominator · q)⌋; n in units of the
/// size scale S, q in units of the price scale P, the value in units of the settlement asset's scale A. With a multiplier m · 10^−M in lowest terms the fraction is m · 10^(A − S − P − M), inverse m · 10^(A + P − S − M).
/// </summary>
/// <param name="Numerator">Positive, below 2^63, without a common divisor with the denominator.</param>
/// <param name="Denominator">Positive, below 2^63.</param>
/// <param name="Inverse">Whether the price divides.</param>
public readonly record struct Valuation(ulong Numerator, ulong Denominator, bool Inverse)
{
    /// <summary>The rule for an instrument's terms; null when numerator or denominator would not fit.</summary>
    /// <param name="terms">The terms, with a positive multiplier.</param>
    /// <param name="settleScale">Decimals of the settlement asset.</param>
    public static Valuation? For(InstrumentTerms terms, int settleScale)
    {
        bool inverse = terms.Kind == InstrumentKind.InversePerpetual;
        int exponent = settleScale - terms.SizeScale - terms.Multiplier.Scale + (inverse ? terms.PriceScale : -terms.PriceScale);
        BigInteger numerator = (BigInteger)terms.Multiplier.Mantissa * BigInteger.Pow(10, Math.Max(exponent, 0)), denominator = BigInteger.Pow(10, Math.Max(-exponent, 0));
        BigInteger common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        (numerator, denominator) = (numerator / common, denominator / common);
        return numerator > long.MaxValue || denominator > long.MaxValue ? null : new Valuation((ulong)numerator, (ulong)denominator, inverse);
    }

    /// <summary>The value of a size at a price; false when it is not below 2^63 in magnitude, or when an inverse perpetual's price is not positive.</summary>
    public bool TryValue(long size, long price, out long value)
    {
        value = 0;
        ulong magnitude = Abs(size), at = Abs(price);
        if (Inverse) return price > 0 && TryDivide(Math.BigMul(magnitude, Numerator), Math.BigMul(Denominator, at), size > 0, out value);
        bool negative = (size < 0) != (price < 0);
        UInt128 product = Math.BigMul(magnitude, at);
        ulong high = (ulong)(product >> 64), low = (ulong)product;
        if (high == 0 && Numerator == 1) return TryRound(low / Denominator, low % Denominator != 0, negative, out value);
        UInt128 lower = Math.BigMul(low, Numerator), upper = Math.BigMul(high, Numerator) + (ulong)(lower >> 64);
        if (upper >> 64 == 0) return TryDivide(new UInt128((ulong)upper, (ulong)lower), Denominator, negative, out value);

        // Three limbs by one, from the top; the first two quotients must be zero for the third to be the whole.
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem(upper, Denominator);
        if (quotient != 0) return false;
        (quotient, rest) = UInt128.DivRem(new UInt128((ulong)rest, (ulong)lower), Denominator);
        return quotient >> 64 == 0 && TryRound((ulong)quotient, rest != 0, negative, out value);
    }

    private static ulong Abs(long value) => value < 0 ? 0 - (ulong)value : (ulong)value;

    private static bool TryDivide(UInt128 dividend, UInt128 divisor, bool negative, out long value)
    {
        if ((dividend | divisor) >> 64 == 0) return TryRound((ulong)dividend / (ulong)divisor, (ulong)dividend % (ulong)divisor != 0, negative, out value);
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem(dividend, divisor);
        value = 0;
        return quotient >> 64 == 0 && TryRound((ulong)quotient, rest != 0, negative, out value);
    }

    /// <summary>Rounds towards minus infinity.</summary>
    private static bool TryRound(ulong quotient, bool rest, bool negative, out long value)
    {
        value = 0;
        if (quotient >= long.MaxValue) return false;
        value = negative ? -(long)quotient - (rest ? 1 : 0) : (long)quotient;
        return true;
    }
}
