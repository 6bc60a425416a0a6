using System.Numerics;

namespace Fermat.Margin.Books;

/// <summary>Turns a number that could not be read into the sentence that says so; the same words for JSON, CSV and venues' files.</summary>
internal static class NumberFaults
{
    /// <summary>Reads an amount of at most 63 bits, or notes why not and returns 0.</summary>
    public static ulong Amount(ErrorList errors, Place place, string what, ReadOnlySpan<char> text, int scale)
    {
        DecimalFault fault = ExactDecimal.TryParseUInt64(text, scale, BookLimits.MaxAmount, out ulong value);
        if (fault != DecimalFault.None) Report(errors, place, what, text, fault, scale, "below 2^63 units of the asset's scale");
        return value;
    }

    /// <summary>Reads an integer of at most 64 bits, or notes why not and returns 0.</summary>
    public static ulong Integer(ErrorList errors, Place place, string what, ReadOnlySpan<char> text)
    {
        DecimalFault fault = ExactDecimal.TryParseUInt64(text, 0, ulong.MaxValue, out ulong value);
        if (fault != DecimalFault.None) Report(errors, place, what, text, fault, 0, "below 2^64");
        return value;
    }

    /// <summary>Reads a number below <paramref name="end"/>, or notes why not and returns 0.</summary>
    public static BigInteger Number(ErrorList errors, Place place, string what, ReadOnlySpan<char> text, int scale, BigInteger end, string limit)
    {
        DecimalFault fault = ExactDecimal.TryParse(text, scale, end, out BigInteger value);
        if (fault != DecimalFault.None) Report(errors, place, what, text, fault, scale, limit);
        return value;
    }

    /// <summary>Reads a price, or notes why not and returns null.</summary>
    public static Price? Price(ErrorList errors, Place place, string what, ReadOnlySpan<char> text)
    {
        DecimalFault fault = Margin.Price.TryParse(text, out Price price);
        if (fault == DecimalFault.None) return price;
        Report(errors, place, what, text, fault, BookLimits.MaxPriceScale, "below 2^63 when the point is left out");
        return null;
    }

    private static void Report(ErrorList errors, Place place, string what, ReadOnlySpan<char> text, DecimalFault fault, int scale, string limit)
    {
        string shown = Shown(text);
        switch (fault)
        {
            case DecimalFault.NotANumber:
                errors.Add(BookErrorCode.NotANumber, place, $"{what} {shown} is not a number",
                    "write digits with at most one point: no sign, exponent, blank or separator");
                break;
            case DecimalFault.NotCanonical:
                string? canonical = ExactDecimal.Canonicalize(text);
                errors.Add(BookErrorCode.NotCanonical, place, $"{what} {shown} is not in canonical form",
                    canonical is null ? "no leading zeros, no trailing zeros after the point" : $"write \"{canonical}\"");
                break;
            case DecimalFault.TooManyDecimals:
                errors.Add(BookErrorCode.TooManyDecimals, place, $"{what} {shown} has more than {scale} decimals",
                    "amounts are never rounded: declare a larger scale or give the number at the declared one");
                break;
            case DecimalFault.TooLarge:
                errors.Add(BookErrorCode.OutOfRange, place, $"{what} {shown} is too large", $"it must be {limit}");
                break;
            default:
                errors.Add(BookErrorCode.OutOfRange, place, $"{what} {shown} is not positive");
                break;
        }
    }

    /// <summary>A text between quotes, shortened, for a message.</summary>
    public static string Shown(ReadOnlySpan<char> text) => text.Length <= 48 ? $"\"{text}\"" : $"\"{text[..45]}...\"";
}
