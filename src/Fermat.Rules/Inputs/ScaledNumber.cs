using System.Globalization;
using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Inputs;

/// <summary>Decimal texts as exact integers: sign and exponent allowed, nothing rounded.</summary>
public static class ScaledNumber
{
    private const int MaxLength = 120;

    /// <summary>Reads a decimal as an integer of a quantity.</summary>
    /// <param name="text">Like <c>-12.5</c> or <c>1.5e-7</c>.</param>
    /// <param name="quantity">Scale and bounds.</param>
    /// <param name="value">The integer; 0 on failure.</param>
    /// <param name="hint">What to do about a failure, or null.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? TryParse(string text, Quantity quantity, out BigInteger value, out string? hint)
    {
        hint = null;
        if (TryParse(text, quantity.Scale, out value) is { } problem)
        {
            if (problem.Contains("decimals", StringComparison.Ordinal)) hint = $"{quantity.Name} has {quantity.Scale}; round it to that where it comes from";
            return problem;
        }
        if (quantity.Bounds.Contains(value)) return null;
        hint = $"from {Format(quantity.Bounds.Min, quantity.Scale)} to {Format(quantity.Bounds.Max, quantity.Scale)}";
        value = 0;
        return $"{text} is out of the range of {quantity.Name}";
    }

    /// <summary>A number's decimal text, exact, without trailing zeros.</summary>
    public static string Format(BigInteger value, int scale) => Margin.ExactDecimal.Format(value, scale);

    private static string? TryParse(string text, int scale, out BigInteger value)
    {
        value = 0;
        if (text.Length is 0 or > MaxLength) return "this is not a number of a sensible length";
        int at = 0, fraction = 0, exponent = 0;
        bool negative = text[0] == '-', digits = false, point = false;
        if (text[0] is '-' or '+') at++;
        BigInteger mantissa = 0;
        for (; at < text.Length && (char.IsAsciiDigit(text[at]) || (text[at] == '.' && !point)); at++)
        {
            if (text[at] == '.')
            {
                point = true;
                continue;
            }
            digits = true;
            mantissa = mantissa * 10 + (text[at] - '0');
            if (point) fraction++;
        }
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            if (!int.TryParse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || exponent is < -MaxLength or > MaxLength)
                return $"\"{text}\" is not a number";
            at = text.Length;
        }
        if (!digits || at < text.Length) return $"\"{text}\" is not a number";
        int shift = scale - fraction + exponent;
        if (shift < 0)
        {
            mantissa = BigInteger.DivRem(mantissa, BigInteger.Pow(10, -shift), out BigInteger rest);
            if (!rest.IsZero) return $"{text} has more decimals than the quantity";
        }
        else
        {
            mantissa *= BigInteger.Pow(10, shift);
        }
        value = negative ? -mantissa : mantissa;
        return null;
    }
}
