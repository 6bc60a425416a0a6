using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;
using Fermat.Oracles;
using static Fermat.Cli.Tests.PriceCommandTests;

namespace Fermat.Cli.Tests;

/// <summary>A venue that proves what it did at prices that it may have chosen itself, end to end through the files: every lie is proven first, and refused by <c>fermat verify batch --prices</c>.</summary>
public sealed class SignedPriceTests(SignedPriceTests.Venue venue) : IClassFixture<SignedPriceTests.Venue>
{
    private const long Noon = Open + 30_000;

    /// <summary>
    /// Four batches with proofs: at the set of the opening, at that of noon, then, by events that nobody signed, at the price of the opening again, and at one that no source ever said.
    /// </summary>
    public sealed class Venue : IDisposable
    {
        private readonly TemporaryDirectory _directory = new();

        public Venue()
        {
            Rules = PriceCommandTests.Oracles(_directory);
            Listings(_directory);
            Set("open", Open + 10, ["alpha", "beta", "gamma"], "P=100", Open);
            Append(new AccountOpened(new EventId("alice"), Open + 20, new AccountId("alice"), default, MarginMode.Cross), Deposit("d1", Open + 30));
            Set("noon", Noon, ["alpha", "beta"], "P=101.5", Noon);
            Append(Deposit("d2", Noon + 10));
            Answer(Publish(_directory));                                                           // all is honest until here
            Log = PriceLogJson.Read(File.ReadAllBytes(_directory["published.json"]), out _)!;
            Append(Price("back", Noon + 20, 100), Deposit("d3", Noon + 30), Price("made-up", Noon + 40, 150), Deposit("d4", Noon + 50));
            PublishedLie = Publish(_directory).FirstCode;
            JsonObject proven = Answer(Cli.Run("prove", "batch", _directory["events.jsonl"], "--rules", VenueCommandTests.Rules, "--depth", "4", "--bits", "40", "-o", _directory["proofs"], "--secret", _directory["venue.secret"], "--json"));
            Batches = [.. proven["batches"]!.AsArray().Select(batch => (string)batch!["statement"]!)];
        }

        internal OracleRules Rules { get; }

        internal PriceLog Log { get; }

        internal string[] Batches { get; }

        internal string PublishedLie { get; }

        internal string this[string name] => _directory[name];

        public void Dispose() => _directory.Dispose();

        internal Cli.Answer Verify(PriceLog log, string[] batches, params string[] more)
        {
            File.WriteAllBytes(_directory["shown.json"], PriceLogJson.Write(log).Span);
            return Cli.Run(["verify", "batch", .. batches, "--rules", VenueCommandTests.Rules, "--bits", "40", "--prices", _directory["shown.json"], "--oracles", _directory["oracles.json"], "--stated", "USD", "--json", .. more]);
        }

        internal PriceReport[] Reports(string price, long time, params string[] sources) =>
            [.. sources.SelectMany(source => PriceReportJson.Read(File.ReadAllBytes(Sign(_directory, source, "P=" + price, time)), out _))];

        internal void Stranger() => Key(_directory, "stranger");

        private void Set(string name, long time, string[] sources, string price, long at) => Answer(PriceCommandTests.Set(_directory, name, time, [.. sources.Select(source => Sign(_directory, source, price, at))]));

        private void Append(params LedgerEvent[] events) => File.AppendAllLines(_directory["events.jsonl"], events.Select(EventJson.Write));

        private static Deposit Deposit(string id, long time) => new(new EventId(id), time, new AccountId("alice"), "USD", new Quantity(100));

        private static PricesSet Price(string id, long time, int price) => new(new EventId(id), time, new Dictionary<string, Quantity> { ["P"] = new(price) }, null);

