using System.Numerics;

namespace Fermat.Rules.PublicMath;

/// <summary>The elementary functions on <see cref="Fixed96"/> numbers. Errors are in ulps of 2^-96; the derivation of each is in docs/PUBLIC-MATH.md.</summary>
internal static class Kernel
{
    /// <summary>The largest |x| of <see cref="Exp"/>.</summary>
    public const int ExpLimit = 256;

    /// <summary>From here on Φ is 0 or 1: Φ(−12) &lt; 2^-108.</summary>
    public const int CdfLimit = 12;

    /// <summary>
    /// exp(x) = mantissa · 2^exponent with the mantissa in (0.7, 1.5). x = k·ln 2 + j/64 + t, |t| ≤ 2^-7 + 2^-80; Taylor to t^12 (remainder below 2^-121).
    /// Relative error at most 2^-86 for |x| ≤ <see cref="ExpLimit"/>: |k| ≤ 370 times half an ulp of ln 2, 26 cut products and table errors.
    /// </summary>
    public static (Int128 Mantissa, int Exponent) Exp(Int128 x)
    {
        int k = Nearest(x, KernelTables.Ln2);
        Int128 r = x - k * KernelTables.Ln2;
        int j = (int)((r + (Fixed96.One >> 7)) >> (Fixed96.Bits - 6));
        Int128 t = r - ((Int128)j << (Fixed96.Bits - 6)), sum = Fixed96.One;
        for (int n = 12; n >= 1; n--) sum = Fixed96.One + Fixed96.Mul(t, sum) / n;
        return (Fixed96.Mul(KernelTables.Exp[j + 23], sum), k);
    }

    /// <summary>
    /// ln of a positive integer. n = 2^k·m, m in [1, 2) cut to 96 bits; z = m·r − 1 with the tabulated reciprocal, |z| &lt; 2^-6.9; ln n = k·ln 2 − ln r + ln(1+z),
    /// the series to z^14 (remainder below 2^-106). Absolute error at most 2^-86 for n below 2^512: |k| half ulps of ln 2 and less than 32 ulps besides.
    /// </summary>
    public static Int128 Ln(BigInteger n)
    {
        int k = (int)n.GetBitLength() - 1;
        Int128 m = (Int128)(k <= Fixed96.Bits ? n << (Fixed96.Bits - k) : n >> (k - Fixed96.Bits));
        int j = (int)((m - Fixed96.One) >> (Fixed96.Bits - 6));
        Int128 z = ((m * KernelTables.Reciprocal[j]) >> 16) - Fixed96.One, sum = 0;
        for (int i = 14; i >= 1; i--) sum = Fixed96.One / i - Fixed96.Mul(z, sum);
        return k * KernelTables.Ln2 + KernelTables.Ln[j] + Fixed96.Mul(z, sum);
    }

    /// <summary>
    /// Φ(x) for x ≥ 0: from the nearest x₀ = i/32 the Taylor series of φ by its recurrence (n+1)·g₍ₙ₊₁₎ = −x₀h·gₙ − h²·g₍ₙ₋₁₎, |h| ≤ 2^-6, integrated term by term
    /// to h^15. |φ·Heₙ| ≤ 0.44·√n! (Cramér) bounds the remainder below 2^-108; rounding adds less than 40 ulps. Absolute error at most 2^-90.
    /// </summary>
    public static Int128 Cdf(Int128 x)
    {
        if (x >= CdfLimit * Fixed96.One) return Fixed96.One;
        int i = (int)((x + (Fixed96.One >> 6)) >> (Fixed96.Bits - 5));
        Int128 h = x - ((Int128)i << (Fixed96.Bits - 5)), slope = (h * i) >> 5, square = Fixed96.Mul(h, h);
        Int128 before = 0, term = KernelTables.Density[i], sum = term;
        for (int n = 0; n < 14; n++)
        {
            Int128 next = -(Fixed96.Mul(slope, term) + Fixed96.Mul(square, before)) / (n + 1);
            (before, term) = (term, next);
            sum += next / (n + 2);
        }
        return Int128.Min(Fixed96.One, KernelTables.Cumulative[i] + Fixed96.Mul(h, sum));
    }

    /// <summary>The integer nearest to x/y for y &gt; 0 (or its neighbour when x/y is within 2^-60 of a tie), |x/y| below 2^31.</summary>
    private static int Nearest(Int128 x, Int128 y)
    {
        long a = (long)(x >> 64), b = (long)(y >> 64);
        long q = (2 * a + b) / (2 * b);
        if ((2 * a + b) % (2 * b) < 0) q--;
        return (int)q;
    }
}
