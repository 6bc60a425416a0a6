using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Signatures;

namespace Fermat.Oracles;

/// <summary>Somebody whose reports count.</summary>
/// <param name="Name">For people.</param>
/// <param name="Address">Of the key that signs.</param>
public sealed record OracleSource(string Name, EthereumAddress Address);

/// <summary>Something that is priced.</summary>
/// <param name="Name">An asset's or an instrument's symbol.</param>
/// <param name="Scale">Most decimals of its prices; the median has no more.</param>
/// <param name="Quorum">How many sources must agree: k of the n that <see cref="OracleRules"/> names.</param>
/// <param name="MaxDeviation">How far from the median a report may be, in millionths of the median.</param>
public sealed record OracleFeed(string Name, int Scale, int Quorum, int MaxDeviation);

/// <summary>Whose price reports count, and when.</summary>
/// <param name="Chain">The venue's chain id.</param>
/// <param name="Sources">The n sources.</param>
/// <param name="Feeds">What a price set holds, in this order.</param>
/// <param name="Freshness">A report is stale when it is this much older than the set, in milliseconds.</param>
/// <param name="MaxSkew">A report is early when its time is this much after the set's, in milliseconds.</param>
/// <param name="MaxAge">Nothing is valued at a price set that is older than this, in milliseconds.</param>
public sealed record OracleRules(ulong Chain, ImmutableArray<OracleSource> Sources, ImmutableArray<OracleFeed> Feeds, long Freshness, long MaxSkew, long MaxAge)
{
    /// <summary>What a deviation is counted in: parts of the median.</summary>
    public const int DeviationUnit = 1_000_000;

    /// <summary>Most sources.</summary>
    public const int MaxSources = 256;

    /// <summary>Most feeds.</summary>
    public const int MaxFeeds = 4096;

    /// <summary>The longest window, in milliseconds: ten years.</summary>
    public const long MaxWindow = 315_360_000_000;

    /// <summary>What is wrong with the rules, or null.</summary>
    public string? Problem()
    {
        if (Sources.Length is 0 or > MaxSources) return $"there are {Sources.Length} sources; from 1 to {MaxSources} can be";
        if (Feeds.Length is 0 or > MaxFeeds) return $"there are {Feeds.Length} feeds; from 1 to {MaxFeeds} can be";
        if (Freshness is <= 0 or > MaxWindow || MaxSkew is < 0 or > MaxWindow || MaxAge is <= 0 or > MaxWindow) return $"freshness and largest age are from 1 to {MaxWindow} ms, the skew from 0";
        if (Sources.Any(source => source.Address.IsZero)) return "a source has no address";
        if (Sources.Select(source => source.Address).Distinct().Count() < Sources.Length) return "two sources have one address";
        if (Feeds.Select(feed => feed.Name).Distinct(StringComparer.Ordinal).Count() < Feeds.Length) return "two feeds have one name";
        foreach (OracleFeed feed in Feeds)
        {
            if (!Identifiers.IsValid(feed.Name, PriceReport.MaxFeedLength)) return $"\"{feed.Name}\" is not a feed's name: it has 1 to {PriceReport.MaxFeedLength} characters, {Identifiers.AllowedCharacters}";
            if (feed.Scale is < 0 or > BookLimits.MaxPriceScale) return $"{feed.Name} has {feed.Scale} decimals; from 0 to {BookLimits.MaxPriceScale} can be";
            if (feed.Quorum < 1 || feed.Quorum > Sources.Length) return $"the quorum of {feed.Name} is {feed.Quorum} of {Sources.Length} sources";
            if (feed.MaxDeviation is < 0 or > DeviationUnit) return $"the deviation allowed for {feed.Name} is {feed.MaxDeviation} millionths; from 0 to {DeviationUnit} can be";
        }
        return null;
    }

    /// <summary>Names everything above, so that a price set's digest says under which rules it was made.</summary>
    public Digest Digest()
    {
        var bytes = new CanonicalBytes("fermat oracle rules v1");
        bytes.Add(Chain).Add((ulong)Freshness).Add((ulong)MaxSkew).Add((ulong)MaxAge).Add((ulong)Sources.Length);
        foreach (OracleSource source in Sources) bytes.Add(source.Address.ToArray()).Add(source.Name);
        bytes.Add((ulong)Feeds.Length);
        foreach (OracleFeed feed in Feeds) bytes.Add(feed.Name).Add((ulong)feed.Scale).Add((ulong)feed.Quorum).Add((ulong)feed.MaxDeviation);
        return bytes.Hash();
    }
}

/// <summary>Bytes for a digest: numbers in 8 bytes little-endian, texts and byte strings with their length before them.</summary>
internal sealed class CanonicalBytes
{
    private readonly List<byte> _bytes = [];

    public CanonicalBytes(string label) => Add(label);

    public CanonicalBytes Add(ulong value)
    {
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(word, value);
        _bytes.AddRange(word);
        return this;
    }

    public CanonicalBytes Add(ReadOnlySpan<byte> value)
    {
        Add((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    public CanonicalBytes Add(string value) => Add(Encoding.UTF8.GetBytes(value));

    public Digest Hash() => Keccak256.Hash(_bytes.ToArray());
}
