using System.Diagnostics;
using Fermat.Engine;
using Fermat.Ledger.Log;

namespace Fermat.Venue;

/// <summary>An event that is durable and waits to be proven.</summary>
/// <param name="Logged">The event.</param>
/// <param name="Acknowledged">When it became durable, as <see cref="Stopwatch.GetTimestamp"/> counts; of one that is read from the log when a venue is opened, when it was opened.</param>
internal readonly record struct WaitingEvent(LoggedEvent Logged, long Acknowledged);

/// <summary>
/// The events that are durable and wait to be proven, in order. Some of them are in memory; where proofs fall further behind, the others stay in the log and are read from it when their turn comes. So a venue takes events as fast as it did,
/// and what it keeps of those that wait does not grow.
/// </summary>
/// <param name="ledger">The log. It is used by one thread at a time: every use of it, here and by who fills it, is under <paramref name="gate"/>.</param>
/// <param name="gate">What is locked.</param>
/// <param name="read">Makes what was logged of an entry of the log.</param>
/// <param name="limit">How many are in memory at most.</param>
internal sealed class ProvingBacklog(DurableLedger ledger, object gate, Func<LedgerEntry, LoggedEvent> read, int limit)
{
    private const int MostTimes = 1024;
    private readonly Queue<WaitingEvent> _ready = new();
    private readonly List<(ulong Height, long At)> _times = [(ledger.AcknowledgedHeight, Stopwatch.GetTimestamp())];
    private ulong _end;                                                                             // the height of the last event that is in memory, or was
    private bool _completed;

    /// <summary>How many are in memory.</summary>
    public int InMemory
    {
        get
        {
            lock (gate) return _ready.Count;
        }
    }

    /// <summary>Notes that events became durable.</summary>
    /// <param name="events">The last ones of the log, in order.</param>
    public void Add(IReadOnlyList<LoggedEvent> events)
    {
        lock (gate)
        {
            if (events.Count == 0) return;
            long now = Stopwatch.GetTimestamp();
            _times.Add((ledger.AcknowledgedHeight, now));
            if (_times.Count > MostTimes)
                for (int i = _times.Count - 2; i > 0; i -= 2) _times.RemoveAt(i - 1);               // an event is then said to have become durable with one after it
            if (_end == ledger.AcknowledgedHeight - (ulong)events.Count && _ready.Count + events.Count <= limit)
            {
                foreach (LoggedEvent logged in events) _ready.Enqueue(new WaitingEvent(logged, now));
                _end = ledger.AcknowledgedHeight;
            }
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Says that no more events come.</summary>
    public void Complete()
    {
        lock (gate)
        {
            _completed = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>The next event.</summary>
    /// <param name="next">The event.</param>
    /// <param name="patience">How long to wait for one, in milliseconds; −1 for as long as it takes.</param>
    /// <param name="ended">Whether none will come any more.</param>
    /// <param name="stop">Stops waiting.</param>
    /// <returns>False where none came.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public bool TryTake(out WaitingEvent next, int patience, out bool ended, CancellationToken stop)
    {
        using CancellationTokenRegistration waking = stop.Register(Wake);
        long begun = Stopwatch.GetTimestamp();
        lock (gate)
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                ended = false;
                if (_ready.Count == 0) Read();
                if (_ready.TryDequeue(out next)) return true;
                ended = _completed;
                int left = patience < 0 ? Timeout.Infinite : (int)Math.Max(0, patience - Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                if (ended || left == 0) return false;
                Monitor.Wait(gate, left);
            }
        }
    }

    /// <summary>Reads as many as there may be from the log.</summary>
    private void Read()
    {
        if (_end >= ledger.AcknowledgedHeight) return;
        foreach (LedgerEntry entry in ledger.Read(_end + 1).Take(limit))
        {
            while (_times.Count > 1 && _times[0].Height < entry.Height) _times.RemoveAt(0);
            _ready.Enqueue(new WaitingEvent(read(entry), _times[0].At));
            _end = entry.Height;
        }
    }

    private void Wake()
    {
        lock (gate) Monitor.PulseAll(gate);
    }
}
