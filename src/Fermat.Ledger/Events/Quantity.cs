using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Fermat.Margin;

namespace Fermat.Ledger.Events;

/// <summary>An exact decimal as an event says it: <see cref="Mantissa"/> · 10^−<see cref="Scale"/>, below 2^95 in magnitude, with at most 18 decimals.</summary>
/// <remarks>Canonical: the mantissa does not end in 0 unless the scale is 0, so one number has one representation and one spelling.</remarks>
public readonly record struct Quantity
{
    /// <summary>Most decimals.</summary>
    public const int MaxScale = 18;

    /// <summary>Bits of a mantissa's magnitude.</summary>
    public const int Bits = 95;

    /// <summary>Takes a number and brings it to its canonical form.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The mantissa or the scale is too large.</exception>
    public Quantity(Int128 mantissa, int scale = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(scale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, MaxScale);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(mantissa, Int128.One << Bits);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(mantissa, -(Int128.One << Bits));
        while (scale > 0 && mantissa % 10 == 0)
        {
            mantissa /= 10;
            scale--;
        }
        Mantissa = mantissa;
        Scale = scale;
    }

    /// <summary>The digits as one integer.</summary>
    public Int128 Mantissa { get; }

    /// <summary>Decimals.</summary>
    public int Scale { get; }

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => Int128.Sign(Mantissa);

    /// <summary>Reads a canonical decimal with an optional leading minus; false for anything else (<c>1.50</c>, <c>+1</c>, <c>-0</c>, an exponent, too many digits).</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Quantity value)
    {
        value = default;
        if (text is null) return false;
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> digits = negative ? text.AsSpan(1) : text;
        int point = digits.IndexOf('.');
        int scale = point < 0 ? 0 : digits.Length - point - 1;
        if (scale > MaxScale || ExactDecimal.TryParse(digits, scale, BigInteger.One << Bits, out BigInteger magnitude) != DecimalFault.None) return false;
        if (negative && magnitude.IsZero) return false;
        value = new Quantity((Int128)(negative ? -magnitude : magnitude), scale);
        return true;
    }

    /// <summary>The number as an integer of units of 10^−<paramref name="scale"/>; false when it has more decimals than that, or does not fit.</summary>
    public bool TryAt(int scale, out Int128 units)
    {
        units = 0;
        if (scale < Scale) return false;
        Int128 value = Mantissa;
        for (int i = Scale; i < scale; i++)
        {
            value *= 10;
            if (Int128.Abs(value) >= Int128.One << Bits) return false;
        }
        units = value;
        return true;
    }

    /// <summary>The canonical decimal.</summary>
    public override string ToString() => ExactDecimal.Format((BigInteger)Mantissa, Scale);
}