        private static JsonObject Answer(Cli.Answer answer)
        {
            Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output + answer.Error);
            return answer.Json;
        }
    }

    [Fact]
    public void Batches_at_signed_prices_are_accepted_with_their_sets_signers_and_ages()
    {
        Assert.Equal(4, venue.Batches.Length);
        Cli.Answer answer = venue.Verify(venue.Log, venue.Batches[..2], "--seen", $"{Noon + 60_000}", "--price-log", venue.Log.Digest().ToString());
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output);
        JsonNode prices = answer.Json["prices"]!;
        Assert.Equal(venue.Rules.Digest().ToString(), (string)prices["rulesDigest"]!);
        Assert.Equal([("open", 3, 29_990L), ("noon", 2, 60_000L)], prices["batches"]!.AsArray().Select(batch => ((string)batch!["event"]!, (int)batch["leastSigners"]!, (long)batch["mostAge"]!)));
        string[] pinned = [.. answer.Json["pinned"]!.AsArray().Select(one => (string)one!)];
        Assert.Contains("oracle rules", pinned);
        Assert.Contains("price log", pinned);
        string text = Cli.Run(["verify", "batch", .. venue.Batches[..2], "--rules", VenueCommandTests.Rules, "--bits", "40", "--prices", venue["published.json"], "--stated", "USD"]).Output;
        Assert.Contains("2 prices in the market data are those of 2 signed price sets, each the median of 2 or more of 3 sources", text, StringComparison.Ordinal);
        Assert.Contains("the venue's own word: the price of USD", text, StringComparison.Ordinal);
        Assert.Contains("its age is not judged", text, StringComparison.Ordinal);
        Assert.Contains("oracle rules, price log, heights of price sets", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_price_that_no_quorum_signed()
    {
        // its proof is good; no log of prices makes its price one that a quorum signed
        Assert.Equal(ExitCodes.Ok, Cli.Run("verify", "batch", venue.Batches[3], "--rules", VenueCommandTests.Rules, "--bits", "40").ExitCode);
        Assert.Equal("prices.unsigned", venue.PublishedLie);
        Rejected("prices.wrong-price", venue.Log, venue.Batches[3]);
        Rejected("prices.quorum-not-met", Forged(Median(venue.Reports("150", Noon + 40, "alpha")), 12), venue.Batches[3]);
        venue.Stranger();
        Rejected("prices.unknown-signer", Forged(Median(venue.Reports("150", Noon + 40, "alpha", "stranger")), 12), venue.Batches[3]);
        PriceReport[] said = venue.Reports("101", Noon + 40, "alpha", "beta");
        Rejected("prices.wrong-set", Forged(Median(said) with { Price = new Price(150, 0) }, 12), venue.Batches[3]);
        Rejected("prices.bad-signature", Forged(Median([.. said.Select(report => report with { Price = new Price(150, 0) })]), 12), venue.Batches[3]);

        // rules of the venue's own making, under which it signs alone, are not the verifier's; where none were brought, the verdict says so
        OracleRules own = venue.Rules with { Feeds = [venue.Rules.Feeds[0] with { Quorum = 1 }] };
        PriceSet alone = new PriceSets(own).Make(venue.Reports("150", Noon + 40, "alpha"), Noon + 40).Set!;
        var log = new PriceLog(own, [new PriceLogEntry("made-up", 12, alone)]);
        Rejected("prices.other-rules", log, venue.Batches[3]);
        File.WriteAllBytes(venue["own.json"], PriceLogJson.Write(log).Span);
        Cli.Answer trusting = Cli.Run("verify", "batch", venue.Batches[3], "--rules", VenueCommandTests.Rules, "--bits", "40", "--prices", venue["own.json"], "--stated", "USD", "--json");
        Assert.Equal((ExitCodes.Rejected, "prices.other-set"), (trusting.ExitCode, trusting.FirstCode));   // the event had no source, so the batch names the set of noon
        Cli.Answer published = Cli.Run("verify", "batch", venue.Batches[1], "--rules", VenueCommandTests.Rules, "--bits", "40", "--prices", venue["published.json"], "--stated", "USD", "--json");
        Assert.Equal(ExitCodes.Ok, published.ExitCode);
        Assert.Contains("oracle rules", published.Json["takenFromStatement"]!.AsArray().Select(one => (string)one!));
        Assert.Equal(venue.Log.Entries[1].Set.Digest().ToString(), (string)published.Json["batches"]![0]!["priceSet"]!);
    }

    [Fact]
    public void A_stale_price()
    {
        // reports older than the freshness window, dressed as a set of later; a set that stays in force for too long; one that is the last, and old by the time it is seen
        Rejected("prices.stale", venue.Log with { Entries = [venue.Log.Entries[0], venue.Log.Entries[1] with { Set = venue.Log.Entries[1].Set with { Time = Noon + 5_001 } }] }, venue.Batches[1]);
        Rejected("prices.too-old", Forged(Median(venue.Reports("102", Noon + 60_001, "alpha", "beta")), 15, Noon + 60_001), venue.Batches[1]);
        Assert.Equal(ExitCodes.Ok, venue.Verify(Forged(Median(venue.Reports("102", Noon + 60_000, "alpha", "beta")), 15, Noon + 60_000), [venue.Batches[1]]).ExitCode);
        Rejected("prices.too-old", venue.Log, venue.Batches[1], "--seen", $"{Noon + 60_001}");
        Rejected("prices.too-old", venue.Log, venue.Batches[1], "--seen", "now");
    }

    [Fact]
    public void An_older_price_set_chosen()
    {
        Assert.Equal(ExitCodes.Ok, Cli.Run("verify", "batch", venue.Batches[2], "--rules", VenueCommandTests.Rules, "--bits", "40").ExitCode);
        Rejected("prices.older-set", venue.Log, venue.Batches[2]);

        // the old set again, under a new name: its time falls; re-dated, its reports are before those that noon counted, or stale
        PriceSet old = venue.Log.Entries[0].Set;
        Rejected("prices.time-not-monotone", venue.Log with { Entries = venue.Log.Entries.Add(new PriceLogEntry("back", 10, old)) }, venue.Batches[2]);
        Rejected("prices.stale", venue.Log with { Entries = venue.Log.Entries.Add(new PriceLogEntry("back", 10, old with { Time = Noon + 20 })) }, venue.Batches[2]);
        PriceSet fresh = old with { Time = Open + 4_000, Feeds = old.Feeds };
        Rejected("prices.time-not-monotone", new PriceLog(venue.Rules, [new PriceLogEntry("open", 5, fresh), venue.Log.Entries[1] with { Set = old }]), venue.Batches[1]);

        // noon left out of the log: then the batch at noon's price has none
        Rejected("prices.wrong-price", venue.Log with { Entries = venue.Log.Entries[..1] }, venue.Batches[1]);
        // noon moved to after the batch, or into it
        ulong height = venue.Log.Entries[1].Height;
        Rejected("prices.wrong-price", venue.Log with { Entries = [venue.Log.Entries[0], venue.Log.Entries[1] with { Height = height + 5 }] }, venue.Batches[1]);
        Rejected("prices.set-inside-batch", venue.Log with { Entries = [venue.Log.Entries[0], venue.Log.Entries[1] with { Height = height + 1 }] }, venue.Batches[1]);
    }

    [Fact]
    public void Another_price_log_than_the_one_that_was_published()
    {
        Assert.Equal("prices.wrong-log", venue.Verify(venue.Log with { Entries = venue.Log.Entries[..1] }, venue.Batches[..1], "--price-log", venue.Log.Digest().ToString()).FirstCode);
        Rejected("prices.not-in-log", venue.Log with { Entries = [.. venue.Log.Entries.Select(entry => entry with { Height = 0 })] }, venue.Batches[1]);
        Rejected("prices.no-set-in-force", venue.Log with { Entries = venue.Log.Entries[1..] }, venue.Batches[0]);
        Assert.Equal("prices.no-price", Cli.Run("verify", "batch", venue.Batches[0], "--rules", VenueCommandTests.Rules, "--bits", "40", "--prices", venue["published.json"], "--json").FirstCode);
        Assert.Equal("usage", Cli.Run("verify", "batch", venue.Batches[0], "--rules", VenueCommandTests.Rules, "--oracles", venue["oracles.json"], "--json").FirstCode);
        Assert.Equal("prices.bad-log", Cli.Run("verify", "batch", venue.Batches[0], "--rules", VenueCommandTests.Rules, "--prices", venue["oracles.json"], "--json").FirstCode);
    }

    private void Rejected(string code, PriceLog log, string batch, params string[] more)
    {
        Cli.Answer answer = venue.Verify(log, [batch], more);
        Assert.True(answer.ExitCode == ExitCodes.Rejected, answer.Output);
        Assert.Equal(code, answer.FirstCode);
    }

    /// <summary>The honest log with one more set.</summary>
    private PriceLog Forged(FeedPrice feed, ulong height, long time = Noon + 40) => venue.Log with { Entries = venue.Log.Entries.Add(new PriceLogEntry("forged", height, new PriceSet(time, venue.Rules.Digest(), [feed]))) };

    private static FeedPrice Median(PriceReport[] reports) => new("P", reports[0].Price, PriceReport.FullConfidence, [.. reports.OrderBy(report => report.Signer)]);
}
