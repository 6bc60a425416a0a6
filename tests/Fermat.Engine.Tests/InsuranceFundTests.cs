using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

/// <summary>The insurance fund pays only what it has, and where it fails itself, it is deleveraged and its loss is shared, like anybody's.</summary>
public sealed class InsuranceFundTests
{
    private const string Parameters =
        """{"market":{"Asset":[{"haircut":[["0","1"]],"symbol":"USD"},{"haircut":[["0","0.9"]],"symbol":"BTC"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"},{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"Q"}]}}""";

    /// <summary>The fund buys 100 P at 85 for its 3000, pays 500, and loses 4500 of the 2500 that are left.</summary>
    [Fact]
    public void A_fund_under_water_is_deleveraged_its_loss_is_shared_and_it_pays_for_nobody()
    {
        Venue venue = Bought();
        int before = venue.Log.Count;
        venue.Prices(("P", "40"));
        LedgerEvent[] made = [.. venue.Generated(before)];
        Assert.Equal(["AutoDeleveraged", "LossSocialized"], made.Select(step => step.GetType().Name));
        var closed = (AutoDeleveraged)made[0];
        Assert.Equal(("insurance", "winner", Venue.Number("100"), Venue.Number("40")), (closed.Account.Value, closed.Counterparty.Value, closed.Size, closed.Price));

        // 2000 over winner 8000, mike 1000, wendy 2000: 1454.545454, 181.818181, 363.636363, and a unit each of the first two
        var loss = (LossSocialized)made[1];
        Assert.Equal(("insurance", "USD"), (loss.Account.Value, loss.Asset));
        Assert.Equal([("mike", "181.818182"), ("wendy", "363.636363"), ("winner", "1454.545455")], loss.Shares.Select(share => (share.Account.Value, share.Amount.ToString())));
        Assert.Equal(("0", "0", "6545.454545"), (venue.Usd("insurance"), venue.Size("insurance"), venue.Usd("winner")));

        // mike: 818.181818 less 2000. The fund has nothing, so others share 1181.818182: winner 6545.454545, wendy 3636.363637
        before = venue.Log.Count;
        venue.Prices(("Q", "80"));
        made = [.. venue.Generated(before)];
        Assert.Equal(["AutoDeleveraged", "LossSocialized"], made.Select(step => step.GetType().Name));
        Assert.Equal([("wendy", "422.077922"), ("winner", "759.74026")], ((LossSocialized)made[1]).Shares.Select(share => (share.Account.Value, share.Amount.ToString())));
        Assert.Equal(("0", "0", "3214.285715", "5785.714285"), (venue.Usd("insurance"), venue.Usd("mike"), venue.Usd("wendy"), venue.Usd("winner")));
        Assert.Equal(new HealthLadder(4, 0, 0, 0), venue.Engine.Ladder());
    }

    /// <summary>Of 2500 that it has it owes 2000 by its position: it pays 500, and no more comes of it when the position is closed.</summary>
    [Fact]
    public void The_fund_pays_no_more_than_its_net_equity()
    {
        Venue venue = Bought();
        venue.Prices(("P", "65"));
        Assert.Equal("100", venue.Size("insurance"));
        int before = venue.Log.Count;
        venue.Prices(("Q", "80"));
        LedgerEvent[] made = [.. venue.Generated(before)];
        Assert.Equal(["AutoDeleveraged", "InsurancePaid", "AutoDeleveraged", "LossSocialized"], made.Select(step => step.GetType().Name));
        Assert.Equal(["mike", "insurance"], made.OfType<AutoDeleveraged>().Select(step => step.Account.Value));
        Assert.Equal(Venue.Number("500"), ((InsurancePaid)made[1]).Amount);

        // 500 over winner 2000 + 3500, wendy 2000 + 2000
        Assert.Equal([("wendy", "210.526315"), ("winner", "289.473685")], ((LossSocialized)made[3]).Shares.Select(share => (share.Account.Value, share.Amount.ToString())));
        Assert.Equal(("0", "0", "0"), (venue.Usd("insurance"), venue.Size("insurance"), venue.Usd("mike")));
    }

