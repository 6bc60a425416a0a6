using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Oracles;
using Fermat.Rules.Inputs;
using Fermat.Signatures;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Marks that a venue derives from a signed index, derived again from its mark log: by all three formulas, and with a lie about each input.</summary>
public sealed class MarkEvidenceTests
{
    private const long Day = 86_400_000;

    private static readonly Secp256k1Key Key = Secp256k1Key.FromBytes(SHA256.HashData("mark"u8))!;

    private static readonly OracleRules Rules = new(1, [new OracleSource("source", Key.Address)], [new OracleFeed("IDX", 2, 1, 20_000)], Freshness: 5_000, MaxSkew: 500, MaxAge: 600_000);

    private static readonly HashSet<string> Stated = ["USD", "BTC", "Q"];                              // of Q, the mark that its first funding is a share of

    private static readonly Lazy<Made> Once = new(Make);

    /// <summary>Its mark log.</summary>
    internal static MarkLog Published => Once.Value.Marks;

    /// <summary>Whether the batches' marks follow from a mark log.</summary>
    internal static bool Follow(MarkLog marks) => Check(marks).Fault is null;

    /// <summary>What a venue publishes, and two batches that it cut.</summary>
    private sealed record Made(PriceLog Prices, MarkLog Marks, TransitionInputs[] Batches);

