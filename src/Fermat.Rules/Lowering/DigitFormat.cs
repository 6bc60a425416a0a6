using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// The one way a number is written in digits of base 256: unsigned bytes where it cannot be negative, else two's complement, the top digit from −128 to 127. Every integer of the format has
/// exactly one form, so equal numbers are equal polynomials.
/// </summary>
/// <param name="Count">Digits, at least 1.</param>
/// <param name="IsSigned">Whether the top digit is signed.</param>
internal readonly record struct DigitFormat(int Count, bool IsSigned)
{
    /// <summary>The format of a number that is within bounds.</summary>
    public static DigitFormat Of(Bounds bounds)
    {
        if (bounds.Min.Sign >= 0) return new DigitFormat(Math.Max(1, (int)(bounds.Max.GetBitLength() + 7) / 8), false);
        // GetBitLength leaves out the sign: 127 and −128 have 7 bits
        long bits = 1 + Math.Max(bounds.Min.GetBitLength(), bounds.Max.GetBitLength());
        return new DigitFormat((int)(bits + 7) / 8, true);
    }

    /// <summary>What the format can hold.</summary>
    public Bounds Range => IsSigned
        ? new Bounds(-(BigInteger.One << (8 * Count - 1)), (BigInteger.One << (8 * Count - 1)) - 1)
        : new Bounds(0, (BigInteger.One << (8 * Count)) - 1);

    /// <summary>The least digit at a position.</summary>
    public long Min(int position) => IsSigned && position == Count - 1 ? -128 : 0;

    /// <summary>The greatest digit at a position.</summary>
    public long Max(int position) => IsSigned && position == Count - 1 ? 127 : 255;

    /// <summary>The number of the format that is equal modulo 256^Count: all that a liar can write down.</summary>
    public BigInteger Wrap(BigInteger value)
    {
        BigInteger size = BigInteger.One << (8 * Count), rest = ((value % size) + size) % size;
        return rest > Range.Max ? rest - size : rest;
    }

    /// <summary>The digits, lowest first.</summary>
    /// <exception cref="InvalidOperationException">The number is not one of the format.</exception>
    public long[] Digits(BigInteger value)
    {
        var digits = new long[Count];
        Limbs.ToDigits(value, digits, this, wrap: false);
        return digits;
    }
}
