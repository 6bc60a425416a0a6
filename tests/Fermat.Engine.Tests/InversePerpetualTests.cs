using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

/// <summary>Inverse perpetuals under coin_perps, beside linear ones: contracts of a dollar, settled in BTC.</summary>
public sealed class InversePerpetualTests
{
    private const string Parameters =
        """
        {"market":{"Asset":[{"haircut":[["0","1"]],"symbol":"USD"},{"haircut":[["0","1"]],"symbol":"BTC"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"I"},{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"},{"initial":[["0","0.2","0"]],"maintenance":[["0","0.1","0"]],"symbol":"Q"}]}}
        """;

    [Fact]
    public void A_long_position_gains_the_coins_that_its_dollars_buy_less_of()
    {
        Venue venue = Open("1", "1");
        Trade(venue, "100000", "50000");                                                         // 2 BTC
        Prices(venue, "62500");                                                                  // 1.6 BTC
        Assert.Equal((87_500, 10_000, 5_000), Of(venue, "alice"));
        Assert.Equal((37_500, 10_000, 5_000), Of(venue, "bob"));
    }

    [Fact]
    public void A_step_takes_the_share_of_the_contracts_and_a_penalty_in_the_coin()
    {
        Venue venue = Open("0.3", "1");
        venue.Deposit("insurance", "10", "BTC");
        Trade(venue, "100000", "50000");
        int before = venue.Log.Count;
        Prices(venue, "45000");                                                                  // 0.3 BTC less 0.22222223, at 45000: 3500 against 5000
        Liquidation first = Assert.IsType<Liquidation>(venue.Generated(before).First());
        Assert.Equal((Venue.Number("25000"), Venue.Number("45000"), "insurance"), (first.Size, first.Price, first.Taker.Value));
        Assert.Equal(Venue.Number("0.00555556"), first.Penalty);                                 // ⌈25000 / 45000 · 1%⌉
        Assert.All(venue.Generated(before), step => Assert.Equal("alice", ((Liquidation)step).Account.Value));
        Assert.Equal(AccountClass.Healthy, venue.Health("alice").Class);
    }

    [Fact]
    public void The_largest_position_is_the_one_that_is_worth_most_of_either_kind()
    {
        Venue venue = Open("0.3", "100");
        venue.Deposit("insurance", "100", "BTC");
        Trade(venue, "60000", "50000");
        SubmitResult linear = venue.Trade("alice", "bob", "500");
        Assert.True(linear.IsApplied, linear.Rejection?.ToString());                             // 50,000 of P: less than 60,000 of I
        int before = venue.Log.Count;
        Prices(venue, "43000");                                                                  // 0.3 BTC less 0.19535, at 43000: 4500 against 5500
        Assert.Equal("I", ((Liquidation)venue.Generated(before).First()).Instrument);
    }

    [Fact]
    public void Funding_moves_what_a_contract_is_worth_and_the_rulebook_agrees_with_the_ledger()
    {
        var random = new Random(7);
        Venue venue = Open("50", "50");
        for (int i = 0; i < 60; i++)
        {
            (string buyer, string seller) = random.Next(2) == 0 ? ("alice", "bob") : ("bob", "alice");
            venue.Submit((id, t) => new Trade(id, t, "I", new AccountId(buyer), new AccountId(seller), new Quantity(random.Next(1, 40_000)), Venue.Number($"{random.Next(40_000, 60_000)}.25"), default, default, null, null));
            if (i % 7 == 0) venue.Apply((id, t) => new FundingTick(id, t, "I", Venue.Number(random.Next(2) == 0 ? "0.0004" : "-0.0003")));
            if (i % 5 == 0) Prices(venue, $"{random.Next(42_000, 58_000)}");
            foreach (string name in new[] { "alice", "bob" })
            {
                Assert.True(venue.Engine.State.TryFindAccount(new AccountId(name), out int index));
                AccountState account = venue.Engine.State.Accounts[index];
                Assert.True(venue.Engine.State.TryFindInstrument("I", out InstrumentState? instrument));
                Position held = account.Position(instrument!.Index);
                if (held.Size == 0) continue;
                Assert.True(instrument.TryUnrealized(held, instrument.Mark!.Value, out Int128 gain));
                BigInteger index8 = venue.Engine.State.Assets[1].IndexPrice!.Value.TryAt(2, out Int128 units) ? (BigInteger)units : 0;
                BigInteger coins = (BigInteger)gain + account.Balance(1).Amount;
                BigInteger equity = venue.Health(name).NetEquity - (BigInteger)account.Balance(0).Amount;
                BigInteger difference = BigInteger.Abs(equity * 10_000 - coins * index8);            // at 10 decimals
                Assert.True(difference <= 2 * index8 + 20_000, $"{difference}");                     // a unit of the coin at its index, and roundings of money
            }
        }
        Assert.True(venue.Engine.State.TryFindInstrument("I", out InstrumentState? ticked) && ticked!.FundingIndex != 0);
    }

    [Fact]
    public void A_rulebook_that_does_not_tell_inverse_contracts_takes_none()
    {
        var venue = new Venue();
        SubmitResult listed = venue.Submit((id, t) => new InstrumentListed(id, t, Inverse));
        Assert.Equal(EngineRejectionCode.NotOfRulebook, listed.Rejection?.Code);
    }

    private static InstrumentTerms Inverse => new("I", InstrumentKind.InversePerpetual, "BTC", 0, 2, new Quantity(1));

    private static Venue Open(string alice, string bob)
    {
        var venue = new Venue("coin_perps", parameters: null);
        venue.Apply((id, t) => new InstrumentListed(id, t, Inverse));
        venue.Apply((id, t) => new ParametersUpdated(id, t, Parameters.Trim()));
        Prices(venue, "50000");
        venue.Open("alice");
        venue.Open("bob");
        venue.Deposit("alice", alice, "BTC");
        venue.Deposit("bob", bob, "BTC");
        return venue;
    }

    private static void Prices(Venue venue, string btc) => venue.Prices(("I", btc), ("BTC", btc));

    private static void Trade(Venue venue, string size, string price) =>
        venue.Apply((id, t) => new Trade(id, t, "I", new AccountId("alice"), new AccountId("bob"), Venue.Number(size), Venue.Number(price), default, default, null, null));

    /// <summary>Equity, initial and maintenance margin in whole dollars.</summary>
    private static (int Equity, int Initial, int Maintenance) Of(Venue venue, string account)
    {
        AccountHealth health = venue.Health(account);
        BigInteger dollar = BigInteger.Pow(10, health.Scale);
        return ((int)(health.Equity / dollar), (int)(health.Initial / dollar), (int)(health.Maintenance / dollar));
    }
}
