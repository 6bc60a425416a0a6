using System.Globalization;
using System.Numerics;

namespace Fermat.Rules.Syntax;

/// <summary>Decimal numbers as the text writes them: <c>25</c>, <c>0.25</c>, <c>1_000_000</c>, <c>1e-8</c>.</summary>
internal static class Numeral
{
    private const int MaxLength = 256;

    /// <summary>The number as mantissa · 10^−scale with the smallest scale that is not negative.</summary>
    public static bool TryRead(string text, out BigInteger mantissa, out int scale)
    {
        (mantissa, scale) = (0, 0);
        if (text.Length is 0 or > MaxLength) return false;
        int exponentAt = text.IndexOfAny(['e', 'E']), exponent = 0;
        string head = exponentAt < 0 ? text : text[..exponentAt];
        if (exponentAt >= 0 && (!int.TryParse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || exponent is < -MaxLength or > MaxLength))
            return false;
        string[] parts = head.Split('.');
        if (parts.Length > 2 || !parts.All(IsDigits)) return false;
        string fraction = parts.Length == 2 ? parts[1].Replace("_", "", StringComparison.Ordinal) : "";
        mantissa = BigInteger.Parse(parts[0].Replace("_", "", StringComparison.Ordinal) + fraction, CultureInfo.InvariantCulture);
        scale = fraction.Length - exponent;
        if (scale < 0)
            (mantissa, scale) = (mantissa * BigInteger.Pow(10, -scale), 0);
        (mantissa, scale) = Shortest(mantissa, scale);
        return scale <= RuleLimits.MaxScale && mantissa.GetBitLength() <= RuleLimits.MaxBits;
    }

    /// <summary>The same number without zeros at the end of its decimals.</summary>
    public static (BigInteger Mantissa, int Scale) Shortest(BigInteger mantissa, int scale)
    {
        if (mantissa.IsZero) return (0, 0);
        while (scale > 0 && BigInteger.DivRem(mantissa, 10) is (var quotient, { IsZero: true }))
            (mantissa, scale) = (quotient, scale - 1);
        return (mantissa, scale);
    }

    /// <summary>A number as a decimal.</summary>
    public static string Write(BigInteger mantissa, int scale)
    {
        string digits = BigInteger.Abs(mantissa).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return (mantissa.Sign < 0 ? "-" : "") + (scale == 0 ? digits : digits[..^scale] + "." + digits[^scale..]);
    }

    private static bool IsDigits(string text)
        => text.Length > 0 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1]) && text.All(c => char.IsAsciiDigit(c) || c == '_') && !text.Contains("__", StringComparison.Ordinal);
}
