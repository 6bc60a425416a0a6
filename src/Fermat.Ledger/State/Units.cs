using System.Numerics;
using Fermat.Ledger.Events;

namespace Fermat.Ledger.State;

/// <summary>Decimals to integers of a scale, and sums that stay below 2^63 in magnitude.</summary>
internal static class Units
{
    private static readonly long[] Powers = [.. Enumerable.Range(0, 19).Select(exponent => (long)BigInteger.Pow(10, exponent))];

    /// <summary>Whether a number is below 2^63 in magnitude.</summary>
    public static bool Fits(Int128 value) => value <= long.MaxValue && value >= -long.MaxValue;

    /// <summary>The sum; false when it does not fit.</summary>
    public static bool TryAdd(long a, long b, out long sum)
    {
        sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) >= 0 && sum != long.MinValue;
    }

    /// <summary>The quantity in units of 10^−<paramref name="scale"/>; it has no more decimals than that. False when it does not fit.</summary>
    public static bool TryConvert(Quantity quantity, int scale, out long units)
    {
        units = 0;
        Int128 mantissa = quantity.Mantissa;
        if (!Fits(mantissa)) return false;
        long factor = Powers[scale - quantity.Scale];
        long high = Math.BigMul((long)mantissa, factor, out long low);
        if (high != low >> 63 || low == long.MinValue) return false;
        units = low;
        return true;
    }
}
