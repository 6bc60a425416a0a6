using System.Numerics;

namespace Fermat.Rules.PublicMath;

/// <summary>Numbers with 96 fractional bits in an <see cref="Int128"/>: the range is ±2^31, one unit (ulp) is 2^-96.</summary>
internal static class Fixed96
{
    public const int Bits = 96;

    public static readonly Int128 One = Int128.One << Bits;

    /// <summary>The product cut towards zero: off by less than one ulp. The true product is below 2^31 in magnitude.</summary>
    public static Int128 Mul(Int128 a, Int128 b)
    {
        bool negative = Int128.IsNegative(a) != Int128.IsNegative(b);
        UInt128 x = (UInt128)Int128.Abs(a), y = (UInt128)Int128.Abs(b);
        ulong xl = (ulong)x, xh = (ulong)(x >> 64), yl = (ulong)y, yh = (ulong)(y >> 64);
        UInt128 low = Product(xl, yl), left = Product(xh, yl), right = Product(xl, yh);
        UInt128 middle = (low >> 64) + (ulong)left + (ulong)right;
        UInt128 high = Product(xh, yh) + (left >> 64) + (right >> 64) + (middle >> 64);
        Int128 result = (Int128)((high << 32) | ((ulong)middle >> 32));
        return negative ? -result : result;
    }

    /// <summary>The floor of the square root (integer Newton with doubling precision, as in Python's <c>math.isqrt</c>).</summary>
    public static BigInteger SquareRoot(BigInteger n)
    {
        if (n.IsZero) return n;
        int c = ((int)n.GetBitLength() - 1) / 2, d = 0;
        BigInteger a = BigInteger.One;
        for (int s = 32 - BitOperations.LeadingZeroCount((uint)c) - 1; s >= 0; s--)
        {
            int e = d;
            d = c >> s;
            a = (a << (d - e - 1)) + ((n >> (2 * c - e - d + 1)) / a);
        }
        return a * a > n ? a - 1 : a;
    }

    private static UInt128 Product(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return new UInt128(high, low);
    }
}
