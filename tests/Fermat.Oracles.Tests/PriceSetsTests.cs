using System.Security.Cryptography;
using Fermat.Margin;
using Fermat.Signatures;

namespace Fermat.Oracles.Tests;

public sealed class PriceSetsTests
{
    internal const long Noon = 1_700_000_000_000;

    private static readonly Secp256k1Key[] Keys = [.. Enumerable.Range(0, 6).Select(i => Secp256k1Key.FromBytes(SHA256.HashData([(byte)i]))!)];

    internal static readonly OracleRules Rules = new(
        8453, [.. Enumerable.Range(0, 5).Select(i => new OracleSource($"source {i}", Keys[i].Address))], [new OracleFeed("BTC", 2, 3, 20_000)], Freshness: 5_000, MaxSkew: 500, MaxAge: 60_000);

    [Fact]
    public void The_price_is_the_median_of_an_odd_number() => Assert.Equal("100.5", Made(Report(0, "100"), Report(1, "101"), Report(2, "100.5")).Feeds[0].Price.ToString());

    [Fact]
    public void Of_an_even_number_it_is_the_mean_of_the_middle_two_rounded_down()
        => Assert.Equal("100.01", Made(Report(0, "100"), Report(1, "100.01"), Report(2, "100.02"), Report(3, "101")).Feeds[0].Price.ToString());

    [Fact]
    public void Confidence_is_the_lower_median()
    {
        ulong one = PriceReport.FullConfidence;
        PriceSet set = Made(Report(0, "100", confidence: one), Report(1, "100", confidence: one / 2), Report(2, "100", confidence: one / 4), Report(3, "100", confidence: 0));
        Assert.Equal(one / 4, set.Feeds[0].Confidence);
    }

    [Fact]
    public void A_set_does_not_depend_on_the_order_of_arrival()
    {
        PriceReport[] reports = [Report(0, "100"), Report(1, "101"), Report(2, "100.5"), Report(3, "99.9")];
        Assert.Equal(Made(reports).Digest(), Made([.. reports.Reverse()]).Digest());
    }

    [Fact]
    public void Another_report_rule_or_time_is_another_digest()
    {
        PriceReport[] reports = [Report(0, "100"), Report(1, "101"), Report(2, "100.5")];
        PriceSet set = Made(reports);
        Assert.NotEqual(set.Digest(), Made(Report(0, "100", sequence: 2), reports[1], reports[2]).Digest());
        Assert.NotEqual(set.Digest(), new PriceSets(Rules with { MaxAge = 1 }).Make(reports, Noon).Set!.Digest());
        Assert.NotEqual(set.Digest(), new PriceSets(Rules).Make(reports, Noon + 1).Set!.Digest());
    }

    [Fact]
    public void Wrong_chain() => Refused(PriceRejectionCode.WrongChain, Report(3, "100", chain: 1));

    [Fact]
    public void A_signature_for_another_chain_does_not_count_here() => Refused(PriceRejectionCode.BadSignature, Report(3, "100", chain: 1) with { Chain = Rules.Chain });

    [Fact]
    public void Unknown_feed() => Refused(PriceRejectionCode.UnknownFeed, Report(3, "100", feed: "ETH"));

    [Fact]
    public void Unknown_signer() => Refused(PriceRejectionCode.UnknownSigner, Report(5, "100"));

    [Fact]
    public void Changed_fields_have_no_signature()
    {
        PriceReport honest = Report(3, "100");
        PriceReport[] changed =
        [
            honest with { Price = new Price(101, 0) }, honest with { Confidence = 1 }, honest with { Time = honest.Time + 1 }, honest with { Sequence = 2 }, honest with { Signer = Keys[4].Address },
            honest with { Signature = [] }, honest with { Signature = new byte[65] },
        ];
        foreach (PriceReport report in changed) Refused(PriceRejectionCode.BadSignature, report);
    }

    [Fact]
    public void Too_many_decimals_and_too_much_confidence()
    {
        Refused(PriceRejectionCode.OutOfRange, Report(3, "100.001"));
        Refused(PriceRejectionCode.OutOfRange, Report(3, "9223372036854775807"));
        Refused(PriceRejectionCode.OutOfRange, Report(3, "100", confidence: PriceReport.FullConfidence + 1));
    }

    [Fact]
    public void Stale_from_one_millisecond_beyond_the_window()
    {
        Refused(PriceRejectionCode.Stale, Report(3, "100", time: Noon - 5_001));
        Counts(Report(3, "100", time: Noon - 5_000));
    }

