using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Signatures;

namespace Fermat.Oracles;

/// <summary>
/// Makes price sets from signed reports, one after the other. A set is made whole or not at all: every feed of the rules has its quorum. It does not depend on the order in which
/// reports arrive. Not thread-safe.
/// </summary>
public sealed class PriceSets
{
    private readonly Digest _rulesDigest;
    private readonly Dictionary<EthereumAddress, string> _sources;
    private readonly Dictionary<string, OracleFeed> _feeds;
    private readonly Dictionary<(EthereumAddress Signer, string Feed), PriceReport> _last = [];
    private long _time = long.MinValue;

    /// <summary>Begins without a set.</summary>
    /// <exception cref="ArgumentException">The rules are none.</exception>
    public PriceSets(OracleRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (rules.Problem() is { } problem) throw new ArgumentException(problem, nameof(rules));
        Rules = rules;
        _rulesDigest = rules.Digest();
        _sources = rules.Sources.ToDictionary(source => source.Address, source => source.Name);
        _feeds = rules.Feeds.ToDictionary(feed => feed.Name, StringComparer.Ordinal);
    }

    /// <summary>Whose reports count, and when.</summary>
    public OracleRules Rules { get; }

    /// <summary>Makes the set of a time; where one is given, it is what later ones must be after.</summary>
    /// <param name="reports">Whatever has arrived.</param>
    /// <param name="time">The set's time, in milliseconds since 1970.</param>
    public PriceSetResult Make(IReadOnlyList<PriceReport> reports, long time)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var rejections = ImmutableArray.CreateBuilder<PriceRejection>();
        if (time <= _time)
        {
            rejections.Add(new(PriceRejectionCode.TimeNotMonotone, $"a price set of {time} is not after that of {_time}", "sets follow each other in time"));
            return new(null, rejections.ToImmutable(), []);
        }
        var valid = new Dictionary<string, List<PriceReport>>(StringComparer.Ordinal);
        foreach (PriceReport report in reports)
        {
            if (Refusal(report, time) is { } refusal) rejections.Add(refusal);
            else if (valid.TryGetValue(report.Feed, out List<PriceReport>? of)) of.Add(report);
            else valid.Add(report.Feed, [report]);
        }
        var feeds = ImmutableArray.CreateBuilder<FeedPrice>();
        foreach (OracleFeed feed in Rules.Feeds)
            if (Settle(feed, valid.GetValueOrDefault(feed.Name, []), rejections) is { } price) feeds.Add(price);
        if (feeds.Count < Rules.Feeds.Length) return new(null, rejections.ToImmutable(), feeds.ToImmutable());
        var set = new PriceSet(time, _rulesDigest, feeds.ToImmutable());
        TakeOver(set);
        return new(set, rejections.ToImmutable(), set.Feeds);
    }

    /// <summary>Checks a set that somebody else made, and takes it over: made again from its own reports it must be the same.</summary>
    /// <returns>Why it is refused, or null.</returns>
    public PriceRejection? Check(PriceSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        Dictionary<(EthereumAddress, string), PriceReport> last = new(_last);
        long time = _time;
        PriceSetResult again = Make([.. set.Feeds.SelectMany(feed => feed.Reports)], set.Time);
        if (again.Set is { } made && again.Rejections.IsEmpty && made.Digest() == set.Digest()) return null;
        _time = time;
        _last.Clear();
        foreach (var (key, report) in last) _last.Add(key, report);
        return again.Rejections.IsEmpty
            ? new(PriceRejectionCode.WrongSet, "the set's prices are not those that its reports give", "do not use it")
            : again.Rejections[0];
    }

    private PriceRejection? Refusal(PriceReport report, long time)
    {
        PriceRejection Because(PriceRejectionCode code, string message, string hint) => new(code, message, hint, report.Feed, report.Signer);
        if (report.Chain != Rules.Chain) return Because(PriceRejectionCode.WrongChain, $"the report is for chain {report.Chain}; the venue's is {Rules.Chain}", "sign reports for the venue's chain");
        if (!_feeds.TryGetValue(report.Feed, out OracleFeed? feed)) return Because(PriceRejectionCode.UnknownFeed, $"there is no feed {report.Feed}", "the rules name the feeds");
        if (!_sources.ContainsKey(report.Signer)) return Because(PriceRejectionCode.UnknownSigner, $"{report.Signer} is no source", "the rules name the sources");
        if (report.Price.Mantissa == 0 || report.Price.Scale > feed.Scale || Units(report, feed.Scale) > BookLimits.MaxPriceMantissa)
            return Because(PriceRejectionCode.OutOfRange, $"the price {report.Price} is not positive with at most {feed.Scale} decimals and below 2^63 of their units", "sources round to the feed's scale");
        if (report.Confidence > PriceReport.FullConfidence) return Because(PriceRejectionCode.OutOfRange, "the confidence is above one", "it is a share in units of 10^-18");
        if (report.Time < time - Rules.Freshness) return Because(PriceRejectionCode.Stale, $"the report is {time - report.Time} ms old; {Rules.Freshness} ms are fresh", "send a new report");
        if (report.Time > time + Rules.MaxSkew) return Because(PriceRejectionCode.Early, $"the report is {report.Time - time} ms ahead; {Rules.MaxSkew} ms are allowed", "check the source's clock");
        if (_last.TryGetValue((report.Signer, report.Feed), out PriceReport? last))
        {
            if (report.Sequence < last.Sequence || report.Time < last.Time)
                return Because(PriceRejectionCode.TimeNotMonotone, $"report {report.Sequence} is before report {last.Sequence}, which an earlier set counted", "send a new report");
            if (report.Sequence == last.Sequence && report.Message() != last.Message())
                return Because(PriceRejectionCode.Equivocation, $"the source signed another report {report.Sequence} before", "take the source off the rules and ask it why");
        }
        SignatureFault fault = Secp256k1.Check(report.Signer, report.Message(), report.Signature);
        return fault == SignatureFault.None ? null : Because(PriceRejectionCode.BadSignature, $"the signature is refused: {fault}", "r, s, v with low s over the EIP-712 digest");
    }

    private static FeedPrice? Settle(OracleFeed feed, List<PriceReport> reports, ImmutableArray<PriceRejection>.Builder rejections)
    {
        List<PriceReport> counted = OnePerSigner(feed, reports, rejections);
        if (counted.Count >= feed.Quorum)
        {
            BigInteger middle = Median([.. counted.Select(report => Units(report, feed.Scale))]);
            foreach (PriceReport far in counted.Where(report => IsOutlier(Units(report, feed.Scale), middle, feed.MaxDeviation)))
                rejections.Add(new(PriceRejectionCode.Outlier, $"{far.Price} is more than {feed.MaxDeviation} millionths from the median", "the source may be wrong; others count", feed.Name, far.Signer));
            counted.RemoveAll(report => IsOutlier(Units(report, feed.Scale), middle, feed.MaxDeviation));
        }
        if (counted.Count < feed.Quorum)
        {
            rejections.Add(new(PriceRejectionCode.QuorumNotMet, $"{counted.Count} sources count for {feed.Name}; the quorum is {feed.Quorum}", "wait for more reports", feed.Name));
            return null;
        }
        counted.Sort((a, b) => a.Signer.CompareTo(b.Signer));
        BigInteger median = Median([.. counted.Select(report => Units(report, feed.Scale))]);
        ulong[] confidences = [.. counted.Select(report => report.Confidence).Order()];
        return new FeedPrice(feed.Name, new Price((ulong)median, feed.Scale), confidences[(confidences.Length - 1) / 2], [.. counted]);
    }

    private static List<PriceReport> OnePerSigner(OracleFeed feed, List<PriceReport> reports, ImmutableArray<PriceRejection>.Builder rejections)
    {
        var counted = new List<PriceReport>();
        foreach (IGrouping<EthereumAddress, PriceReport> of in reports.GroupBy(report => report.Signer).OrderBy(group => group.Key))
        {
            PriceReport[] newest = [.. of.Where(report => report.Sequence == of.Max(other => other.Sequence)).OrderBy(report => Convert.ToHexString(report.Signature), StringComparer.Ordinal)];
            foreach (PriceReport older in of.Where(report => report.Sequence != newest[0].Sequence))
                rejections.Add(new(PriceRejectionCode.DuplicateSigner, $"report {newest[0].Sequence} of the same source counts instead of {older.Sequence}", "send one report", feed.Name, of.Key));
            if (newest.Skip(1).All(report => report.Message() == newest[0].Message()))
            {
                counted.Add(newest[0]);
                for (int i = 1; i < newest.Length; i++) rejections.Add(new(PriceRejectionCode.DuplicateSigner, "the same report is there twice", "send it once", feed.Name, of.Key));
                continue;
            }
            rejections.Add(new(PriceRejectionCode.Equivocation, $"the source signed {newest.Length} different reports {newest[0].Sequence}; none counts", "take the source off the rules and ask it why", feed.Name, of.Key));
        }
        return counted;
    }

    /// <summary>The middle one; of an even number the mean of the two in the middle, rounded down to the feed's scale.</summary>
    internal static BigInteger Median(BigInteger[] units)
    {
        Array.Sort(units);
        int half = units.Length / 2;
        return units.Length % 2 == 1 ? units[half] : (units[half - 1] + units[half]) / 2;
    }

    private static bool IsOutlier(BigInteger units, BigInteger median, int maxDeviation) => BigInteger.Abs(units - median) * OracleRules.DeviationUnit > median * maxDeviation;

    private static BigInteger Units(PriceReport report, int scale) => report.Price.Mantissa * ExactDecimal.PowerOfTen(scale - report.Price.Scale);

    private void TakeOver(PriceSet set)
    {
        _time = set.Time;
        foreach (FeedPrice feed in set.Feeds)
            foreach (PriceReport report in feed.Reports) _last[(report.Signer, report.Feed)] = report;
    }
}
