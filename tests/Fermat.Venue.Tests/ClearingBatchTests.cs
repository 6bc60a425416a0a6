using System.Globalization;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>A clearing house's days can be proven to their end: trades that leave accounts without margin, what the insurance fund takes over, its own losses, and settlements at expiry.</summary>
public sealed class ClearingBatchTests
{
    private const string Parameters =
        """{"market":{"Asset":[{"symbol":"USD"}],"Instrument":[{"long_risk":"0.2","short_risk":"0.1","slippage":"0.1","symbol":"P"},{"long_risk":"0.1","short_risk":"0.1","symbol":"Q"}]},"parameters":{"initial_factor":"1.2","release_factor":"1.4","search_factor":"1.1"}}""";

    private static readonly Lazy<VenueRulebook> Rulebook = new(() => VenueLog.Changed("cleared_futures", text => text.Replace("quantity Amount scale 0", "quantity Amount scale 6", StringComparison.Ordinal).Replace("quantity Gain   scale 0", "quantity Gain   scale 6", StringComparison.Ordinal)
        .Replace("quantity Money  scale 0", "quantity Money  scale 6", StringComparison.Ordinal).Replace("quantity Size   scale 8 bits 63", "quantity Size   scale 8 bits 50", StringComparison.Ordinal).Replace("in [0, 1000000]", "in [0, 1000]", StringComparison.Ordinal)));

    [Fact]
    public void A_close_out_a_loss_of_the_fund_and_a_settlement_at_expiry_are_proven()
    {
        VenueLog log = Open(("alice", "300"), ("bob", "5000"), ("carol", "5000"));
        log.Deposit("insurance", "20");
        Assert.True(log.Trade("alice", "bob", "30").IsApplied);                                       // needs more than alice has
        Settle(log, "P", "95");                                                                      // she has 150, and the fund takes 30 over with what is left
        Assert.Contains(log.Log, logged => logged.Event is Liquidation);
        Settle(log, "P", "80");                                                                      // it loses 450 and has 170
        Assert.Contains(log.Log, logged => logged.Event is LossSocialized { Account.Value: "insurance" });
        Assert.True(log.Trade("carol", "insurance", "10", "79").IsApplied);                           // the market buys a part of it
        Assert.True(log.Trade("bob", "carol", "10", "90").IsApplied);                                 // and sells it: 110 that nobody has been called for
        Assert.Equal(EngineRejectionCode.NotCollected, log.Withdraw("carol", "5001").Rejection?.Code);
        log.Prices(("P", "85"));
        log.Apply((id, t) => new Settlement(id, t, "P", VenueLog.Number("85"), Close: true));
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        VenueBatch day = batches.First(batch => batch.Events.Any(logged => logged.Event is LossSocialized { Account.Value: "insurance" }));
        TransitionOutcome outcome = TransitionProver.Prove(day.Batch, VenueLog.Salts);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
    }

    /// <summary>Trades in two instruments far from the mark, half of them back, payments in between, settlements in turn: the log is proven to its end.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_days_are_proven_to_their_end(int seed)
    {
        var random = new Random(seed);
        string[] names = ["alice", "bob", "carol", "dora", "emil", "fay"];
        VenueLog log = Open([.. names.Select(name => (name, random.Next(50, 3000).ToString(CultureInfo.InvariantCulture)))]);
        log.Deposit("insurance", "100");
        for (int day = 0; day < 12; day++)
        {
            for (int i = 0; i < 10; i++)
            {
                string[] two = random.GetItems(names, 2);
                string instrument = random.Next(2) == 0 ? "P" : "Q", size = $"{random.Next(1, 20)}";
                int price = (instrument == "P" ? 100 : 50) + random.Next(-30, 30);
                if (two[0] != two[1]) log.Trade(two[0], random.Next(12) == 0 ? "insurance" : two[1], size, price.ToString(CultureInfo.InvariantCulture), instrument);
                if (two[0] != two[1] && random.Next(2) == 0) log.Trade(two[1], two[0], size, (price + random.Next(-5, 6)).ToString(CultureInfo.InvariantCulture), instrument);
                if (random.Next(4) == 0) log.Withdraw(two[0], $"{random.Next(1, 400)}");
                if (random.Next(2) == 0 && Balance(log, two[0]) is > 0 and var all) log.Withdraw(two[0], $"{all}");
                if (random.Next(6) == 0) log.Transfer(two[0], two[1] == two[0] ? "insurance" : two[1], $"{random.Next(1, 200)}");
            }
            Settle(log, "P", $"{random.Next(60, 140)}");
            if (random.Next(3) > 0) log.Deposit(names[day % names.Length], "5");
            Settle(log, "Q", $"{random.Next(30, 70)}");
        }
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(size: 100);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.True(log.Log.Any(logged => logged.Event is Liquidation) && log.Log.Any(logged => logged.Event is LossSocialized), "nobody failed");
        Assert.True(log.Log.Any(logged => logged.Rejection?.Code == EngineRejectionCode.NotCollected), "nobody asked for what was not collected");
    }

    internal static VenueLog Open(params (string Name, string Usd)[] accounts)
    {
        var log = new VenueLog(Rulebook.Value, new EngineOptions(), Parameters, decimals: 0);
        foreach ((string name, string usd) in accounts) log.Open(name, usd);
        return log;
    }

    private static long Balance(VenueLog log, string name) => log.Engine.State.TryFindAccount(new AccountId(name), out int index) ? log.Engine.State.Accounts[index].Balance(0).Amount / 1_000_000 : 0;

    private static void Settle(VenueLog log, string instrument, string price)
    {
        log.Prices((instrument, price));
        log.Apply((id, t) => new Settlement(id, t, instrument, VenueLog.Number(price), Close: false));
    }
}
