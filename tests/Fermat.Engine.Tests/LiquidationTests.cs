using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

public sealed class LiquidationTests
{
    [Fact]
    public void Nobody_is_liquidated_at_maintenance_and_everybody_is_below_it()
    {
        // bob: 1000 − 100 · (P − 100) against 5 · P: equal at P = 104.7619…
        Venue venue = MarginEngineTests.Long100("100000");
        int before = venue.Log.Count;
        venue.Prices(("P", "104.76"));
        Assert.Empty(venue.Generated(before));
        venue.Prices(("P", "104.77"));
        Assert.All(venue.Generated(before), step => Assert.Equal("bob", ((Liquidation)step).Account.Value));
        Assert.NotEmpty(venue.Generated(before));
        Assert.NotEqual(AccountClass.Liquidatable, venue.Health("bob").Class);
    }

    [Fact]
    public void A_step_takes_the_rulebook_s_share_at_the_mark_with_its_penalty()
    {
        Venue venue = MarginEngineTests.Long100("100000");
        int before = venue.Log.Count;
        venue.Prices(("P", "104.77"));
        Liquidation first = Assert.IsType<Liquidation>(venue.Generated(before).First());
        Assert.Equal((Venue.Number("-25"), Venue.Number("104.77")), (first.Size, first.Price));
        Assert.Equal(Venue.Number("26.1925"), first.Penalty);                                    // 25 · 104.77 · 1%
        Assert.Equal("insurance", first.Taker.Value);
        Assert.Equal("-75", venue.Size("bob"));
        Assert.Equal("-25", venue.Size("insurance"));
    }

    [Fact]
    public void Far_below_maintenance_everything_is_taken_and_a_bankrupt_account_is_covered_by_the_fund()
    {
        Venue venue = MarginEngineTests.Long100("100000");
        int before = venue.Log.Count;
        venue.Prices(("P", "112"));                                                              // bob has lost 1200 of 1000
        LedgerEvent[] made = [.. venue.Generated(before)];
        Assert.Equal(["Liquidation", "InsurancePaid"], made.Select(step => step.GetType().Name));
        Assert.Equal((Venue.Number("-100"), default(Quantity)), (((Liquidation)made[0]).Size, ((Liquidation)made[0]).Penalty));
        Assert.Equal(Venue.Number("200"), ((InsurancePaid)made[1]).Amount);
        Assert.Equal(("0", "0", "99800"), (venue.Usd("bob"), venue.Size("bob"), venue.Usd("insurance")));
    }

    [Fact]
    public void Without_a_fund_the_other_side_is_deleveraged_and_the_loss_is_shared_to_the_unit()
    {
        Venue venue = MarginEngineTests.Long100();
        venue.Open("carol", "999.999999");
        venue.Open("dave", "500");
        int before = venue.Log.Count;
        venue.Prices(("P", "112"));
        LedgerEvent[] made = [.. venue.Generated(before)];
        Assert.Equal(["AutoDeleveraged", "LossSocialized"], made.Select(step => step.GetType().Name));
        Assert.Equal(("alice", Venue.Number("-100")), (((AutoDeleveraged)made[0]).Counterparty.Value, ((AutoDeleveraged)made[0]).Size));

        // 200 over alice 2700, carol 999.999999, dave 500: rounded down, and of the two units left one each of the first two
        LossShare[] shares = [.. ((LossSocialized)made[1]).Shares];
        Assert.Equal(["alice", "carol", "dave"], shares.Select(share => share.Account.Value));
        Assert.Equal(["128.571429", "47.619048", "23.809523"], shares.Select(share => share.Amount.ToString()));
        Assert.Equal(("0", "2571.428571"), (venue.Usd("bob"), venue.Usd("alice")));
    }

    [Fact]
    public void What_rounding_leaves_is_paid_in_the_order_in_which_accounts_opened_and_the_event_names_them_by_name()
    {
        Venue venue = MarginEngineTests.Long100();
        venue.Open("zoe", "900");
        venue.Open("carol", "900");
        int before = venue.Log.Count;
        venue.Prices(("P", "112"));

        // 200 over alice 2700, zoe 900, carol 900: 120, 40, 40; with one unit more to zoe's balance nothing divides
        Assert.Equal(["120", "40", "40"], venue.Generated(before).OfType<LossSocialized>().Single().Shares.Select(share => share.Amount.ToString()));
        venue = MarginEngineTests.Long100();
        venue.Open("zoe", "900.000001");
        venue.Open("carol", "900");
        before = venue.Log.Count;
        venue.Prices(("P", "112"));
        LossShare[] shares = [.. venue.Generated(before).OfType<LossSocialized>().Single().Shares];
        Assert.Equal(["alice", "carol", "zoe"], shares.Select(share => share.Account.Value));
        Assert.Equal(["120", "39.999999", "40.000001"], shares.Select(share => share.Amount.ToString()));
    }

