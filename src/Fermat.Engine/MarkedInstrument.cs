using System.Collections.Immutable;
using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Oracles;
using Fermat.Rules;
using Fermat.Rules.PublicMath;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>What the mark of an instrument depends on beside prices.</summary>
/// <param name="Terms">Its terms.</param>
/// <param name="Rate">The last funding rate, at <see cref="DerivedMarks.RateScale"/>, rounded down.</param>
/// <param name="Basis">The average basis; null before the first sample.</param>
/// <param name="IsDerived">Whether its mark was derived before: then it has to be, or prices cannot be set.</param>
/// <param name="IsFinal">Whether its mark of after its expiry is there: none follows.</param>
internal sealed record MarkedInstrument(InstrumentTerms Terms, BigInteger Rate = default, BasisAverage? Basis = null, bool IsDerived = false, bool IsFinal = false)
{
    /// <summary>The feed of the index or forward; null where neither rule nor instrument names one.</summary>
    public string? Index(MarkRule rule) => rule.Index ?? Terms.Underlying;

    /// <summary>With one more sample of the basis, where an event has one; null where it has none.</summary>
    public MarkedInstrument? Sampled(MarkRule rule, PricesSet e, ImmutableDictionary<string, Amount> prices)
    {
        if (rule.Method is not (MarkMethod.IndexAndBasis or MarkMethod.Median) || !e.Prices.TryGetValue(rule.Sample ?? Terms.Symbol + ".mid", out Amount sample) || !prices.TryGetValue(Index(rule)!, out Amount index)) return null;
        BigInteger basis = Units(sample, Terms.PriceScale) - Units(index, Terms.PriceScale);
        return this with { Basis = Basis is { } average ? average.With(basis, e.Time, rule.TimeConstant) : BasisAverage.Of(basis, e.Time) };
    }

    /// <summary>The mark that follows; null and why where none does.</summary>
    public Amount? Derive(MarkRule rule, ImmutableDictionary<string, Amount> prices, ImmutableDictionary<string, MarkSurface> surfaces, long time, out string? why)
    {
        BigInteger? mark = rule.Method == MarkMethod.Black76 ? Option(rule, prices, surfaces, time, out why) : Carried(rule, prices, time, out why);
        if (mark is not { } units) return null;
        if (DerivedMarks.ToPrice(units, Terms.PriceScale) is { } price) return new Amount((Int128)price.Mantissa, price.Scale);
        why = $"it would be {units} units, and a price has at most {BookLimits.MaxPriceMantissa}";
        return null;
    }

    /// <summary>A number in units of a scale, rounded down.</summary>
    public static BigInteger Units(Amount value, int scale) => RoundedDivision.Rescale(value.Mantissa, value.Scale, scale, Rounding.Down);

    private BigInteger? Carried(MarkRule rule, ImmutableDictionary<string, Amount> prices, long time, out string? why)
    {
        if (Positive(prices, Index(rule)!, Terms.PriceScale, out why) is not { } index) return null;
        if (Basis is not { } basis)
        {
            why = $"there is no sample of its basis yet, {rule.Sample ?? Terms.Symbol + ".mid"}";
            return null;
        }
        if (rule.Method == MarkMethod.IndexAndBasis) return DerivedMarks.Mark(index, basis);
        return Positive(prices, rule.Last ?? Terms.Symbol + ".last", Terms.PriceScale, out why) is { } last ? DerivedMarks.PerpetualMark(index, basis, last, Rate, rule.Interval - time % rule.Interval, rule.Interval) : null;
    }

    private BigInteger? Option(MarkRule rule, ImmutableDictionary<string, Amount> prices, ImmutableDictionary<string, MarkSurface> surfaces, long time, out string? why)
    {
        string name = rule.Surface ?? Terms.Underlying ?? Index(rule)!;
        if (!surfaces.TryGetValue(name, out MarkSurface? surface))
        {
            why = $"there is no surface {name}";
            return null;
        }
        int scale = Math.Max(surface.StrikeScale, Terms.PriceScale);
        if (Positive(prices, Index(rule)!, scale, out why) is not { } forward) return null;
        OptionKind kind = Terms.Right == OptionRight.Call ? OptionKind.Call : OptionKind.Put;
        long expiry = Terms.Expiry!.Value;
        PublicMathResult mark = surface.At(scale, out _)!.Mark(kind, forward, Units(Terms.Strike!.Value, scale), expiry, Math.Min(time, expiry), Terms.PriceScale);
        why = mark.Error == PublicMathError.Undefined ? $"every expiry of the surface {name} has passed" : $"its value is outside of the domain ({mark.Error})";
        return mark.IsValue ? mark.Value : null;
    }

    private static BigInteger? Positive(ImmutableDictionary<string, Amount> prices, string feed, int scale, out string? why)
    {
        why = prices.TryGetValue(feed, out Amount price) ? $"the price of {feed} is less than a unit" : $"{feed} has no price";
        return Units(price, scale) is { Sign: > 0 } units ? units : null;
    }
}
