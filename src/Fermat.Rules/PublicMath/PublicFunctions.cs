using System.Numerics;

namespace Fermat.Rules.PublicMath;

/// <summary>
/// The public-stage functions: integers with a decimal scale in, an integer with a decimal scale out, the same on every machine (no floating point).
/// Contract for all but <see cref="Sqrt"/>, which is exact: |result − true| ≤ 0.6 units of the output scale + 2^-73 of the true value.
/// Arguments are bounded (<see cref="MaxScale"/>, <see cref="MaxBits"/>); what has no value is a <see cref="PublicMathError"/>, never an exception.
/// </summary>
public static class PublicFunctions
{
    /// <summary>The finest decimal scale of an argument or a result.</summary>
    public const int MaxScale = 24;

    /// <summary>An argument, as the integer it is, is below 2^256 in magnitude.</summary>
    public const int MaxBits = 256;

    /// <summary>The largest argument of <see cref="Exp"/>; below its negative the result is 0.</summary>
    public const int ExpLimit = 128;

    /// <summary>The largest exponent, in magnitude, of <see cref="Pow"/>.</summary>
    public const int PowLimit = 1024;

    private static readonly BigInteger[] Tens = [.. Enumerable.Range(0, 2 * MaxScale + 1).Select(i => BigInteger.Pow(10, i))];

    private static readonly Int128[] LnTens = [.. Tens.Take(MaxScale + 1).Select(Kernel.Ln)];