    /// <summary>Its balance goes first, then its positions are closed, and what they gained is paid: nobody shares a loss that the fund can bear.</summary>
    [Fact]
    public void What_the_positions_of_the_fund_free_is_paid_before_a_loss_is_shared()
    {
        Venue venue = Bought();
        venue.Prices(("P", "88"));
        int before = venue.Log.Count;
        venue.Prices(("Q", "63"));                                                               // mike owes 2700; the fund has 2500, and 300 in P
        LedgerEvent[] made = [.. venue.Generated(before)];
        Assert.Equal(["Liquidation", "InsurancePaid", "AutoDeleveraged", "AutoDeleveraged", "InsurancePaid", "AutoDeleveraged"], made.Select(step => step.GetType().Name));
        Assert.Equal(["2500", "200"], made.OfType<InsurancePaid>().Select(step => step.Amount.ToString()));
        Assert.Equal([("P", "100"), ("Q", "25"), ("Q", "75")], made.OfType<AutoDeleveraged>().Select(step => (step.Instrument, step.Size.ToString())));
        Assert.All(made.OfType<AutoDeleveraged>(), step => Assert.Equal("insurance", step.Account.Value));
        Assert.Equal(("100", "0", "0", "0"), (venue.Usd("insurance"), venue.Size("insurance"), venue.Size("insurance", 1), venue.Usd("mike")));
    }

