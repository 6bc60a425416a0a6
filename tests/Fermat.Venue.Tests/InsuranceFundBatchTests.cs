using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Venue.Tests;

/// <summary>What an insurance fund does that fails itself is in the batches: its deleveraging, in order; its loss, and how it was shared; and what it pays.</summary>
public sealed class InsuranceFundBatchTests
{
    [Fact]
    public void A_fund_that_fails_is_proven_and_how_its_loss_was_shared_too()
    {
        var log = new VenueLog();
        log.Deposit("insurance", "3000");
        foreach ((string name, string amount) in new[] { ("lou", "1000"), ("winner", "2000"), ("mike", "1000"), ("wendy", "2000") }) log.Open(name, amount);
        Assert.True(log.Trade("lou", "winner", "100").IsApplied);
        Assert.True(log.Trade("mike", "wendy", "100", "50", "Q").IsApplied);
        log.Prices(("P", "85"));
        log.Prices(("P", "40"));
        log.Prices(("Q", "20"));
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(orders: true, shares: true);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);

        VenueBatch closed = batches.Single(batch => batch.Events[0].Event is AutoDeleveraged { Account.Value: "insurance" });
        WaterfallOutcome order = WaterfallProver.Prove(closed.Batch, VenueLog.Salts);
        Assert.True(WaterfallStatement.Verify(order.Batch!, order.Proof).Accepted);

        VenueBatch loss = batches.Single(batch => batch.Events[0].Event is LossSocialized { Account.Value: "insurance" });
        Assert.Equal((true, null), (loss.IsLoss, loss.LossUnproven));
        Assert.All(loss.Batch.Events, share => Assert.Equal(loss.Batch.InsuranceSlot, share.Second));
        BatchProofs proofs = new BatchProver(new BatchOptions(VenueLog.Depth, Orders: true, Shares: true), VenueLog.Salts).Prove(loss);
        Assert.Null(proofs.LossUnproven);
        Assert.True(TransitionStatement.Verify(proofs.Inputs, proofs.Proof, TransitionAnchors.None).Accepted);
        SharesVerification shares = SharesStatement.Verify(proofs.Inputs, proofs.Shares!);
        Assert.True(shares.Accepted, $"{shares.Rejection}");
        Assert.Null(SharesStatement.Wanting(proofs.Inputs, shares));
        Assert.NotNull(SharesStatement.Wanting(proofs.Inputs, null));

        VenueBatch other = batches.Single(batch => batch.IsLoss && batch != loss);
        Assert.Equal("mike", ((LossSocialized)other.Events[0].Event).Account.Value);
        Assert.False(SharesStatement.Verify(TransitionProver.InputsOf(other.Batch, VenueLog.Salts), proofs.Shares!).Accepted);
        Assert.Null(other.LossUnproven);
        Assert.Null(SharesProver.Check(other.Batch));
    }

    /// <summary>Random books, a price that goes on as it broke the first accounts, and funds of different sizes: statement T allows what the engine did, every deleveraging is in order, and every loss, the fund's own too, is shared as it has to be.</summary>
    [Fact]
    public void Crashes_that_funds_do_not_survive_are_provable()
    {
        string[] funds = ["1000", "2500", "5000", "10000"];
        int closed = 0, own = 0, others = 0;
        VenueBatch? most = null;
        for (int seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            var log = new VenueLog();
            log.Deposit("insurance", funds[seed % funds.Length]);
            string[] names = [.. Enumerable.Range(0, 10).Select(i => $"a{i}")];
            foreach (string name in names) log.Open(name, $"{random.Next(300, 1500)}");
            (int p, int q) = (100, 50);
            bool falls = seed % 2 == 0;
            for (int round = 0; round < 3; round++)
            {
                for (int i = 0; i < 20; i++)
                {
                    (string buyer, string seller) = (names[random.Next(names.Length)], names[random.Next(names.Length)]);
                    bool isP = random.Next(2) == 0;
                    if (buyer != seller) log.Trade(buyer, seller, $"{random.Next(1, 70)}", $"{(isP ? p : q)}", isP ? "P" : "Q");
                }
                p = p * (round switch { 0 => falls ? 82 : 118, 1 => falls ? 55 : 160, _ => random.Next(70, 130) }) / 100;
                q = Math.Max(10, q * random.Next(80, 122) / 100);
                log.Prices(("P", $"{p}"), ("Q", $"{q}"));
            }
            (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(orders: true, shares: true);
            Assert.True(refused is null, $"{seed}: {refused}");
            VenueBatchTests.AgreeWithLedger(log, batches);
            foreach (VenueBatch batch in batches)
            {
                if (batch.Batch.Events[0].Kind == EventKind.Deleveraging) Assert.Null(WaterfallProver.Check(batch.Batch));
                if (batch.Events[0].Event is not LossSocialized shared) continue;
                Assert.True(batch.IsLoss);
                Assert.Null(SharesProver.Check(batch.Batch));
                if (shared.Account.Value == "insurance" && (most is null || batch.Batch.Events.Count > most.Batch.Events.Count)) most = batch;
            }
            closed += log.Log.Count(logged => logged.Event is AutoDeleveraged { Account.Value: "insurance" });
            own += log.Log.Count(IsOfFund);
            others += log.Log.Count(logged => logged.Event is LossSocialized && !IsOfFund(logged));
        }
        Assert.True(closed > 2 && own > 0 && others > 2, $"the fund was deleveraged {closed} times, its loss was shared {own} times, others' {others} times");
        WaterfallOutcome outcome = SharesProver.Prove(most!.Batch, VenueLog.Salts);
        Assert.True(SharesStatement.Verify(outcome.Batch!, outcome.Proof).Accepted);

        static bool IsOfFund(LoggedEvent logged) => logged.Event is LossSocialized { Account.Value: "insurance" };
    }

    /// <summary>A coin of which the fund has so little that none of it can be sold does not keep its loss from being shared; of a coin that is worth something nobody else pays while it is there.</summary>
    [Theory]
    [InlineData("0.00000001", true)]
    [InlineData("0.001", false)]
    public void A_loss_of_a_fund_with_another_coin_is_shared_only_beside_dust(string coins, bool isShared)
    {
        var log = new VenueLog();
        log.Deposit("insurance", "3000");
        log.Deposit("insurance", coins, "BTC");
        foreach ((string name, string amount) in new[] { ("lou", "1000"), ("winner", "2000"), ("wendy", "2000") }) log.Open(name, amount);
        Assert.True(log.Trade("lou", "winner", "100").IsApplied);
        log.Prices(("P", "85"), ("BTC", "90"));
        log.Prices(("P", "40"));
        Assert.Contains(log.Log, logged => logged.Event is AutoDeleveraged { Account.Value: "insurance" });
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(shares: true);
        Assert.Null(refused);
        VenueBatchTests.AgreeWithLedger(log, batches);
        Assert.Equal(isShared, batches.Any(batch => batch.IsLoss));
        foreach (VenueBatch loss in batches.Where(batch => batch.IsLoss))
        {
            Assert.Null(loss.LossUnproven);
            Assert.Null(SharesProver.Check(loss.Batch));
        }
    }
}
