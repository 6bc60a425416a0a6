using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Statements.Rulebooks;

namespace Fermat.Venue.Tests;

/// <summary>Accounts that the market data cannot value, in a venue's log: what the engine takes of them statement T allows.</summary>
public sealed class UnvaluedBatchTests
{
    private static readonly Lazy<VenueRulebook> Stressed = new(() => VenueLog.Changed("cross_perps", text => text
        .Replace("notional(p): Money = up(abs(p.size) * worth(p.instrument))", "stressed(i: Instrument): Price = if i.mark < 75 then i.mark else nearest(i.mark * stress / stress)\nnotional(p): Money = up(abs(p.size) * stressed(p.instrument))", StringComparison.Ordinal)
        .Replace("  parity: Parity = 1\n", "  parity: Parity = 1\n  stress: Rate = 1\n", StringComparison.Ordinal)));

    /// <summary>Each event that owners or the world can send about Alice, who holds what has no value, is asked for in a batch of its own, before her account is touched otherwise.</summary>
    [Theory]
    [InlineData("pledge by")]
    [InlineData("pledge to")]
    [InlineData("release of")]
    [InlineData("release by")]
    [InlineData("transfer from")]
    [InlineData("transfer to")]
    [InlineData("deposit")]
    [InlineData("withdrawal")]
    [InlineData("withdrawal paid")]
    [InlineData("withdrawal given back")]
    [InlineData("trade")]
    [InlineData("trade that ends it")]
    [InlineData("trades that end it")]
    public void What_an_account_without_a_value_is_named_in_is_in_no_batch_as_applied(string what)
    {
        VenueLog log = Opened(out EventId asked);
        SubmitResult result = what switch
        {
            "pledge by" => log.Pledge("alice", "carol", "1"),
            "pledge to" => log.Pledge("carol", "alice", "1"),
            "release of" => log.Release("alice", "carol", "10"),
            "release by" => log.Release("dave", "alice", "10"),
            "transfer from" => log.Transfer("alice", "carol", "1"),
            "transfer to" => log.Transfer("carol", "alice", "1"),
            "deposit" => log.Submit((id, t) => new Deposit(id, t, new AccountId("alice"), "USD", new Quantity(1))),
            "withdrawal" => log.Withdraw("alice", "1"),
            "withdrawal paid" => log.Submit((id, t) => new WithdrawalSettled(id, t, asked, Paid: true)),
            "withdrawal given back" => log.Submit((id, t) => new WithdrawalSettled(id, t, asked, Paid: false)),
            "trade" => log.Trade("carol", "alice", "1"),
            "trade that ends it" => log.Trade("bob", "alice", "50"),
            _ => log.Engine.SubmitMany([new Trade(new EventId("many"), log.Time + 1, "P", new AccountId("bob"), new AccountId("alice"), new Quantity(50), new Quantity(100), default, default, null, null)])[0],
        };
        Assert.False(result.IsApplied);
        Assert.Equal(EngineRejectionCode.NoPrice, result.Rejection?.Code);
        Assert.True(log.Transfer("carol", "dave", "1").IsApplied);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.IsType<Transfer>(Assert.Single(batches[^1].Events).Event);                        // what was rejected is between batches, on the venue's word
    }

    /// <summary>What nobody instructs is booked whatever its holders are worth, since the positions are what they are; statement T cannot say so.</summary>
    [Fact]
    public void A_settlement_with_a_holder_without_a_value_is_booked_and_not_proven()
    {
        VenueLog log = Opened(out _);
        log.Apply((id, t) => new Settlement(id, t, "P", new Quantity(100), Close: false));
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.NotEmpty(batches);
        Assert.Equal(BatchRefusalCode.RuledOut, refused?.Code);
        Assert.Contains("an account cannot be valued: division by zero", refused!.Message, StringComparison.Ordinal);
    }

    /// <summary>Alice has bought P of Bob, has pledged to Carol, and Dave to her, and has asked for 5 dollars; then nothing says what P is worth.</summary>
    private static VenueLog Opened(out EventId asked)
    {
        var log = new VenueLog(Stressed.Value, new EngineOptions());
        log.Deposit("insurance", "100000");
        foreach (string name in (string[])["alice", "bob", "carol", "dave"]) log.Open(name, "1000");
        Assert.True(log.Trade("alice", "bob", "50").IsApplied);
        Assert.True(log.Pledge("alice", "carol", "10").IsApplied);
        Assert.True(log.Pledge("dave", "alice", "10").IsApplied);
        Assert.True(log.Withdraw("alice", "5").IsApplied);
        asked = log.Log[^1].Event.Id;
        log.Apply((id, t) => new ParametersUpdated(id, t, """{"parameters":{"stress":"0"}}"""));
        return log;
    }
}
