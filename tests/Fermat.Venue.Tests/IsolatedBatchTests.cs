using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Accounts in isolated mode in a venue's batches: margin that is set aside and taken back, refused and proven to be, and liquidations of the silos that fail.</summary>
public sealed class IsolatedBatchTests
{
    private const string Parameters =
        """{"market":{"Asset":[{"symbol":"BTC"},{"symbol":"USD"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"},{"initial":[["0","0.2","0"]],"maintenance":[["0","0.1","0"]],"symbol":"Q"}]}}""";

    [Fact]
    public void A_silo_that_fails_is_liquidated_though_another_position_is_larger()
    {
        VenueLog log = Silos();
        Liquidation[] steps = [.. log.Log.Select(logged => logged.Event).OfType<Liquidation>()];
        AutoDeleveraged[] closed = [.. log.Log.Select(logged => logged.Event).OfType<AutoDeleveraged>()];
        Assert.NotEmpty(steps);
        Assert.All(steps, step => Assert.Equal(("ivy", "P"), (step.Account.Value, step.Instrument)));
        Assert.All(closed, step => Assert.Equal("P", step.Instrument));
        // the larger position, in Q, is as it was, with what was set aside for it
        Position larger = Of(log, "ivy").Positions[0];
        Assert.Equal((100_000, 4_000_000_000), (larger.Size, larger.Margin));
        // a part costs nothing, since what backs it stays set aside; and none of it takes of what was not
        Assert.Equal(default, steps[0].Penalty);
        Assert.True(Of(log, "ivy").Balances[0].Amount >= 0);
    }

    [Fact]
    public void Silos_are_proven_as_the_engine_logged_them()
    {
        VenueLog log = Ended();
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        foreach (VenueBatch batch in batches)
        {
            TransitionOutcome outcome = TransitionProver.Prove(batch.Batch, VenueLog.Salts);
            Assert.Null(outcome.Refused);
            Assert.True(TransitionStatement.Verify(outcome.Inputs!, outcome.Proof, TransitionAnchors.None).Accepted);
        }
        Assert.Equal(2, batches.SelectMany(batch => batch.Batch.Events).Count(e => e.Kind == EventKind.MarginReturn));
        Assert.DoesNotContain(batches.SelectMany(batch => batch.Batch.Events), e => e.Kind == EventKind.Rejected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_runs_in_both_modes_lead_from_and_to_the_ledger_s_accounts(int seed)
    {
        var random = new Random(seed);
        var log = new VenueLog("isolated_perps", parameters: Parameters, decimals: 6, allowsBorrowing: seed % 2 == 0);
        string[] names = ["a", "b", "i", "j", "k"];
        log.Deposit("insurance", seed == 3 ? "10" : "100000");
        foreach (string name in names) log.Open(name, $"{random.Next(500, 5000)}.{random.Next(100):00}", mode: name[0] >= 'i' ? MarginMode.Isolated : MarginMode.Cross);
        for (int i = 0; i < 150; i++)
        {
            string first = names[random.Next(names.Length)], second = names[random.Next(names.Length)], instrument = random.Next(2) == 0 ? "P" : "Q";
            int price = instrument == "P" ? 100 + random.Next(-6, 7) : 50 + random.Next(-3, 4);
            _ = random.Next(8) switch
            {
                0 => log.Submit((id, t) => new PricesSet(id, t, new Dictionary<string, Quantity> { [instrument] = new(price) }, null)),
                1 => log.Withdraw(first, $"{random.Next(1, 3000)}.5"),
                2 => log.Transfer(first, second, $"{random.Next(1, 1000)}"),
                3 => log.Submit((id, t) => new FundingTick(id, t, instrument, new Quantity(random.Next(-20, 20), 5))),
                4 or 5 => log.Assign(first, $"{random.Next(-700, 1500)}.25", instrument),
                _ => log.Trade(first, second, $"{random.Next(1, 30)}.{random.Next(1000):000}", $"{price}", instrument, $"{random.Next(3) / 2m}"),
            };
        }
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(size: 25);
        Assert.True(refused is null, $"{refused}");
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.Contains(batches.SelectMany(batch => batch.Batch.Events), e => e.Kind == EventKind.MarginAssignment);
        Assert.Contains(batches.SelectMany(batch => batch.Batch.Events), e => e.Kind is EventKind.RejectedAssignment or EventKind.RejectedSetAside);
    }

    /// <summary>Ivy has two silos, of which the smaller falls; she sets margin aside, takes some back, and asks for more than may be.</summary>
    internal static VenueLog Silos()
    {
        var log = new VenueLog("isolated_perps", parameters: Parameters, decimals: 6);
        log.Deposit("insurance", "100000");
        log.Open("alice", "20000");
        log.Open("ivy", "5500", mode: MarginMode.Isolated);
        log.Open("ida", "10", mode: MarginMode.Isolated);
        Assert.Equal(EngineRejectionCode.InsufficientMargin, log.Trade("ivy", "alice", "20").Rejection?.Code);
        Assert.True(log.Assign("ivy", "4000", "Q").IsApplied);
        Assert.True(log.Assign("ivy", "300").IsApplied);
        Assert.True(log.Trade("ivy", "alice", "100", "50", "Q", buyerFee: "0.5").IsApplied);
        Assert.True(log.Trade("ivy", "alice", "20").IsApplied);
        Assert.True(log.Assign("ivy", "-20").IsApplied);
        Assert.Equal(EngineRejectionCode.InsufficientMargin, log.Assign("ivy", "-181").Rejection?.Code);
        Assert.Equal(EngineRejectionCode.Borrowing, log.Assign("ivy", "1219.51").Rejection?.Code);
        log.Prices(("P", "90.5"));
        return log;
    }

    /// <summary>The instruments end: with positions, and with nothing but what Ida set aside for one.</summary>
    internal static VenueLog Ended()
    {
        VenueLog log = Silos();
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("R", InstrumentKind.LinearPerpetual, "USD", 3, 2, new Quantity(1))));
        log.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"R"}]}}"""));
        log.Prices(("R", "10"));
        foreach ((string symbol, string price) in ((string, string)[])[("P", "90.5"), ("R", "10")])
        {
            Assert.True(log.Assign("ida", "5", symbol).IsApplied);
            log.Apply((id, t) => new Settlement(id, t, symbol, VenueLog.Number(price), Close: true));
        }
        Assert.Empty(Of(log, "ida").Positions.ToArray());
        return log;
    }

    private static AccountState Of(VenueLog log, string account) => log.Engine.State.TryFindAccount(new AccountId(account), out int index) ? log.Engine.State.Accounts[index] : throw new InvalidOperationException(account);
}
