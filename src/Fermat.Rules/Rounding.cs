using System.Numerics;

namespace Fermat.Rules;

/// <summary>How a division that is not exact becomes an integer; every step to a coarser scale names one of these.</summary>
public enum Rounding
{
    /// <summary>Towards +∞ (ceiling).</summary>
    Up,

    /// <summary>Towards −∞ (floor).</summary>
    Down,

    /// <summary>To the nearest integer; a tie goes away from zero, so that rounding commutes with the sign.</summary>
    Nearest,

    /// <summary>Towards zero.</summary>
    Truncate,
}

/// <summary>The one place where integers are divided: interpreter and public functions share it.</summary>
public static class RoundedDivision
{
    /// <summary>The quotient of two integers under a named rounding.</summary>
    /// <param name="numerator">Any integer.</param>
    /// <param name="denominator">Positive: a divisor of unknown sign is the caller's to normalise.</param>
    /// <param name="rounding">What happens to the remainder.</param>
    public static BigInteger Divide(BigInteger numerator, BigInteger denominator, Rounding rounding)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(denominator);
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        if (remainder.IsZero) return quotient;
        return rounding switch
        {
            Rounding.Up => remainder.Sign > 0 ? quotient + 1 : quotient,
            Rounding.Down => remainder.Sign < 0 ? quotient - 1 : quotient,
            Rounding.Nearest => 2 * BigInteger.Abs(remainder) >= denominator ? quotient + remainder.Sign : quotient,
            Rounding.Truncate => quotient,
            _ => throw new ArgumentOutOfRangeException(nameof(rounding)),
        };
    }

    /// <summary>A number moved from one decimal scale to another: exact towards a finer one, rounded towards a coarser one.</summary>
    public static BigInteger Rescale(BigInteger value, int fromScale, int toScale, Rounding rounding)
        => toScale >= fromScale ? value * BigInteger.Pow(10, toScale - fromScale) : Divide(value, BigInteger.Pow(10, fromScale - toScale), rounding);
}
