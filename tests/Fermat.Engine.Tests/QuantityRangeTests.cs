using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

/// <summary>What would leave an account beyond the rulebook's quantities does not come through the door: nobody could value or prove that account any more. Amounts of cross_perps are of 63 bits with 8 decimals, about 9.2 · 10^10 coins.</summary>
public sealed class QuantityRangeTests
{
    private const string Most = "92233720368.547758", Range = "-92233720368.54775807 to 92233720368.54775807";

    [Theory]
    [InlineData("alice")]
    [InlineData("insurance")]
    [InlineData("fees")]
    public void A_deposit_is_refused_that_leaves_more_than_a_balance_can_be(string account)
    {
        var venue = new Venue();
        venue.Open("alice");
        Refused(venue, Deposit(venue, account, "1000000000000"), account, Range);
        Refused(venue, Deposit(venue, account, "92233720368.547759"), account, Range);
        Assert.True(venue.Submit(Deposit(venue, account, Most)).IsApplied);
        Refused(venue, Deposit(venue, account, "0.000001"), account, Range);
        Assert.NotNull(venue.Engine.Health(new AccountId(account)));
        venue.Prices(("P", "101"));
        Assert.True(venue.Withdraw(account, "1").IsApplied);
        Assert.True(venue.Submit(Deposit(venue, account, "1")).IsApplied);
    }

    [Fact]
    public void A_transfer_is_refused_that_leaves_the_one_who_gets_it_too_much()
    {
        var venue = new Venue();
        venue.Open("alice", Most);
        venue.Open("bob", "2");
        LedgerEvent Send(string amount) => new Transfer(venue.NextId(), venue.Time += 1000, new AccountId("bob"), new AccountId("alice"), "USD", Venue.Number(amount), null);
        Refused(venue, Send("1"), "alice", Range);
        Assert.Equal("2", venue.Usd("bob"));
        Assert.True(venue.Withdraw("alice", "1").IsApplied);
        Assert.True(venue.Submit(Send("1")).IsApplied);
    }

    [Fact]
    public void A_trade_is_refused_by_size_and_by_the_fees_that_it_pays()
    {
        var venue = new Venue();
        venue.Open("alice", "1000");
        venue.Open("bob", "1000");
        venue.Deposit("fees", Most);
        Refused(venue, Trade(venue, "92233720369", "0.01", "0"), "alice", "position in P with a size of 92233720369, and the rulebook's go from " + Range);
        Refused(venue, Trade(venue, "1", "100", "0.01"), "fees", Range);
        Assert.True(venue.Submit(Trade(venue, "1", "100", "0")).IsApplied);
        Assert.True(venue.Submit(Trade(venue, "1", "100", "-0.01")).IsApplied);                  // a rebate makes room
        Assert.True(venue.Submit(Trade(venue, "1", "100", "0.01")).IsApplied);
    }

    /// <summary>Trades that are booked ahead come to the same, with the fee in the midst of them that is a unit too much.</summary>
    [Fact]
    public void Many_trades_at_once_come_to_what_one_by_one_comes_to()
    {
        Venue one = Opened(), many = Opened();
        LedgerEvent[] trades = [.. Enumerable.Range(0, 2000).Select(_ => Trade(one, "0.001", "100", "0.001"))];
        EventOutcome[] outcomes = [.. trades.Select(trade => one.Submit(trade).Outcome)];
        Assert.Equal(outcomes, many.Engine.SubmitMany(trades).Select(result => result.Outcome));
        Assert.Equal((1500, 500), (outcomes.Count(outcome => outcome == EventOutcome.Applied), outcomes.Count(outcome => outcome == EventOutcome.Refused)));
        Assert.Equal(Most, many.Usd("fees"));
        Assert.Equal(Bytes(one.Engine.State), Bytes(many.Engine.State));

        static Venue Opened()
        {
            var venue = new Venue();
            venue.Open("alice", "1000");
            venue.Open("bob", "1000");
            venue.Deposit("fees", "92233720365.547758");                                          // room for 3 dollars: 1,500 fees of both sides
            return venue;
        }
    }

    [Fact]
    public void A_settlement_waits_until_what_it_pays_has_room()
    {
        var venue = new Venue();
        venue.Open("alice", Most);
        venue.Open("bob", "1000");
        Assert.True(venue.Trade("alice", "bob", "10").IsApplied);
        venue.Prices(("P", "101"));
        LedgerEvent Settle() => new Settlement(venue.NextId(), venue.Time += 1000, "P", Venue.Number("101"), Close: true);
        Refused(venue, Settle(), "alice", Range);
        Assert.Equal("10", venue.Size("alice"));
        Assert.True(venue.Withdraw("alice", "10").IsApplied);
        Assert.True(venue.Submit(Settle()).IsApplied);
        Assert.Equal((Most, "0"), (venue.Usd("alice"), venue.Size("alice")));
    }

