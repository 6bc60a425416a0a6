using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Ledger.Tests.State;

/// <summary>What each event does. The venue checks all sums after each.</summary>
public sealed class LedgerStateTests
{
    private readonly TestVenue venue = new();

    [Fact]
    public void The_venue_opens_with_insurance_fund_and_fees_account()
    {
        Assert.Equal("test venue", venue.State.Venue);
        Assert.Equal("insurance", venue.State.Accounts[venue.State.Insurance].Id.Value);
        Assert.Equal("fees", venue.State.Accounts[venue.State.Fees].Id.Value);
        Assert.Equal((ulong)(1 + 3 + 5 + 5), venue.State.Height);
    }

    [Fact]
    public void A_deposit_is_counted_in_units_of_the_asset()
    {
        LedgerChange change = venue.Do(venue.Deposit("alice", "BTC", "1.5"));
        Assert.Equal(150_000_000, venue.Balance("alice", "BTC"));
        AccountChange account = Assert.Single(change.Accounts);
        Assert.Equal(0, account.Before!.Balances.Length);
        Assert.Equal(1, account.After.Balances.Length);
    }

    [Fact]
    public void A_withdrawal_leaves_the_balance_at_once_and_the_venue_when_it_is_paid()
    {
        venue.Do(venue.Deposit("alice", "USD", "10"));
        WithdrawalRequested first = venue.Withdraw("alice", "USD", "4"), second = venue.Withdraw("alice", "USD", "5");
        venue.Do(first);
        venue.Do(second);
        Assert.Equal(new AccountBalance(0, 1_000_000, 9_000_000), venue["alice"].Balance(0));
        venue.Do(new WithdrawalSettled(venue.NextId(), venue.Now, first.Id, Paid: true));
        venue.Do(new WithdrawalSettled(venue.NextId(), venue.Now, second.Id, Paid: false));
        Assert.Equal(new AccountBalance(0, 6_000_000, 0), venue["alice"].Balance(0));
        Assert.Equal(4_000_000, venue.State.Assets[0].Paid);
        Assert.Empty(venue.State.Pending);
    }

    [Fact]
    public void A_transfer_moves_and_an_empty_balance_is_no_item()
    {
        venue.Do(venue.Deposit("alice", "USD", "3"));
        venue.Do(venue.Transfer("alice", "insurance", "USD", "3"));
        Assert.Equal(0, venue["alice"].Balances.Length);
        Assert.Equal(3_000_000, venue.Balance("insurance", "USD"));
    }

