using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Random batches: what the rules allow satisfies the circuit, and what they do not allow, done all the same, does not.</summary>
public sealed class RandomTransitionTests
{
    [Theory]
    [InlineData(1, 12)]
    [InlineData(2, 12)]
    [InlineData(3, 20)]
    public void Events_that_are_allowed_satisfy_the_circuit_and_keep_the_sums(int seed, int count)
    {
        var random = new Random(seed);
        var allowed = new List<BatchEvent>();
        while (allowed.Count < count)
        {
            BatchEvent e = Event(random);
            if (VersionMaker.Make(Start([.. allowed, e]), out _) is not null) allowed.Add(e);
        }
        TransitionScene scene = Of([.. allowed]);
        CheckReport report = scene.Check();
        Assert.True(report.IsSatisfied, report.ToString());

        // what comes from outside is all that the accounts have more of: amounts less 100 times costs of their asset, and sizes
        BigInteger outside = allowed.Where(e => e.Kind is EventKind.Deposit or EventKind.Withdrawal).Aggregate(BigInteger.Zero, (sum, e) => sum + e.FirstCash);
        Assert.Equal(outside, Sum(scene, last: true) - Sum(scene, last: false));
        for (int instrument = 0; instrument < 2; instrument++) Assert.Equal(Sizes(scene, instrument, last: false), Sizes(scene, instrument, last: true));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void An_event_that_the_rulebook_forbids_does_not_satisfy_the_circuit(int seed)
    {
        var random = new Random(seed);
        for (int found = 0; found < 4;)
        {
            BatchEvent e = Event(random);
            if (VersionMaker.Make(Start(e), out RefusedEvent? refused) is not null || !refused!.Message.Contains("account ", StringComparison.Ordinal)) continue;
            if (VersionMaker.Make(Start(e), out _, isLiar: true) is null) continue; // it cannot even be written down
            Assert.False(TransitionScene.Forbidden(e).Check(lie: Forgery.Nobody).IsSatisfied, $"{e}: {refused.Message}");
            found++;
        }
    }

    /// <summary>Spot trades of one side, fair or not, of accounts that are healthy, restricted or failing: they can be proven to be rejected exactly where the rulebook would not have them.</summary>
    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void A_spot_trade_is_rejected_in_the_circuit_where_it_is_natively(int seed)
    {
        var random = new Random(seed);
        (int rejected, int allowed) = (0, 0);
        while (rejected < 6 || allowed < 6)
        {
            int asset = random.Next(2);
            decimal amount = random.Next(-300, 300) / 100m * (asset == 0 ? 5000 : 1), worth = amount * (asset == 0 ? 0.37m : 64_000m) * random.Next(95, 106) / 100;
            BatchEvent[] spot = RejectSpot(random.Next(2, 7), asset, amount, decimal.Round(-worth, 2));
            bool isRejected = VersionMaker.Make(Start(spot), out RefusedEvent? refused) is not null;
            Assert.True(isRejected || refused!.Message.Contains("as the rulebook allows", StringComparison.Ordinal), refused?.Message);
            if ((isRejected ? rejected++ : allowed++) >= 6) continue;
            Assert.Equal(isRejected, TransitionScene.Forbidden(spot).Check().IsSatisfied);
        }
    }

    private static BatchEvent Event(Random random)
    {
        int first = random.Next(2, 7), second = random.Next(2, 7), instrument = random.Next(2);
        decimal size = random.Next(-400, 400) / 100m, price = instrument == 0 ? 64000 + random.Next(-500, 500) : 3100 + random.Next(-50, 50);
        return random.Next(17) switch
        {
            0 => Deposit(first, random.Next(0, 50_000) / 10m),
            1 => Withdraw(first, random.Next(1, 50_000) / 10m),
            2 => Transfer(first, second, random.Next(1, 50_000) / 10m),
            3 => Liquidate(first, second, instrument, size, Mark(instrument), random.Next(0, 100)),
            4 => Deleverage(first, second, instrument, size),
            5 => Cover(first, random.Next(1, 50_000) / 10m),
            6 => Share(first, second, random.Next(1, 50_000) / 10m),
            7 => Settle(first, random.Next(2), instrument, size),
            8 => RejectTrade(first, instrument, 20 * size, price, random.Next(0, 3)),
            9 => RejectPayment(first, random.Next(1, 500_000)),
            10 => RejectStep(first),
            11 => RejectBorrowing(first, random.Next(3), random.Next(1, 5000)),
            _ => Trade(first, second, instrument, size, price, random.Next(0, 3)),
        };
    }

    private static BigInteger Sum(TransitionScene scene, bool last) => scene.Plan.Versions.Where(v => last ? v.IsLast : v.IsFirst).Aggregate(BigInteger.Zero, (sum, v) =>
        sum + v.Account.Items[Balances].Where(b => b[0] == Usd).Aggregate(BigInteger.Zero, (s, b) => s + b[1]) - 100 * v.Account.Items[Positions].Aggregate(BigInteger.Zero, (s, p) => s + p[2]));

    private static BigInteger Sizes(TransitionScene scene, int instrument, bool last) => scene.Plan.Versions.Where(v => last ? v.IsLast : v.IsFirst)
        .Aggregate(BigInteger.Zero, (sum, v) => sum + v.Account.Items[Positions].Where(p => p[0] == instrument).Aggregate(BigInteger.Zero, (s, p) => s + p[1]));
}
