using System.Text;
using Fermat.Margin;

namespace Fermat.Oracles.Tests;

public sealed class PriceLogTests
{
    private static readonly string[] Prices = ["100", "100.5", "101"];

    internal static readonly PriceLog Two = new(PriceSetsTests.Rules, [new PriceLogEntry("open", 5, Set(0, 1)), new PriceLogEntry("noon", 9, Set(1000, 2))]);

    private static readonly string Text = Encoding.UTF8.GetString(PriceLogJson.Write(Two).Span);

    [Fact]
    public void What_is_written_is_read_and_stands()
    {
        PriceLog log = PriceLogJson.Read(Encoding.UTF8.GetBytes(Text), out string? problem)!;
        Assert.Null(problem);
        Assert.Equal(Two.Digest(), log.Digest());
        Assert.Equal(Text, Encoding.UTF8.GetString(PriceLogJson.Write(log).Span));
        log.Replay(out PriceLogFault? fault);
        Assert.Null(fault);
        Assert.True(PriceLogJson.IsOne(Encoding.UTF8.GetBytes(Text)));
        Assert.False(PriceLogJson.IsOne(OracleRulesJson.Write(Two.Rules).Span));
    }

    [Fact]
    public void Another_event_height_set_or_order_is_another_digest()
    {
        var digests = new[]
        {
            Two, Two with { Entries = Two.Entries[..1] }, Two with { Entries = [Two.Entries[1], Two.Entries[0]] }, With(Two.Entries[1] with { Event = "late" }), With(Two.Entries[1] with { Height = 10 }),
            With(Two.Entries[1] with { Set = Set(1000, 3) }), Two with { Rules = Two.Rules with { MaxAge = 1 } },
        }.Select(log => log.Digest()).ToArray();
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void A_log_whose_times_heights_or_sequences_fall_does_not_stand()
    {
        Fault(1, PriceRejectionCode.TimeNotMonotone, With(Two.Entries[1] with { Set = Set(0, 2) }));
        Fault(1, PriceRejectionCode.TimeNotMonotone, With(Two.Entries[1] with { Set = Set(1000, 0) }));
        Fault(1, null, With(Two.Entries[1] with { Height = 5 }));
        Fault(1, null, With(Two.Entries[1] with { Height = 0 }));
        Fault(1, PriceRejectionCode.TimeNotMonotone, new PriceLog(Two.Rules, [Two.Entries[1], Two.Entries[0] with { Height = 10 }]));
    }

    [Fact]
    public void A_log_without_heights_stands_and_says_what_comes_next_must_follow()
    {
        PriceSets next = (Two with { Entries = [.. Two.Entries.Select(entry => entry with { Height = 0 })] }).Replay(out PriceLogFault? fault);
        Assert.Null(fault);
        Assert.Equal(PriceRejectionCode.TimeNotMonotone, next.Make(Reports(1000, 3), PriceSetsTests.Noon + 1000).Rejections.Single().Code);
        Assert.NotNull(next.Make(Reports(1001, 3), PriceSetsTests.Noon + 1001).Set);
    }

    [Fact]
    public void A_price_that_the_reports_do_not_give_does_not_stand()
    {
        FeedPrice feed = Two.Entries[1].Set.Feeds[0];
        Fault(1, PriceRejectionCode.WrongSet, With(Two.Entries[1] with { Set = Two.Entries[1].Set with { Feeds = [feed with { Price = new Price(1010, 1) }] } }));
        Fault(1, PriceRejectionCode.QuorumNotMet, With(Two.Entries[1] with { Set = Two.Entries[1].Set with { Feeds = [feed with { Reports = feed.Reports[..2] }] } }));
    }

    [Theory]
    [InlineData("\"fermat price log\"", "\"fermat price set\"", "$.format")]
    [InlineData("\"fermat oracle rules\"", "\"fermat rules\"", "$.oracles.format")]
    [InlineData("\"height\": 5", "\"height\": 0", "$.sets[0].height")]
    [InlineData("\"event\": \"open\"", "\"event\": \"\"", "$.sets[0].event")]
    [InlineData("\"event\": \"open\"", "\"event\": \"open\", \"source\": 1", "not known")]
    [InlineData("\"digest\": \"", "\"digest\": \"0", "$.sets[0].digest")]
    [InlineData("\"price\": \"100.5\"", "\"price\": \"100.6\"", "$.sets[0].digest")]
    [InlineData("\"price\": \"100.5\"", "\"price\": \"100.50\"", "$.sets[0].feeds[0].price")]
    [InlineData("\"feed\": \"BTC\"", "\"feed\": \"ETH\"", "$.sets[0].feeds[0].reports[0].feed")]
    [InlineData("\"sets\": [", "\"sets\": 5, \"x\": [", "not known")]
    public void A_fault_is_named_by_its_place(string from, string to, string place)
    {
        int at = Text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0);
        Assert.Null(PriceLogJson.Read(Encoding.UTF8.GetBytes(Text.Remove(at, from.Length).Insert(at, to)), out string? problem));
        Assert.Contains(place, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_refused_or_do_not_stand_and_never_throw()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Text);
        var random = new Random(7);
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            for (int k = random.Next(1, 4); k > 0; k--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            PriceLog? log = PriceLogJson.Read(damaged, out string? problem);
            Assert.Equal(log is null, problem is not null);
            log?.Replay(out _);
        }
    }

    private static void Fault(int entry, PriceRejectionCode? code, PriceLog log)
    {
        log.Replay(out PriceLogFault? fault);
        Assert.Equal((entry, code), (fault!.Entry, fault.Rejection?.Code));
    }

    private static PriceLog With(PriceLogEntry second) => Two with { Entries = [Two.Entries[0], second] };

    private static PriceSet Set(long after, ulong sequence) => new PriceSets(PriceSetsTests.Rules).Make(Reports(after, sequence), PriceSetsTests.Noon + after).Set!;

    private static PriceReport[] Reports(long after, ulong sequence) => [.. Prices.Select((price, i) => PriceSetsTests.Report(i, price, time: PriceSetsTests.Noon + after, sequence: sequence))];
}
