using System.Numerics;

namespace Fermat.Rules.PublicMath;

/// <summary>The right that an option gives.</summary>
public enum OptionKind
{
    /// <summary>To buy.</summary>
    Call,

    /// <summary>To sell.</summary>
    Put,
}

/// <summary>The public numbers that an option's value depends on. All are at least zero; the denominator is positive.</summary>
/// <param name="Forward">F · 10^<paramref name="PriceScale"/>.</param>
/// <param name="Strike">K · 10^<paramref name="PriceScale"/>.</param>
/// <param name="PriceScale">The scale of forward and strike.</param>
/// <param name="Volatility">Annual volatility σ · 10^<paramref name="VolatilityScale"/>.</param>
/// <param name="VolatilityScale">The scale of the volatility.</param>
/// <param name="Time">Time to expiry τ in years is <paramref name="Time"/> / <paramref name="Year"/>: exact, for example seconds over 31,536,000.</param>
/// <param name="Year">Units of time in a year.</param>
/// <param name="Discount">D · 10^<paramref name="DiscountScale"/>; every result is multiplied by D.</param>
/// <param name="DiscountScale">The scale of the discount factor.</param>
public readonly record struct Black76Input(
    BigInteger Forward, BigInteger Strike, int PriceScale, BigInteger Volatility, int VolatilityScale, BigInteger Time, BigInteger Year, BigInteger Discount, int DiscountScale);

/// <summary>
/// Black (1976): call = D·(F·Φ(d₁) − K·Φ(d₂)), put = call − D·(F − K), d₁ = ln(F/K)/v + v/2, d₂ = d₁ − v, v = σ√τ. By definition v ≥ 24 saturates: call D·F, put D·K; v = 0, F = 0
/// and K = 0 are the limits. Domain: D·F and D·K in units of the output scale at most 2^80, D at most 2^20.
/// Price: |result − true| ≤ 0.6 units of the output scale. Greeks: ≤ 0.6 units + 2^-50 of the true value, output scale at most 18, and v ≥ 2^-24 where it is not zero.
/// </summary>
public static class Black76
{
    /// <summary>D·F and D·K in units of the output scale are at most 2^80.</summary>
    public const int MaxResultBits = 80;

    /// <summary>The finest scale of a Greek.</summary>
    public const int MaxGreekScale = 18;

