using System.Globalization;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Venue.Tests;

/// <summary>A clearing house's days with expiries, fees and rebates, as an adversary made them: each is proven to its end.</summary>
public sealed class ClearingDaysTests
{
    /// <summary>Somebody trades in an instrument that has a record and no mark price yet.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_trade_in_what_has_no_price_does_not_end_the_proofs(bool hasRecord)
    {
        VenueLog log = ClearingBatchTests.Open(("alice", "300"), ("bob", "5000"));
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("U", InstrumentKind.Future, "USD", 3, 2, new Quantity(1), Expiry: long.MaxValue)));
        if (hasRecord) log.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"long_risk":"0.2","short_risk":"0.1","slippage":"0.1","symbol":"U"}]}}"""));
        SubmitResult result = log.Trade("alice", "bob", "1", "100", "U");
        log.Open("later", "1");
        (List<VenueBatch> _, BatchRefusal? refused) = log.Cut();
        Assert.True(refused is null, $"{result.Outcome} {result.Rejection}; {refused}");
    }

    /// <summary>What is pledged is not lost on purpose by a trade that nobody judges.</summary>
    [Fact]
    public void What_is_pledged_stays()
    {
        var log = new VenueLog(VenueLog.Changed("cross_perps", text => text.Replace("liquidation {", "liquidation {\n  clearing = true", StringComparison.Ordinal)), new EngineOptions(), """{"market":{"Asset":[{"haircut":[["0","1"]],"symbol":"USD"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"},{"initial":[["0","0.2","0"]],"maintenance":[["0","0.1","0"]],"symbol":"Q"}]}}""", decimals: 0);
        log.Open("alice", "1000");
        log.Open("bob", "1000");
        log.Open("carol");
        Assert.True(log.Pledge("alice", "bob", "900").IsApplied);
        Assert.False(log.Withdraw("alice", "200").IsApplied);
        log.Trade("alice", "carol", "10", "200");
        log.Trade("carol", "alice", "10", "100");
        log.Apply((id, t) => new Settlement(id, t, "P", VenueLog.Number("100"), Close: false));
        Assert.False(log.Withdraw("carol", "1000").IsApplied, "carol takes out what alice has pledged to bob");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Days_with_expiries_are_proven_to_their_end(int seed)
    {
        var random = new Random(seed);
        string[] names = ["alice", "bob", "carol", "dora", "emil", "fay", "insurance", "fees"], symbols = ["P", "Q", "B", "E", "G"];
        VenueLog log = ClearingBatchTests.Open([.. names.Take(6).Select(name => (name, random.Next(50, 3000).ToString(CultureInfo.InvariantCulture)))]);
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("B", InstrumentKind.Future, "USD", 3, 2, new Quantity(1), Expiry: long.MaxValue)));
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("E", InstrumentKind.Future, "USD", 3, 2, new Quantity(1), Expiry: log.Time + 120_000)));
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("G", InstrumentKind.Future, "USD", 3, 2, new Quantity(1), Expiry: log.Time + 200_000)));
        foreach (string symbol in (string[])["B", "E", "G"])
            log.Apply((id, t) => new ParametersUpdated(id, t, $$$"""{"market":{"Instrument":[{"long_risk":"0.2","short_risk":"0.1","slippage":"0.1","symbol":"{{{symbol}}}"}]}}"""));
        log.Prices(("B", "100"), ("E", "100"), ("G", "100"));
        log.Deposit("insurance", "100");
        int from = log.Log.Count;
        for (int i = 0; i < 220; i++)
        {
            string[] two = random.GetItems(names, 2);
            string symbol = symbols[random.Next(symbols.Length)], n = $"{random.Next(1, 20)}", price = $"{random.Next(40, 160)}";
            if (two[0] == two[1]) continue;
            switch (random.Next(12))
            {
                case < 5:
                    bool free = two.Contains("fees"), rebate = random.Next(4) == 0;
                    log.Trade(two[0], two[1], n, price, symbol, free ? "0" : rebate || random.Next(3) == 0 ? "0.5" : "0", !free && rebate ? "-0.25" : "0");
                    break;
                case 5:
                    log.Withdraw(two[0], $"{random.Next(1, 1500)}");
                    break;
                case 6:
                    log.Transfer(two[0], two[1], $"{random.Next(1, 800)}");
                    break;
                case 7 or 8 or 9 or 10:
                    if (symbol is "E" or "G" && random.Next(3) > 0) break;
                    log.Submit((id, t) => new PricesSet(id, t, new Dictionary<string, Quantity> { [symbol] = VenueLog.Number(price) }, null));
                    log.Submit((id, t) => new Settlement(id, t, symbol, VenueLog.Number(price), Close: random.Next(symbol is "E" or "G" ? 2 : 12) == 0));
                    break;
                default:
                    log.Submit((id, t) => new Deposit(id, t, new AccountId(two[0]), "USD", VenueLog.Number(n)));
                    break;
            }
        }
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(from: from, size: 100);
        Assert.True(refused is null, $"{refused}");
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.True(log.Log.Count(logged => logged.Event is Settlement) > 5, "few settlements");
    }
}
