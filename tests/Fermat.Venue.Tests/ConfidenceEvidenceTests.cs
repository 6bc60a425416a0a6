using System.Collections.Immutable;
using System.Security.Cryptography;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Oracles;
using Fermat.Rules.Inputs;
using Fermat.Signatures;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>How sure sources are of their prices, from the signed reports into a proven batch, and batches that are valued as if they were surer.</summary>
public sealed class ConfidenceEvidenceTests
{
    private static readonly Secp256k1Key[] Keys = [.. Enumerable.Range(0, 3).Select(i => Secp256k1Key.FromBytes(SHA256.HashData([(byte)i, 7]))!)];

    private static readonly OracleRules Rules = new(
        1, [.. Enumerable.Range(0, 3).Select(i => new OracleSource($"source {i}", Keys[i].Address))],
        [.. new[] { "BTC", "C", "D", "E", "ETH", "P" }.Select(feed => new OracleFeed(feed, 2, 3, 20_000))], Freshness: 5_000, MaxSkew: 500, MaxAge: 600_000);

    private static readonly HashSet<string> Stated = ["USD", "Q"];

    private static readonly Lazy<Made> Once = new(Make);

    private static Made Scene => Once.Value;

    private sealed record Made(VenueLog Log, VenueBatch Batch, TransitionInputs Inputs, PriceLog Prices, MarkLog Marks);

