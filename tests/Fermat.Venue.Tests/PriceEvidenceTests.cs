using System.Security.Cryptography;
using Fermat.Engine;
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
        return [.. log.Cut().Batches.Zip([Early, Late], (batch, set) => TransitionProver.InputsOf(batch.Batch with { PriceSet = set.Digest() }, VenueLog.Salts))];
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

    [Fact]
    public void Batches_valued_at_the_sets_in_force_of_a_price_log()
    {
        PriceLogResult result = PriceEvidence.Check(Rules, Log, [First, Second], Noon + 61_000, Stated);
        Assert.Null(result.Fault);
        Assert.Equal([("early", 3, 1000L), ("late", 3, 60_000L)], result.Batches.Select(batch => (batch.Entry.Event, batch.Compared, batch.MostAge!.Value)));
        Assert.All(result.Batches, batch => Assert.Equal("USD", Assert.Single(batch.Stated)));
        Assert.Null(Assert.Single(PriceEvidence.Check(Rules, Log, [Second], stated: Stated).Batches).MostAge);
    }

    [Fact]
    public void An_older_set_of_the_log_chosen()
    {
        TransitionInputs back = First with { Height = Second.Height };                            // valued at 100 where 101.5 is in force
        LogFault(PriceEvidenceCode.OlderSet, 0, "older set of height " + Log.Entries[0].Height, Log, [back]);
        LogFault(PriceEvidenceCode.WrongPrice, 0, "P is valued at 101.5", Log with { Entries = Log.Entries[..1] }, [Second]);
    }

    /// <summary>The prices are right, and the set that the batch names is another: of other reports with the same medians, of an older time, or none.</summary>
    [Fact]
    public void Another_set_named_than_the_one_in_force()
    {
        PriceSet again = Made(Noon + 1000, 3, "101.5");
        Assert.NotEqual(Late.Digest(), again.Digest());
        foreach ((PriceEvidenceCode code, string words, Fermat.Hashing.Digest named) in ((PriceEvidenceCode, string, Fermat.Hashing.Digest)[])[
            (PriceEvidenceCode.OtherSet, $"{again.Digest()}, and {Late.Digest()} was in force", again.Digest()), (PriceEvidenceCode.OtherSet, "no set of signed prices", default), (PriceEvidenceCode.OlderSet, "names the older set of height " + Log.Entries[0].Height, Early.Digest())])
        {
            LogFault(code, 0, words, Log, [Second with { PriceSet = named }]);
            PriceEvidenceFault fault = PriceEvidence.Check(Rules, [new(First, Early), new(Second with { PriceSet = named }, Late)], Stated)!;
            Assert.Equal((1, PriceEvidenceCode.OtherSet), (fault.Batch, fault.Code));
        }
    }

    /// <summary>What the venue states itself, and the marks that its engine derives, come without a source: the signed set before them stays in force.</summary>
    [Fact]
    public void A_batch_names_the_last_set_with_a_source()
    {
        var log = new VenueLog();
        log.Open("a", "100");
        log.Prices(Early.Digest(), ("P", "100"));
        log.Deposit("a", "1");
        log.Prices(("P", "99"));
        log.Deposit("a", "1");
        log.Prices(Late.Digest(), ("P", "101.5"));
        log.Deposit("a", "1");
        Assert.Equal([default, Early.Digest(), Early.Digest(), Late.Digest()], log.Cut().Batches.Select(batch => batch.Batch.PriceSet));
    }

    [Fact]
    public void A_set_that_stayed_in_force_for_too_long()
    {
        PriceSet late = Made(Noon + 60_001, 2, "101.5");
        LogFault(PriceEvidenceCode.TooOld, 0, "60001 ms old", Log with { Entries = [Log.Entries[0], Log.Entries[1] with { Set = late }] }, [First, Second]);
        LogFault(PriceEvidenceCode.TooOld, 1, "60001 ms old", Log, [First, Second], seen: Noon + 61_001);
        LogFault(PriceEvidenceCode.TooOld, 1, "after", Log, [First, Second], seen: Noon);
    }

    [Fact]
    public void A_log_that_is_not_the_batches()
    {
        LogFault(PriceEvidenceCode.NoSetInForce, 0, "no set", Log with { Entries = Log.Entries[1..] }, [First]);
        LogFault(PriceEvidenceCode.SetInsideBatch, 0, "inside", Log with { Entries = [Log.Entries[0], Log.Entries[1] with { Height = First.Height + 1 }] }, [First]);
        LogFault(PriceEvidenceCode.SetInsideBatch, 0, "inside", Log with { Entries = [Log.Entries[0], Log.Entries[1] with { Height = First.EndHeight }] }, [First]);
        LogFault(PriceEvidenceCode.NotInLog, -1, "no height", Log with { Entries = [Log.Entries[0] with { Height = 0 }] }, [First]);
        LogFault(PriceEvidenceCode.NotInLog, -1, "height", Log with { Entries = [Log.Entries[0], Log.Entries[1] with { Height = Log.Entries[0].Height }] }, [First]);
        LogFault(PriceEvidenceCode.OtherRules, -1, "under rules", Log with { Rules = Rules with { MaxAge = 59_999 } }, [First]);
        LogFault(PriceEvidenceCode.NoPrice, 0, "no price of USD", Log, [First], stated: []);
        PriceSet alone = Early with { Feeds = [.. Early.Feeds.Select(feed => feed with { Reports = [feed.Reports[0]] })] };
        LogFault(PriceEvidenceCode.SetRefused, -1, "quorum", Log with { Entries = [Log.Entries[0] with { Set = alone }] }, [First]);
    }

    [Fact]
    public void Where_no_price_is_found_nothing_is_shown()
    {
        var elsewhere = new EngineBinding { AssetTable = "Coin" };
        Assert.Equal(PriceEvidenceCode.NotBound, PriceEvidence.Check(Rules, Log, [First], stated: Stated, binding: elsewhere).Fault!.Code);
        Assert.Equal(PriceEvidenceCode.NotBound, PriceEvidence.Check(Rules, [new(First, Early)], Stated, elsewhere)!.Code);
        Assert.Equal(PriceEvidenceCode.NotBound, PriceEvidence.Check(Rules, Log, [First], stated: Stated, binding: new EngineBinding { Mark = "last" }).Fault!.Code);
        Assert.Equal("Instrument", Assert.Single(PriceEvidence.Check(Rules, Log, [First], stated: Stated, binding: new EngineBinding { InstrumentTable = "Contract" }).Batches[0].OtherTables));
    }

    private static PriceLog Log => new(Rules, [new PriceLogEntry("early", First.Height, Early), new PriceLogEntry("late", Second.Height, Late)]);

    private static void LogFault(PriceEvidenceCode code, int batch, string message, PriceLog log, TransitionInputs[] batches, long? seen = null, HashSet<string>? stated = null)
    {
        PriceLogResult result = PriceEvidence.Check(Rules, log, batches, seen, stated ?? Stated);
        Assert.Equal((code, batch), (result.Fault!.Code, result.Fault.Batch));
        Assert.True(result.Fault.Message.Contains(message, StringComparison.Ordinal), result.Fault.Message);
        Assert.Empty(result.Batches);
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
