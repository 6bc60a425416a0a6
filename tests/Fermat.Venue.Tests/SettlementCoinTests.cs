using System.Globalization;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Positions that are paid in a coin that is not at exactly a dollar, or counts with a haircut: where one ends, its gain or loss becomes a balance, and the step that ended it is proven all the same.</summary>
public sealed class SettlementCoinTests
{
    public static TheoryData<string, string, string> Coins
    {
        get
        {
            var coins = new TheoryData<string, string, string>();
            foreach (string index in (string[])["0.98", "0.9995", "1", "1.0005", "1.02"])
            {
                foreach (string haircut in (string[])["1", "0.9"])
                    foreach (string rulebook in (string[])["cross_perps", "coin_perps"])
                        coins.Add(rulebook, index, haircut);
                coins.Add("isolated_perps", index, "");
            }
            return coins;
        }
    }

    /// <summary>Bob buys at 100 and the price falls to 20: his loss is many times what his position still needs.</summary>
    [Theory]
    [MemberData(nameof(Coins))]
    public void A_loss_becomes_a_debt(string rulebook, string index, string haircut)
    {
        VenueLog log = Open(rulebook, haircut, index);
        log.Open("bob", "1050");
        Assert.True(log.Trade("bob", "alice", "100").IsApplied);
        foreach (string price in (string[])["97", "93", "89.9", "89.85", "89.8", "20"]) log.Prices(("P", price));
        Assert.Contains(log.Log, logged => logged.Event is Liquidation { Account.Value: "bob" });
        Proven(log);
    }

    /// <summary>Bob gains 8,000 coins in P and loses as much in Q; P is the larger position, so its gain becomes a balance first.</summary>
    [Theory]
    [MemberData(nameof(Coins))]
    public void A_gain_becomes_a_balance(string rulebook, string index, string haircut)
    {
        VenueLog log = Open(rulebook, haircut, index);
        log.Open("bob", "1100");
        log.Prices(("P", "20"));
        Assert.True(log.Trade("bob", "alice", "100", "20").IsApplied);
        log.Prices(("P", "100"));
        Assert.True(log.Trade("bob", "alice", "150", "50", "Q").IsApplied);
        Fall(log, "Q", 10, 1);
        log.Prices(("P", "78"), ("Q", "0.01"));
        Assert.Contains(log.Log, logged => logged.Event is Liquidation { Account.Value: "bob", Instrument: "P" });
        Proven(log);
    }

    [Theory]
    [InlineData("cross_perps")]
    [InlineData("coin_perps")]
    public void A_debt_beside_a_haircut_is_in_a_proof(string rulebook)
    {
        VenueLog log = Open(rulebook, "0.9", "0.98");
        log.Open("bob", "1050");
        Assert.True(log.Trade("bob", "alice", "100").IsApplied);
        log.Prices(("P", "20"), ("USD", "1.02"));
        (List<VenueBatch> batches, _) = log.Cut();
        TransitionOutcome outcome = TransitionProver.Prove(batches[^1].Batch, VenueLog.Salts);
        Assert.Contains(batches[^1].Batch.Events, e => e.Kind == EventKind.Liquidation);
        Assert.Null(outcome.Refused);
        Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
    }

    /// <summary>Prices of contracts and of the coin move and accounts fail at random; steps of liquidations are many.</summary>
    [Theory]
    [InlineData("cross_perps", 1)]
    [InlineData("cross_perps", 2)]
    [InlineData("cross_perps", 3)]
    [InlineData("cross_perps", 4)]
    [InlineData("cross_perps", 5)]
    [InlineData("cross_perps", 6)]
    [InlineData("isolated_perps", 7)]
    [InlineData("isolated_perps", 8)]
    [InlineData("coin_perps", 11)]
    [InlineData("coin_perps", 10)]
    public void Random_crashes_are_proven_as_the_engine_logged_them(string rulebook, int seed)
    {
        var random = new Random(seed);
        VenueLog log = Open(rulebook, rulebook == "isolated_perps" ? "" : seed % 2 == 0 ? "0.8" : "1", "1", seed % 3 == 0 ? "50" : "100000");
        string[] names = ["a", "b", "c", "d", "alice"];
        foreach (string name in names[..4]) log.Open(name, $"{random.Next(500, 5000)}.{random.Next(100):00}");
        (decimal p, decimal q) = (100, 50);
        for (int i = 0; i < 200; i++)
        {
            (string first, string second) = (names[random.Next(names.Length)], names[random.Next(names.Length)]);
            bool isP = random.Next(2) == 0;
            switch (random.Next(5))
            {
                case 0:
                    (p, q) = (Moved(p), Moved(q));
                    log.Prices(("P", Text(p)), ("Q", Text(q)), ("USD", Text(1 + random.Next(-300, 301) / 10_000m)));
                    break;
                case 1:
                    log.Submit((id, t) => new FundingTick(id, t, isP ? "P" : "Q", new Quantity(random.Next(-20, 20), 4)));
                    break;
                case 2:
                    log.Withdraw(first, $"{random.Next(1, 2000)}.5");
                    break;
                default:
                    log.Trade(first, second, $"{random.Next(1, 120)}.{random.Next(1000):000}", Text(isP ? p : q), isP ? "P" : "Q", $"{random.Next(3) / 2m}");
                    break;
            }
        }
        Assert.True(log.Log.Count(logged => logged.Event is Liquidation or AutoDeleveraged) > 5, "too few steps to show anything");
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(size: 25);
        Assert.Null(refused?.ToString());
        VenueBatchTests.AgreeWithLedger(log, batches);

        decimal Moved(decimal price) => Math.Max(1, decimal.Round(price * (100 + random.Next(-20, 21)) / 100, 2));
    }

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Fall(VenueLog log, string instrument, params int[] prices)
    {
        foreach (int price in prices) log.Prices((instrument, $"{price}"));
    }

    private static VenueLog Open(string rulebook, string haircut, string index, string fund = "100000")
    {
        const string margins = "\"initial\":[[\"0\",\"0.01\",\"0\"]],\"maintenance\":[[\"0\",\"0.005\",\"0\"]],\"symbol\":";
        string counts = haircut.Length == 0 ? "" : $"\"haircut\":[[\"0\",\"{haircut}\"]],";
        var log = new VenueLog(rulebook, parameters: $$$"""{"market":{"Asset":[{{{{counts}}}"symbol":"BTC"},{{{{counts}}}"symbol":"USD"}],"Instrument":[{{{{margins}}}"P"},{{{{margins}}}"Q"}]}}""", decimals: rulebook == "isolated_perps" ? 6 : 8);
        log.Prices(("USD", index));
        log.Deposit("insurance", fund);
        log.Open("alice", "1000000");
        return log;
    }

    private static void Proven(VenueLog log)
    {
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused?.ToString());
        VenueBatchTests.AgreeWithLedger(log, batches);
    }
}
