using Fermat.Ledger.Events;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Venue.Tests;

/// <summary>Socialized losses of a venue's log are shared as the engine does it, and that can be proven.</summary>
public sealed class SharesTests
{
    [Fact]
    public void The_engines_shares_are_proven_and_another_batch_is_not()
    {
        VenueLog log = VenueBatchTests.Crash();
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(orders: true, shares: true);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.Null(TransitionChain.Check([.. batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))]));
        VenueBatch loss = batches.First(batch => batch.IsLoss);
        WaterfallOutcome outcome = SharesProver.Prove(loss.Batch, VenueLog.Salts);
        Assert.Null(outcome.Refused);
        Assert.True(SharesStatement.Verify(outcome.Batch!, outcome.Proof).Accepted);
        Assert.Equal(TransitionProver.InputsOf(loss.Batch, VenueLog.Salts).ToCanonicalBytes(), outcome.Batch!.ToCanonicalBytes());
        Assert.All(batches.Where(batch => batch != loss), batch => Assert.False(SharesStatement.Verify(TransitionProver.InputsOf(batch.Batch, VenueLog.Salts), outcome.Proof).Accepted));
    }

    /// <summary>Random books with names in another order than their leaves, without an insurance fund, and a price that ruins some accounts: each loss is a batch by itself, shared as it has to be.</summary>
    [Theory]
    [InlineData(1, 1000)]
    [InlineData(2, 1000)]
    [InlineData(3, 1)]
    [InlineData(4, 5)]
    public void Every_loss_of_a_random_crash_is_shared_as_it_has_to_be(int seed, int size)
    {
        var random = new Random(seed);
        var log = new VenueLog();
        string[] names = [.. Enumerable.Range(0, 12).Select(i => $"{(char)('a' + (7 * i + 5) % 12)}{i}")];
        foreach (string name in names) log.Open(name, $"{random.Next(100, 900)}.{random.Next(1, 1_000_000):D6}");
        for (int i = 0; i < 60; i++)
        {
            (string buyer, string seller) = (names[random.Next(names.Length)], names[random.Next(names.Length)]);
            if (buyer != seller) log.Trade(buyer, seller, $"{random.Next(1, 90)}", $"{random.Next(97, 104)}");
        }
        log.Deposit("fees", "100");
        log.Prices(("P", $"{random.Next(70, 80)}"));
        log.Deposit(names[0], "5");
        log.Prices(("P", $"{random.Next(120, 140)}"));
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(size: size, shares: true);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        int losses = log.Log.Count(logged => logged.Event is LossSocialized);
        VenueBatch[] shared = [.. batches.Where(batch => batch.IsLoss)];
        Assert.Equal(losses, shared.Length);
        Assert.True(losses > 1, $"{losses} losses");
        Assert.Contains(shared, batch => batch.Batch.Events.Zip(batch.Batch.Events.Skip(1)).Any(pair => pair.First.First > pair.Second.First));
        Assert.All(shared, batch => Assert.Null(SharesProver.Check(batch.Batch)));
        VenueBatch most = shared.MaxBy(batch => batch.Batch.Events.Count)!;
        WaterfallOutcome outcome = SharesProver.Prove(most.Batch, VenueLog.Salts);
        Assert.True(SharesStatement.Verify(outcome.Batch!, outcome.Proof).Accepted);
        Assert.All(batches, batch => Assert.True(batch.Batch.Events.Count <= size || batch.Events.Length == 1));
        Assert.DoesNotContain(batches.Where(batch => !batch.IsLoss), batch => batch.Events.Any(logged => logged.Event is LossSocialized));
    }

    /// <summary>Dust that cannot be sold does not keep a loss from being shared, nor that from being proven.</summary>
    [Theory]
    [InlineData("0.00000001")]
    [InlineData("0")]
    public void A_loss_beside_dust_is_proven(string dust)
    {
        var log = new VenueLog(allowsBorrowing: true);
        log.Open("rich", "40000");
        log.Open("other", "30000");
        log.Open("erin", "1000");
        if (dust != "0") log.Deposit("erin", dust, "BTC");
        Assert.True(log.Trade("erin", "rich", "90").IsApplied);
        log.Prices(("P", "80"), ("BTC", "90"));
        LossSocialized loss = Assert.Single(log.Log.Select(logged => logged.Event).OfType<LossSocialized>());
        Assert.Equal(2, loss.Shares.Count());
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(shares: true);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        VenueBatch shared = Assert.Single(batches, batch => batch.IsLoss);
        Assert.Null(SharesProver.Check(shared.Batch));
    }

    /// <summary>Two who pay would be enough for statement T to see the account healthy before the second does.</summary>
    [Fact]
    public void Where_collateral_is_left_nobody_shares_and_the_log_goes_on()
    {
        var log = new VenueLog(allowsBorrowing: true);
        log.Open("rich", "40000");
        log.Open("other", "30000");
        log.Open("erin");
        log.Deposit("insurance", "100");
        log.Deposit("erin", "1", "BTC");
        Assert.True(log.Withdraw("erin", "17000").IsApplied);
        log.Prices(("BTC", "16900"));
        Assert.IsType<CollateralSold>(log.Log[^1].Event);
        log.Deposit("insurance", "16850");
        log.Prices(("BTC", "16900"));
        Assert.IsType<LossSocialized>(log.Log[^1].Event);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(shares: true);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        VenueBatch shared = Assert.Single(batches, batch => batch.IsLoss);
        Assert.Null(SharesProver.Check(shared.Batch));
    }
}