    [Fact]
    public void Early_from_one_millisecond_beyond_the_skew()
    {
        Refused(PriceRejectionCode.Early, Report(3, "100", time: Noon + 501));
        Counts(Report(3, "100", time: Noon + 500));
    }

    [Fact]
    public void Of_two_reports_of_one_signer_the_newer_counts()
    {
        PriceSetResult result = new PriceSets(Rules).Make([Report(0, "100"), Report(1, "100"), Report(2, "102", sequence: 1), Report(2, "101", sequence: 2)], Noon);
        Assert.Equal(PriceRejectionCode.DuplicateSigner, Assert.Single(result.Rejections).Code);
        Assert.Equal([2UL, 1UL, 1UL], result.Set!.Feeds[0].Reports.Select(report => report.Sequence).OrderDescending());
    }

    [Fact]
    public void A_signer_cannot_make_a_quorum_alone()
    {
        PriceSetResult result = new PriceSets(Rules).Make([Report(0, "100", sequence: 1), Report(0, "100", sequence: 2), Report(0, "100", sequence: 3)], Noon);
        Assert.Null(result.Set);
        Assert.Contains(result.Rejections, rejection => rejection.Code == PriceRejectionCode.QuorumNotMet);
    }

    [Fact]
    public void Two_different_reports_with_one_sequence_count_neither_now_nor_later()
    {
        var sets = new PriceSets(Rules);
        PriceSetResult result = sets.Make([Report(0, "100"), Report(1, "100"), Report(2, "100"), Report(3, "100"), Report(3, "101")], Noon);
        Assert.Equal(PriceRejectionCode.Equivocation, Assert.Single(result.Rejections).Code);
        Assert.Equal(3, result.Set!.Feeds[0].Reports.Length);
        result = sets.Make([Report(0, "101"), Report(1, "100"), Report(2, "100"), Report(3, "100")], Noon + 1);
        Assert.Equal((PriceRejectionCode.Equivocation, Keys[0].Address), (Assert.Single(result.Rejections).Code, result.Rejections[0].Signer!.Value));
    }

    [Fact]
    public void An_outlier_is_left_out_exactly_beyond_the_deviation()
    {
        Refused(PriceRejectionCode.Outlier, Report(3, "102.01"));
        Refused(PriceRejectionCode.Outlier, Report(3, "97.99"));
        Counts(Report(3, "102"));
        Counts(Report(3, "98"));
    }

    [Fact]
    public void Outliers_do_not_fill_a_quorum()
    {
        PriceSetResult result = new PriceSets(Rules).Make([Report(0, "100"), Report(1, "100"), Report(2, "150")], Noon);
        Assert.Null(result.Set);
        Assert.Equal([PriceRejectionCode.Outlier, PriceRejectionCode.QuorumNotMet], result.Rejections.Select(rejection => rejection.Code));
    }

    [Fact]
    public void Quorum_not_met() => Assert.Equal(PriceRejectionCode.QuorumNotMet, Assert.Single(new PriceSets(Rules).Make([Report(0, "100"), Report(1, "100")], Noon).Rejections).Code);

    [Fact]
    public void A_set_is_made_whole_or_not_at_all()
    {
        OracleRules two = Rules with { Feeds = [.. Rules.Feeds, new OracleFeed("ETH", 2, 1, 0)] };
        PriceSetResult result = new PriceSets(two).Make([Report(0, "100"), Report(1, "100"), Report(2, "100")], Noon);
        Assert.Null(result.Set);
        Assert.Equal("ETH", Assert.Single(result.Rejections).Feed);
    }

    [Fact]
    public void Sets_rise_in_time()
    {
        var sets = new PriceSets(Rules);
        PriceReport[] reports = [Report(0, "100"), Report(1, "100"), Report(2, "100")];
        Assert.NotNull(sets.Make(reports, Noon).Set);
        Assert.Equal(PriceRejectionCode.TimeNotMonotone, Assert.Single(sets.Make(reports, Noon).Rejections).Code);
        Assert.NotNull(sets.Make(reports, Noon + 1).Set);
    }

    [Fact]
    public void A_source_s_reports_rise_in_sequence_and_time()
    {
        var sets = new PriceSets(Rules);
        Assert.NotNull(sets.Make([Report(0, "100", sequence: 5), Report(1, "100"), Report(2, "100")], Noon).Set);
        foreach (PriceReport back in new[] { Report(0, "100", sequence: 4, time: Noon), Report(0, "100", sequence: 6, time: Noon - 101) })
        {
            PriceSetResult result = sets.Make([back, Report(1, "100"), Report(2, "100")], Noon + 10);
            Assert.Null(result.Set);
            Assert.Equal(PriceRejectionCode.TimeNotMonotone, result.Rejections[0].Code);
        }
    }

