using System.Buffers.Binary;
using System.Text;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Ledger.State;

namespace Fermat.Ledger.Log;

/// <summary>How a ledger is kept.</summary>
/// <param name="MaxBlockBytes">A block is written when its events have so many bytes, whether or not <see cref="DurableLedger.Flush"/> is called.</param>
/// <param name="FilterBitsLog2">The size of the filter over event names: 2^27 bits (16 MiB) suit 10 million events; more events cost more looks into the store, and no memory.</param>
/// <param name="KeptSnapshots">How many of the last snapshots are kept.</param>
public sealed record LedgerOptions(int MaxBlockBytes = 4 << 20, int FilterBitsLog2 = 27, int KeptSnapshots = 2);

/// <summary>What opening a ledger found.</summary>
/// <param name="FromSnapshot">The height of the snapshot that was used; 0 when the state was rebuilt from the first event.</param>
/// <param name="Replayed">How many events were applied after it.</param>
/// <param name="BadSnapshots">Snapshots that could not be used, and why.</param>
public sealed record LedgerRecovery(ulong FromSnapshot, ulong Replayed, IReadOnlyList<string> BadSnapshots);

/// <summary>
/// A ledger that outlives its process: a <see cref="LedgerState"/> and the log that it follows from, in a store. <see cref="Append"/> does an event and puts it into the block at hand, <see cref="Flush"/> makes all
/// of them durable at once: what is at or below <see cref="AcknowledgedHeight"/> is never lost.
/// </summary>
/// <remarks>One thread at a time. When the store fails, the state is ahead of it and every further call throws <see cref="LedgerStoreFailure.Stopped"/>: open the ledger again, it is then what was acknowledged.</remarks>
public sealed class DurableLedger : IDisposable
{
    private readonly ILedgerStore store;
    private readonly LedgerOptions options;
    private readonly EventFilter filter;
    private readonly EventBytesWriter events = new(), eventBytes = new();
    private readonly List<EventKey> keys = [];
    private readonly Dictionary<UInt128, LedgerEntry> waiting = [];
    private long blocks;
    private bool stopped;

    private DurableLedger(ILedgerStore store, LedgerOptions options)
    {
        this.store = store;
        this.options = options;
        filter = new EventFilter(options.FilterBitsLog2);
    }

    /// <summary>The state after the last event, acknowledged or not.</summary>
    public LedgerState State { get; private set; } = new();

    /// <summary>The height up to which everything is durable.</summary>
    public ulong AcknowledgedHeight { get; private set; }

    /// <summary>The digest of the last durable block; it binds every byte of the log up to <see cref="AcknowledgedHeight"/>. Zeros before the first.</summary>
    public Digest Head { get; private set; }

    /// <summary>Durable blocks.</summary>
    public long BlockCount => blocks;

    /// <summary>What opening found.</summary>
    public LedgerRecovery Recovery { get; private set; } = new(0, 0, []);

