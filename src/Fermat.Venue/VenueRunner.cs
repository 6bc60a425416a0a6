using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Fermat.Engine;
using Fermat.Ledger;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Stark;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>
/// A venue that keeps going: events are taken and made durable, and batches of them are proven meanwhile on a thread of their own. What was acknowledged is never lost, and no batch that has a proof gets a second one: when a venue is
/// opened again, its log is cut where its proofs say it was, and from there on as the options say. Updates of parameters get their statements under the rulebook's block <c>meta</c>, if it has one, as they pass.
/// </summary>
/// <remarks>One thread at a time, but for progress, which comes from the proving thread. The ledger is this runner's until it is disposed of, and is not disposed of with it.</remarks>
public sealed class VenueRunner : IDisposable
{
    private const string UnknownReason = "the log keeps the code of the reason alone";
    private readonly VenueRulebook _rulebook;
    private readonly DurableLedger _ledger;
    private readonly ICertificateStore? _certificates;
    private readonly RunOptions _options;
    private readonly IProgress<RunEvent>? _progress;
    private readonly MarginEngine _engine;
    private readonly VenueBatches _batches;
    private readonly BatchProver _proofs;
    private readonly object _gate = new();                                                          // the ledger is used by one thread at a time
    private readonly ProvingBacklog? _backlog;
    private readonly List<LoggedEvent> _unacknowledged = [];
    private readonly Dictionary<EventId, (ulong Height, LoggedEvent Logged)> _taken = [];
    private readonly HashSet<BatchRange> _proven;
    private readonly Queue<BatchRange> _ahead;                                                      // of these and the damaged, in order, those that are not passed yet
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _prover;
    private long _opened;
    private ulong _provenHeight;

