using System.Security.Cryptography;
using Fermat.Margin;
using Fermat.Oracles;
using Fermat.Signatures;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Batches that were valued at prices nobody signed, at stale ones, at an older set.</summary>
public sealed class PriceEvidenceTests
{
    private const long Noon = 1_700_000_000_000;

    private static readonly Secp256k1Key[] Keys = [.. Enumerable.Range(0, 4).Select(i => Secp256k1Key.FromBytes(SHA256.HashData([(byte)i]))!)];

    private static readonly OracleRules Rules = new(
        1, [.. Enumerable.Range(0, 3).Select(i => new OracleSource($"source {i}", Keys[i].Address))],
        [new OracleFeed("BTC", 2, 2, 20_000), new OracleFeed("P", 2, 2, 20_000), new OracleFeed("Q", 2, 2, 20_000)], Freshness: 5_000, MaxSkew: 500, MaxAge: 60_000);

    private static readonly HashSet<string> Stated = ["USD"];

    private static readonly Lazy<TransitionInputs[]> Two = new(() =>
    {
        var log = new VenueLog();
        log.Open("a", "100");
        log.Prices(("P", "101.5"));
        log.Deposit("a", "1");
        log.Transfer("a", "insurance", "1");
        return [.. log.Cut().Batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))];
    });

    private static TransitionInputs First => Two.Value[0];

    private static TransitionInputs Second => Two.Value[1];

    private static PriceSet Early => Made(Noon, 1, "100");

    private static PriceSet Late => Made(Noon + 1000, 2, "101.5");

    [Fact]
    public void Batches_valued_at_signed_prices()
    {
        Assert.Null(PriceEvidence.Check(Rules, [new(First, Early), new(Second, Late)], Stated));
        Assert.Null(PriceEvidence.Check(Rules, [new(Second, Late), new(Second, Late)], Stated));
        Assert.Null(PriceEvidence.Check(Rules, [], Stated));
    }

    [Fact]
    public void A_price_that_no_quorum_signed()
    {
        PriceSet alone = new(Noon, Rules.Digest(), [.. Early.Feeds.Select(feed => feed with { Reports = [feed.Reports[0]] })]);
        Fault(PriceRejectionCode.QuorumNotMet, "refused", new(First, alone));
        PriceSet strangers = new(Noon, Rules.Digest(), [.. Early.Feeds.Select(feed => feed with { Reports = [feed.Reports[0], Report(3, feed.Feed, feed.Price.ToString(), Noon, 1)] })]);
        Fault(PriceRejectionCode.UnknownSigner, "refused", new(First, strangers));
        PriceSet changed = Early with { Feeds = [.. Early.Feeds.Select(feed => feed.Feed == "P" ? feed with { Price = new Price(1015, 1) } : feed)] };
        Fault(PriceRejectionCode.WrongSet, "refused", new ValuedBatch(Second, changed));
    }

    [Fact]
    public void A_price_that_the_sources_did_not_say()
    {
        Fault(null, "P is valued at 101.5, and the sources say 100", new(Second, Early));
        Fault(null, "P is valued at 100, and the sources say 101.5", new(First, Late));
    }

    [Fact]
    public void A_stale_price()
    {
        PriceSet stale = new(Noon + 6000, Rules.Digest(), Early.Feeds);
        Fault(PriceRejectionCode.Stale, "refused", new ValuedBatch(First, stale));
    }

    [Fact]
    public void An_older_price_set_chosen_again()
    {
        PriceEvidenceFault fault = PriceEvidence.Check(Rules, [new(Second, Late), new(First, Early)], Stated)!;
        Assert.Equal((1, PriceRejectionCode.TimeNotMonotone), (fault.Batch, fault.Rejection!.Code));
    }

    [Fact]
    public void A_price_that_nobody_signs_is_named_by_who_checks()
    {
        Fault(null, "no price of USD", [], new ValuedBatch(First, Early));
        OracleRules fewer = Rules with { Feeds = Rules.Feeds[..2] };
        PriceSet set = new PriceSets(fewer).Make([.. Early.Feeds.SelectMany(feed => feed.Reports).Where(report => report.Feed != "Q")], Noon).Set!;
        Assert.Contains("no price of Q", PriceEvidence.Check(fewer, [new(First, set)], Stated)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_venue_s_rules()
    {
        Assert.Equal(PriceRejectionCode.WrongChain, PriceEvidence.Check(Rules with { Chain = 2 }, [new(First, Early)], Stated)!.Rejection!.Code);
        OracleRules others = Rules with { Sources = [Rules.Sources[0], Rules.Sources[1] with { Address = Keys[3].Address }, Rules.Sources[2]] };
        Assert.Equal(PriceRejectionCode.UnknownSigner, PriceEvidence.Check(others, [new(First, Early)], Stated)!.Rejection!.Code);
    }

    private static void Fault(PriceRejectionCode? code, string words, ValuedBatch batch) => Fault(code, words, Stated, batch);

    private static void Fault(PriceRejectionCode? code, string words, HashSet<string> stated, ValuedBatch batch)
    {
        PriceEvidenceFault fault = PriceEvidence.Check(Rules, [batch], stated)!;
        Assert.Equal((0, code), (fault.Batch, fault.Rejection?.Code));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    private static PriceSet Made(long time, ulong sequence, string p)
    {
        PriceSetResult made = new PriceSets(Rules).Make(
            [.. new[] { ("BTC", "20000"), ("P", p), ("Q", "50") }.SelectMany(feed => Enumerable.Range(0, 2).Select(i => Report(i, feed.Item1, feed.Item2, time, sequence)))], time);
        Assert.Empty(made.Rejections);
        return made.Set!;
    }

    private static PriceReport Report(int source, string feed, string price, long time, ulong sequence)
    {
        Assert.Equal(DecimalFault.None, Price.TryParse(price, out Price parsed));
        return new PriceReport(1, feed, parsed, PriceReport.FullConfidence, time, sequence, Keys[source].Address, []).SignedBy(Keys[source]);
    }
}
