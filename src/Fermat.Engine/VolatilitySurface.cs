using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules;
using Fermat.Rules.PublicMath;

namespace Fermat.Engine;

/// <summary>A volatility at a strike.</summary>
/// <param name="Strike">In units of the surface's price scale, positive.</param>
/// <param name="Volatility">Annual, at <see cref="VolatilitySurface.VolatilityScale"/>, from 0 to <see cref="VolatilitySurface.MaxVolatility"/>.</param>
public readonly record struct SmilePoint(BigInteger Strike, BigInteger Volatility);

/// <summary>The volatilities of one expiry.</summary>
/// <param name="Expiry">In milliseconds since 1970.</param>
/// <param name="Points">By rising strike, at least one.</param>
public sealed record VolatilitySmile(long Expiry, ImmutableArray<SmilePoint> Points);

/// <summary>
/// Option marks from a volatility surface, by integers, the same on every machine. Between strikes the volatility is linear, outside it is that of the nearest point; between expiries the total variance σ²·τ is linear in time at the same strike, before the first live expiry and after the
/// last one σ is that of the nearest. The mark is Black (1976) on the forward, without discount, to the nearest unit, at least one unit.
/// </summary>
public sealed class VolatilitySurface
{
    /// <summary>Decimals of volatilities.</summary>
    public const int VolatilityScale = 8;

    /// <summary>The highest volatility: 1000, which is 100,000%.</summary>
    public const long MaxVolatility = 100_000_000_000;

    /// <summary>Milliseconds in the year of volatilities: 365 days.</summary>
    public const long Year = 31_536_000_000;

    private readonly ImmutableArray<(long Expiry, InterpolationTable Smile)> _smiles;

    private VolatilitySurface(int priceScale, ImmutableArray<(long, InterpolationTable)> smiles) => (PriceScale, _smiles) = (priceScale, smiles);

    /// <summary>Decimals of strikes, forwards and marks.</summary>
    public int PriceScale { get; }

    /// <summary>A surface, or null and what is wrong.</summary>
    /// <param name="priceScale">Decimals of strikes, forwards and marks, 0 to 18.</param>
    /// <param name="smiles">By strictly rising expiry, at least one.</param>
    /// <param name="problem">What is wrong, or null.</param>
    public static VolatilitySurface? Create(int priceScale, IReadOnlyList<VolatilitySmile> smiles, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(smiles);
        problem = priceScale is < 0 or > 18 ? $"prices have {priceScale} decimals; from 0 to 18 can be" : smiles.Count == 0 ? "a surface has at least one expiry" : null;
        var tables = ImmutableArray.CreateBuilder<(long, InterpolationTable)>();
        for (int i = 0; problem is null && i < smiles.Count; i++)
        {
            VolatilitySmile smile = smiles[i];
            if (i > 0 && smile.Expiry <= smiles[i - 1].Expiry) problem = $"expiry {smile.Expiry} is not after {smiles[i - 1].Expiry}";
            else if (smile.Points.IsDefaultOrEmpty || smile.Points[0].Strike.Sign <= 0) problem = $"expiry {smile.Expiry} has no strike, or one that is not positive";
            else if (smile.Points.Any(point => point.Volatility.Sign < 0 || point.Volatility > MaxVolatility)) problem = $"expiry {smile.Expiry} has a volatility outside 0 to {MaxVolatility}";
            else if (InterpolationTable.Create([.. smile.Points.Select(point => (point.Strike, point.Volatility))], out int wrong) is { } table) tables.Add((smile.Expiry, table));
            else problem = wrong < 0 ? $"expiry {smile.Expiry} has more than {InterpolationTable.MaxKnots} strikes" : $"expiry {smile.Expiry}: strike {smile.Points[wrong].Strike} is not above the one before it";
        }
        return problem is null ? new VolatilitySurface(priceScale, tables.ToImmutable()) : null;
    }

    /// <summary>The volatility at a strike and expiry, at <see cref="VolatilityScale"/>, rounded down; null when every expiry of the surface has passed.</summary>
    /// <param name="strike">In units of the price scale.</param>
    /// <param name="expiry">Of the option, in milliseconds since 1970; after <paramref name="now"/>.</param>
    /// <param name="now">In milliseconds since 1970. Expiries that are not after it do not count.</param>
    /// <exception cref="ArgumentOutOfRangeException">The expiry is not after now.</exception>
    public BigInteger? Volatility(BigInteger strike, long expiry, long now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiry, now);
        (long Expiry, InterpolationTable Smile)? before = null;
        foreach ((long Expiry, InterpolationTable Smile) smile in _smiles)
        {
            if (smile.Expiry <= now) continue;
            BigInteger here = smile.Smile.Evaluate(strike, Rounding.Down);
            if (smile.Expiry == expiry || (smile.Expiry > expiry && before is null)) return here;
            if (smile.Expiry > expiry) return Between(before!.Value.Smile.Evaluate(strike, Rounding.Down), before.Value.Expiry, here, smile.Expiry, expiry, now);
            before = smile;
        }
        return before?.Smile.Evaluate(strike, Rounding.Down);
    }

    /// <summary>An option's mark, from one unit, to the nearest. No value where every expiry of the surface has passed (<see cref="PublicMathError.Undefined"/>), and outside of the domain of <see cref="Black76"/>.</summary>
    /// <param name="kind">Call or put.</param>
    /// <param name="forward">The price of the underlying for the option's expiry, such as the mark of a future; in units of the price scale, positive.</param>
    /// <param name="strike">In units of the price scale, positive.</param>
    /// <param name="expiry">In milliseconds since 1970; at or after <paramref name="now"/>, where the mark is what the option pays.</param>
    /// <param name="now">In milliseconds since 1970.</param>
    /// <param name="markScale">Decimals of the mark, 0 to 18; null for those of the surface.</param>
    /// <exception cref="ArgumentOutOfRangeException">The expiry is before now.</exception>
    public PublicMathResult Mark(OptionKind kind, BigInteger forward, BigInteger strike, long expiry, long now, int? markScale = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(expiry, now);
        if (forward.Sign <= 0 || strike.Sign <= 0) return new PublicMathResult(0, PublicMathError.ArgumentNotPositive);
        BigInteger? volatility = expiry == now ? 0 : Volatility(strike, expiry, now);
        if (volatility is not { } sigma) return new PublicMathResult(0, PublicMathError.Undefined);
        PublicMathResult value = Black76.Price(kind, new Black76Input(forward, strike, PriceScale, sigma, VolatilityScale, expiry - now, Year, 1, 0), markScale ?? PriceScale);
        return value.IsValue ? value with { Value = BigInteger.Max(value.Value, 1) } : value;
    }

    /// <summary>⌊√(((σ₁²·(e₁ − now))·(e₂ − e) + (σ₂²·(e₂ − now))·(e − e₁)) / ((e₂ − e₁)·(e − now)))⌋.</summary>
    private static BigInteger Between(BigInteger first, long firstExpiry, BigInteger second, long secondExpiry, long expiry, long now)
    {
        BigInteger variance = (first * first * (firstExpiry - now) * (secondExpiry - expiry)) + (second * second * (secondExpiry - now) * (expiry - firstExpiry));
        return PublicFunctions.Sqrt(variance / ((BigInteger)(secondExpiry - firstExpiry) * (expiry - now)), 2 * VolatilityScale, VolatilityScale, Rounding.Down).Value;
    }
}