    /// <summary>Opens a venue: its engine is brought to the height of its ledger, and the proving thread begins where its certificates end.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="engine">How the engine runs: as it ran before.</param>
    /// <param name="ledger">The venue's ledger; empty for a new venue.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="certificates">Where proofs are kept; null to prove nothing.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told of batches; called on the proving thread.</param>
    /// <exception cref="ArgumentException">The binding or an option is not one that can be proven.</exception>
    /// <exception cref="Fermat.Rules.Core.CoreException">The rulebook lacks what orders or shares are proven by.</exception>
    public VenueRunner(
        VenueRulebook rulebook, EngineOptions engine, DurableLedger ledger, SaltDeriver salts, ICertificateStore? certificates, RunOptions? options = null, IProgress<RunEvent>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(ledger);
        (_rulebook, _ledger, _certificates, _options, _progress) = (rulebook, ledger, certificates, options ?? new RunOptions(), progress);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxEvents, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.LongestMilliseconds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxWaiting, 1);
        bool replaying = true;
        engine = engine with { MaxAccounts = Math.Min(engine.MaxAccounts, 1L << _options.Depth) };
        _engine = new MarginEngine(rulebook.Rulebook, engine, logged =>
        {
            if (!replaying) Log(logged);
        });
        var cut = new BatchOptions(_options.Depth, TransitionInputs.MaxEvents, _options.Orders, _options.Shares, _options.Aggregates);
        BatchProver.Require(rulebook, cut);
        _batches = new VenueBatches(rulebook, engine, cut);
        _proofs = new BatchProver(cut, salts, _options.Profile, _options.ProvenBits);
        _proven = [.. certificates?.Proven ?? []];
        _ahead = new Queue<BatchRange>(_proven.Concat(certificates?.Damaged ?? []).OrderBy(batch => batch.First));
        foreach (LedgerEntry entry in ledger.Read())
        {
            _engine.Restore(Logged(entry));
        }
        replaying = false;
        if (certificates is not null) _backlog = new ProvingBacklog(ledger, _gate, Logged, _options.MaxWaiting);
        _prover = certificates is null ? Task.CompletedTask : Task.Factory.StartNew(Prove, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The engine; only to be read.</summary>
    public MarginEngine Engine => _engine;

    /// <summary>The height up to which everything is durable.</summary>
    public ulong AcknowledgedHeight => _ledger.AcknowledgedHeight;

    /// <summary>The height up to which everything that can be in a batch is proven.</summary>
    public ulong ProvenHeight => Volatile.Read(ref _provenHeight);

    /// <summary>Takes events, in order. They are not durable before <see cref="Acknowledge"/>. An event that the log has is left alone, and another one of a name that the log has is refused; one of a name that the engine gives (<see cref="MarginEngine.IsReserved"/>) is refused, unless it is that event.</summary>
    /// <param name="events">The events.</param>
    /// <returns>By event.</returns>
    /// <exception cref="LedgerStoreException">The store failed: open the venue again.</exception>
    public IReadOnlyList<TakenEvent> Submit(IReadOnlyList<LedgerEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        lock (_gate) return SubmitAll(events);
    }

    private TakenEvent[] SubmitAll(IReadOnlyList<LedgerEvent> events)
    {
        var taken = new TakenEvent[events.Count];
        var names = new HashSet<EventId>();
        for (int from = 0; from < taken.Length;)
        {
            if (IsKnown(events[from], out LedgerEntry known))
            {
                taken[from] = EventBytes.Write(events[from]).AsSpan().SequenceEqual(EventBytes.Write(known.Event))
                    ? new TakenEvent(known.Event.Id, known.Height, Known: true, known.Refusal is null ? EventOutcome.Applied : EventOutcome.Rejected, null, known.Refusal)
                    : new TakenEvent(known.Event.Id, null, Known: false, EventOutcome.Refused, OtherEvent(known), OtherEvent(known).Code.ToString());
                from++;
                continue;
            }
            names.Clear();
            int to = from;
            while (to < taken.Length && !IsKnown(events[to], out _) && names.Add(events[to].Id)) to++;
            SubmitResult[] results = _engine.SubmitMany([.. events.Skip(from).Take(to - from)]);
            for (int i = from; i < to; i++) taken[i] = Taken(events[i].Id, results[i - from]);
            from = to;
        }
        return taken;
    }

    /// <summary>Whether the log has an event of that name. Of a name that only the engine gives it is known where it is that event; any other the engine refuses.</summary>
    private bool IsKnown(LedgerEvent sent, out LedgerEntry known) =>
        _ledger.TryFind(sent.Id, out known) && (!MarginEngine.IsReserved(sent.Id) || EventBytes.Write(sent).AsSpan().SequenceEqual(EventBytes.Write(known.Event)));

    private static EngineRejection OtherEvent(in LedgerEntry known) => new(EngineRejectionCode.Bookkeeping, $"the log has another event of the name {known.Event.Id}, of height {known.Height}", "give it a name of its own; one that is sent again is the same in every field");

    /// <summary>Makes every event taken so far durable, with one wait for the disk, and lets the proving thread have them.</summary>
    /// <returns>The height that is durable now.</returns>
    /// <exception cref="LedgerStoreException">The store failed: what was acknowledged before is safe; open the venue again.</exception>
    public ulong Acknowledge()
    {
        lock (_gate)
        {
            ulong height = _ledger.Flush();
            if (!_prover.IsCompleted) _backlog?.Add(_unacknowledged);                              // it has ended where nothing is proven, or nothing more can be
            _unacknowledged.Clear();
            _taken.Clear();
            return height;
        }
    }

    /// <summary>Says that no more events come, and waits until all that can be proven is.</summary>
    /// <param name="cancel">Stops waiting and proving.</param>
    /// <exception cref="OperationCanceledException">It was stopped: what is not proven will be, when the venue is opened again.</exception>
    public void Complete(CancellationToken cancel = default)
    {
        Acknowledge();
        _backlog?.Complete();
        using CancellationTokenRegistration stopping = cancel.Register(_stop.Cancel);
        try
        {
            _prover.Wait(CancellationToken.None);
        }
        catch (AggregateException fault)
        {
            ExceptionDispatchInfo.Throw(fault.InnerException!);
        }
    }

    /// <summary>Stops the proof at hand and ends the proving thread.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Task.WaitAny(_prover);
        _stop.Dispose();
    }

    private void Log(LoggedEvent logged)
    {
        LedgerChange change = _ledger.State.Prepare(logged.Event).Change ?? throw new InvalidOperationException($"the ledger and the engine do not agree about {logged.Event.Id}");
        ulong height = _ledger.Append(change, logged.Rejection?.Code.ToString());
        _unacknowledged.Add(logged);
        _taken.Add(logged.Event.Id, (height, logged));
    }