    [Fact]
    public void A_trade_books_one_integer_on_both_sides_and_fees_to_the_fees_account()
    {
        // 0.12345678 · 64000.01 = 7901.2351545678 USD, down to 6 decimals.
        venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "0.12345678", "64000.01", "1.5", "-0.25"));
        Assert.Equal(new Position(0, 12_345_678, 7_901_235_154, 0), venue.Position("alice", "BTC-PERP"));
        Assert.Equal(new Position(0, -12_345_678, -7_901_235_154, 0), venue.Position("bob", "BTC-PERP"));
        Assert.Equal(-1_500_000, venue.Balance("alice", "USD"));
        Assert.Equal(250_000, venue.Balance("bob", "USD"));
        Assert.Equal(1_250_000, venue.Balance("fees", "USD"));
        Assert.Equal(12_345_678, venue.Instrument("BTC-PERP").OpenInterest);
    }

    [Fact]
    public void Gains_become_balance_when_nothing_of_a_position_is_left()
    {
        venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "2", "100"));
        venue.Do(venue.Trade("BTC-PERP", "carol", "alice", "1", "110"));
        Assert.Equal(0, venue.Balance("alice", "USD"));
        venue.Do(venue.Trade("BTC-PERP", "carol", "alice", "1", "120"));
        Assert.Equal(30_000_000, venue.Balance("alice", "USD"));
        Assert.Equal(0, venue["alice"].Positions.Length);
        Assert.Equal(-30_000_000, venue.Instrument("BTC-PERP").Realised * -1);
    }

    [Fact]
    public void A_trade_through_zero_keeps_the_gain_in_the_cost()
    {
        venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "1", "100"));
        venue.Do(venue.Trade("BTC-PERP", "bob", "alice", "3", "110"));
        Position position = venue.Position("alice", "BTC-PERP");
        Assert.Equal((-200_000_000, -230_000_000), (position.Size, position.Cost));
        Assert.True(venue.Instrument("BTC-PERP").TryUnrealized(position, 11_000, out Int128 pnl));
        Assert.Equal(10_000_000, pnl);
    }

    [Fact]
    public void Funding_moves_the_index_and_no_account()
    {
        venue.Do(venue.Prices(("BTC-PERP", "100.03")));
        venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "2", "100"));
        LedgerChange change = venue.Do(venue.Fund("BTC-PERP", "0.01"));
        Assert.Empty(change.Accounts);
        Assert.Equal(100, venue.Instrument("BTC-PERP").FundingIndex);                        // ⌊0.01 · 10003⌋
        venue.Do(venue.Fund("BTC-PERP", "-0.0001"));
        Assert.Equal(98, venue.Instrument("BTC-PERP").FundingIndex);                         // ⌊−1.0003⌋ = −2
        venue.Do(venue.Trade("BTC-PERP", "bob", "alice", "2", "100"));
        Assert.Equal(-1_960_000, venue.Balance("alice", "USD"));                             // long 2 · 0.98
        Assert.Equal(1_960_000, venue.Balance("bob", "USD"));
    }

    [Fact]
    public void An_inverse_perpetual_is_paid_in_its_underlying()
    {
        // 1000 contracts of 10 USD: bought at 50000, sold at 62500: 10000 · (1/50000 − 1/62500) = 0.04 BTC.
        venue.Do(venue.Trade("BTC-INV", "alice", "bob", "1000", "50000"));
        Assert.Equal(-20_000_000, venue.Position("alice", "BTC-INV").Cost);
        venue.Do(venue.Trade("BTC-INV", "bob", "alice", "1000", "62500"));
        Assert.Equal(4_000_000, venue.Balance("alice", "BTC"));
        Assert.Equal(-4_000_000, venue.Balance("bob", "BTC"));
    }

    [Fact]
    public void Spot_moves_balances_and_leaves_no_position()
    {
        venue.Do(venue.Trade("BTC-USD", "alice", "bob", "0.00000003", "64000.33"));          // 0.0019200099 USD
        Assert.Equal((3, -1920), (venue.Balance("alice", "BTC"), venue.Balance("alice", "USD")));
        Assert.Equal((-3, 1920), (venue.Balance("bob", "BTC"), venue.Balance("bob", "USD")));
        Assert.Equal(0, venue["alice"].Positions.Length);
    }

    [Fact]
    public void Variation_margin_moves_gains_and_keeps_positions()
    {
        venue.Do(venue.Trade("ETH-FUT", "alice", "bob", "10", "3000"));
        LedgerChange change = venue.Do(venue.Settle("ETH-FUT", "3100.5", close: false));
        Assert.Equal(2, change.Accounts.Count);
        Assert.Equal(100_500_000, venue.Balance("alice", "USD"));
        Assert.Equal(-100_500_000, venue.Balance("bob", "USD"));
        Assert.Equal(3_100_500_000, venue.Position("alice", "ETH-FUT").Cost);
    }

    [Fact]
    public void Delivery_closes_positions_and_the_insurance_fund_has_what_rounding_left()
    {
        // 0.0001 units of 0.1 ETH at 0.07: 0.0000007 USD, which is no whole unit.
        venue.Do(venue.Trade("ETH-FUT", "alice", "bob", "0.0001", "0.07"));
        venue.Do(venue.Trade("ETH-FUT", "alice", "carol", "0.0001", "0.07"));
        venue.Do(venue.Settle("ETH-FUT", "0.07", close: true));
        Assert.Equal(1, venue.Balance("alice", "USD"));                                       // ⌊1.4⌋
        Assert.Equal((-1, -1), (venue.Balance("bob", "USD"), venue.Balance("carol", "USD"))); // ⌊−0.7⌋
        Assert.Equal(1, venue.Balance("insurance", "USD"));
        Assert.True(venue.Instrument("ETH-FUT").Closed);
        Assert.Equal(0, venue.Instrument("ETH-FUT").OpenInterest);
        venue.Refuse(LedgerRejectionCode.InstrumentClosed, venue.Trade("ETH-FUT", "alice", "bob", "1", "1"));
    }

    [Fact]
    public void An_option_expires_worthless_or_pays_its_value()
    {
        venue.Do(venue.Trade("BTC-CALL", "alice", "bob", "1", "1200.5"));
        venue.Now = TestVenue.Expiry;
        venue.Refuse(LedgerRejectionCode.InstrumentExpired, venue.Trade("BTC-CALL", "alice", "bob", "1", "1"));
        venue.Do(venue.Settle("BTC-CALL", "0", close: true));
        Assert.Equal(-1_200_500_000, venue.Balance("alice", "USD"));
        Assert.Equal(1_200_500_000, venue.Balance("bob", "USD"));
    }

    [Fact]
    public void A_liquidation_is_a_trade_with_a_penalty_for_the_insurance_fund()
    {
        venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "2", "100"));
        venue.Do(venue.Liquidate("alice", "BTC-PERP", "1.5", "90", "insurance", "3"));
        Assert.Equal((50_000_000, 65_000_000), (venue.Position("alice", "BTC-PERP").Size, venue.Position("alice", "BTC-PERP").Cost));
        Assert.Equal((150_000_000, 135_000_000), (venue.Position("insurance", "BTC-PERP").Size, venue.Position("insurance", "BTC-PERP").Cost));
        Assert.Equal((-3_000_000, 3_000_000), (venue.Balance("alice", "USD"), venue.Balance("insurance", "USD")));
        venue.Do(venue.Liquidate("bob", "BTC-PERP", "-2", "120", "carol", "0"));
        Assert.Equal((-200_000_000, -240_000_000), (venue.Position("carol", "BTC-PERP").Size, venue.Position("carol", "BTC-PERP").Cost));
        Assert.Equal(-40_000_000, venue.Balance("bob", "USD"));
    }

    [Fact]
    public void Deleveraging_closes_against_the_other_side()
    {
        venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "2", "100"));
        venue.Do(venue.Deleverage("alice", "bob", "BTC-PERP", "2", "95"));
        Assert.Equal((-10_000_000, 10_000_000), (venue.Balance("alice", "USD"), venue.Balance("bob", "USD")));
        Assert.Equal(0, venue.Instrument("BTC-PERP").OpenInterest);
    }

    [Fact]
    public void The_waterfall_moves_balances_only()
    {
        venue.Do(venue.Deposit("bob", "USD", "100"));
        venue.Do(venue.Deposit("carol", "USD", "100"));
        venue.Do(venue.Deposit("insurance", "USD", "5"));
        venue.Do(venue.Deposit("alice", "BTC", "1"));
        venue.Do(venue.Transfer("alice", "bob", "USD", "60"));
        venue.Do(new CollateralSold(venue.NextId(), venue.Now, new AccountId("alice"), "BTC", TestVenue.Q("1"), "USD", TestVenue.Q("40"), new AccountId("bob")));
        Assert.Equal(-20_000_000, venue.Balance("alice", "USD"));
        venue.Do(new InsurancePaid(venue.NextId(), venue.Now, new AccountId("alice"), "USD", TestVenue.Q("5")));
        venue.Do(new LossSocialized(venue.NextId(), venue.Now, new AccountId("alice"), "USD",
            [new LossShare(new AccountId("bob"), TestVenue.Q("10.000001")), new LossShare(new AccountId("carol"), TestVenue.Q("4.999999"))]));
        Assert.Equal(0, venue.Balance("alice", "USD"));
        Assert.Equal((109_999_999, 95_000_001), (venue.Balance("bob", "USD"), venue.Balance("carol", "USD")));
    }

    [Fact]
    public void A_loss_is_shared_by_many_accounts_in_the_order_of_their_names()
    {
        var shares = new List<LossShare>();
        for (int i = 0; i < 40; i++)
        {
            var id = new AccountId($"many{i:00}");
            venue.Do(new AccountOpened(venue.NextId(), venue.Now, id, OwnerKey.None, MarginMode.Portfolio));
            shares.Add(new LossShare(id, TestVenue.Units(i + 1, 6)));
        }
        venue.Do(venue.Transfer("alice", "bob", "USD", "0.00082"));
        LedgerChange change = venue.Do(new LossSocialized(venue.NextId(), venue.Now, new AccountId("alice"), "USD", shares));
        Assert.Equal(41, change.Accounts.Count);
        Assert.Equal(0, venue.Balance("alice", "USD"));
        Assert.Equal(-40, venue.Balance("many39", "USD"));
    }

    [Fact]
    public void Isolated_margin_is_set_aside_and_returns_with_the_position()
    {
        venue.Do(venue.Deposit("ivy", "USD", "50"));
        venue.Do(venue.Assign("ivy", "BTC-PERP", "20"));
        Assert.Equal((30_000_000, 20_000_000), (venue.Balance("ivy", "USD"), venue.Position("ivy", "BTC-PERP").Margin));
        venue.Do(venue.Assign("ivy", "BTC-PERP", "-5"));
        venue.Do(venue.Trade("BTC-PERP", "ivy", "bob", "1", "100"));
        venue.Do(venue.Trade("BTC-PERP", "bob", "ivy", "1", "90"));
        Assert.Equal(40_000_000, venue.Balance("ivy", "USD"));
        Assert.Equal(0, venue["ivy"].Positions.Length);
        venue.Do(venue.Assign("ivy", "ETH-FUT", "7"));
        venue.Do(venue.Settle("ETH-FUT", "1", close: true));
        Assert.Equal(40_000_000, venue.Balance("ivy", "USD"));
    }

    [Fact]
    public void Collateral_is_pledged_to_one_account_at_a_time_and_given_back_by_it()
    {
        int bob = venue["bob"].Index, olga = venue["olga"].Index;
        Assert.Equal((0L, -1), (venue["alice"].Pledged, venue["alice"].PledgedTo));
        LedgerChange pledged = venue.Do(venue.Pledge("alice", "olga", "2.5"));
        Assert.Equal("alice", Assert.Single(pledged.Accounts).After.Id.Value);
        Assert.Equal((2_500_000L, olga, 1UL), (venue["alice"].Pledged, venue["alice"].PledgedTo, venue["alice"].Nonce));
        venue.Do(venue.Pledge("alice", "olga", "0.000001"));
        Assert.Equal((2_500_001L, olga, 2UL), (venue["alice"].Pledged, venue["alice"].PledgedTo, venue["alice"].Nonce));
        Assert.Equal(0UL, venue["olga"].Nonce);
        LedgerChange released = venue.Do(venue.Release("alice", "olga", "1", TestVenue.By(1)));
        Assert.Equal(["alice", "olga"], released.Accounts.Select(account => account.After.Id.Value));
        Assert.Equal((1_500_001L, olga, 2UL), (venue["alice"].Pledged, venue["alice"].PledgedTo, venue["alice"].Nonce));
        Assert.Equal(1UL, venue["olga"].Nonce);
        venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "1", "100"));                          // the books do not look at margin
        Assert.Equal((1_500_001L, olga), (venue["alice"].Pledged, venue["alice"].PledgedTo));
        venue.Do(venue.Release("alice", "olga", "1.500001", TestVenue.By(2)));
        Assert.Equal((0L, -1), (venue["alice"].Pledged, venue["alice"].PledgedTo));
        venue.Do(venue.Pledge("alice", "bob", "1"));
        Assert.Equal((1_000_000L, bob), (venue["alice"].Pledged, venue["alice"].PledgedTo));
    }

    [Fact]
    public void Prices_are_kept_by_feed_until_the_next()
    {
        venue.Do(venue.Prices(("BTC", "64000.123"), ("BTC-PERP", "64001.5"), ("vol", "0.3")));
        venue.Do(venue.Prices(("BTC", "64002")));
        Assert.Equal(TestVenue.Q("64002"), venue.State.Assets[venue.AssetIndex("BTC")].IndexPrice);
        Assert.Equal(6_400_150, venue.Instrument("BTC-PERP").Mark);
        Assert.Equal(TestVenue.Q("0.3"), venue.State.Prices["vol"]);
        Assert.Equal(venue.State.Height, venue.State.PriceHeight);
        Assert.Null(venue.State.PriceSource);
        byte[] source = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        venue.Do(new PricesSet(venue.NextId(), venue.Now, new Dictionary<string, Quantity> { ["BTC"] = TestVenue.Q("1") }, source));
        Assert.Equal(source, venue.State.PriceSource!.Value.ToArray());
    }

    [Fact]
    public void A_confidence_holds_until_the_feed_has_another_price()
    {
        venue.Do(new PricesSet(venue.NextId(), venue.Now, new Dictionary<string, Quantity> { ["BTC"] = TestVenue.Q("2"), ["vol"] = TestVenue.Q("3") }, null) { Confidences = new Dictionary<string, Quantity> { ["BTC"] = TestVenue.Q("0.9"), ["vol"] = TestVenue.Q("0.8") } });
        venue.Do(venue.Prices(("BTC", "2")));
        Assert.Equal((new Quantity(1), TestVenue.Q("0.8"), new Quantity(1)), (venue.State.ConfidenceOf("BTC"), venue.State.ConfidenceOf("vol"), venue.State.ConfidenceOf("never priced")));
        Assert.Equal("vol", Assert.Single(venue.State.Confidences).Key);
    }

    [Fact]
    public void Parameters_are_merged_name_by_name_and_record_by_record()
    {
        venue.Do(venue.Update("""{"market":{"Asset":[{"haircut":"0.1","symbol":"BTC"},{"symbol":"ETH"}]},"parameters":{"a":"1","curve":["1","2"]}}"""));
        venue.Do(venue.Update("""{"market":{"Asset":[{"haircut":"0.2","symbol":"ETH"},{"symbol":"SOL"}]},"parameters":{"b":2,"curve":["3"]}}"""));
        Assert.Equal("""{"market":{"Asset":[{"haircut":"0.1","symbol":"BTC"},{"haircut":"0.2","symbol":"ETH"},{"symbol":"SOL"}]},"parameters":{"a":"1","b":2,"curve":["3"]}}""", venue.State.Parameters);
    }

    [Fact]
    public void An_authorised_event_counts_the_nonce_up()
    {
        venue.Do(venue.Deposit("olga", "USD", "9"));
        venue.Do(venue.Transfer("olga", "bob", "USD", "1", TestVenue.By(1)));
        venue.Do(venue.Withdraw("olga", "USD", "1", TestVenue.By(2, venue.Now)));
        venue.Do(venue.Trade("BTC-USD", "olga", "bob", "0.0001", "2", byBuyer: TestVenue.By(3)));
        Assert.Equal(3UL, venue["olga"].Nonce);
    }

    [Fact]
    public void Instructions_of_accounts_without_a_key_count_and_so_does_taking_a_position_over()
    {
        venue.Do(venue.Deposit("alice", "USD", "9"));
        Assert.Equal(0UL, venue["alice"].Nonce);
        venue.Do(venue.Transfer("alice", "bob", "USD", "1"));
        venue.Do(venue.Withdraw("alice", "USD", "1"));
        venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "1", "2"));
        Assert.Equal((3UL, 1UL), (venue["alice"].Nonce, venue["bob"].Nonce));
        venue.Do(venue.Liquidate("alice", "BTC-PERP", "0.5", "2", "insurance", "0"));
        Assert.Equal((3UL, 1UL), (venue["alice"].Nonce, venue["insurance"].Nonce));
        venue.Refuse(LedgerRejectionCode.AuthorisationMissing, venue.Liquidate("alice", "BTC-PERP", "0.5", "2", "olga", "0"));
    }

    [Fact]
    public void Fees_that_cancel_each_other_do_not_touch_the_fees_account()
    {
        venue.Do(venue.Deposit("alice", "USD", "9"));
        ulong height = venue["fees"].Height;
        LedgerChange change = venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "1", "2", buyerFee: "0.5", sellerFee: "-0.5"));
        Assert.Equal(2, change.Accounts.Count);
        Assert.Equal(height, venue["fees"].Height);
        Assert.Equal(18 * venue.Balance("bob", "USD"), venue.Balance("alice", "USD") + venue.Balance("bob", "USD")); // 8.5 and 0.5 of 9
    }

    [Fact]
    public void What_the_rules_refuse_counts_as_an_event_and_changes_nothing_else()
    {
        venue.Do(venue.Deposit("alice", "USD", "1"));
        venue.Now = 2000;
        Prepared prepared = venue.State.Prepare(venue.Transfer("alice", "bob", "USD", "1"));
        ulong height = venue.State.Height;
        venue.State.CommitRejected(prepared.Change!);
        Assert.Equal((height + 1, 2000L, 1_000_000L), (venue.State.Height, venue.State.Time, venue.Balance("alice", "USD")));
        Assert.Throws<InvalidOperationException>(() => venue.State.Commit(prepared.Change!));
    }

    [Fact]
    public void An_account_once_taken_never_changes()
    {
        venue.Do(venue.Deposit("alice", "USD", "1"));
        AccountState before = venue["alice"];
        venue.Do(venue.Deposit("alice", "USD", "1"));
        Assert.Equal((1_000_000, 2_000_000), (before.Balance(0).Amount, venue.Balance("alice", "USD")));
    }
}