    [Fact]
    public void The_fund_pays_what_it_has_before_a_loss_is_shared()
    {
        Venue venue = MarginEngineTests.Long100("50");
        int before = venue.Log.Count;
        venue.Prices(("P", "112"));
        LedgerEvent[] made = [.. venue.Generated(before)];
        Assert.Equal(["AutoDeleveraged", "InsurancePaid", "LossSocialized"], made.Select(step => step.GetType().Name));
        Assert.Equal((Venue.Number("50"), Venue.Number("150")), (((InsurancePaid)made[1]).Amount, ((LossSocialized)made[2]).Shares.Single().Amount));
    }

    [Fact]
    public void Who_gained_most_is_deleveraged_first_and_of_equals_who_opened_first()
    {
        var venue = new Venue();
        foreach (string account in new[] { "short", "early", "late", "rich" }) venue.Open(account, "10000");
        Assert.True(venue.Trade("rich", "short", "10", "99").IsApplied);
        Assert.True(venue.Trade("late", "short", "10").IsApplied);
        Assert.True(venue.Trade("early", "short", "10").IsApplied);
        Assert.True(venue.Withdraw("short", "9600").IsApplied);
        int before = venue.Log.Count;
        venue.Prices(("P", "140"));
        Assert.Equal(["rich", "early", "late"], venue.Generated(before).OfType<AutoDeleveraged>().Select(step => step.Counterparty.Value));
    }

    [Fact]
    public void Collateral_is_sold_to_the_fund_for_what_is_owed()
    {
        var venue = new Venue();
        venue.Deposit("insurance", "100000");
        venue.Open("alice");
        venue.Deposit("alice", "0.1", "BTC");
        venue.Open("bob", "100000");
        Assert.True(venue.Trade("alice", "bob", "100").IsApplied);                               // 1800 against 1000
        int before = venue.Log.Count;
        venue.Prices(("P", "84"));                                                               // lost 1600: 200 against 420, less than half: all is taken
        LedgerEvent[] made = [.. venue.Generated(before)];
        Assert.Equal("Liquidation", made[0].GetType().Name);
        Assert.Equal("0", venue.Size("alice"));
        Assert.NotEqual(AccountClass.Bankrupt, venue.Health("alice").Class);
        before = venue.Log.Count;
        venue.Prices(("BTC", "17000"));
        Assert.Contains(venue.Generated(before), step => step is CollateralSold { Asset: "BTC", For: "USD" });
        Assert.Equal("0", venue.Usd("alice"));
    }

    /// <summary>Otherwise others would pay all of a debt, and the account would keep what it was lent for.</summary>
    [Fact]
    public void A_loss_is_not_shared_while_the_failing_account_has_collateral()
    {
        var venue = new Venue(options: new EngineOptions { AllowBorrowing = true });
        venue.Open("rich", "40000");
        venue.Open("erin");
        venue.Deposit("erin", "1", "BTC");
        Assert.True(venue.Withdraw("erin", "17000").IsApplied);
        int before = venue.Log.Count;
        venue.Prices(("BTC", "16900"));
        Assert.Equal(AccountClass.Bankrupt, venue.Health("erin").Class);
        Assert.Empty(venue.Generated(before));

        // the fund buys as much as it can pay for
        venue.Deposit("insurance", "1690");
        venue.Prices(("BTC", "16900"));
        Assert.Equal((Venue.Number("0.1"), Venue.Number("1690")), Assert.IsType<CollateralSold>(Assert.Single(venue.Generated(before))) is var sold ? (sold.Amount, sold.Proceeds) : default);

        // and when nothing is left to be sold, others pay the rest
        venue.Deposit("insurance", "15235");
        before = venue.Log.Count;
        venue.Prices(("BTC", "16900"));
        Assert.Equal(["CollateralSold", "InsurancePaid", "LossSocialized"], venue.Generated(before).Select(step => step.GetType().Name));
        Assert.Equal(("0", "39925"), (venue.Usd("erin"), venue.Usd("rich")));
    }