    /// <summary>e^x for x ≤ <see cref="ExpLimit"/>.</summary>
    /// <param name="x">x · 10^scale.</param>
    /// <param name="scale">The scale of <paramref name="x"/>.</param>
    /// <param name="outputScale">The scale of the result.</param>
    public static PublicMathResult Exp(BigInteger x, int scale, int outputScale)
    {
        if (Check(x, scale, outputScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        if (x > ExpLimit * Tens[scale]) return PublicMathResult.Fail(PublicMathError.ResultTooLarge);
        return PublicMathResult.Of(x < -ExpLimit * Tens[scale] ? 0 : RoundExp(ToFixed(x, scale), outputScale));
    }

    /// <summary>ln x for x > 0.</summary>
    /// <param name="x">x · 10^scale.</param>
    /// <param name="scale">The scale of <paramref name="x"/>.</param>
    /// <param name="outputScale">The scale of the result.</param>
    public static PublicMathResult Ln(BigInteger x, int scale, int outputScale)
    {
        if (Check(x, scale, outputScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        if (x.Sign <= 0) return PublicMathResult.Fail(PublicMathError.ArgumentNotPositive);
        return PublicMathResult.Of(FromFixed(Kernel.Ln(x) - LnTens[scale], outputScale));
    }

    /// <summary>√x for x ≥ 0, exactly the rounding of the true root.</summary>
    /// <param name="x">x · 10^scale.</param>
    /// <param name="scale">The scale of <paramref name="x"/>.</param>
    /// <param name="outputScale">The scale of the result.</param>
    /// <param name="rounding">How the root becomes an integer.</param>
    public static PublicMathResult Sqrt(BigInteger x, int scale, int outputScale, Rounding rounding)
    {
        if (Check(x, scale, outputScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        if (x.Sign < 0) return PublicMathResult.Fail(PublicMathError.ArgumentNotPositive);
        BigInteger numerator = x * Tens[2 * outputScale], denominator = Tens[scale];
        if (rounding == Rounding.Nearest) return PublicMathResult.Of((Fixed96.SquareRoot(4 * numerator / denominator) + 1) >> 1);
        BigInteger floor = Fixed96.SquareRoot(numerator / denominator);
        return PublicMathResult.Of(rounding == Rounding.Up && floor * floor * denominator != numerator ? floor + 1 : floor);
    }

    /// <summary>x^y for x > 0 (or x = 0 with y > 0, which is 0; x^0 is 1) and |y| ≤ <see cref="PowLimit"/>; |y·ln x| above <see cref="ExpLimit"/> as for <see cref="Exp"/>.</summary>
    /// <param name="x">x · 10^scale.</param>
    /// <param name="scale">The scale of <paramref name="x"/>.</param>
    /// <param name="y">y · 10^exponentScale.</param>
    /// <param name="exponentScale">The scale of <paramref name="y"/>.</param>
    /// <param name="outputScale">The scale of the result.</param>
    public static PublicMathResult Pow(BigInteger x, int scale, BigInteger y, int exponentScale, int outputScale)
    {
        if (Check(x, scale, outputScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        if (Check(y, exponentScale, outputScale) is var second and not PublicMathError.None) return PublicMathResult.Fail(second);
        if (BigInteger.Abs(y) > PowLimit * Tens[exponentScale]) return PublicMathResult.Fail(PublicMathError.ArgumentTooLarge);
        if (x.Sign < 0 || (x.IsZero && y.Sign < 0)) return PublicMathResult.Fail(PublicMathError.ArgumentNotPositive);
        if (y.IsZero) return PublicMathResult.Of(Tens[outputScale]);
        if (x.IsZero) return PublicMathResult.Of(0);
        Int128 power = Fixed96.Mul(ToFixed(y, exponentScale), Kernel.Ln(x) - LnTens[scale]);
        if (power > ExpLimit * Fixed96.One) return PublicMathResult.Fail(PublicMathError.ResultTooLarge);
        return PublicMathResult.Of(power < -ExpLimit * Fixed96.One ? 0 : RoundExp(power, outputScale));
    }

    /// <summary>The standard normal distribution Φ(x), in [0, 1]; Φ(−x) = 1 − Φ(x) holds exactly between results.</summary>
    /// <param name="x">x · 10^scale.</param>
    /// <param name="scale">The scale of <paramref name="x"/>.</param>
    /// <param name="outputScale">The scale of the result.</param>
    public static PublicMathResult NormalCdf(BigInteger x, int scale, int outputScale)
    {
        if (Check(x, scale, outputScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        BigInteger magnitude = BigInteger.Abs(x);
        BigInteger upper = magnitude >= Kernel.CdfLimit * Tens[scale] ? Tens[outputScale] : FromFixed(Kernel.Cdf(ToFixed(magnitude, scale)), outputScale);
        return PublicMathResult.Of(x.Sign >= 0 ? upper : Tens[outputScale] - upper);
    }

    /// <summary>The standard normal density φ(x) = exp(−x²/2)/√(2π).</summary>
    /// <param name="x">x · 10^scale.</param>
    /// <param name="scale">The scale of <paramref name="x"/>.</param>
    /// <param name="outputScale">The scale of the result.</param>
    public static PublicMathResult NormalPdf(BigInteger x, int scale, int outputScale)
    {
        if (Check(x, scale, outputScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        if (BigInteger.Abs(x) > 16 * Tens[scale]) return PublicMathResult.Of(0);
        (BigInteger numerator, int shift) = Density(ToFixed(x, scale));
        return PublicMathResult.Of(RoundedDivision.Divide(numerator * Tens[outputScale], BigInteger.One << shift, Rounding.Nearest));
    }

    internal static BigInteger Ten(int scale) => Tens[scale];

    /// <summary>φ(x) as numerator / 2^shift for |x| ≤ 16; relative error below 2^-82.</summary>
    internal static (BigInteger Numerator, int Shift) Density(Int128 x)
    {
        (Int128 mantissa, int exponent) = Kernel.Exp(-(Fixed96.Mul(x, x) >> 1));
        return (Fixed96.Mul(mantissa, KernelTables.InverseRootTwoPi), Fixed96.Bits - exponent);
    }

    internal static PublicMathError Check(BigInteger x, int scale, int outputScale)
    {
        if (scale is < 0 or > MaxScale || outputScale is < 0 or > MaxScale) return PublicMathError.ScaleOutOfRange;
        return BigInteger.Abs(x).GetBitLength() > MaxBits ? PublicMathError.ArgumentTooLarge : PublicMathError.None;
    }

    /// <summary>Nearest, within half an ulp; the caller has bounded |x| below 2^31.</summary>
    private static Int128 ToFixed(BigInteger x, int scale) => (Int128)RoundedDivision.Divide(x << Fixed96.Bits, Tens[scale], Rounding.Nearest);

    private static BigInteger FromFixed(Int128 x, int scale) => RoundedDivision.Divide(x * Tens[scale], BigInteger.One << Fixed96.Bits, Rounding.Nearest);

    private static BigInteger RoundExp(Int128 x, int scale)
    {
        (Int128 mantissa, int exponent) = Kernel.Exp(x);
        BigInteger value = mantissa * Tens[scale];
        return exponent >= Fixed96.Bits ? value << (exponent - Fixed96.Bits) : RoundedDivision.Divide(value, BigInteger.One << (Fixed96.Bits - exponent), Rounding.Nearest);
    }
}
