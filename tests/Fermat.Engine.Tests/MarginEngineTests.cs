using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

public sealed class MarginEngineTests
{
    [Fact]
    public void A_trade_needs_initial_margin_on_both_sides_to_the_unit()
    {
        var venue = new Venue();
        venue.Open("alice", "1000");
        venue.Open("bob", "999.999999");
        Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.InsufficientMargin, "bob"), Of(venue.Trade("alice", "bob", "100")));     // 100 · 100 · 10% = 1000
        Assert.Equal("0", venue.Size("alice"));
        venue.Deposit("bob", "0.000001");
        Assert.True(venue.Trade("alice", "bob", "100").IsApplied);
        Assert.Equal(("100", "-100"), (venue.Size("alice"), venue.Size("bob")));
        Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.InsufficientMargin, "alice"), Of(venue.Trade("alice", "bob", "0.001")));
    }

    [Fact]
    public void A_rejected_event_is_in_the_log_and_changes_nothing_but_the_height()
    {
        var venue = new Venue();
        venue.Open("alice", "10");
        venue.Open("bob", "10");
        ulong height = venue.Engine.State.Height;
        int logged = venue.Log.Count;
        Assert.Equal(EventOutcome.Rejected, venue.Trade("alice", "bob", "100").Outcome);
        Assert.Equal(height + 1, venue.Engine.State.Height);
        Assert.Equal(EngineRejectionCode.InsufficientMargin, venue.Log[logged].Rejection!.Code);
    }

    [Fact]
    public void What_the_ledger_refuses_does_not_enter_the_log()
    {
        var venue = new Venue();
        int logged = venue.Log.Count;
        SubmitResult result = venue.Trade("nobody", "else", "1");
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.Bookkeeping), (result.Outcome, result.Rejection!.Code));
        Assert.NotNull(result.Rejection.Ledger);
        Assert.Equal(logged, venue.Log.Count);
    }

    [Fact]
    public void Only_free_collateral_can_be_withdrawn_or_sent()
    {
        Venue venue = Long100();
        Assert.Equal("500", Free(venue, "alice"));                                               // 1500 less 1000
        Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.InsufficientCollateral, "alice"), Of(venue.Withdraw("alice", "500.000001")));
        Assert.True(venue.Withdraw("alice", "500").IsApplied);
        SubmitResult sent = venue.Submit((id, t) => new Transfer(id, t, new AccountId("alice"), new AccountId("bob"), "USD", Venue.Number("0.000001"), null));
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, sent.Rejection!.Code);
    }

    [Fact]
    public void Who_is_below_initial_margin_pays_nothing_not_even_what_is_worth_nothing()
    {
        var venue = new Venue();
        venue.Open("alice", "1000");
        venue.Open("bob", "5000");
        venue.Deposit("alice", "1", "BTC");
        venue.Prices(("BTC", "0"));
        Assert.True(venue.Trade("alice", "bob", "90").IsApplied);
        venue.Prices(("P", "96"));
        Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.InsufficientCollateral, "alice"), Of(venue.Withdraw("alice", "0.5", "BTC")));
    }

    [Fact]
    public void The_venue_s_own_accounts_pay_no_more_than_they_have()
    {
        var venue = new Venue();
        venue.Deposit("fees", "5");
        Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.Borrowing, "fees"), Of(venue.Withdraw("fees", "5.000001")));
        Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.Borrowing, "insurance"), Of(venue.Withdraw("insurance", "1")));
        Assert.True(venue.Withdraw("fees", "5").IsApplied);
    }

    [Fact]
    public void Gains_are_free_collateral_and_losses_are_not()
    {
        Venue venue = Long100();
        venue.Prices(("P", "101"));
        Assert.Equal("590", Free(venue, "alice"));                                               // 1500 + 100 − 1010
        Assert.Equal("-110", Free(venue, "bob"));                                                // 1000 − 100 − 1010
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, venue.Withdraw("bob", "1").Rejection!.Code);
    }

    [Fact]
    public void Who_is_below_initial_margin_may_only_reduce_risk()
    {
        Venue venue = Long100();
        venue.Prices(("P", "101"));
        venue.Open("carol", "100000");
        Assert.Equal(EngineRejectionCode.InsufficientMargin, venue.Trade("carol", "bob", "1", "101").Rejection!.Code);
        Assert.True(venue.Trade("bob", "carol", "1", "101").IsApplied);
        Assert.Equal("-99", venue.Size("bob"));
        Assert.Equal(EngineRejectionCode.InsufficientMargin, venue.Trade("bob", "carol", "1", "120").Rejection!.Code);      // reducing at a price that makes the deficit larger
    }

    [Fact]
    public void Nobody_borrows_where_the_venue_does_not_lend()
    {
        var venue = new Venue();
        venue.Open("alice");
        venue.Deposit("alice", "1", "BTC");
        Assert.Equal(EngineRejectionCode.Borrowing, venue.Withdraw("alice", "1").Rejection!.Code);
        var lender = new Venue(options: new EngineOptions { AllowBorrowing = true });
        lender.Open("alice");
        lender.Deposit("alice", "1", "BTC");
        Assert.True(lender.Withdraw("alice", "18000").IsApplied);                                // 20000 · 0.9
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, lender.Withdraw("alice", "0.000001").Rejection!.Code);
    }

    [Fact]
    public void Collateral_counts_by_its_haircut()
    {
        var venue = new Venue();
        venue.Open("alice");
        venue.Open("bob", "100000");
        venue.Deposit("alice", "0.05", "BTC");                                                  // 1000 · 0.9 = 900
        Assert.Equal(EngineRejectionCode.InsufficientMargin, venue.Trade("alice", "bob", "90.001").Rejection!.Code);
        Assert.True(venue.Trade("alice", "bob", "90").IsApplied);
    }

    [Fact]
    public void Funding_moves_margin_without_touching_an_account()
    {
        Venue venue = Long100();
        venue.Apply((id, t) => new FundingTick(id, t, "P", Venue.Number("0.01")));               // 1 USD for each unit
        Assert.Equal("400", Free(venue, "alice"));
        Assert.Equal("100", Free(venue, "bob"));
        Assert.Equal("1500", venue.Usd("alice"));
        Assert.True(venue.Trade("bob", "alice", "100").IsApplied);                               // closing pays it
        Assert.Equal(("1400", "1100"), (venue.Usd("alice"), venue.Usd("bob")));
    }

    [Fact]
    public void Expiry_settles_to_balances()
    {
        Venue venue = Long100();
        venue.Apply((id, t) => new Settlement(id, t, "P", Venue.Number("103"), Close: true));
        Assert.Equal(("1800", "700"), (venue.Usd("alice"), venue.Usd("bob")));
        Assert.Equal("1800", Free(venue, "alice"));
        Assert.Equal(EventOutcome.Refused, venue.Trade("alice", "bob", "1").Outcome);
    }

    [Fact]
    public void What_if_tells_and_takes_nothing()
    {
        Venue venue = Long100();
        ulong height = venue.Engine.State.Height;
        WhatIf whatIf = venue.Engine.Try(new Trade(new EventId("x"), venue.Time, "P", new AccountId("alice"), new AccountId("bob"), new Quantity(51), new Quantity(100), default, default, null, null));
        Assert.Equal(EngineRejectionCode.InsufficientMargin, whatIf.Rejection!.Code);
        Assert.Equal("-10", Rules.Inputs.ScaledNumber.Format(whatIf.Accounts[0].After!.Value.FreeCollateral, whatIf.Accounts[0].After!.Value.Scale));
        Assert.Equal(height, venue.Engine.State.Height);
        Assert.Equal("100", venue.Size("alice"));
    }

    [Fact]
    public void Nothing_is_deposited_or_sent_that_has_no_price()
    {
        var venue = new Venue();
        venue.Open("alice", "10");
        venue.Apply((id, t) => new AssetListed(id, t, "JUNK", 6));
        SubmitResult result = venue.Submit((id, t) => new Deposit(id, t, new AccountId("alice"), "JUNK", new Quantity(1)));
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NoPrice), (result.Outcome, result.Rejection!.Code));
    }

    [Theory]
    [InlineData("too fine an asset")]
    [InlineData("too fine a size")]
    [InlineData("too fine a mark")]
    [InlineData("an inverse perpetual")]
    [InlineData("parameters")]
    [InlineData("a negative index")]
    public void What_the_rulebook_cannot_take_is_refused_at_the_door(string what)
    {
        var venue = new Venue();
        InstrumentTerms Terms(InstrumentKind kind, int sizes, int prices, string multiplier) => new("R", kind, kind == InstrumentKind.InversePerpetual ? "BTC" : "USD", sizes, prices, Venue.Number(multiplier));
        SubmitResult result = venue.Submit((id, t) => what switch
        {
            "too fine an asset" => new AssetListed(id, t, "FINE", 9),
            "too fine a size" => new InstrumentListed(id, t, Terms(InstrumentKind.LinearPerpetual, 6, 2, "0.001")),
            "too fine a mark" => new InstrumentListed(id, t, Terms(InstrumentKind.LinearPerpetual, 3, 9, "1")),
            "an inverse perpetual" => new InstrumentListed(id, t, Terms(InstrumentKind.InversePerpetual, 0, 2, "100")),
            "parameters" => new ParametersUpdated(id, t, """{"parameters":{"close_shares":"0.5"}}"""),
            _ => new PricesSet(id, t, new Dictionary<string, Quantity> { ["USD"] = Venue.Number("0.000000001") }, null),
        });
        Assert.Equal(EventOutcome.Refused, result.Outcome);
        Assert.Contains(result.Rejection!.Code, new[] { EngineRejectionCode.NotOfRulebook, EngineRejectionCode.Bookkeeping });
    }

    [Fact]
    public void A_multiplier_is_part_of_the_size()
    {
        var venue = new Venue();
        venue.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("M", InstrumentKind.LinearPerpetual, "USD", 0, 2, Venue.Number("0.01"))));
        venue.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"M"}]}}"""));
        venue.Prices(("M", "100"));
        venue.Open("alice", "100");
        venue.Open("bob", "100");
        Assert.Equal(EngineRejectionCode.InsufficientMargin, venue.Trade("alice", "bob", "1001", instrument: "M").Rejection!.Code);
        Assert.True(venue.Trade("alice", "bob", "1000", instrument: "M").IsApplied);             // 1000 · 0.01 · 100 · 10% = 100
    }

    [Fact]
    public void The_log_alone_rebuilds_the_state()
    {
        Venue venue = Long100();
        venue.Trade("alice", "bob", "100000");
        venue.Prices(("P", "112"));
        Assert.NotEmpty(venue.Generated());
        var again = new MarginEngine(Venue.Rulebook("cross_perps"));
        foreach (LoggedEvent logged in venue.Log) again.Restore(logged);
        Assert.Equal(venue.Engine.State.Height, again.State.Height);
        Assert.Equal(venue.Engine.State.Parameters, again.State.Parameters);
        for (int i = 0; i < again.State.Accounts.Count; i++)
        {
            Assert.Equal(venue.Engine.State.Accounts[i].Balances.ToArray(), again.State.Accounts[i].Balances.ToArray());
            Assert.Equal(venue.Engine.State.Accounts[i].Positions.ToArray(), again.State.Accounts[i].Positions.ToArray());
        }
    }

    /// <summary>alice long 100 P at 100 with 1500 USD, bob short with 1000.</summary>
    internal static Venue Long100(string insurance = "0")
    {
        var venue = new Venue();
        if (insurance != "0") venue.Deposit("insurance", insurance);
        venue.Open("alice", "1500");
        venue.Open("bob", "1000");
        Assert.True(venue.Trade("alice", "bob", "100").IsApplied);
        return venue;
    }

    internal static string Free(Venue venue, string account) => Rules.Inputs.ScaledNumber.Format(venue.Health(account).FreeCollateral, venue.Health(account).Scale);

    private static (EventOutcome, EngineRejectionCode, string) Of(SubmitResult result) => (result.Outcome, result.Rejection!.Code, result.Rejection.Account!.Value.Value);
}
