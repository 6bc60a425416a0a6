using System.Diagnostics;
using System.Globalization;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Ledger.Stores;
using Fermat.Ledger.Tree;
using Fermat.Margin;

namespace Fermat.Benchmarks;

/// <summary>The ledger: bookkeeping, the durable log in SQLite, the state tree.</summary>
internal static class LedgerBenchmark
{
    private const int Accounts = 100_000, Block = 10_000, Runs = 3;

    /// <summary>Trades worked out and committed, without log and without margin rules.</summary>
    public static IEnumerable<Figure> Trades()
    {
        const int trades = 500_000;
        var seconds = new List<double>();
        for (int run = -1; run < Runs; run++)
        {
            LedgerState state = Opened(Accounts);
            Trade[] events = Make(state, trades, new Random(1));
            long start = Stopwatch.GetTimestamp();
            foreach (Trade trade in events) state.Commit(state.Prepare(trade).Change!);
            if (run >= 0) seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (state.CheckSums().Count > 0) throw new InvalidOperationException("The sums do not agree.");
        }
        yield return new Figure("ledger.trades", trades / MacroBenchmarks.Median(seconds), "trades/s", "≥ 200000", Runs, null, MacroBenchmarks.PeakMemoryMiB(), Says($"{trades} trades of {Accounts} accounts, bookkeeping only, one core"));
    }

    /// <summary>The same into a log: worked out, committed, written, and durable every 10,000 events.</summary>
    public static IEnumerable<Figure> Append()
    {
        const int trades = 200_000;
        string folder = Directory.CreateTempSubdirectory("fermat-bench-").FullName;
        try
        {
            var seconds = new List<double>();
            long bytes = 0;
            for (int run = -1; run < Runs; run++)
            {
                string path = Path.Combine(folder, $"ledger{run}.db");
                using DurableLedger ledger = DurableLedger.Open(SqliteLedgerStore.Open(path));
                foreach (LedgerEvent opening in Opening(Accounts)) ledger.Append(ledger.State.Prepare(opening).Change!);
                ledger.Flush();
                Trade[] events = Make(ledger.State, trades, new Random(1));
                long before = new FileInfo(path).Length, start = Stopwatch.GetTimestamp();
                for (int i = 0; i < events.Length; i++)
                {
                    if (ledger.TryFind(events[i].Id, out _)) throw new InvalidOperationException("An event twice.");
                    ledger.Append(ledger.State.Prepare(events[i]).Change!);
                    if ((i + 1) % Block == 0) ledger.Flush();
                }
                ledger.Flush();
                if (run >= 0) seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                bytes = ledger.Read(ledger.AcknowledgedHeight).Count() > 0 ? new FileInfo(path).Length - before : 0;
            }
            yield return new Figure("ledger.append", trades / MacroBenchmarks.Median(seconds), "trades/s", null, Runs, null, MacroBenchmarks.PeakMemoryMiB(), Says($"{trades} trades of {Accounts} accounts, SQLite, durable every {Block}, {bytes / trades} bytes a trade in the file"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Updates of the state tree of a million accounts, each batch with what it replaced kept in SQLite.</summary>
    public static IEnumerable<Figure> Tree()
    {
        const int accounts = 1 << 20, batches = 10;
        string folder = Directory.CreateTempSubdirectory("fermat-bench-").FullName;
        try
        {
            using var salts = new SaltDeriver(new VenueSecret(new byte[VenueSecret.Length]));
            using SqliteLedgerStore store = SqliteLedgerStore.Open(Path.Combine(folder, "ledger.db"));
            LedgerState state = Opened(accounts);
            LedgerTree tree = LedgerTree.Open(state, store, salts, Leaf, new LedgerTreeOptions(Depth: 24));
            var random = new Random(3);
            var seconds = new List<double>();
            long updated = 0;
            for (int batch = 0; batch < batches; batch++)
            {
                var touched = new HashSet<int>();
                foreach (Trade trade in Make(state, Block, random, batch))
                {
                    LedgerChange change = state.Prepare(trade).Change!;
                    state.Commit(change);
                    tree.Note(change);
                    foreach (AccountChange account in change.Accounts) touched.Add(account.After.Index);
                }
                long start = Stopwatch.GetTimestamp();
                tree.Update();
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                updated += touched.Count;
            }
            long file = new FileInfo(Path.Combine(folder, "ledger.db")).Length + new FileInfo(Path.Combine(folder, "ledger.db-wal")).Length;
            double rate = updated / (double)batches / MacroBenchmarks.Median(seconds);
            yield return new Figure("ledger.tree", rate, "accounts/s", "≥ 50000", batches, null, MacroBenchmarks.PeakMemoryMiB(),
                Says($"{accounts} accounts, depth 24, batches of {updated / batches} accounts, leaves of 12 blocks, replaced nodes kept in SQLite: about {file / updated} bytes an update, {Environment.ProcessorCount} cores"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static LedgerState Opened(int accounts)
    {
        var state = new LedgerState();
        foreach (LedgerEvent opening in Opening(accounts)) state.Commit(state.Prepare(opening).Change!);
        return state;
    }

    private static IEnumerable<LedgerEvent> Opening(int accounts)
    {
        yield return new VenueOpened(new EventId("open"), 1, "bench", new AccountId("insurance"), new AccountId("fees"));
        yield return new AssetListed(new EventId("usd"), 1, "USD", 6);
        for (int i = 0; i < 4; i++) yield return new InstrumentListed(new EventId($"list{i}"), 1, new InstrumentTerms($"P{i}", InstrumentKind.LinearPerpetual, "USD", 8, 2, new Quantity(1)));
        for (int i = 0; i < accounts; i++)
        {
            yield return new AccountOpened(new EventId($"a{i}"), 1, new AccountId($"account-{i}"), OwnerKey.None, MarginMode.Cross);
            yield return new Deposit(new EventId($"d{i}"), 1, new AccountId($"account-{i}"), "USD", new Quantity(100_000));
        }
    }

    private static Trade[] Make(LedgerState state, int count, Random random, int round = 0)
    {
        var trades = new Trade[count];
        int accounts = state.Accounts.Count - 2;
        for (int i = 0; i < count; i++)
        {
            int buyer = random.Next(accounts), seller = (buyer + 1 + random.Next(accounts - 1)) % accounts;
            trades[i] = new Trade(new EventId($"t{round}-{i}"), 2, $"P{random.Next(4)}", state.Accounts[buyer + 2].Id, state.Accounts[seller + 2].Id,
                new Quantity(random.Next(1, 100_000), 4), new Quantity(random.Next(1_000_000, 7_000_000), 2), new Quantity(random.Next(100), 2), new Quantity(random.Next(100), 2), null, null);
        }
        return trades;
    }

    /// <summary>A leaf of twelve blocks: salt, identity, and the numbers of one balance and up to four positions.</summary>
    private static KoalaBear[] Leaf(AccountState account, ReadOnlySpan<KoalaBear> salt)
    {
        var blocks = new KoalaBear[12 * LeafSponge.BlockLength];
        salt.CopyTo(blocks);
        AccountDigests.OfId(account.Id.Value).CopyTo(blocks, 8);
        int at = 16;
        foreach (AccountBalance balance in account.Balances) Put(balance.Amount);
        foreach (Position position in account.Positions)
        {
            blocks[at++] = KoalaBear.From(position.Instrument);
            Put(position.Size);
            Put(position.Cost);
        }
        return blocks;

        void Put(long value)
        {
            for (int i = 0; i < 3; i++, value >>= 24) blocks[at++] = KoalaBear.From((int)(value & 0xFFFFFF));
        }
    }

    private static string Says(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