    /// <summary>Where the fund has no room for a penalty, the other side is asked; where that has none for its gain, nothing is done until it has.</summary>
    [Fact]
    public void A_step_of_the_engine_s_own_that_has_no_room_is_not_made()
    {
        var venue = new Venue();
        venue.Deposit("insurance", Most);
        venue.Open("alice", Most);
        venue.Open("bob", "1000");
        Assert.True(venue.Trade("alice", "bob", "95").IsApplied);
        int before = venue.Log.Count;
        venue.Prices(("P", "108"));
        Assert.Equal([], venue.Generated(before).Select(step => step.ToString()));
        Assert.Equal(AccountClass.Liquidatable, venue.Health("bob").Class);
        Assert.IsType<AutoDeleveraged>(venue.Engine.NextStep(new AccountId("bob")));
        venue.Prices(("P", "108"));
        Assert.Empty(venue.Generated(before));
        Assert.True(venue.Withdraw("alice", "1000").IsApplied);
        venue.Prices(("P", "108"));
        Assert.IsType<AutoDeleveraged>(Assert.Single(venue.Generated(before)));
        Assert.Equal(("0", "240"), (venue.Size("bob"), venue.Usd("bob")));
    }

    /// <summary>A log from before this was refused: the account finds its way back.</summary>
    [Fact]
    public void Who_has_too_much_already_can_take_it_out()
    {
        var venue = new Venue();
        venue.Open("whale");
        venue.Open("bob", "1000");
        venue.Engine.Restore(new LoggedEvent(Deposit(venue, "whale", "1000000000000"), null, Generated: false));
        Assert.Null(venue.Engine.Health(new AccountId("whale")));
        Refused(venue, Deposit(venue, "whale", "1"), "whale", Range);
        Assert.Equal(EventOutcome.Rejected, venue.Withdraw("whale", "1").Outcome);                // it cannot be judged with what would be left
        Assert.True(venue.Withdraw("whale", "999999999000").IsApplied);
        Assert.Equal("1000", venue.Health("whale").FreeCollateral is var free ? ScaledNumberOf(free, venue.Health("whale").Scale) : "");
        Assert.True(venue.Trade("whale", "bob", "10").IsApplied);
    }

    [Fact]
    public void A_funding_index_is_refused_that_the_rulebook_cannot_take()
    {
        var venue = new Venue();
        LedgerEvent Tick(string rate) => new FundingTick(venue.NextId(), venue.Time += 1000, "P", Venue.Number(rate));
        venue.Prices(("P", "10000000000"));
        Refused(venue, Tick("9"), null, "the funding index of P would be 90000000000");
        Assert.True(venue.Submit(Tick("0.01")).IsApplied);
        Assert.Equal(10_000_000_000, venue.Engine.State.Instruments[0].FundingIndex);
    }

    private static string ScaledNumberOf(System.Numerics.BigInteger value, int scale) => ExactDecimal.Format(value, scale);

    private static Deposit Deposit(Venue venue, string account, string amount) => new(venue.NextId(), venue.Time += 1000, new AccountId(account), "USD", Venue.Number(amount));

    private static Trade Trade(Venue venue, string size, string price, string fee) => new(venue.NextId(), venue.Time += 1000, "P", new AccountId("alice"), new AccountId("bob"), Venue.Number(size), Venue.Number(price), Venue.Number(fee), Venue.Number(fee), null, null);

    private static void Refused(Venue venue, LedgerEvent instruction, string? account, string says)
    {
        (int log, byte[] state) = (venue.Log.Count, Bytes(venue.Engine.State));
        EngineRejection? asked = venue.Engine.Try(instruction).Rejection;
        SubmitResult result = venue.Submit(instruction);
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook, account), (result.Outcome, result.Rejection?.Code, result.Rejection?.Account?.Value));
        Assert.True(result.Rejection!.Message.Contains(says, StringComparison.Ordinal), result.Rejection.Message);
        Assert.Equal(result.Rejection, asked);
        Assert.Equal(log, venue.Log.Count);
        Assert.Equal(state, Bytes(venue.Engine.State));
    }

    private static byte[] Bytes(LedgerState state) => [.. StateSnapshot.Write(state, 0, default).SelectMany(part => part.ToArray())];
}
