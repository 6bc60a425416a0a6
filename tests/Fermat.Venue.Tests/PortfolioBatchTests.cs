using System.Numerics;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Accounts in portfolio mode in a venue's batches: what options and perpetuals on one underlying need together, in the worst of scenarios, is proven after each event.</summary>
public sealed class PortfolioBatchTests
{
    [Fact]
    public void What_hedges_needs_less_in_portfolio_mode_and_is_refused_in_cross_mode()
    {
        VenueLog log = PortfolioLog.Open();
        log.Open("maker", "10000000");
        log.Open("pat", "2500", mode: MarginMode.Portfolio);
        log.Open("carl", "2500");
        foreach (string account in (string[])["pat", "carl"])
        {
            Assert.True(log.Trade(account, "maker", "1", "1370", "C").IsApplied); // a call,
            SubmitResult hedge = log.Trade("maker", account, "1", "20000");           // and a coin short against it
            Assert.Equal(account == "pat" ? null : EngineRejectionCode.InsufficientMargin, hedge.Rejection?.Code);
        }
        AccountHealth pat = log.Engine.Health(new AccountId("pat"))!.Value;
        Assert.True(pat.Maintenance < 2370 * BigInteger.Pow(10, pat.Scale), $"{pat.Maintenance}");
        Proven(log);
    }

    [Fact]
    public void Time_passes_with_each_price_set()
    {
        VenueLog log = PortfolioLog.Open();
        log.Open("maker", "10000000");
        log.Open("pat", "30000", mode: MarginMode.Portfolio);
        Assert.True(log.Trade("maker", "pat", "1", "1370", "C").IsApplied);
        (List<VenueBatch> before, _) = log.Cut(PortfolioLog.Listings);
        log.Apply((id, _) => new PricesSet(id, PortfolioLog.Expiry - 86_400_000, new Dictionary<string, Quantity> { ["C"] = new(400) }, null));
        Assert.Equal((86_400, 86_400, 0), (LeftOf(log, "C"), LeftOf(log, "D"), LeftOf(log, "P")));
        log.Apply((id, _) => new PricesSet(id, PortfolioLog.Expiry + 5, new Dictionary<string, Quantity> { ["C"] = new(100) }, null));
        Assert.Equal((0, 0), (LeftOf(log, "C"), LeftOf(log, "D")));
        log.Apply((id, _) => new Settlement(id, PortfolioLog.Expiry + 6, "C", new Quantity(100), Close: true));
        List<VenueBatch> batches = Proven(log);
        Assert.NotEmpty(before);
        Assert.Contains(batches.SelectMany(batch => batch.Batch.Events), e => e.Kind == EventKind.Settlement);
    }

    [Fact]
    public void A_failing_portfolio_is_taken_apart_though_its_parts_hedge_each_other()
    {
        VenueLog log = Strangled();
        AccountState pat = Of(log, "pat");
        Assert.True(log.Log.Count(logged => logged.Event is Liquidation) >= 2, string.Join("\n", log.Log.Select(logged => logged.Event).OfType<Liquidation>()) + log.Engine.Health(pat.Id));
        Assert.NotEqual(AccountClass.Liquidatable, log.Engine.Health(pat.Id)!.Value.Class);
        Assert.True(RaisesMaintenance(log), "no step raised what the portfolio needs, so nothing shows that it may");
        Proven(log);
    }

    /// <summary>Carl gains 80,000 dollar coins with one perpetual and loses what he has with another. A coin is worth 90 cents: where the first position ends, what was gained is a balance and must be worth no less.</summary>
    [Theory]
    [InlineData("0")]
    [InlineData("0.1")]
    public void A_gain_that_becomes_a_balance_is_worth_what_it_was(string haircut)
    {
        VenueLog log = PortfolioLog.Open(allowsBorrowing: true);
        log.Apply((id, t) => new ParametersUpdated(id, t, $$$"""{"market":{"Asset":[{"haircut":"{{{haircut}}}","symbol":"USD"}]}}"""));
        log.Open("maker", "10000000");
        log.Open("carl", "10000");
        Assert.True(log.Trade("carl", "maker", "1", "20000").IsApplied);
        Assert.True(log.Trade("carl", "maker", "29", "1500", "E").IsApplied);
        log.Prices(("P", "100000"), ("BTC", "100000"), ("E", "0.01"), ("USD", "0.9"));
        Assert.True(log.Transfer("carl", "maker", "30000").IsApplied);
        log.Prices(("P", "83500"), ("USD", "0.91"));
        Assert.Equal("P", Assert.Single(log.Log.Select(logged => logged.Event).OfType<Liquidation>(), step => step.Size == new Quantity(1)).Instrument);
        Proven(log);
    }

