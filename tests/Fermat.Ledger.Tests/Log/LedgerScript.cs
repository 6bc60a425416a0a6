using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Ledger.Tests.State;
using Fermat.Margin;

namespace Fermat.Ledger.Tests.Log;

/// <summary>Events for a ledger from a seed, the same in every process.</summary>
internal static class LedgerScript
{
    private static readonly string[] Names = ["alice", "bob", "carol", "dave", "erin", "frank"];

    public static LedgerEvent[] Opening() =>
    [
        new VenueOpened(new EventId("open"), 1, "script", new AccountId("insurance"), new AccountId("fees")),
        new AssetListed(new EventId("usd"), 1, "USD", 6),
        new AssetListed(new EventId("btc"), 1, "BTC", 8),
        .. Names.Select(name => new AccountOpened(new EventId($"open-{name}"), 1, new AccountId(name), OwnerKey.None, MarginMode.Cross)),
        .. TestVenue.Listed.Where(terms => terms.Expiry is null).Select(terms => new InstrumentListed(new EventId($"list-{terms.Symbol}"), 1, terms)),
    ];

    /// <summary>Appends so many random events; a block is flushed after every so many, and at the end.</summary>
    public static void Run(DurableLedger ledger, int seed, int count, int blockEvery, Action<ulong>? acknowledge = null)
    {
        if (!ledger.State.IsOpen)
            foreach (LedgerEvent opening in Opening()) Do(ledger, opening);
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            Do(ledger, Next(ledger.State, random, new EventId($"s{seed}-{i}")));
            if ((i + 1) % blockEvery == 0) Flush();
        }
        if (blockEvery != int.MaxValue) Flush();

        void Flush()
        {
            ulong height = ledger.Flush();
            acknowledge?.Invoke(height);
        }
    }

    private static void Do(DurableLedger ledger, LedgerEvent cause)
    {
        if (ledger.State.Prepare(cause).Change is { } change) ledger.Append(change, cause.Time % 17 == 0 ? "script.refused" : null);
    }

    private static LedgerEvent Next(LedgerState state, Random random, EventId id)
    {
        long time = state.Time + random.Next(3);
        AccountId Account() => new(Names[random.Next(Names.Length)]);
        Quantity Amount() => new(random.Next(1, 1_000_000), random.Next(6));
        return random.Next(12) switch
        {
            0 => new Deposit(id, time, Account(), "USD", Amount()),
            1 => new Transfer(id, time, Account(), Account(), "BTC", Amount(), null),
            2 => new WithdrawalRequested(id, time, Account(), "USD", Amount(), null),
            3 => new WithdrawalSettled(id, time, state.Pending.Keys.OrderBy(key => key.Value, StringComparer.Ordinal).FirstOrDefault(new EventId("none")), random.Next(2) == 0),
            4 => new PricesSet(id, time, new Dictionary<string, Quantity> { ["BTC-PERP"] = new(random.Next(1, 100_000)), ["BTC"] = new(random.Next(1, 100_000)) }, null) { Confidences = time % 3 == 0 ? null : new Dictionary<string, Quantity> { ["BTC"] = new(time % 100, 2) } },
            5 => new FundingTick(id, time, "BTC-PERP", new Quantity(random.Next(-100, 100), 6)),
            6 => new ParametersUpdated(id, time, $$$"""{"parameters":{"p{{{random.Next(5)}}}":"{{{random.Next(100)}}}"}}"""),
            7 => new CollateralPledged(id, time, Account(), Account(), Amount(), null),
            8 => Release(),
            _ => new Trade(id, time, random.Next(2) == 0 ? "BTC-PERP" : "BTC-INV", Account(), Account(), new Quantity(random.Next(1, 100)), new Quantity(random.Next(20_000, 70_000)), new Quantity(random.Next(10), 2), default, null, null),
        };

        PledgeReleased Release()
        {
            AccountState[] pledged = [.. state.Accounts.Where(account => account.Pledged > 0)];
            if (pledged.Length == 0) return new PledgeReleased(id, time, Account(), Account(), Amount(), null);
            AccountState account = pledged[random.Next(pledged.Length)];
            return new PledgeReleased(id, time, account.Id, state.Accounts[account.PledgedTo].Id, new Quantity(random.Next(3) == 0 ? account.Pledged : 1 + account.Pledged / 2, LedgerLimits.PledgeScale), null);
        }
    }
}
