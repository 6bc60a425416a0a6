using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Statements;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Venue.Tests;

/// <summary>Deleveragings of a venue's log are in the order that the engine decided, and that can be proven.</summary>
public sealed class WaterfallTests
{
    [Fact]
    public void The_engines_choice_is_proven_and_another_batch_is_not()
    {
        VenueLog log = VenueBatchTests.Crash();
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(orders: true);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.Null(TransitionChain.Check([.. batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))]));
        VenueBatch[] ordered = [.. batches.Where(batch => batch.Events[0].Event is AutoDeleveraged)];
        Assert.NotEmpty(ordered);
        WaterfallOutcome outcome = WaterfallProver.Prove(ordered[0].Batch, VenueLog.Salts);
        Assert.Null(outcome.Refused);
        Assert.True(WaterfallStatement.Verify(outcome.Batch!, outcome.Proof).Accepted);
        Assert.Equal(TransitionProver.InputsOf(ordered[0].Batch, VenueLog.Salts).ToCanonicalBytes(), outcome.Batch!.ToCanonicalBytes());
        Assert.All(batches.Where(batch => batch != ordered[0]), batch => Assert.False(WaterfallStatement.Verify(TransitionProver.InputsOf(batch.Batch, VenueLog.Salts), outcome.Proof).Accepted));
    }

    /// <summary>The engine passes over what has expired, since it cannot change hands; W, which knows no time, would compare it. Such a deleveraging is proven without its order, by name, and ends nobody's proofs.</summary>
    [Fact]
    public void A_deleveraging_beside_a_larger_position_that_has_expired_has_no_proof_of_its_order()
    {
        var log = new VenueLog();
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("F", InstrumentKind.Future, "USD", 3, 2, new Quantity(1), Expiry: t + 3_600_000)));
        log.Apply((id, t) => new ParametersUpdated(id, t, """{"market":{"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"F"}]}}"""));
        log.Prices(("F", "100"));
        int from = log.Log.Count;
        log.Open("fail", "1000");
        log.Open("win", "100000");
        Assert.True(log.Trade("fail", "win", "50", "100", "F").IsApplied);
        Assert.True(log.Trade("fail", "win", "20", "100", "P").IsApplied);
        log.Wait(2 * 3_600_000);
        log.Prices(("P", "60"));
        Assert.Contains(log.Log, logged => logged.Event is AutoDeleveraged { Instrument: "P" });
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(from, orders: true);
        Assert.Null(refused);
        VenueBatch deleveraging = batches.First(batch => batch.Batch.Events[0].Kind == EventKind.Deleveraging);
        Assert.True(deleveraging.HasExpired);
        Assert.Contains("fail has a larger position, in F", WaterfallProver.Check(deleveraging.Batch)?.Message, StringComparison.Ordinal);
        var prover = new BatchProver(new BatchOptions(VenueLog.Depth, Orders: true), VenueLog.Salts, provenBits: 20);
        BatchProofs proofs = prover.Prove(deleveraging);
        Assert.Equal((true, true), (proofs.IsOrderUnproven, proofs.Order is null));
        Assert.Throws<BatchRefusedException>(() => prover.Prove(deleveraging with { HasExpired = false }));
    }

    /// <summary>Random books without an insurance fund, and a price that breaks some accounts: every deleveraging begins a batch and is in order.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_deleveraging_of_a_random_crash_is_in_order(int seed)
    {
        var random = new Random(seed);
        var log = new VenueLog();
        string[] names = [.. Enumerable.Range(0, 12).Select(i => $"a{i}")];
        foreach (string name in names) log.Open(name, $"{random.Next(200, 2000)}");
        for (int i = 0; i < 60; i++)
        {
            (string buyer, string seller) = (names[random.Next(names.Length)], names[random.Next(names.Length)]);
            bool isFirst = random.Next(2) == 0;
            if (buyer != seller) log.Trade(buyer, seller, $"{random.Next(1, 90)}", isFirst ? $"{random.Next(97, 104)}" : $"{random.Next(48, 53)}", isFirst ? "P" : "Q");
        }
        log.Prices(("P", $"{random.Next(82, 90)}"), ("Q", $"{random.Next(55, 62)}"));
        log.Prices(("P", $"{random.Next(110, 125)}"), ("Q", $"{random.Next(40, 46)}"));
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(orders: true);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        int deleveragings = log.Log.Count(logged => logged.Event is AutoDeleveraged);
        VenueBatch[] ordered = [.. batches.Where(batch => batch.Batch.Events[0].Kind == EventKind.Deleveraging)];
        Assert.Equal(deleveragings, ordered.Length);
        Assert.True(deleveragings > 3, $"{deleveragings} deleveragings");
        foreach (VenueBatch batch in ordered) Assert.Null(WaterfallProver.Check(batch.Batch));
    }
}