    /// <summary>P by its basis, Q by the median, the call C by Black-76; two sets, a batch after each.</summary>
    private static Made Make()
    {
        var log = new VenueLog();
        var sets = ImmutableArray.CreateBuilder<PriceLogEntry>();
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("C", InstrumentKind.Option, "USD", 3, 2, new Quantity(1), "IDX", log.Time + 7 * Day, new Quantity(105), OptionRight.Call)));
        log.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"C"}]}}"""));
        log.Apply((id, t) => new MarksUpdated(id, t, """{"classes":{"option":{"method":"black-76"}},"instruments":{"P":{"index":"IDX","method":"index-and-basis","timeConstant":30000},"Q":{"index":"IDX","interval":28800000,"method":"median","timeConstant":30000}}}"""));
        log.Apply((id, t) => new MarksUpdated(id, t, $$$"""{"surfaces":{"IDX":[{"expiry":{{{log.Time + 7 * Day}}},"points":[["90","0.7"],["110","0.6"]]}]}}"""));
        log.Apply((id, t) => new FundingTick(id, t, "Q", VenueLog.Number("0.01")));
        Signed("100", ("P.mid", "100.5"), ("Q.mid", "100.8"), ("Q.last", "99"));
        log.Open("a", "100");
        Signed("101", ("P.mid", "101"), ("Q.mid", "103"), ("Q.last", "101.7"));
        log.Deposit("a", "1");
        return new Made(new PriceLog(Rules, sets.ToImmutable()), MarksOf(log), [.. log.Cut().Batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))]);

        void Signed(string index, params (string Feed, string Price)[] stated) => log.Apply((id, t) =>
        {
            Assert.Equal(DecimalFault.None, Price.TryParse(index, out Price price));
            PriceSet set = new PriceSets(Rules).Make([new PriceReport(1, "IDX", price, PriceReport.FullConfidence, t, (ulong)t, Key.Address, []).SignedBy(Key)], t).Set!;
            sets.Add(new PriceLogEntry(id.Value, log.Engine.State.Height + 1, set));
            return new PricesSet(id, t, stated.Append(("IDX", index)).ToDictionary(p => p.Item1, p => VenueLog.Number(p.Item2)), set.Digest().ToArray());
        });
    }

    private static MarkLog MarksOf(VenueLog log) => new([.. log.Log.Select((logged, i) => new MarkLogEntry((ulong)i + 1, logged.Event)).Where(entry => MarkLog.Holds(entry.Event))]);

    [Fact]
    public void Batches_at_marks_that_follow_from_a_signed_index()
    {
        PriceLogResult result = Check(Once.Value.Marks);
        Assert.True(result.Fault is null, result.Fault?.Message);
        Assert.Equal(2, result.Batches.Length);
        foreach (BatchPrices batch in result.Batches)
        {
            Assert.Equal([("C", MarkMethod.Black76), ("P", MarkMethod.IndexAndBasis), ("Q", MarkMethod.Median)], batch.Derived.Select(mark => (mark.Key, mark.Value)));
            Assert.Equal((0, 2), (batch.Compared, batch.Stated.Length));
        }
        Assert.Equal(["P 100.5", "Q 100.22", "P 101.45", "Q 101.7"], Once.Value.Marks.Entries.Select(entry => entry.Event).OfType<PricesSet>().Where(set => set.Prices.ContainsKey("C")).SelectMany(set => set.Prices.Where(price => price.Key is "P" or "Q").Select(price => $"{price.Key} {price.Value}")));
        Assert.Equal(PriceEvidenceCode.NoPrice, PriceEvidence.Check(Rules, Once.Value.Prices, Once.Value.Batches, stated: Stated).Fault!.Code);
    }

    [Fact]
    public void A_mark_that_follows_from_an_index_that_nobody_signed_is_the_venues_word()
    {
        var log = new VenueLog();
        var sets = ImmutableArray.CreateBuilder<PriceLogEntry>();
        log.Apply((id, t) => new MarksUpdated(id, t, """{"instruments":{"P":{"index":"FOO","method":"index-and-basis","timeConstant":30000}}}"""));
        log.Apply((id, t) =>
        {
            Assert.Equal(DecimalFault.None, Price.TryParse("100", out Price price));
            PriceSet set = new PriceSets(Rules).Make([new PriceReport(1, "IDX", price, PriceReport.FullConfidence, t, (ulong)t, Key.Address, []).SignedBy(Key)], t).Set!;
            sets.Add(new PriceLogEntry(id.Value, log.Engine.State.Height + 1, set));
            return new PricesSet(id, t, new Dictionary<string, Quantity> { ["IDX"] = VenueLog.Number("100"), ["FOO"] = VenueLog.Number("40"), ["P.mid"] = VenueLog.Number("40") }, set.Digest().ToArray());
        });
        log.Apply((id, t) => new FundingTick(id, t, "P", VenueLog.Number("0.01")));
        log.Open("a", "100");
        TransitionInputs[] batches = [.. log.Cut(log.Log.Count - 2).Batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))];
        PriceLogResult Check(IReadOnlySet<string> stated) => PriceEvidence.Check(Rules, new PriceLog(Rules, sets.ToImmutable()), batches, stated: stated, marks: MarksOf(log));
        PriceEvidenceFault fault = Check(Stated).Fault!;
        Assert.Equal(PriceEvidenceCode.NoPrice, fault.Code);
        Assert.Contains("P", fault.Message, StringComparison.Ordinal);
        Assert.Null(Check(new HashSet<string>(Stated) { "FOO", "P" }).Fault?.Message);
    }

    [Theory]
    [InlineData("P", "\"P.mid\":\"101\"", "\"P.mid\":\"101.4\"")]
    [InlineData("Q", "\"Q.mid\":\"100.8\"", "\"Q.mid\":\"100.1\"")]
    [InlineData("Q", "\"Q.last\":\"101.7\"", "\"Q.last\":\"101.71\"")]
    [InlineData("Q", "\"rate\":\"0.01\"", "\"rate\":\"0.011\"")]
    [InlineData("Q", "\"interval\":28800000", "\"interval\":14400000")]
    [InlineData("P", "\"method\":\"index-and-basis\",\"timeConstant\":30000", "\"method\":\"index-and-basis\",\"timeConstant\":10000")]
    [InlineData("C", "[\"110\",\"0.6\"]", "[\"110\",\"0.61\"]")]
    [InlineData("C", "[\"90\",\"0.7\"]", "[\"100\",\"0.7\"]")]
    [InlineData("C", "\"strike\":\"105\"", "\"strike\":\"104\"")]
    [InlineData("C", "\"right\":\"call\"", "\"right\":\"put\"")]
    [InlineData("C", "\"P\":\"101.45\"", "\"C\":\"1.69\",\"P\":\"101.45\"")]
    [InlineData("P", "\"P\":\"101.45\"", "\"P\":\"101.46\"")]
    [InlineData("P", "\"P\":\"101.45\",", "")]
    [InlineData("more", "\"P\":\"101.45\"", "\"more\":\"1\",\"P\":\"101.45\"")]
    public void A_lie_about_an_input_or_a_mark(string mark, string from, string to)
    {
        string text = Encoding.UTF8.GetString(MarkLogJson.Write(Once.Value.Marks).Span);
        if (to.StartsWith("\"C\"", StringComparison.Ordinal)) text = System.Text.RegularExpressions.Regex.Replace(text, "\"C\":\"[0-9.]+\",(?=\"P\":\"101.45\")", "");
        Assert.Contains(from, text, StringComparison.Ordinal);
        MarkLog? lying = MarkLogJson.Read(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)), out string? problem);
        Assert.True(lying is not null, problem);
        PriceEvidenceFault fault = Check(lying).Fault!;
        Assert.Equal((-1, PriceEvidenceCode.WrongMark), (fault.Batch, fault.Code));
        Assert.Contains(mark == "more" ? "no mark of more is due" : $"the mark of {mark} is ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"IDX\":\"101\"", "\"IDX\":\"102\"", "another price of IDX")]
    [InlineData("\"prices-set\",\"id\":\"e", "\"prices-set\",\"id\":\"f", "the price log's set of that height is event")]
    [InlineData("\"source\":\"", "\"source\":\"00", null)]
    [InlineData("\"prices\":{\"BTC\":\"20000\"", "\"prices\":{\"BTC\":\"20000\",\"IDX\":\"99\"", "sets the price of IDX, and the price log has no set of that height")]
    [InlineData("\"prices\":{\"IDX\":\"101\",", "\"prices\":{\"IDX\":\"101\",\"P\":\"101\",", "the mark of P is derived")]
    [InlineData("\"method\":\"median\"", "\"method\":\"mean\"", "stated, index-and-basis, median or black-76")]
    public void A_mark_log_that_is_none(string from, string to, string? words)
    {
        string text = Encoding.UTF8.GetString(MarkLogJson.Write(Once.Value.Marks).Span);
        Assert.Contains(from, text, StringComparison.Ordinal);
        MarkLog? lying = MarkLogJson.Read(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)), out string? problem);
        Assert.Equal(words is null, lying is null);
        if (words is null) Assert.Contains("source", problem, StringComparison.Ordinal);
        else Refused(words, lying!);
    }

    [Fact]
    public void Events_left_out_doubled_or_moved()
    {
        ImmutableArray<MarkLogEntry> all = Once.Value.Marks.Entries;
        int last = all.Length - 1;                                                                   // the marks of the second set; before them the set itself
        Refused("and the mark log has no such event", new MarkLog(all[..(last - 1)]));
        Assert.Equal(PriceEvidenceCode.WrongMark, Check(new MarkLog(all.RemoveRange(last - 3, 2))).Fault!.Code);
        Refused($"was due at height {all[last].Height}", new MarkLog(all[..last]), batch: 1);
        Refused("marks are due at height", new MarkLog(all.RemoveAt(last - 2)));
        Refused("marks are due at height", new MarkLog(all.SetItem(last, all[last] with { Height = all[last].Height + 1 })));
        Refused("it comes after height", new MarkLog(all.SetItem(1, all[1] with { Height = all[0].Height })));
        Refused("is listed already", new MarkLog(all.Insert(1, all[0])), height: true);
        Refused("is before", new MarkLog(all.SetItem(1, all[1] with { Event = all[1].Event with { Time = 0 } })));
        Refused("no mark depends on it", new MarkLog(all.SetItem(0, all[0] with { Event = new AccountOpened(new EventId("x"), 0, new AccountId("x"), default, MarginMode.Cross) })));
        Refused("inside of the batch", new MarkLog(all.Add(new MarkLogEntry(Once.Value.Batches[1].Height + 1, new FundingTick(new EventId("x"), all[last].Event.Time, "Q", default)))), batch: 1);
        int tick = all.ToList().FindIndex(entry => entry.Event is FundingTick);
        Refused("there is no instrument Z", new MarkLog(all.SetItem(tick, all[tick] with { Event = (FundingTick)all[tick].Event with { Instrument = "Z" } })));
        Assert.Equal(PriceEvidenceCode.WrongMark, Check(new MarkLog(all.RemoveAt(tick))).Fault!.Code);
    }

    [Fact]
    public void A_batch_valued_at_another_mark_than_the_one_that_follows()
    {
        TransitionInputs batch = Once.Value.Batches[1];
        int table = batch.Rulebook.Schema.Tables.ToList().FindIndex(one => one.Name == "Instrument"), field = batch.Rulebook.Schema.Tables[table].Fields.ToList().FindIndex(one => one.Name == "mark");
        for (int record = 0; record < 3; record++)
        {
            MarketRecord old = batch.Market.Tables[table][record];
            MarketRecord other = old with { Fields = old.Fields.SetItem(field, new FieldValue(old.Fields[field].Integer + 1)) };
            TransitionInputs lying = batch with { Market = batch.Market with { Tables = batch.Market.Tables.SetItem(table, batch.Market.Tables[table].SetItem(record, other)) } };
            PriceEvidenceFault fault = PriceEvidence.Check(Rules, Once.Value.Prices, [lying], stated: Stated, marks: Once.Value.Marks).Fault!;
            Assert.Equal((0, PriceEvidenceCode.WrongMark), (fault.Batch, fault.Code));
            Assert.StartsWith($"{old.Symbol} is valued at ", fault.Message, StringComparison.Ordinal);
        }
        PriceEvidenceFault moved = PriceEvidence.Check(Rules, Once.Value.Prices, [Once.Value.Batches[0] with { Height = batch.Height }], stated: Stated, marks: Once.Value.Marks).Fault!;
        Assert.Equal(PriceEvidenceCode.WrongMark, moved.Code);
    }

    [Fact]
    public void A_mark_log_goes_through_its_file_and_its_digest_names_it()
    {
        MarkLog marks = Once.Value.Marks;
        ReadOnlyMemory<byte> file = MarkLogJson.Write(marks);
        Assert.Equal(file.ToArray(), MarkLogJson.Write(MarkLogJson.Read(file, out _)!).ToArray());
        Assert.Equal(marks.Digest(), MarkLogJson.Read(file, out _)!.Digest());
        Assert.NotEqual(marks.Digest(), new MarkLog(marks.Entries[..^1]).Digest());
        Assert.NotEqual(marks.Digest(), new MarkLog(marks.Entries.SetItem(0, marks.Entries[0] with { Height = 1 })).Digest());
        string text = Encoding.UTF8.GetString(file.Span);
        foreach ((string from, string to) in new[] { ("mark log", "price log"), ("\"version\":1", "\"version\":2"), ("\"height\":", "\"heights\":"), ("\"height\":4", "\"height\":04"), ("\"events\":[", "\"events\":[5,"), ("\"version\":1", "\"version\":1,\"x\":1"), ("instrument-listed", "deposit") })
        {
            Assert.Null(MarkLogJson.Read(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)), out string? problem));
            Assert.NotNull(problem);
        }
    }

    private static PriceLogResult Check(MarkLog marks) => PriceEvidence.Check(Rules, Once.Value.Prices, Once.Value.Batches, stated: Stated, marks: marks);

    private static void Refused(string words, MarkLog marks, int batch = -1, bool height = false)
    {
        if (height) marks = new MarkLog([.. marks.Entries.Select((entry, i) => entry with { Height = i == 0 ? entry.Height - 1 : entry.Height })]);
        PriceEvidenceFault fault = Check(marks).Fault!;
        Assert.True((batch, PriceEvidenceCode.MarkLogRefused) == (fault.Batch, fault.Code), fault.Message);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }
}
