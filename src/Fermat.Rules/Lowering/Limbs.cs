using System.Numerics;

namespace Fermat.Rules.Lowering;

/// <summary>Integers of honest rows as coefficients in base 256, and their digits.</summary>
internal static class Limbs
{
    /// <summary>Brings coefficients to the digits of a format; those a liar replaced wrap around.</summary>
    /// <exception cref="InvalidOperationException">The number is not one of the format.</exception>
    public static void ToDigits(ReadOnlySpan<long> coefficients, Span<long> digits, DigitFormat format, bool wrap)
    {
        long carry = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            long sum = (i < coefficients.Length ? coefficients[i] : 0) + carry;
            digits[i] = sum & 255;
            carry = sum >> 8;
        }
        bool fits = true;
        long first = carry & 255;
        for (int i = digits.Length; i < coefficients.Length; i++)
        {
            long sum = coefficients[i] + carry;
            if (i == digits.Length) first = sum & 255;
            fits &= (sum & 255) == first;
            carry = sum >> 8;
        }
        bool negative = carry < 0;
        if (coefficients.Length > digits.Length) fits &= first == (negative ? 255 : 0);
        fits &= carry == (negative ? -1 : 0) && (format.IsSigned ? digits[^1] >= 128 == negative : !negative);
        if (!fits && !wrap) throw new InvalidOperationException($"{ToInteger(coefficients)} is not a number of {format.Count} digits");
        if (format.IsSigned && digits[^1] >= 128) digits[^1] -= 256;
    }

    /// <summary>Writes an integer's digits.</summary>
    /// <exception cref="InvalidOperationException">The number is not one of the format.</exception>
    public static void ToDigits(BigInteger value, Span<long> digits, DigitFormat format, bool wrap)
    {
        if (wrap) value = format.Wrap(value);
        Span<byte> bytes = stackalloc byte[format.Count];
        if (value.Sign < 0) bytes.Fill(255);
        if ((value.Sign < 0 && !format.IsSigned) || !value.TryWriteBytes(bytes, out _, isUnsigned: !format.IsSigned)) throw new InvalidOperationException($"{value} is not a number of {format.Count} digits");
        for (int i = 0; i < digits.Length; i++) digits[i] = bytes[i];
        if (format.IsSigned) digits[^1] = (sbyte)bytes[^1];
    }

    /// <summary>Brings coefficients of a number that is not negative to 16-bit words; those a liar replaced wrap around.</summary>
    /// <exception cref="InvalidOperationException">The number does not fit.</exception>
    public static void ToWords(ReadOnlySpan<long> coefficients, Span<long> words, bool wrap)
    {
        long carry = 0;
        int count = Math.Max(words.Length, (coefficients.Length + 1) / 2);
        bool fits = true;
        for (int i = 0; i < count; i++)
        {
            long sum = (2 * i < coefficients.Length ? coefficients[2 * i] : 0) + ((2 * i + 1 < coefficients.Length ? coefficients[2 * i + 1] : 0) << 8) + carry;
            if (i < words.Length) words[i] = sum & 0xffff;
            else fits &= (sum & 0xffff) == 0;
            carry = sum >> 16;
        }
        if ((!fits || carry != 0) && !wrap) throw new InvalidOperationException($"{ToInteger(coefficients)} does not fit {words.Length} words");
    }

    /// <summary>Writes the words of an integer that is not negative.</summary>
    /// <exception cref="InvalidOperationException">The number does not fit.</exception>
    public static void ToWords(BigInteger value, Span<long> words, bool wrap)
    {
        if (!wrap && (value.Sign < 0 || value.GetBitLength() > 16 * words.Length)) throw new InvalidOperationException($"{value} does not fit {words.Length} words");
        for (int i = 0; i < words.Length; i++, value >>= 16) words[i] = (long)(value & 0xffff);
    }

    /// <summary>The integer.</summary>
    public static BigInteger ToInteger(ReadOnlySpan<long> coefficients)
    {
        Span<byte> bytes = stackalloc byte[coefficients.Length + sizeof(long)];
        return new BigInteger(bytes[..ToBytes(coefficients, bytes)]);
    }

    /// <summary>The integer, if it has at most 126 bits.</summary>
    public static bool TryNarrow(ReadOnlySpan<long> coefficients, out Int128 value)
    {
        Span<byte> bytes = stackalloc byte[coefficients.Length + sizeof(long)];
        int count = ToBytes(coefficients, bytes);
        int extension = (sbyte)bytes[count - 1] < 0 ? 255 : 0;
        for (; count > 16; count--)
            if (bytes[count - 1] != extension)
            {
                value = 0;
                return false;
            }
        UInt128 sum = extension == 0 ? UInt128.Zero : UInt128.MaxValue;
        for (int i = count - 1; i >= 0; i--) sum = (sum << 8) | bytes[i];
        value = (Int128)sum;
        return value >= -(Int128.One << 126) && value < Int128.One << 126 && (value < 0) == (extension != 0);
    }

    /// <summary>Whether the integer is negative.</summary>
    public static bool IsNegative(ReadOnlySpan<long> coefficients)
    {
        long carry = 0;
        foreach (long coefficient in coefficients) carry = (coefficient + carry) >> 8;
        return carry < 0;
    }

    /// <summary>Bytes in two's complement, the sign in the last.</summary>
    private static int ToBytes(ReadOnlySpan<long> coefficients, Span<byte> bytes)
    {
        long carry = 0;
        for (int i = 0; i < coefficients.Length; i++)
        {
            long sum = coefficients[i] + carry;
            bytes[i] = (byte)sum;
            carry = sum >> 8;
        }
        for (int i = coefficients.Length; i < coefficients.Length + sizeof(long); i++, carry >>= 8) bytes[i] = (byte)carry;
        return coefficients.Length + sizeof(long);
    }
}