    /// <summary>The option's value at <paramref name="outputScale"/>.</summary>
    public static PublicMathResult Price(OptionKind kind, Black76Input input, int outputScale)
    {
        if (Check(input, outputScale, PublicFunctions.MaxScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        BigInteger forward = input.Forward << Fixed96.Bits, strike = input.Strike << Fixed96.Bits, call;
        (State state, Int128 v) = Moments(input);
        if (state == State.Saturated) call = forward;
        else if (state == State.Intrinsic) call = BigInteger.Max(forward - strike, 0);
        else
        {
            Int128 d1 = D1(input, v);
            call = BigInteger.Max(input.Forward * Cdf(d1) - input.Strike * Cdf(d1 - v), BigInteger.Max(forward - strike, 0));
        }
        return Scaled(kind == OptionKind.Call ? call : call - forward + strike, input.PriceScale, Fixed96.Bits, input, outputScale);
    }

    /// <summary>∂value/∂F: D·Φ(d₁) of a call, −D·Φ(−d₁) of a put. Without volatility the limit, half of it at the money.</summary>
    public static PublicMathResult Delta(OptionKind kind, Black76Input input, int outputScale)
    {
        if (Check(input, outputScale, MaxGreekScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        (State state, Int128 v) = Moments(input);
        if (state == State.Regular && v < MinGreekVolatility) return PublicMathResult.Fail(PublicMathError.VolatilityTooSmall);
        Int128 call = state switch
        {
            State.Saturated => Fixed96.One,
            State.Intrinsic => input.Forward == input.Strike ? Fixed96.One >> 1 : input.Forward > input.Strike ? Fixed96.One : 0,
            _ => Cdf(D1(input, v)),
        };
        return Scaled(kind == OptionKind.Call ? call : call - Fixed96.One, 0, Fixed96.Bits, input, outputScale);
    }

    /// <summary>∂²value/∂F² = D·φ(d₁)/(F·v), the same for call and put; undefined at the money without volatility, 0 elsewhere without and when saturated.</summary>
    public static PublicMathResult Gamma(Black76Input input, int outputScale)
    {
        if (Check(input, outputScale, MaxGreekScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        (State state, Int128 v) = Moments(input);
        if (state == State.Intrinsic && input.Forward == input.Strike) return PublicMathResult.Fail(PublicMathError.Undefined);
        if (state != State.Regular) return PublicMathResult.Of(0);
        if (v < MinGreekVolatility) return PublicMathResult.Fail(PublicMathError.VolatilityTooSmall);
        Int128 d1 = D1(input, v);
        if (Int128.Abs(d1) > 16 * Fixed96.One) return PublicMathResult.Of(0);
        (BigInteger density, int shift) = PublicFunctions.Density(d1);
        BigInteger numerator = (density * input.Discount * PublicFunctions.Ten(outputScale) * PublicFunctions.Ten(input.PriceScale)) << Fixed96.Bits;
        return PublicMathResult.Of(RoundedDivision.Divide(numerator, (input.Forward * v * PublicFunctions.Ten(input.DiscountScale)) << shift, Rounding.Nearest));
    }

    /// <summary>∂value/∂σ = D·F·φ(d₁)·√τ, per unit of volatility (a hundred points), the same for call and put; without time or when saturated 0.</summary>
    public static PublicMathResult Vega(Black76Input input, int outputScale)
    {
        if (Check(input, outputScale, MaxGreekScale) is var error and not PublicMathError.None) return PublicMathResult.Fail(error);
        (State state, Int128 v) = Moments(input);
        if (input.Time.IsZero || input.Forward.IsZero || input.Strike.IsZero || state == State.Saturated) return PublicMathResult.Of(0);
        Int128 d1 = 0;
        if (state == State.Regular)
        {
            if (v < MinGreekVolatility) return PublicMathResult.Fail(PublicMathError.VolatilityTooSmall);
            d1 = D1(input, v);
        }
        else if (input.Forward != input.Strike) return PublicMathResult.Of(0);
        if (Int128.Abs(d1) > 16 * Fixed96.One) return PublicMathResult.Of(0);
        (BigInteger density, int shift) = PublicFunctions.Density(d1);
        BigInteger rootTime = Fixed96.SquareRoot((input.Time << (2 * Fixed96.Bits)) / input.Year);
        return Scaled(density * input.Forward * rootTime, input.PriceScale, shift + Fixed96.Bits, input, outputScale);
    }

    private enum State
    {
        Intrinsic,
        Regular,
        Saturated,
    }

    private static readonly Int128 MinGreekVolatility = Fixed96.One >> 24;

    /// <summary>v = σ√τ cut to 2^-96. Zero volatility, time, forward or strike is intrinsic (a price loses at most F·v/√(2π) where v is cut to zero).</summary>
    private static (State State, Int128 V) Moments(Black76Input input)
    {
        BigInteger square = input.Volatility * input.Volatility * input.Time;
        if (square.IsZero || input.Forward.IsZero || input.Strike.IsZero) return (State.Intrinsic, 0);
        BigInteger denominator = PublicFunctions.Ten(2 * input.VolatilityScale) * input.Year;
        if (square >= 576 * denominator) return (State.Saturated, 0);
        Int128 v = (Int128)Fixed96.SquareRoot((square << (2 * Fixed96.Bits)) / denominator);
        return v < (Int128.One << 13) ? (State.Intrinsic, 0) : (State.Regular, v);
    }

    /// <summary>d₁; where |ln(F/K)| > 40·v it is ±40, which leaves Φ(d₁) and Φ(d₂) what they are: 0 or 1.</summary>
    private static Int128 D1(Black76Input input, Int128 v)
    {
        Int128 log = input.Forward == input.Strike ? 0 : Kernel.Ln(input.Forward) - Kernel.Ln(input.Strike);
        if (Int128.Abs(log) > 40 * v) return Int128.Sign(log) * 40 * Fixed96.One;
        return (Int128)(((BigInteger)log << Fixed96.Bits) / v) + (v >> 1);
    }

    private static Int128 Cdf(Int128 x) => x >= 0 ? Kernel.Cdf(x) : Fixed96.One - Kernel.Cdf(-x);

    /// <summary>value · D / (10^scale · 2^shift), to the nearest unit of the output scale.</summary>
    private static PublicMathResult Scaled(BigInteger value, int scale, int shift, Black76Input input, int outputScale)
        => PublicMathResult.Of(RoundedDivision.Divide(
            value * input.Discount * PublicFunctions.Ten(outputScale), (PublicFunctions.Ten(scale) * PublicFunctions.Ten(input.DiscountScale)) << shift, Rounding.Nearest));

    private static PublicMathError Check(Black76Input input, int outputScale, int maxOutputScale)
    {
        if (outputScale < 0 || outputScale > maxOutputScale) return PublicMathError.ScaleOutOfRange;
        ReadOnlySpan<(BigInteger Value, int Scale)> all =
            [(input.Forward, input.PriceScale), (input.Strike, input.PriceScale), (input.Volatility, input.VolatilityScale), (input.Discount, input.DiscountScale), (input.Time, 0), (input.Year, 0)];
        foreach ((BigInteger value, int scale) in all)
        {
            if (value.Sign < 0) return PublicMathError.ArgumentNotPositive;
            if (PublicFunctions.Check(value, scale, outputScale) is var error and not PublicMathError.None) return error;
        }
        if (input.Year.Sign <= 0) return PublicMathError.ArgumentNotPositive;
        if (input.Discount > PublicFunctions.Ten(input.DiscountScale) << 20) return PublicMathError.ArgumentTooLarge;
        BigInteger largest = BigInteger.Max(input.Forward, input.Strike) * input.Discount * PublicFunctions.Ten(outputScale);
        return largest > (PublicFunctions.Ten(input.PriceScale) * PublicFunctions.Ten(input.DiscountScale)) << MaxResultBits ? PublicMathError.ResultTooLarge : PublicMathError.None;
    }
}
