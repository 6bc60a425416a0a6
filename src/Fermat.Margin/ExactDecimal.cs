using System.Globalization;
using System.Numerics;

namespace Fermat.Margin;

/// <summary>Why a text is not a number of the wanted kind.</summary>
public enum DecimalFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Something other than digits and one point.</summary>
    NotANumber,

    /// <summary>A number, but not in its one canonical spelling.</summary>
    NotCanonical,

    /// <summary>More decimals than the scale has.</summary>
    TooManyDecimals,

    /// <summary>Larger than allowed.</summary>
    TooLarge,

    /// <summary>Zero where only a positive number will do.</summary>
    NotPositive,
}

/// <summary>
/// Decimal texts and exact integers. A number at scale s is the integer value · 10^s. Every number has one canonical spelling:
/// digits without leading zeros, then, only if there is a fraction, a point and the fraction without trailing zeros. No sign, no exponent, no spaces.
/// </summary>
public static class ExactDecimal
{
    /// <summary>Longest text looked at; anything longer is too large for every field there is.</summary>
    public const int MaxLength = 96;

    /// <summary>10^<paramref name="exponent"/>.</summary>
    public static BigInteger PowerOfTen(int exponent) => BigInteger.Pow(10, exponent);

    /// <summary>Reads a canonical decimal as an integer of the given scale.</summary>
    /// <param name="text">The text.</param>
    /// <param name="scale">The decimals of the unit.</param>
    /// <param name="end">The first integer that is too large.</param>
    /// <param name="value">The integer; 0 on failure.</param>
    /// <returns>Why it failed, or <see cref="DecimalFault.None"/>.</returns>
    public static DecimalFault TryParse(ReadOnlySpan<char> text, int scale, BigInteger end, out BigInteger value)
    {
        value = default;
        DecimalFault fault = Split(text, out ReadOnlySpan<char> whole, out ReadOnlySpan<char> fraction);
        if (fault != DecimalFault.None) return fault;
        if (fraction.Length > scale) return DecimalFault.TooManyDecimals;
        BigInteger result = BigInteger.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture) * PowerOfTen(scale);
        if (fraction.Length > 0)
            result += BigInteger.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture) * PowerOfTen(scale - fraction.Length);
        if (result >= end) return DecimalFault.TooLarge;
        value = result;
        return DecimalFault.None;
    }

    /// <summary>Reads a canonical decimal as an unsigned integer of the given scale, not above <paramref name="max"/>; the allocation-free form of <see cref="TryParse"/>.</summary>
    public static DecimalFault TryParseUInt64(ReadOnlySpan<char> text, int scale, ulong max, out ulong value)
    {
        value = 0;
        DecimalFault fault = Split(text, out ReadOnlySpan<char> whole, out ReadOnlySpan<char> fraction);
        if (fault != DecimalFault.None) return fault;
        if (fraction.Length > scale) return DecimalFault.TooManyDecimals;
        UInt128 result = 0;
        for (int i = 0; i < whole.Length; i++)
            if (!Push(ref result, whole[i])) return DecimalFault.TooLarge;
        for (int i = 0; i < scale; i++)
            if (!Push(ref result, i < fraction.Length ? fraction[i] : '0')) return DecimalFault.TooLarge;
        value = (ulong)result;
        return DecimalFault.None;

        bool Push(ref UInt128 number, char digit)
        {
            number = number * 10 + (uint)(digit - '0');
            return number <= max;
        }
    }

    /// <summary>The canonical text of an integer of the given scale; negative numbers get a leading minus (totals have signs, inputs do not).</summary>
    public static string Format(BigInteger value, int scale)
    {
        string digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string fraction = digits[^scale..].TrimEnd('0');
        string whole = digits[..^scale];
        string sign = value.Sign < 0 ? "-" : "";
        return fraction.Length == 0 ? sign + whole : $"{sign}{whole}.{fraction}";
    }

    /// <summary>The canonical text of an amount; the form of <see cref="Format(BigInteger, int)"/> for the many.</summary>
    public static string Format(ulong value, int scale)
    {
        Span<char> digits = stackalloc char[40];
        int end = digits.Length, at = end;
        for (int i = 0; i < scale; i++, value /= 10)
        {
            char digit = (char)('0' + value % 10);
            if (digit == '0' && at == end) end = --at;                                      // a trailing zero
            else digits[--at] = digit;
        }
        if (at < end) digits[--at] = '.';
        do
        {
            digits[--at] = (char)('0' + value % 10);
            value /= 10;
        }
        while (value > 0);
        return digits[at..end].ToString();
    }

    /// <summary>
    /// The canonical spelling of a decimal that may have leading or trailing zeros ("065100.22000000"), or null when the text is not
    /// a plain unsigned decimal. For files of others; Fermat's own files must be canonical already.
    /// </summary>
    public static string? Canonicalize(ReadOnlySpan<char> text)
    {
        int point = text.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<char> fraction = point < 0 ? default : text[(point + 1)..];
        if (text.Length > MaxLength || whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || !AllDigits(whole) || !AllDigits(fraction)) return null;
        whole = whole.TrimStart('0');
        fraction = fraction.TrimEnd('0');
        string left = whole.IsEmpty ? "0" : whole.ToString();
        return fraction.IsEmpty ? left : $"{left}.{fraction}";
    }

    private static DecimalFault Split(ReadOnlySpan<char> text, out ReadOnlySpan<char> whole, out ReadOnlySpan<char> fraction)
    {
        int point = text.IndexOf('.');
        whole = point < 0 ? text : text[..point];
        fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.IsEmpty || !AllDigits(whole) || !AllDigits(fraction)) return DecimalFault.NotANumber;
        if (whole.Length > 1 && whole[0] == '0') return DecimalFault.NotCanonical;
        if (point >= 0 && (fraction.IsEmpty || fraction[^1] == '0')) return DecimalFault.NotCanonical;
        return text.Length > MaxLength ? DecimalFault.TooLarge : DecimalFault.None;
    }

    private static bool AllDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