    [Fact]
    public void A_set_in_force_grows_too_old()
    {
        PriceSet set = Made(Report(0, "100"), Report(1, "100"), Report(2, "100"));
        Assert.Null(set.CheckInForce(Rules, Noon));
        Assert.Null(set.CheckInForce(Rules, Noon + 60_000));
        Assert.Equal(PriceRejectionCode.SetTooOld, set.CheckInForce(Rules, Noon + 60_001)!.Code);
        Assert.Equal(PriceRejectionCode.TimeNotMonotone, set.CheckInForce(Rules, Noon - 1)!.Code);
    }

    [Fact]
    public void A_set_of_somebody_else_is_checked_by_making_it_again()
    {
        PriceSet set = Made(Report(0, "100"), Report(1, "101"), Report(2, "100.5"), Report(3, "100"));
        var sets = new PriceSets(Rules);
        FeedPrice feed = set.Feeds[0];
        PriceSet Other(FeedPrice with) => set with { Feeds = [with] };
        Assert.Equal(PriceRejectionCode.WrongSet, sets.Check(Other(feed with { Price = new Price(101, 0) }))!.Code);
        Assert.Equal(PriceRejectionCode.WrongSet, sets.Check(Other(feed with { Confidence = 1 }))!.Code);
        Assert.Equal(PriceRejectionCode.WrongSet, sets.Check(Other(feed with { Reports = feed.Reports.RemoveAt(3) }))!.Code);
        Assert.Equal(PriceRejectionCode.QuorumNotMet, sets.Check(Other(feed with { Reports = [.. feed.Reports.Take(2)] }))!.Code);
        Assert.Equal(PriceRejectionCode.BadSignature, sets.Check(Other(feed with { Reports = feed.Reports.SetItem(0, feed.Reports[0] with { Price = new Price(99, 0) }) }))!.Code);
        Assert.Null(sets.Check(set));
        Assert.Equal(PriceRejectionCode.TimeNotMonotone, sets.Check(set)!.Code);
    }

    [Fact]
    public void Rules_that_cannot_be_are_refused()
    {
        OracleRules[] bad =
        [
            Rules with { Sources = [] }, Rules with { Feeds = [] }, Rules with { Freshness = 0 }, Rules with { MaxSkew = -1 }, Rules with { MaxAge = 0 },
            Rules with { Sources = [Rules.Sources[0], Rules.Sources[0]] }, Rules with { Sources = [new OracleSource("none", default)] },
            Rules with { Feeds = [Rules.Feeds[0], Rules.Feeds[0]] }, Rules with { Feeds = [Rules.Feeds[0] with { Quorum = 6 }] }, Rules with { Feeds = [Rules.Feeds[0] with { Quorum = 0 }] },
            Rules with { Feeds = [Rules.Feeds[0] with { MaxDeviation = -1 }] }, Rules with { Feeds = [Rules.Feeds[0] with { Name = "a b" }] }, Rules with { Feeds = [Rules.Feeds[0] with { Scale = 19 }] },
        ];
        Assert.All(bad, rules => Assert.NotNull(rules.Problem()));
        Assert.Null(Rules.Problem());
        Assert.Throws<ArgumentException>(() => new PriceSets(bad[0]));
    }

    internal static PriceReport Report(int source, string price, ulong sequence = 1, long time = Noon - 100, ulong chain = 8453, string feed = "BTC", ulong confidence = PriceReport.FullConfidence)
    {
        Assert.Equal(DecimalFault.None, Price.TryParse(price, out Price value));
        return new PriceReport(chain, feed, value, confidence, time, sequence, default, []).SignedBy(Keys[source]);
    }

    private static PriceSet Made(params PriceReport[] reports)
    {
        PriceSetResult result = new PriceSets(Rules).Make(reports, Noon);
        Assert.Empty(result.Rejections);
        return result.Set!;
    }

    /// <summary>Beside three reports of 100 that count.</summary>
    private static void Refused(PriceRejectionCode code, PriceReport report)
    {
        PriceSetResult result = new PriceSets(Rules).Make([Report(0, "100"), Report(1, "100"), Report(2, "100"), report], Noon);
        PriceRejection rejection = Assert.Single(result.Rejections);
        Assert.Equal((code, report.Signer), (rejection.Code, rejection.Signer!.Value));
        Assert.Equal(3, result.Set!.Feeds[0].Reports.Length);
    }

    private static void Counts(PriceReport report) => Assert.Equal(4, Made(Report(0, "100"), Report(1, "100"), Report(2, "100"), report).Feeds[0].Reports.Length);
}