    [Fact]
    public void A_step_from_outside_is_taken_only_where_it_is_the_one_that_is_due()
    {
        var venue = new Venue(options: new EngineOptions { Automatic = false });
        venue.Deposit("insurance", "100000");
        venue.Open("alice", "1500");
        venue.Open("bob", "1000");
        Assert.True(venue.Trade("alice", "bob", "100").IsApplied);
        Liquidation Step(string size, string price, string penalty, string account = "bob", string taker = "insurance") =>
            new(venue.NextId(), venue.Time, new AccountId(account), "P", Venue.Number(size), Venue.Number(price), new AccountId(taker), Venue.Number(penalty));
        void NotDue(LedgerEvent step)
        {
            SubmitResult result = venue.Submit(step);
            Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.LiquidationNotDue), (result.Outcome, result.Rejection!.Code));
        }
        NotDue(Step("-25", "100", "25"));                                                        // healthy
        venue.Prices(("P", "104.77"));
        NotDue(Step("-26", "104.77", "26.1925"));                                                // more than the share
        NotDue(Step("-25", "104.78", "26.1925"));                                                // another price
        NotDue(Step("-25", "104.77", "26.1926"));                                                // a higher penalty
        NotDue(Step("-25", "104.77", "26.1925", taker: "alice"));                                // another taker
        NotDue(Step("25", "104.77", "26.1925", account: "alice"));                               // somebody who is healthy
        NotDue(new AutoDeleveraged(venue.NextId(), venue.Time, new AccountId("bob"), new AccountId("alice"), "P", Venue.Number("-25"), Venue.Number("104.77")));
        Assert.True(venue.Submit(Step("-25", "104.77", "26.1925")).IsApplied);
        NotDue(Step("-18.75", "104.77", "1"));                                                   // enough was taken
        Assert.Null(venue.Engine.NextStep(new AccountId("bob")));
    }

    [Fact]
    public void The_guard_raises_initial_margin_as_the_fund_falls_and_lowers_it_again()
    {
        string parameters = Venue.Parameters.Trim()[..^1] + ""","parameters":{"guard_factor":"1.5","guard_level":"1000"}}""";
        var venue = new Venue(parameters: parameters);
        venue.Open("alice", "100000");
        venue.Open("bob", "100000");
        Assert.True(venue.Trade("alice", "bob", "0.001").IsApplied);
        Assert.Equal("0.015", Initial(venue));                                                   // the fund is empty
        venue.Deposit("insurance", "1000");
        Assert.Equal("""{"parameters":{"insurance":"1000"}}""", Assert.IsType<ParametersUpdated>(venue.Generated().Last()).Change);
        Assert.Equal("0.01", Initial(venue));
        venue.Deposit("insurance", "500");
        Assert.Single(venue.Generated());                                                        // nothing changes, so nothing is said
    }

    [Theory]
    [InlineData(10, new long[] { 1, 1, 1 }, new long[] { 1, 1, 1 })]                             // not more than there is
    [InlineData(2, new long[] { 0, 1, 1, 1 }, new long[] { 0, 1, 1, 0 })]                        // a unit each of the first that have a weight
    [InlineData(100, new long[] { 300, 0, 600, 100 }, new long[] { 30, 0, 60, 10 })]
    [InlineData(101, new long[] { 300, 0, 600, 100 }, new long[] { 31, 0, 60, 10 })]
    [InlineData(0, new long[] { 5 }, new long[] { 0 })]
    public void A_loss_is_split_to_the_unit(long loss, long[] weights, long[] shares) => Assert.Equal(shares, LossSharing.Split(loss, weights));

    [Fact]
    public void Splits_add_up_and_never_exceed_a_weight()
    {
        var random = new Random(3);
        for (int i = 0; i < 2_000; i++)
        {
            long[] weights = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.NextInt64(0, random.Next(2) == 0 ? 5 : long.MaxValue / 8))];
            Int128 sum = weights.Aggregate((Int128)0, (total, weight) => total + weight), loss = (Int128)random.NextInt64(0, long.MaxValue) % (sum + 2);
            long[] shares = LossSharing.Split(loss, weights);
            Assert.Equal(Int128.Min(loss, sum), shares.Aggregate((Int128)0, (total, share) => total + share));
            Assert.All(shares.Zip(weights), pair => Assert.InRange(pair.First, 0, pair.Second));
        }
    }

    [Fact]
    public void Winners_share_what_was_collected_and_the_last_has_the_rest()
    {
        Assert.Equal([33, 33, 34], LossSharing.Distribute(100, [50, 50, 50]));
        Assert.Equal([50, 50], LossSharing.Distribute(1000, [50, 50]));
        Assert.Equal([0, 100, 0], LossSharing.Distribute(100, [0, 500, 0]));
    }

    private static string Initial(Venue venue) => Rules.Inputs.ScaledNumber.Format(venue.Health("alice").Initial, venue.Health("alice").Scale);
}