    /// <summary>Pat's largest position has expired and waits for its settlement: the others are taken meanwhile, and what he owes waits.</summary>
    [Fact]
    public void What_has_expired_does_not_keep_the_rest_from_being_liquidated()
    {
        VenueLog log = PortfolioLog.Open();
        log.Open("maker", "10000000");
        log.Open("pat", "6000", mode: MarginMode.Portfolio);
        Assert.True(log.Trade("maker", "pat", "1", "1370", "C").IsApplied);
        Assert.True(log.Trade("pat", "maker", "1", "1500", "E").IsApplied);
        log.Apply((id, _) => new PricesSet(id, PortfolioLog.Expiry + 1000, new Dictionary<string, Quantity> { ["BTC"] = new(26_500), ["C"] = new(6500) }, null));
        Assert.All(log.Log.Select(logged => logged.Event).OfType<Liquidation>(), step => Assert.Equal("E", step.Instrument));
        Assert.Equal(["C"], Of(log, "pat").Positions.ToArray().Select(position => log.Engine.State.Instruments[position.Instrument].Terms.Symbol));
        Assert.DoesNotContain(log.Log, logged => logged.Event is InsurancePaid);
        log.Apply((id, _) => new Settlement(id, PortfolioLog.Expiry + 2000, "C", new Quantity(6500), Close: true));
        Assert.Empty(Of(log, "pat").Positions.ToArray());
        Proven(log);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_runs_in_both_modes_lead_from_and_to_the_ledger_s_accounts(int seed)
    {
        var random = new Random(seed);
        VenueLog log = PortfolioLog.Open(seed == 3 ? "10" : "1000000", allowsBorrowing: seed == 2);
        string[] names = ["a", "b", "p", "q", "r"], symbols = ["P", "C", "D", "E"];
        foreach (string name in names) log.Open(name, $"{random.Next(10_000, 60_000)}.{random.Next(100):00}", mode: name[0] >= 'p' ? MarginMode.Portfolio : MarginMode.Cross);
        log.Deposit("p", "0.75", "BTC");
        for (int i = 0; i < 120; i++)
        {
            (string first, string second) = (names[random.Next(names.Length)], names[random.Next(names.Length)]);
            int at = random.Next(symbols.Length), price = (int[])[20_000, 1370, 1370, 1500] is var prices ? prices[at] + random.Next(-prices[at] / 12, prices[at] / 12) : 0;
            _ = random.Next(8) switch
            {
                0 => log.Submit((id, t) => new PricesSet(id, t, new Dictionary<string, Quantity> { [symbols[at]] = new(price), [at == 3 ? "ETH" : "BTC"] = new((at == 3 ? 1500 : 20_000) + random.Next(-100, 100)) }, null)),
                1 => log.Withdraw(first, $"{random.Next(1, 30_000)}.5"),
                2 => log.Transfer(first, second, $"{random.Next(1, 5000)}"),
                3 => log.Submit((id, t) => new FundingTick(id, t, "P", new Quantity(random.Next(-20, 20), 5))),
                _ => log.Trade(first, second, $"{random.Next(0, 3)}.{random.Next(1, 1000):000}", $"{price}", symbols[at], $"{random.Next(3) / 2m}"),
            };
        }
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(PortfolioLog.Listings, size: 25);
        Assert.True(refused is null, $"{refused}");
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.Contains(batches.SelectMany(batch => batch.Batch.Events), e => e.Kind is EventKind.RejectedTrade or EventKind.RejectedPayment);
    }

    /// <summary>Pat is short calls and some more puts, which hedge each other; what he has falls away, and he is liquidated one position after the other, the puts first, though the calls are what loses most.</summary>
    internal static VenueLog Strangled()
    {
        VenueLog log = PortfolioLog.Open();
        log.Open("maker", "10000000");
        log.Open("pat", "7000", mode: MarginMode.Portfolio);
        Assert.True(log.Trade("maker", "pat", "2", "1370", "C").IsApplied);
        Assert.True(log.Trade("maker", "pat", "2.2", "1370", "D").IsApplied);
        log.Prices(("C", "2300"), ("D", "2300"));
        return log;
    }

    private static bool RaisesMaintenance(VenueLog log)
    {
        var engine = new MarginEngine(log.Rulebook.Rulebook, log.Options);
        bool raised = false;
        foreach (LoggedEvent logged in log.Log)
        {
            AccountHealth? before = logged.Event is Liquidation e ? engine.Health(e.Account) : null;
            engine.Restore(logged);
            if (before is { } was && engine.Health(((Liquidation)logged.Event).Account) is { } becomes) raised |= becomes.Deficit > was.Deficit;
        }
        return raised;
    }

    private static List<VenueBatch> Proven(VenueLog log)
    {
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(PortfolioLog.Listings);
        Assert.True(refused is null, $"{refused}");
        VenueBatchTests.AgreeWithLedger(log, batches);
        foreach (VenueBatch batch in batches)
        {
            TransitionOutcome outcome = TransitionProver.Prove(batch.Batch, VenueLog.Salts);
            Assert.Null(outcome.Refused);
            Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
        }
        return batches;
    }

    private static BigInteger LeftOf(VenueLog log, string symbol)
    {
        int table = log.Rulebook.Schema.Tables.ToList().FindIndex(t => t.Name == "Instrument"), field = log.Rulebook.Schema.Tables[table].Fields.ToList().FindIndex(f => f.Name == "left");
        return log.Engine.Market!.Tables[table].Single(record => record.Symbol == symbol).Fields[field].Integer;
    }

    private static AccountState Of(VenueLog log, string account) => log.Engine.State.TryFindAccount(new AccountId(account), out int index) ? log.Engine.State.Accounts[index] : throw new InvalidOperationException(account);
}