    [Fact]
    public void From_outside_the_fund_s_own_steps_come_before_what_it_pays()
    {
        Venue venue = Bought(isAutomatic: false);
        LedgerEvent Next(string account)
        {
            LedgerEvent step = venue.Engine.NextStep(new AccountId(account))!;
            return step with { Id = venue.NextId(), Time = venue.Time };
        }
        while (venue.Engine.NextStep(new AccountId("lou")) is not null) Assert.True(venue.Submit(Next("lou")).IsApplied);
        venue.Prices(("P", "40"), ("Q", "80"));
        Assert.True(venue.Submit(Next("mike")) is { IsApplied: true });                          // the other side is closed against
        Assert.Null(venue.Engine.NextStep(new AccountId("mike")));
        foreach (string amount in new[] { "1000", "1" })
        {
            SubmitResult paid = venue.Submit((id, t) => new InsurancePaid(id, t, new AccountId("mike"), "USD", Venue.Number(amount)));
            Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.LiquidationNotDue), (paid.Outcome, paid.Rejection!.Code));
        }
        Assert.IsType<AutoDeleveraged>(venue.Engine.NextStep(new AccountId("insurance")));
        Assert.False(venue.Submit((id, t) => new AutoDeleveraged(id, t, new AccountId("insurance"), new AccountId("winner"), "P", Venue.Number("50"), Venue.Number("40"))).IsApplied);
        Assert.True(venue.Submit(Next("insurance")).IsApplied);
        Assert.IsType<LossSocialized>(venue.Engine.NextStep(new AccountId("insurance")));
        Assert.IsType<LossSocialized>(venue.Engine.NextStep(new AccountId("mike")));             // of either: the fund has nothing
        Assert.True(venue.Submit(Next("insurance")).IsApplied);
        Assert.Null(venue.Engine.NextStep(new AccountId("insurance")));
        Assert.True(venue.Submit(Next("mike")).IsApplied);
        Assert.Equal(("0", "0"), (venue.Usd("insurance"), venue.Usd("mike")));
    }

    /// <summary>A position whose other side only the fees account has stays with the fund, which then pays for nobody.</summary>
    [Fact]
    public void A_position_that_nobody_can_take_over_stays_and_ends_nothing_else()
    {
        var venue = new Venue(parameters: Parameters);
        venue.Deposit("insurance", "2000");
        venue.Deposit("fees", "5000");
        Assert.True(venue.Trade("insurance", "fees", "100").IsApplied);
        venue.Open("alice", "1000");
        int before = venue.Log.Count;
        venue.Prices(("P", "79"));
        Assert.Equal(AccountClass.Bankrupt, venue.Health("insurance").Class);
        Assert.Empty(venue.Generated(before));
        venue.Deposit("insurance", "3000");
        Assert.Equal(AccountClass.Healthy, venue.Health("insurance").Class);
    }

    /// <summary>
    /// Random books, jumps of prices and funds of different sizes. There is one coin, so when all is done everybody is above maintenance, the fund too, unless nobody has anything left; no payment ruins the fund, who is
    /// forced was due, and sizes and sums hold after every event.
    /// </summary>
    [Fact]
    public void After_any_crash_nobody_is_left_below_maintenance()
    {
        string[] funds = ["0", "300", "400", "1000", "2500", "9000"];
        int closed = 0, shared = 0, bounded = 0;
        for (int seed = 0; seed < 6 * funds.Length; seed++)
        {
            var random = new Random(seed);
            string fund = funds[seed % funds.Length];
            var venue = new Venue(parameters: Parameters);
            venue.Prices(("Q", "100"));
            if (fund != "0") venue.Deposit("insurance", fund);
            string[] names = [.. Enumerable.Range(0, 10).Select(i => $"a{i}")];
            foreach (string name in names) venue.Open(name, $"{random.Next(300, 3000)}");
            (int p, int q) = (100, 100);
            for (int round = 0; round < 6; round++)
            {
                for (int i = 0; i < 20; i++)
                {
                    (string buyer, string seller) = (names[random.Next(names.Length)], names[random.Next(names.Length)]);
                    bool isP = random.Next(2) == 0;
                    if (buyer != seller) venue.Trade(buyer, seller, $"{random.Next(1, 120)}", $"{(isP ? p : q)}", isP ? "P" : "Q");
                }
                p = Math.Max(10, p * random.Next(65, 140) / 100);
                q = Math.Max(10, q * random.Next(80, 122) / 100);
                int before = venue.Log.Count;
                venue.Prices(("P", $"{p}"), ("Q", $"{q}"));
                closed += venue.Generated(before).Count(step => step is AutoDeleveraged { Account.Value: "insurance" });
                shared += venue.Generated(before).Count(step => step is LossSocialized { Account.Value: "insurance" });
                IReadOnlyList<AccountState> accounts = venue.Engine.State.Accounts;
                Assert.All(accounts, account => Assert.Null(venue.Engine.NextStep(account.Id)));
                if (accounts.Any(account => account.Balance(0).Amount > 0 && account.Index != 1)) Assert.All(accounts, account => Assert.Equal(AccountClass.Healthy, venue.Health(account.Id.Value).Class));
            }
            bounded += CheckSteps(venue);
        }
        Assert.True(closed > 20 && shared > 2 && bounded > 0, $"the fund was deleveraged {closed} times, its loss was shared {shared} times, and {bounded} times it had more than it could pay");
    }

    /// <summary>Steps through a log, one event at a time.</summary>
    /// <returns>How often the fund paid less than it had and less than was owed.</returns>
    private static int CheckSteps(Venue venue)
    {
        var steps = new MarginEngine(Venue.Rulebook("cross_perps"), new EngineOptions { Automatic = false });
        int bounded = 0;
        foreach (LoggedEvent logged in venue.Log)
        {
            (long had, long owed) = (0, 0);
            if (logged is { Generated: true } && MarginEngine.FailingOf(logged.Event) is { } failing)
            {
                Assert.NotEqual(AccountClass.Healthy, steps.Health(failing)!.Value.Class);
                Assert.True(steps.State.TryFindAccount(failing, out int index));
                (had, owed) = (steps.State.Accounts[0].Balance(0).Amount, -steps.State.Accounts[index].Balance(0).Amount);
                if (logged.Event is InsurancePaid) Assert.NotEqual(AccountClass.Bankrupt, steps.Health(steps.State.Accounts[0].Id)!.Value.Class);
                if (logged.Event is LossSocialized) Assert.True(had <= 0, $"{logged.Event} while the fund has {had}");
            }
            steps.Restore(logged);
            if (logged.Event is InsurancePaid paid)
            {
                AccountHealth after = steps.Health(steps.State.Accounts[0].Id)!.Value;
                Assert.True(after.NetEquity.Sign >= 0, $"{paid} leaves the fund with {after}");
                if (paid.Amount.TryAt(6, out Int128 units) && units < had && units < owed) bounded++;
            }
            Assert.Empty(steps.State.CheckSums());
            for (int i = 0; i < steps.State.Instruments.Count; i++) Assert.Equal(0, (long)steps.State.Accounts.Aggregate(BigInteger.Zero, (sum, account) => sum + account.Position(i).Size));
        }
        return bounded;
    }

    /// <summary>lou is long 100 P and mike 100 Q, at 100; lou fails at 85, and the fund, with 3000, takes the position.</summary>
    private static Venue Bought(bool isAutomatic = true)
    {
        var venue = new Venue(options: new EngineOptions { Automatic = isAutomatic }, parameters: Parameters);
        venue.Prices(("Q", "100"));
        venue.Deposit("insurance", "3000");
        foreach ((string name, string amount) in new[] { ("lou", "1000"), ("winner", "2000"), ("mike", "1000"), ("wendy", "2000") }) venue.Open(name, amount);
        Assert.True(venue.Trade("lou", "winner", "100").IsApplied);
        Assert.True(venue.Trade("mike", "wendy", "100", instrument: "Q").IsApplied);
        venue.Prices(("P", "85"));
        if (isAutomatic) Assert.Equal(("2500", "100"), (venue.Usd("insurance"), venue.Size("insurance")));
        return venue;
    }
}
