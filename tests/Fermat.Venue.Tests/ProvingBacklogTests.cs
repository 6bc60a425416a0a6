using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Ledger.Stores;
using Fermat.Margin;

namespace Fermat.Venue.Tests;

/// <summary>Events that wait to be proven: each comes once, in order, however far proofs are behind, and few of them are in memory.</summary>
public sealed class ProvingBacklogTests : IDisposable
{
    private const int Limit = 16;
    private readonly string folder = Directory.CreateTempSubdirectory("fermat-backlog-").FullName;
    private readonly object gate = new();
    private readonly DurableLedger ledger;
    private readonly List<EventId> appended = [];
    private int events;

    public ProvingBacklogTests() => ledger = DurableLedger.Open(SqliteLedgerStore.Open(Path.Combine(folder, "ledger.db")), new LedgerOptions(FilterBitsLog2: 16));

    public void Dispose()
    {
        ledger.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_event_comes_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        Append(random.Next(40));                                                                // of before it was opened
        lock (gate) ledger.Flush();
        ProvingBacklog backlog = Backlog();
        var taken = new List<EventId>();
        var prover = Task.Run(() =>
        {
            var slow = new Random(seed);
            while (true)
            {
                if (backlog.TryTake(out WaitingEvent next, -1, out bool ended, CancellationToken.None)) taken.Add(next.Logged.Event.Id);
                else if (ended) return;
                if (slow.Next(20) == 0) Thread.SpinWait(200_000);
            }
        });
        for (int i = 0; i < 60; i++)
        {
            lock (gate)
            {
                List<LoggedEvent> more = Append(random.Next(12));
                ledger.Flush();
                backlog.Add(more);
            }
            Assert.InRange(backlog.InMemory, 0, Limit);
            if (random.Next(3) == 0) Thread.SpinWait(100_000);
        }
        backlog.Complete();
        await prover.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(appended, taken);
    }

    [Fact]
    public async Task Who_waits_is_woken_by_an_event_by_the_end_and_by_being_stopped()
    {
        ProvingBacklog backlog = Backlog();
        Assert.False(backlog.TryTake(out _, 20, out bool ended, CancellationToken.None));
        Assert.False(ended);
        using var stop = new CancellationTokenSource();
        Task waiting = Task.Run(() => backlog.TryTake(out _, -1, out _, stop.Token));
        stop.CancelAfter(20);
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Task<bool> end = Task.Run(() => backlog.TryTake(out _, -1, out bool over, CancellationToken.None) || !over);
        backlog.Complete();
        Assert.False(await end.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    /// <summary>The lag of a proof is counted from when its first event became durable, also of events that were read from the log again.</summary>
    [Fact]
    public void Times_are_those_of_the_acknowledgement()
    {
        ProvingBacklog backlog = Backlog();
        long[] before = new long[3];
        for (int i = 0; i < before.Length; i++)
        {
            before[i] = System.Diagnostics.Stopwatch.GetTimestamp();
            List<LoggedEvent> more = Append(Limit);
            ledger.Flush();
            backlog.Add(more);
        }
        long after = System.Diagnostics.Stopwatch.GetTimestamp();
        long last = before[0];
        for (int i = 0; i < before.Length * Limit; i++)
        {
            Assert.True(backlog.TryTake(out WaitingEvent next, 0, out _, CancellationToken.None));
            Assert.InRange(next.Acknowledged, Math.Max(last, before[i / Limit]), i / Limit + 1 < before.Length ? before[i / Limit + 1] : after);
            last = next.Acknowledged;
        }
    }

    private ProvingBacklog Backlog() => new(ledger, gate, entry => new LoggedEvent(entry.Event, null, Generated: false), Limit);

    private List<LoggedEvent> Append(int count)
    {
        var added = new List<LoggedEvent>();
        for (int i = 0; i < count; i++)
        {
            var id = new EventId($"e{++events}");
            LedgerEvent one = events switch
            {
                1 => new VenueOpened(id, 1, "test", new AccountId("insurance"), new AccountId("fees")),
                2 => new AssetListed(id, 1, "USD", 6),
                _ => new Deposit(id, 1, new AccountId("insurance"), "USD", new Quantity(1)),
            };
            ledger.Append(ledger.State.Prepare(one).Change!);
            added.Add(new LoggedEvent(one, null, Generated: false));
            appended.Add(id);
        }
        return added;
    }
}