    /// <summary>Opens a ledger: the last whole snapshot, and every event after it. The store is closed with the ledger, and when opening fails.</summary>
    /// <param name="store">Where it is kept; empty for a new one.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="fromLog">Whether to use no snapshot and rebuild everything from the first event.</param>
    /// <param name="progress">Told the height reached.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="LedgerStoreException">The store fails, or a block is damaged: it is named.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static DurableLedger Open(ILedgerStore store, LedgerOptions? options = null, bool fromLog = false, IProgress<ulong>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var ledger = new DurableLedger(store, options ?? new LedgerOptions());
        try
        {
            ledger.Recover(fromLog, progress, cancel);
            return ledger;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The key of an event's name in a store.</summary>
    public static UInt128 KeyOf(EventId id)
    {
        Span<byte> name = stackalloc byte[EventId.MaxLength], digest = stackalloc byte[Digest.Length];
        int length = Encoding.ASCII.GetBytes(id.Value, name);
        Blake3.Hash(name[..length]).CopyTo(digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    /// <summary>Finds an event of the log by its name, so that who sends it again is told what came of it the first time.</summary>
    public bool TryFind(EventId id, out LedgerEntry entry)
    {
        CheckRunning();
        UInt128 key = KeyOf(id);
        entry = null!;
        if (!filter.MayContain(key)) return false;
        if (waiting.TryGetValue(key, out entry!)) return true;
        if (!store.TryFindEvent(key, out long block, out ulong height)) return false;
        entry = Block(block, null, null, out _).First(found => found.Height == height);
        return true;
    }

    /// <summary>Puts an event into the log and does it, or passes it over when the rules refuse it. It is durable once <see cref="AcknowledgedHeight"/> has reached its height.</summary>
    /// <param name="change">What the state has worked out for the event, at the present height.</param>
    /// <param name="refusal">The code of the rules' refusal; null when the event is applied.</param>
    /// <returns>The event's height.</returns>
    /// <exception cref="InvalidOperationException">The change was worked out at another height, or the log has an event of that name.</exception>
    /// <exception cref="LedgerStoreException">A full block could not be written.</exception>
    public ulong Append(LedgerChange change, string? refusal = null)
    {
        ArgumentNullException.ThrowIfNull(change);
        CheckRunning();
        UInt128 key = KeyOf(change.Event.Id);
        if (change.Height != State.Height) throw new InvalidOperationException($"The change was worked out at height {change.Height}, and the ledger is at {State.Height}.");
        if (filter.MayContain(key) && (waiting.ContainsKey(key) || store.TryFindEvent(key, out _, out _)))
            throw new InvalidOperationException($"The log has an event \"{change.Event.Id}\": look for it before it is worked out.");
        eventBytes.Clear();
        EventBytes.Write(change.Event, eventBytes);
        LogBlock.Add(events, eventBytes.Written, refusal);
        if (refusal is null) State.Commit(change);
        else State.CommitRejected(change);
        keys.Add(new EventKey(key, State.Height));
        waiting.Add(key, new LedgerEntry(State.Height, change.Event, refusal));
        filter.Add(key);
        ulong height = State.Height;
        if (events.Length >= options.MaxBlockBytes) Flush();
        return height;
    }

    /// <summary>Makes every event so far durable, as one block with one wait for the disk.</summary>
    /// <returns>The height that is durable now.</returns>
    /// <exception cref="LedgerStoreException">The store failed; what was acknowledged before is safe.</exception>
    public ulong Flush()
    {
        CheckRunning();
        if (keys.Count == 0) return AcknowledgedHeight;
        byte[] block = LogBlock.Write(blocks, AcknowledgedHeight + 1, keys.Count, events.Written, Head, out Digest digest);
        stopped = true;
        store.Append(blocks, block, keys);
        stopped = false;
        (Head, AcknowledgedHeight) = (digest, State.Height);
        blocks++;
        keys.Clear();
        waiting.Clear();
        events.Clear();
        return AcknowledgedHeight;
    }

    /// <summary>Makes everything durable and writes the whole state, so that opening need not begin at the first event; older snapshots are removed.</summary>
    public void WriteSnapshot()
    {
        Flush();
        store.Write(StoredKind.Snapshot, AcknowledgedHeight, StateSnapshot.Write(State, blocks, Head));
        IReadOnlyList<ulong> heights = store.Heights(StoredKind.Snapshot);
        for (int i = 0; i < heights.Count - options.KeptSnapshots; i++) store.Delete(StoredKind.Snapshot, heights[i]);
    }

    /// <summary>The durable events from a height on, in order; each block is checked as it is read.</summary>
    /// <exception cref="LedgerStoreException">A block is damaged: it is named.</exception>
    public IEnumerable<LedgerEntry> Read(ulong from = 1)
    {
        CheckRunning();
        for (long number = BlockOf(from); number < blocks; number++)
            foreach (LedgerEntry entry in Block(number, null, null, out _))
                if (entry.Height >= from) yield return entry;
    }

    /// <summary>Checks every block of the log and the chain from the first to <see cref="Head"/>.</summary>
    /// <exception cref="LedgerStoreException">A block is damaged: it is named.</exception>
    public void Verify(IProgress<ulong>? progress = null, CancellationToken cancel = default)
    {
        Digest previous = default;
        ulong height = 0;
        for (long number = 0; number < blocks; number++)
        {
            cancel.ThrowIfCancellationRequested();
            height += (ulong)Block(number, height + 1, previous, out previous).Count;
            progress?.Report(height);
        }
        if (previous != Head || height != AcknowledgedHeight) throw new LedgerStoreException(LedgerStoreFailure.CorruptBlock, "The log does not end where it did when it was opened.", blocks - 1);
    }

    /// <summary>Closes the store. Events that were not flushed are not in the log.</summary>
    public void Dispose() => store.Dispose();

    private void Recover(bool fromLog, IProgress<ulong>? progress, CancellationToken cancel)
    {
        blocks = store.BlockCount;
        foreach (UInt128 key in store.EventKeys()) filter.Add(key);
        var bad = new List<string>();
        long next = 0;
        if (!fromLog)
        {
            foreach (ulong height in store.Heights(StoredKind.Snapshot).Reverse())
            {
                if (StateSnapshot.TryRead(store.Read(StoredKind.Snapshot, height), out LedgerState? state, out next, out Digest head, out string fault) && next <= blocks && state.Height == height && Follows(next, head))
                {
                    (State, Head) = (state, head);
                    break;
                }
                next = 0;
                bad.Add($"The snapshot of height {height}: {(fault.Length > 0 ? fault : "it does not belong to this log.")}");
            }
        }
        ulong from = State.Height;
        for (; next < blocks; next++)
        {
            cancel.ThrowIfCancellationRequested();
            List<LedgerEntry> entries = Block(next, State.Height + 1, Head, out Digest digest);
            foreach (LedgerEntry entry in entries) Replay(entry, next);
            Head = digest;
            progress?.Report(State.Height);
        }
        AcknowledgedHeight = State.Height;
        Recovery = new LedgerRecovery(from, State.Height - from, bad);
    }

    /// <summary>Whether a snapshot's digest is that of the block before the next.</summary>
    private bool Follows(long next, Digest head) => next == 0 ? head == default : store.ReadBlock(next - 1) is { Length: >= LogBlock.MinLength } block && Digest.FromBytes(block.AsSpan(block.Length - Digest.Length)) == head;

    private void Replay(LedgerEntry entry, long block)
    {
        Prepared prepared = State.Prepare(entry.Event);
        if (prepared.Change is not { } change)
            throw new LedgerStoreException(LedgerStoreFailure.ImpossibleEvent, $"Event {entry.Height} in block {block} cannot have been in this log: {prepared.Rejection}", block);
        if (entry.Refusal is null) State.Commit(change);
        else State.CommitRejected(change);
    }

    private List<LedgerEntry> Block(long number, ulong? first, Digest? previous, out Digest digest) => LogBlock.Read(store, number, first, previous, out digest);

    /// <summary>The block with the event of a height, by halving.</summary>
    private long BlockOf(ulong height)
    {
        long low = 0, high = blocks - 1;
        while (low < high)
        {
            long middle = (low + high + 1) / 2;
            if (Block(middle, null, null, out _)[0].Height <= height) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    private void CheckRunning()
    {
        if (stopped) throw new LedgerStoreException(LedgerStoreFailure.Stopped, "The store failed and the ledger stopped: open it again.");
    }
}