    /// <summary>The sources doubt the coin a little and its perpetual more. Pat has 30,000 dollars, is short one of it, and wants to take out 20,000: 2,000 would do as margin if the price were sure.</summary>
    private static Made Make()
    {
        VenueLog log = PortfolioLog.Open();
        log.Apply((id, t) => new ParametersUpdated(id, t, """{"parameters":{"confidence_threshold":"0.95"}}"""));
        log.Open("maker", "10000000");
        log.Open("pat", "30000");
        PriceSet? set = null;
        log.Apply((id, t) => SignedPrices.Event(id, set = Signed(t, ("BTC", "0.9"), ("P", "0.4"))));
        var prices = new PriceLog(Rules, [new PriceLogEntry(log.Log[^1].Event.Id.Value, log.Engine.State.Height, set!)]);
        Assert.True(log.Trade("maker", "pat", "1", "20000").IsApplied);
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, log.Withdraw("pat", "22001").Rejection?.Code);  // 2,000 and 30% of 20,000 are needed
        Assert.True(log.Withdraw("pat", "22000").IsApplied);
        VenueBatch batch = log.Cut(PortfolioLog.Listings).Batches[^1];
        // the prices of before, which nobody signed, are left out: nothing here follows from them
        var marks = new MarkLog([.. log.Log.Select((logged, i) => (Height: (ulong)i + 1, logged.Event)).Where(one => MarkLog.Holds(one.Event) && one.Event is not PricesSet { Source: null }).Select(one => new MarkLogEntry(one.Height, one.Event))]);
        return new Made(log, batch, TransitionProver.InputsOf(batch.Batch, VenueLog.Salts), prices, marks);
    }

    [Fact]
    public void What_a_doubted_price_needs_is_proven_with_the_confidences_that_were_signed()
    {
        TransitionOutcome outcome = TransitionProver.Prove(Scene.Batch.Batch, VenueLog.Salts);
        Assert.Null(outcome.Refused);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
        Assert.Contains(EventClass.ProvenRejected, outcome.Inputs!.Classes);
        Assert.Null(Check(outcome.Inputs, Scene.Prices).Fault);
        Assert.Null(PriceEvidence.Check(Rules, Scene.Prices, [outcome.Inputs], stated: Stated, marks: Scene.Marks).Fault);
        Assert.Null(PriceEvidence.Check(Rules, [new ValuedBatch(outcome.Inputs, Scene.Prices.Entries[0].Set)], Stated));
    }

    [Theory]
    [InlineData("Asset", "BTC", "1", "0.9")]
    [InlineData("Asset", "BTC", "0.900000000000000001", "0.9")]
    [InlineData("Asset", "ETH", "0.99", "1")]
    [InlineData("Instrument", "P", "1", "0.4")]
    [InlineData("Instrument", "C", "0", "1")]
    public void A_batch_valued_as_if_sources_were_surer_or_less_sure(string table, string symbol, string lie, string signed)
    {
        TransitionInputs lying = With(Scene.Inputs, table, symbol, lie);
        foreach (PriceEvidenceFault fault in (PriceEvidenceFault[])[Check(lying, Scene.Prices).Fault!, PriceEvidence.Check(Rules, [new ValuedBatch(lying, Scene.Prices.Entries[0].Set)], Stated)!])
        {
            Assert.Equal((0, PriceEvidenceCode.WrongConfidence), (fault.Batch, fault.Code));
            Assert.Equal(new PriceDifference(symbol, signed, lie), fault.Difference);
        }
    }

    [Fact]
    public void Of_what_the_venue_states_itself_the_confidence_is_its_word() => Assert.Null(Check(With(Scene.Inputs, "Instrument", "Q", "0.5"), Scene.Prices).Fault);

    [Fact]
    public void Another_signed_set_of_the_same_prices()
    {
        PriceLogEntry entry = Scene.Prices.Entries[0];
        PriceSet surer = Signed(entry.Set.Time, ("BTC", "0.9"));
        Assert.Equal(PriceEvidenceCode.WrongConfidence, Check(Scene.Inputs, Scene.Prices with { Entries = [entry with { Set = surer }] }).Fault?.Code);
        PriceSet forged = entry.Set with { Feeds = [.. entry.Set.Feeds.Select(feed => feed.Feed == "P" ? feed with { Confidence = PriceReport.FullConfidence } : feed)] };
        Assert.Equal(PriceEvidenceCode.SetRefused, Check(Scene.Inputs, Scene.Prices with { Entries = [entry with { Set = forged }] }).Fault?.Code);
    }

    [Fact]
    public void An_event_of_the_mark_log_with_other_confidences_than_were_signed()
    {
        int at = Scene.Marks.Entries.ToList().FindIndex(entry => entry.Event is PricesSet { Source: not null });
        var set = (PricesSet)Scene.Marks.Entries[at].Event;
        foreach (IReadOnlyDictionary<string, Quantity>? lie in (IReadOnlyDictionary<string, Quantity>?[])[null, new Dictionary<string, Quantity> { ["BTC"] = VenueLog.Number("0.9") }, new Dictionary<string, Quantity>(set.Confidences!) { ["ETH"] = VenueLog.Number("0.9") }])
        {
            MarkLog lying = new(Scene.Marks.Entries.SetItem(at, Scene.Marks.Entries[at] with { Event = set with { Confidences = lie } }));
            PriceEvidenceFault fault = PriceEvidence.Check(Rules, Scene.Prices, [Scene.Inputs], stated: Stated, marks: lying).Fault!;
            Assert.Equal(PriceEvidenceCode.MarkLogRefused, fault.Code);
            Assert.Contains("another confidence", fault.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>What the venue states beside the sources cannot say how sure these are: of a signed feed, which it has no price of, a derived mark would take it.</summary>
    [Fact]
    public void A_confidence_of_a_signed_feed_in_a_set_that_the_venue_states()
    {
        MarkLogEntry last = Scene.Marks.Entries[^1];
        var stated = new PricesSet(new EventId("own"), last.Event.Time - 1, new Dictionary<string, Quantity> { ["Q"] = new(50) }, null);
        Assert.Null(Checked(stated));
        PriceEvidenceFault fault = Checked(stated with { Confidences = new Dictionary<string, Quantity> { ["BTC"] = new(1) } })!;
        Assert.Equal(PriceEvidenceCode.MarkLogRefused, fault.Code);
        Assert.Contains("a confidence of BTC", fault.Message, StringComparison.Ordinal);

        PriceEvidenceFault? Checked(PricesSet own) => PriceEvidence.Check(Rules, Scene.Prices, [Scene.Inputs], stated: Stated, marks: new MarkLog(Scene.Marks.Entries.Insert(Scene.Marks.Entries.Length - 1, new MarkLogEntry(last.Height - 1, own)))).Fault;
    }

    /// <summary>A confidence moves with each price set, so it is no change of parameters.</summary>
    [Fact]
    public void A_confidence_is_no_parameter()
    {
        TransitionInputs moved = With(With(Scene.Inputs, "Asset", "BTC", "0.1"), "Instrument", "P", "0.2");
        Assert.Empty(ParameterEvidence.Check([Scene.Inputs, moved], [], required: true).Changes);
        EngineBinding elsewhere = new() { IndexConfidence = "sure", MarkConfidence = "sure" };
        Assert.Equal(["Asset BTC: confidence", "Instrument P: confidence"], Assert.Single(ParameterEvidence.Check([Scene.Inputs, moved], [], binding: elsewhere).Changes).Where);
    }

    private static PriceLogResult Check(TransitionInputs batch, PriceLog prices) => PriceEvidence.Check(Rules, prices, [batch], stated: Stated);

    private static PriceSet Signed(long time, params (string Feed, string Confidence)[] doubts)
    {
        var prices = new Dictionary<string, string> { ["BTC"] = "20000", ["C"] = "1370", ["D"] = "1370", ["E"] = "1500", ["ETH"] = "1500", ["P"] = "20000" };
        var reports = new List<PriceReport>();
        foreach ((string feed, string price) in prices)
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(DecimalFault.None, Price.TryParse(price, out Price parsed));
                string confidence = i < 2 ? doubts.FirstOrDefault(doubt => doubt.Feed == feed).Confidence ?? "1" : "1";         // the median of three
                reports.Add(new PriceReport(1, feed, parsed, (ulong)(Units(confidence)), time, (ulong)time, Keys[i].Address, []).SignedBy(Keys[i]));
            }
        PriceSetResult made = new PriceSets(Rules).Make(reports, time);
        Assert.Empty(made.Rejections);
        return made.Set!;
    }

    private static Int128 Units(string number) => VenueLog.Number(number).TryAt(18, out Int128 units) ? units : throw new FormatException(number);

    private static TransitionInputs With(TransitionInputs batch, string table, string symbol, string confidence)
    {
        int t = batch.Rulebook.Schema.TableOf(table), f = batch.Rulebook.Schema.Tables[t].FieldOf("confidence");
        ImmutableArray<MarketRecord> records = [.. batch.Market.Tables[t].Select(record => record.Symbol == symbol ? record with { Fields = record.Fields.SetItem(f, new FieldValue(Units(confidence))) } : record)];
        Assert.NotEqual(batch.Market.Tables[t].Single(record => record.Symbol == symbol), records.Single(record => record.Symbol == symbol));
        return batch with { Market = batch.Market with { Tables = batch.Market.Tables.SetItem(t, records) } };
    }
}
