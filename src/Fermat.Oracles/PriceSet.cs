using System.Collections.Immutable;
using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Oracles;

/// <summary>The price of one feed in a set.</summary>
/// <param name="Feed">What is priced.</param>
/// <param name="Price">The median of what was counted.</param>
/// <param name="Confidence">The median of the sources' confidences, the lower one of two, in units of 10^−18.</param>
/// <param name="Reports">What was counted, by rising signer.</param>
public sealed record FeedPrice(string Feed, Price Price, ulong Confidence, ImmutableArray<PriceReport> Reports);

/// <summary>The prices at one time: a median for each feed of the rules, and what it is the median of.</summary>
/// <param name="Time">In milliseconds since 1970.</param>
/// <param name="Rules">The digest of the rules that it was made under.</param>
/// <param name="Feeds">In the rules' order.</param>
public sealed record PriceSet(long Time, Digest Rules, ImmutableArray<FeedPrice> Feeds)
{
    /// <summary>The set's digest: rules, time, prices, and every report counted with its signature.</summary>
    public Digest Digest()
    {
        var bytes = new CanonicalBytes("fermat price set v1");
        bytes.Add(Rules.ToArray()).Add((ulong)Time).Add((ulong)Feeds.Length);
        foreach (FeedPrice feed in Feeds)
        {
            bytes.Add(feed.Feed).Add(feed.Price.Mantissa).Add((ulong)feed.Price.Scale).Add(feed.Confidence).Add((ulong)feed.Reports.Length);
            foreach (PriceReport report in feed.Reports) bytes.Add(report.Signer.ToArray()).Add(report.Message().ToArray()).Add(report.Signature);
        }
        return bytes.Hash();
    }

    /// <summary>Whether something may still be valued at the set: null, or why not.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="now">When it would be valued, in milliseconds since 1970.</param>
    public PriceRejection? CheckInForce(OracleRules rules, long now)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (now < Time) return new(PriceRejectionCode.TimeNotMonotone, $"the price set is of {Time}, which is after {now}", "events are valued at a set that is before them");
        return now - Time <= rules.MaxAge ? null : new(PriceRejectionCode.SetTooOld, $"the price set in force is {now - Time} ms old; {rules.MaxAge} ms are allowed", "wait for a new price set");
    }
}

/// <summary>What became of some reports.</summary>
/// <param name="Set">The price set, or null when a feed has no quorum or the time does not rise.</param>
/// <param name="Rejections">What did not count, and why there is no set.</param>
/// <param name="Feeds">The feeds that have their quorum, in the rules' order: where there is a set, all of them.</param>
public sealed record PriceSetResult(PriceSet? Set, ImmutableArray<PriceRejection> Rejections, ImmutableArray<FeedPrice> Feeds);
