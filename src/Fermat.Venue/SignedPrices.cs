using System.Diagnostics.CodeAnalysis;
using Fermat.Ledger.Events;
using Fermat.Oracles;

namespace Fermat.Venue;

/// <summary>A signed price set and the event of a ledger's log that brings it into force: the event has the set's prices, its confidences where they are below one, and its digest.</summary>
public static class SignedPrices
{
    private const ulong One = 1_000_000_000_000_000_000;

    /// <summary>The event of a set.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="set">The set.</param>
    /// <param name="stated">Prices that the venue states itself beside it, of other feeds, sure of them; null for none.</param>
    /// <exception cref="ArgumentException">A stated price is of a feed of the set.</exception>
    public static PricesSet Event(EventId id, PriceSet set, IReadOnlyDictionary<string, Quantity>? stated = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        var prices = set.Feeds.ToDictionary(feed => feed.Feed, PriceOf, StringComparer.Ordinal);
        foreach ((string symbol, Quantity price) in stated ?? new Dictionary<string, Quantity>()) prices.Add(symbol, price);
        var confidences = set.Feeds.Where(feed => feed.Confidence < One).ToDictionary(feed => feed.Feed, ConfidenceOf, StringComparer.Ordinal);
        return new PricesSet(id, set.Time, prices, set.Digest().ToArray()) { Confidences = confidences.Count > 0 ? confidences : null };
    }

    /// <summary>How sure the sources are of a price, as a share of one.</summary>
    /// <param name="feed">The price.</param>
    public static Quantity ConfidenceOf([NotNull] FeedPrice feed) => new(feed.Confidence, Quantity.MaxScale);

    /// <summary>What an event has otherwise than the set that it names, as a part of a sentence, or null.</summary>
    /// <param name="cause">The event.</param>
    /// <param name="set">The set.</param>
    public static string? Difference(PricesSet cause, PriceSet set)
    {
        ArgumentNullException.ThrowIfNull(cause);
        ArgumentNullException.ThrowIfNull(set);
        foreach (FeedPrice feed in set.Feeds)
        {
            if (!cause.Prices.TryGetValue(feed.Feed, out Quantity price) || price.ToString() != feed.Price.ToString()) return $"has another price of {feed.Feed} than its price set, which says {feed.Price}";
            Quantity stated = cause.Confidences is not null && cause.Confidences.TryGetValue(feed.Feed, out Quantity said) ? said : new Quantity(1);
            if (stated != ConfidenceOf(feed)) return $"has another confidence of {feed.Feed} than its price set, which says {ConfidenceOf(feed)}";
        }
        return null;
    }

    private static Quantity PriceOf(FeedPrice feed) => new((Int128)feed.Price.Mantissa, feed.Price.Scale);
}
