using System.Numerics;
using Fermat.Margin;

namespace Fermat.Oracles;

/// <summary>
/// A running average of the basis, which is a mark's distance from the index: v ← v + ⌊(x − v) · Δt / (τ + Δt)⌋, the first-order lag with time constant τ by implicit steps, in 2^-32 of
/// a unit of the price scale. One minus e^(−Δt/τ) is replaced by Δt / (τ + Δt): never more than all of the distance, exact in integers, the same on every machine.
/// </summary>
/// <param name="Value">The average, in 2^-32 of a unit of the price scale; may be negative.</param>
/// <param name="Time">Of the last sample, in milliseconds since 1970.</param>
public readonly record struct BasisAverage(BigInteger Value, long Time)
{
    /// <summary>Binary digits after the point of <see cref="Value"/>.</summary>
    public const int FractionBits = 32;

    /// <summary>Begins with a sample.</summary>
    /// <param name="basis">Mark less index, in units of the price scale.</param>
    /// <param name="time">When.</param>
    public static BasisAverage Of(BigInteger basis, long time) => new(basis << FractionBits, time);

    /// <summary>The average with one more sample.</summary>
    /// <param name="basis">Mark less index, in units of the price scale.</param>
    /// <param name="time">When; not before the last sample.</param>
    /// <param name="timeConstant">τ, in milliseconds, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time falls, or τ is not positive.</exception>
    public BasisAverage With(BigInteger basis, long time, long timeConstant)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, Time);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(timeConstant);
        BigInteger elapsed = time - Time;
        return new(Value + DerivedMarks.Floor(((basis << FractionBits) - Value) * elapsed, timeConstant + elapsed), time);
    }

    /// <summary>The average in units of the price scale, rounded down.</summary>
    public BigInteger Units => Value >> FractionBits;
}

/// <summary>
/// Marks and funding that a venue derives from an index, by integers with named roundings. The formulas are those that large venues publish for perpetuals: the mark as index plus a
/// moving average of the basis, or as the median of that, of the index carried by the funding still due, and of the last trade; the premium index by impact prices; the funding rate as
/// average premium plus a clamped interest term (docs/ORACLES.md says where each is published).
/// </summary>
public static class DerivedMarks
{
    /// <summary>Decimals of rates: premiums, interest, funding.</summary>
    public const int RateScale = 8;

    /// <summary>One, as a rate.</summary>
    public const long RateUnit = 100_000_000;

    /// <summary>Index plus the average basis, at least one unit.</summary>
    /// <param name="index">In units of the price scale, positive.</param>
    /// <param name="basis">The average basis.</param>
    public static BigInteger Mark(BigInteger index, BasisAverage basis) => BigInteger.Max(index + basis.Units, 1);

    /// <summary>The median of index · (1 + rate · time left / interval), index plus the average basis, and the last trade; at least one unit.</summary>
    /// <param name="index">In units of the price scale, positive.</param>
    /// <param name="basis">The average basis.</param>
    /// <param name="last">The last trade's price.</param>
    /// <param name="fundingRate">The last funding rate, at <see cref="RateScale"/>.</param>
    /// <param name="left">Milliseconds until the next funding, 0 to <paramref name="interval"/>.</param>
    /// <param name="interval">Milliseconds between fundings, positive.</param>
    public static BigInteger PerpetualMark(BigInteger index, BasisAverage basis, BigInteger last, BigInteger fundingRate, long left, long interval)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interval);
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(left, interval);
        BigInteger carried = index + Floor(index * fundingRate * left, (BigInteger)RateUnit * interval);
        return BigInteger.Max(PriceSets.Median([carried, index + basis.Units, last]), 1);
    }

    /// <summary>The premium index (max(0, impact bid − index) − max(0, index − impact ask)) / index, at <see cref="RateScale"/>, rounded down.</summary>
    /// <param name="index">In units of the price scale, positive.</param>
    /// <param name="impactBid">The mean price at which a fixed notional sells.</param>
    /// <param name="impactAsk">The mean price at which it is bought.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is not positive.</exception>
    public static BigInteger Premium(BigInteger index, BigInteger impactBid, BigInteger impactAsk)
    {
        if (index.Sign <= 0) throw new ArgumentOutOfRangeException(nameof(index), "an index is positive");
        return Floor((BigInteger.Max(0, impactBid - index) - BigInteger.Max(0, index - impactAsk)) * RateUnit, index);
    }

    /// <summary>The funding rate of an interval: average premium + clamp(interest − average premium, ±<paramref name="clamp"/>), within ±<paramref name="cap"/>, all at <see cref="RateScale"/>.</summary>
    public static BigInteger FundingRate(BigInteger averagePremium, BigInteger interest, BigInteger clamp, BigInteger cap)
    {
        BigInteger rate = averagePremium + BigInteger.Clamp(interest - averagePremium, -clamp, clamp);
        return BigInteger.Clamp(rate, -cap, cap);
    }

    /// <summary>The mean of premiums with weights 1, 2, …, n, the last the heaviest, rounded down.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static BigInteger AveragePremium(IReadOnlyList<BigInteger> premiums)
    {
        ArgumentNullException.ThrowIfNull(premiums);
        if (premiums.Count == 0) throw new ArgumentException("an average needs a premium", nameof(premiums));
        BigInteger sum = 0;
        for (int i = 0; i < premiums.Count; i++) sum += (i + 1) * premiums[i];
        return Floor(sum, (BigInteger)premiums.Count * (premiums.Count + 1) / 2);
    }

    /// <summary>A price in units of a scale; null when it is not a price of the ledger (from 1 unit to 2^63 − 1).</summary>
    public static Price? ToPrice(BigInteger units, int scale) => units.Sign > 0 && units <= BookLimits.MaxPriceMantissa ? new Price((ulong)units, scale) : null;

    internal static BigInteger Floor(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }
}
