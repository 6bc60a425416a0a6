using Fermat.Ledger.Events;
using Fermat.Ledger.State;

namespace Fermat.Ledger.Tests.State;

/// <summary>Random events, possible and impossible ones: sums hold after each, and what is refused changes nothing.</summary>
public sealed class LedgerPropertyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_events_keep_all_sums(int seed)
    {
        var venue = new TestVenue();
        var events = new RandomEvents(venue, seed);
        var done = new Dictionary<string, int>();
        int refused = 0;
        for (int i = 0; i < 5000; i++)
        {
            LedgerEvent cause = events.Next();
            AccountState[] before = [.. venue.State.Accounts];
            Prepared prepared = venue.State.Prepare(cause);
            Assert.Equal(before, venue.State.Accounts);
            if (prepared.Change is { } change)
            {
                venue.State.Commit(change);
                done[cause.GetType().Name] = done.GetValueOrDefault(cause.GetType().Name) + 1;
                var touched = change.Accounts.Select(account => account.After.Index).ToHashSet();
                Assert.Equal(change.Accounts.Count, touched.Count);
                for (int a = 0; a < before.Length; a++)
                    if (!touched.Contains(a)) Assert.Same(before[a], venue.State.Accounts[a]);
                foreach (AccountState account in venue.State.Accounts) AssertCanonical(account);
            }
            else refused++;
            IReadOnlyList<string> faults = venue.State.CheckSums();
            Assert.True(faults.Count == 0, $"seed {seed}, event {i}, {cause}: {string.Join(" ", faults)}");
        }
        Assert.True(refused > 100, $"only {refused} refused");
        string[] kinds = ["Trade", "Deposit", "WithdrawalRequested", "WithdrawalSettled", "Transfer", "MarginAssigned", "FundingTick", "PricesSet", "Settlement", "Liquidation", "AutoDeleveraged", "CollateralSold", "InsurancePaid", "LossSocialized", "CollateralPledged", "PledgeReleased"];
        Assert.Equal([], kinds.Except(done.Keys));
    }

    [Fact]
    public void A_trade_prepared_twice_is_committed_once()
    {
        var venue = new TestVenue();
        Trade trade = venue.Trade("BTC-PERP", "alice", "bob", "1", "100");
        LedgerChange first = venue.State.Prepare(trade).Change!, second = venue.State.Prepare(trade).Change!;
        venue.State.Commit(first);
        Assert.Throws<InvalidOperationException>(() => venue.State.Commit(second));
        Assert.Equal(100_000_000, venue.Position("alice", "BTC-PERP").Size);
    }

    private static void AssertCanonical(AccountState account)
    {
        Assert.True(account.Pledged > 0 ? account.PledgedTo >= 0 && account.PledgedTo != account.Index : account is { Pledged: 0, PledgedTo: -1 });
        int last = -1;
        foreach (AccountBalance balance in account.Balances)
        {
            Assert.True(balance.Asset > last && (balance.Amount != 0 || balance.Pending != 0) && balance.Pending >= 0);
            last = balance.Asset;
        }
        last = -1;
        foreach (Position position in account.Positions)
        {
            Assert.True(position.Instrument > last && position.Margin >= 0 && (position.Size != 0 || (position.Cost == 0 && position.Margin > 0)));
            last = position.Instrument;
        }
    }
}
