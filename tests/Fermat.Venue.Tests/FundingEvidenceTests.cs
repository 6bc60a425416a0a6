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

/// <summary>Funding indices of batches at signed marks, derived again from the funding ticks of the venue's mark log, and each lie about them.</summary>
public sealed class FundingEvidenceTests
{
    private static readonly Secp256k1Key Key = Secp256k1Key.FromBytes(SHA256.HashData("funding"u8))!;

    private static readonly OracleRules Rules = new(1, [new OracleSource("source", Key.Address)], [.. new[] { "P", "Q" }.Select(feed => new OracleFeed(feed, 2, 1, 20_000))], Freshness: 5_000, MaxSkew: 500, MaxAge: 600_000);

    private static readonly HashSet<string> Stated = ["USD", "BTC"];

    private static readonly Lazy<Made> Once = new(Make);

    private static ImmutableArray<MarkLogEntry> Marks => Once.Value.Marks.Entries;

    private static TransitionInputs[] Batches => Once.Value.Batches;

    /// <summary>What a venue publishes, its batches, and the ledger's own indices of P and Q at each of them.</summary>
    private sealed record Made(PriceLog Prices, MarkLog Marks, TransitionInputs[] Batches, (string P, string Q)[] Indices);

    /// <summary>Three batches: before funding; after a tick of P and one of Q, with a price set between them; after two more of P, the second negative.</summary>
    private static Made Make()
    {
        var log = new VenueLog();
        var sets = ImmutableArray.CreateBuilder<PriceLogEntry>();
        var heights = new List<ulong>();
        Signed("100", "50");
        Other();
        Deal("a");
        Other();
        Tick("P", "0.0123");                                                                         // ⌊100 · 0.0123⌋ = 1.23
        Signed("101.55", "50.55");
        Other();
        Tick("Q", "-0.00017");                                                                       // ⌊50.55 · −0.00017⌋ = ⌊−0.0085935⌋ = −0.01
        Deal("b");
        Signed("99.37", "50");
        Other();
        Tick("P", "0.00731");                                                                        // ⌊0.7263947⌋ = 0.72
        Tick("P", "-0.00202");                                                                       // ⌊−0.2007274⌋ = −0.21
        Deal("c");
        List<VenueBatch> cut = log.Cut().Batches;
        (string, string)[] indices = [.. cut.Select(batch => (IndexAt(log, batch, "P"), IndexAt(log, batch, "Q")))];
        return new Made(new PriceLog(Rules, sets.ToImmutable()), new MarkLog([.. log.Log.Select((logged, i) => new MarkLogEntry((ulong)i + 1, logged.Event)).Where(entry => MarkLog.Holds(entry.Event)).Select(Opening)]), [.. cut.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))], indices);

        void Deal(string account) => log.Open(account, "100");

        // an event between batches that is not in the mark log: a height where a tick could be put
        void Other() => log.Apply((id, t) => new AssetListed(id, t, $"A{t}", 2));

        void Tick(string instrument, string rate) => log.Apply((id, t) => new FundingTick(id, t, instrument, VenueLog.Number(rate)));

        void Signed(string p, string q) => log.Apply((id, t) =>
        {
            PriceSet set = new PriceSets(Rules).Make([Report("P", p, t), Report("Q", q, t)], t).Set!;
            sets.Add(new PriceLogEntry(id.Value, log.Engine.State.Height + 1, set));
            return new PricesSet(id, t, new Dictionary<string, Quantity> { ["P"] = VenueLog.Number(p), ["Q"] = VenueLog.Number(q) }, set.Digest().ToArray());
        });

        // the helper's log opens with prices that nobody signed; who publishes leaves none of a feed
        static MarkLogEntry Opening(MarkLogEntry entry) => entry.Event is PricesSet { Source: null } set ? entry with { Event = set with { Prices = set.Prices.Where(price => Stated.Contains(price.Key)).ToDictionary() } } : entry;

        static PriceReport Report(string feed, string text, long time)
        {
            Assert.Equal(DecimalFault.None, Price.TryParse(text, out Price price));
            return new PriceReport(1, feed, price, PriceReport.FullConfidence, time, (ulong)time, Key.Address, []).SignedBy(Key);
        }
    }

    /// <summary>The ledger's own index where a batch begins.</summary>
    private static string IndexAt(VenueLog log, VenueBatch batch, string symbol)
    {
        var engine = new MarginEngine(log.Rulebook.Rulebook, log.Options);
        foreach (LoggedEvent logged in log.Log.Take((int)batch.Batch.Height)) engine.Restore(logged);
        return new Quantity(engine.State.Instruments.Single(instrument => instrument.Terms.Symbol == symbol).FundingIndex, 2).ToString();
    }

    [Fact]
    public void Funding_indices_follow_from_ticks_and_signed_marks_as_the_ledger_has_them()
    {
        PriceLogResult result = Check(Marks);
        Assert.True(result.Fault is null, result.Fault?.Message);
        Assert.Equal([("0", "0"), ("1.23", "-0.01"), ("1.74", "-0.01")], Once.Value.Indices);
        Assert.Equal(Once.Value.Indices, result.Batches.Select(batch => (batch.Funding.Single(f => f.Instrument == "P").Index.ToString(), batch.Funding.Single(f => f.Instrument == "Q").Index.ToString())));
        FundingIndex last = result.Batches[^1].Funding.Single(f => f.Instrument == "P");
        Assert.Equal((3, "-0.00202", "0.0123"), (last.Ticks, last.LeastRate.ToString(), last.MostRate.ToString()));
        Assert.All(result.Batches, batch => Assert.Empty(batch.StatedFunding));
    }

    [Theory]
    [InlineData(0, "P", "0.01", "0", "0 funding ticks")]
    [InlineData(1, "P", "12.3", "1.23", "one funding tick")]
    [InlineData(1, "P", "0", "1.23", "one funding tick")]
    [InlineData(1, "Q", "0", "-0.01", "one funding tick")]
    [InlineData(2, "P", "1.75", "1.74", "3 funding ticks")]
    public void A_funding_index_that_was_tampered_with(int batch, string symbol, string stated, string expected, string ticks)
    {
        TransitionInputs[] lying = [.. Batches];
        lying[batch] = WithIndex(lying[batch], symbol, stated);
        PriceEvidenceFault fault = PriceEvidence.Check(Rules, Once.Value.Prices, lying, stated: Stated, marks: Once.Value.Marks).Fault!;
        Assert.Equal((batch, PriceEvidenceCode.WrongFunding), (fault.Batch, fault.Code));
        Assert.Equal(new PriceDifference(symbol, expected, stated), fault.Difference);
        Assert.Equal($"{symbol} is valued at the funding index {stated}, and by the {ticks} of the mark log it is {expected}", fault.Message);
    }

    [Fact]
    public void A_rate_that_the_venue_published_otherwise()
    {
        int tick = At("P", 0);
        Wrong(1, "P", "2", "1.23", Marks.SetItem(tick, Marks[tick] with { Event = Tick(tick) with { Rate = VenueLog.Number("0.02") } }));
    }

    [Fact]
    public void A_tick_that_was_left_out()
    {
        Wrong(1, "P", "0", "1.23", Marks.RemoveAt(At("P", 0)));
        Wrong(1, "Q", "0", "-0.01", Marks.RemoveAt(At("Q", 0)));
        Wrong(2, "P", "1.95", "1.74", Marks.RemoveAt(At("P", 2)));
    }

    [Fact]
    public void A_tick_that_is_there_twice()
    {
        int tick = At("P", 0);
        Wrong(1, "P", "2.46", "1.23", Marks.Insert(tick, Marks[tick] with { Height = Marks[tick].Height - 1 }));
        Refused("it comes after height", -1, Marks.Insert(tick, Marks[tick]));
        Refused("inside of the batch", 2, Marks.Add(Marks[At("P", 2)] with { Height = Batches[2].Height + 1 }));
    }

    [Fact]
    public void A_tick_at_another_height()
    {
        int tick = At("P", 0), set = tick + 1, back = At("P", 1);
        Wrong(1, "P", "1.24", "1.23", Moved(set, Marks[set].Height + 1));                            // a share of the next mark
        Wrong(0, "P", "1.23", "0", Moved(tick - 1, Batches[0].Height, Marks[tick - 1].Event.Time));   // before the batch before
        Wrong(1, "P", "0", "1.23", Moved(back - 1, Marks[back].Height - 1));                         // after its batch
        Refused("inside of the batch", 0, Moved(tick - 1, Batches[0].EndHeight));
        Assert.Null(Check(Moved(tick - 1, Marks[tick].Height - 1)).Fault);                           // between the same batches, at the same mark: the same index

        // the tick of P at a height, after what stands at a place
        ImmutableArray<MarkLogEntry> Moved(int after, ulong height, long? time = null) =>
            Marks.Insert(after + 1, Marks[tick] with { Height = height, Event = Tick(tick) with { Time = time ?? Marks[after].Event.Time } }).RemoveAt(after < tick ? tick + 1 : tick);
    }

    [Fact]
    public void A_tick_of_another_instrument()
    {
        int tick = At("P", 0);
        Wrong(1, "P", "0", "1.23", Marks.SetItem(tick, Marks[tick] with { Event = Tick(tick) with { Instrument = "Q" } }));
        Refused("there is no instrument Z", -1, Marks.SetItem(tick, Marks[tick] with { Event = Tick(tick) with { Instrument = "Z" } }));
    }

    [Fact]
    public void A_tick_at_a_mark_that_nobody_signed()
    {
        // P is no feed: its mark is what the venue says, and where that is allowed, funding follows from it
        OracleRules fewer = Rules with { Feeds = [Rules.Feeds[1]] };
        PriceLog log = new(fewer, [.. Once.Value.Prices.Entries.Select(entry => entry with { Set = new PriceSets(fewer).Make([.. entry.Set.Feeds.Where(feed => feed.Feed == "Q").SelectMany(feed => feed.Reports)], entry.Set.Time).Set! })]);
        MarkLog marks = new([.. Marks.Select(entry => log.Entries.FirstOrDefault(set => set.Height == entry.Height) is { } signed ? entry with { Event = (PricesSet)entry.Event with { Source = signed.Set.Digest().ToArray() } } : entry)]);
        PriceEvidenceFault fault = PriceEvidence.Check(fewer, log, [Batches[1]], stated: Stated, marks: marks).Fault!;
        Assert.Equal((-1, PriceEvidenceCode.NoPrice), (fault.Batch, fault.Code));
        Assert.Contains("the funding of P is a share of the mark 100, which is neither signed nor derived", fault.Message, StringComparison.Ordinal);
        TransitionInputs[] batches = [.. Batches.Select(batch => batch with { PriceSet = log.Entries.Last(entry => entry.Height <= batch.Height).Set.Digest() })];
        PriceLogResult allowed = PriceEvidence.Check(fewer, log, batches, stated: new HashSet<string>([.. Stated, "P"]), marks: marks);
        Assert.True(allowed.Fault is null, allowed.Fault?.Message);
        Assert.Equal(PriceEvidenceCode.WrongFunding, PriceEvidence.Check(fewer, log, [WithIndex(batches[1], "P", "1.24")], stated: new HashSet<string>([.. Stated, "P"]), marks: marks).Fault!.Code);
    }

    [Fact]
    public void A_tick_at_a_mark_that_was_too_old()
    {
        int tick = At("P", 2);
        PriceSet last = Once.Value.Prices.Entries[^1].Set;
        PriceEvidenceFault fault = Check(Marks.SetItem(tick, Marks[tick] with { Event = Tick(tick) with { Time = last.Time + Rules.MaxAge + 1 } })).Fault!;
        Assert.Equal((-1, PriceEvidenceCode.TooOld), (fault.Batch, fault.Code));
        Assert.Null(Check(Marks.SetItem(tick, Marks[tick] with { Event = Tick(tick) with { Time = last.Time + Rules.MaxAge } })).Fault);
    }

    [Fact]
    public void Ticks_that_no_ledger_takes()
    {
        int tick = At("P", 0), listed = Marks.ToList().FindIndex(entry => entry.Event is InstrumentListed { Instrument.Symbol: "P" });
        Refused("is not a perpetual", -1, Marks.SetItem(listed, Marks[listed] with { Event = new InstrumentListed(Marks[listed].Event.Id, Marks[listed].Event.Time, ((InstrumentListed)Marks[listed].Event).Instrument with { Kind = InstrumentKind.Future, Expiry = long.MaxValue }) }));
        Refused("has no mark yet", -1, Marks.Insert(listed + 1, new MarkLogEntry(Marks[listed].Height + 1, Tick(tick) with { Time = Marks[listed].Event.Time })));
        Refused("would not fit", -1, Marks.SetItem(tick, Marks[tick] with { Event = Tick(tick) with { Rate = new Quantity(long.MaxValue) } }));
        Refused("is no price of P", -1, Marks.SetItem(listed, Marks[listed] with { Event = new InstrumentListed(Marks[listed].Event.Id, Marks[listed].Event.Time, ((InstrumentListed)Marks[listed].Event).Instrument with { PriceScale = 1 }) }));
    }

    [Fact]
    public void Without_a_mark_log_funding_is_the_venue_s_word_only_where_that_is_allowed()
    {
        PriceLogResult first = PriceEvidence.Check(Rules, Once.Value.Prices, [Batches[0]], stated: Stated);
        Assert.True(first.Fault is null, first.Fault?.Message);
        Assert.Empty(first.Batches[0].StatedFunding);
        PriceEvidenceFault fault = PriceEvidence.Check(Rules, Once.Value.Prices, Batches, stated: Stated).Fault!;
        Assert.Equal((1, PriceEvidenceCode.NoFunding), (fault.Batch, fault.Code));
        Assert.StartsWith("P is valued at the funding index 1.23, and without a mark log", fault.Message, StringComparison.Ordinal);
        PriceLogResult allowed = PriceEvidence.Check(Rules, Once.Value.Prices, Batches, stated: Stated, allowsStatedFunding: true);
        Assert.True(allowed.Fault is null, allowed.Fault?.Message);
        Assert.Equal(["P", "Q"], allowed.Batches[1].StatedFunding.Order(StringComparer.Ordinal));
        Assert.Empty(allowed.Batches[1].Funding);

        var valued = new ValuedBatch(Batches[1], Once.Value.Prices.Entries[1].Set);
        Assert.Equal((0, PriceEvidenceCode.NoFunding), PriceEvidence.Check(Rules, [valued], Stated) is { } alone ? (alone.Batch, alone.Code) : default);
        Assert.Null(PriceEvidence.Check(Rules, [valued], Stated, allowsStatedFunding: true));
    }

    private static TransitionInputs WithIndex(TransitionInputs batch, string symbol, string index)
    {
        int table = batch.Rulebook.Schema.Tables.ToList().FindIndex(one => one.Name == "Instrument"), field = batch.Rulebook.Schema.Tables[table].Fields.ToList().FindIndex(one => one.Name == "funding");
        int record = batch.Market.Tables[table].ToList().FindIndex(one => one.Symbol == symbol), scale = ((Fermat.Rules.Schema.FieldType.Number)batch.Rulebook.Schema.Tables[table].Fields[field].Type).Quantity.Scale;
        Assert.True(VenueLog.Number(index).TryAt(scale, out Int128 units));
        MarketRecord old = batch.Market.Tables[table][record];
        return batch with { Market = batch.Market with { Tables = batch.Market.Tables.SetItem(table, batch.Market.Tables[table].SetItem(record, old with { Fields = old.Fields.SetItem(field, new FieldValue(units)) })) } };
    }

    private static int At(string instrument, int which) => Marks.Select((entry, i) => (entry, i)).Where(one => one.entry.Event is FundingTick tick && tick.Instrument == instrument).ElementAt(which).i;

    private static FundingTick Tick(int at) => (FundingTick)Marks[at].Event;

    private static PriceLogResult Check(ImmutableArray<MarkLogEntry> marks) => PriceEvidence.Check(Rules, Once.Value.Prices, Batches, stated: Stated, marks: new MarkLog(marks));

    /// <summary>A mark log by which an index of a batch is another: what follows from it, and what the batch says.</summary>
    private static void Wrong(int batch, string symbol, string expected, string stated, ImmutableArray<MarkLogEntry> marks)
    {
        PriceEvidenceFault fault = Check(marks).Fault!;
        Assert.True((batch, PriceEvidenceCode.WrongFunding) == (fault.Batch, fault.Code), fault.Message);
        Assert.Equal(new PriceDifference(symbol, expected, stated), fault.Difference);
    }

    private static void Refused(string words, int batch, ImmutableArray<MarkLogEntry> marks)
    {
        PriceEvidenceFault fault = Check(marks).Fault!;
        Assert.True((batch, PriceEvidenceCode.MarkLogRefused) == (fault.Batch, fault.Code), fault.Message);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }
}
