using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Statements.Solvency;

/// <summary>The polynomial whose coefficients are the bytes of an integer.</summary>
internal static class BytesAt
{
    /// <summary>Σ_l point^l · byte l of <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or does not fit so many bytes.</exception>
    public static Quintic Point(BigInteger value, int bytes, Quintic point)
    {
        Span<byte> digits = stackalloc byte[bytes];
        digits.Clear();
        if (value.Sign < 0 || !value.TryWriteBytes(digits, out _, isUnsigned: true))
            throw new ArgumentOutOfRangeException(nameof(value), $"the integer is not one of {bytes} bytes");
        return Point(digits, point);
    }

    /// <summary>Σ_l point^l · digits[l].</summary>
    public static Quintic Point(ReadOnlySpan<byte> digits, Quintic point)
    {
        Quintic sum = Quintic.Zero;
        for (int l = digits.Length - 1; l >= 0; l--) sum = sum * point + new Quintic(KoalaBear.From((uint)digits[l]));
        return sum;
    }
}