    private TakenEvent Taken(EventId id, in SubmitResult result) =>
        new(id, result.Outcome != EventOutcome.Refused && _taken.TryGetValue(id, out var found) ? found.Height : null, Known: false, result.Outcome, result.Rejection, result.Rejection is null ? null : result.Rejection.Ledger?.CodeText ?? result.Rejection.Code.ToString());

    /// <summary>An event of a log as the engine takes it.</summary>
    internal static LoggedEvent Logged(LedgerEntry entry) => new(entry.Event, Reason(entry.Refusal), Generated: false);

    private static EngineRejection? Reason(string? code) =>
        code is null ? null : new EngineRejection(Enum.TryParse(code, out EngineRejectionCode known) ? known : EngineRejectionCode.Bookkeeping, UnknownReason, "see where it was first sent");

    private void Prove()
    {
        ulong height = 0;
        while (true)
        {
            int patience = _batches.OpenEvents == 0 ? Timeout.Infinite : (int)Math.Clamp(_options.LongestMilliseconds - Stopwatch.GetElapsedTime(_opened).TotalMilliseconds, 0, int.MaxValue);
            if (_backlog!.TryTake(out WaitingEvent next, patience, out bool ended, _stop.Token))
            {
                ParameterUpdate? update = _batches.UpdateOf(next.Logged);                   // as it was before the event
                bool more = Take(next, ++height);
                if (update is not null && _batches.Refused is null) State(height, update);
                if (!more) return;
                continue;
            }
            if (!Certify(_batches.Finish()) || ended) return;
        }
    }

    private void State(ulong height, ParameterUpdate update)
    {
        if (update.Problem() is { } problem) throw new InvalidOperationException($"event {height} was taken by the engine and is no statement: {problem}");
        if (_certificates!.Keep(height, update)) _progress?.Report(new RunEvent.Updated(height, update));
    }

    /// <summary>Takes an event into a batch; false where no more are taken.</summary>
    private bool Take(in WaitingEvent next, ulong height)
    {
        if (!_batches.HasMarket)
        {
            _batches.Pass(next.Logged);
            return true;
        }
        int open = _batches.OpenEvents;
        while (_ahead.TryPeek(out BatchRange passed) && passed.Last < height) _ahead.Dequeue();
        BatchRange? proven = _ahead.TryPeek(out BatchRange known) && known.First <= height ? known : null;
        VenueBatch? ended = _batches.Add(next.Logged, proven);
        if (!Certify(ended)) return false;
        if (_batches.OpenEvents == 1 && (open == 0 || ended is not null)) _opened = next.Acknowledged;
        bool cutHere = proven is { } batch ? height == batch.Last : _batches.OpenEvents >= _options.MaxEvents;
        return !cutHere || Certify(_batches.Finish());
    }

    /// <summary>Proves a batch that ended, unless it has its proof; false where something is refused.</summary>
    private bool Certify(VenueBatch? ended)
    {
        if (ended is not null)
        {
            var range = new BatchRange(ended.Batch.Height + 1, ended.Batch.Height + (ulong)ended.Events.Length);
            if (_proven.Contains(range)) _progress?.Report(new RunEvent.Kept(range));
            else Certify(ended, range);
            Volatile.Write(ref _provenHeight, range.Last);
        }
        if (_batches.Refused is not { } refusal) return true;
        _progress?.Report(new RunEvent.Refused(refusal));
        return false;
    }

    private void Certify(VenueBatch ended, BatchRange range)
    {
        _progress?.Report(new RunEvent.Proving(range));
        BatchProofs proofs;
        try
        {
            proofs = _proofs.Prove(ended, new ProverContext { CancellationToken = _stop.Token });
        }
        catch (BatchRefusedException refused)
        {
            throw new InvalidOperationException($"{range} were taken by the engine and cannot be proven: {refused.Message}", refused);
        }
        _certificates!.Write(range, proofs);
        _progress?.Report(new RunEvent.Proven(range, proofs, Stopwatch.GetElapsedTime(_opened)));
    }
}
