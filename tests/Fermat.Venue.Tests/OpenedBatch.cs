using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>One batch, honest or proven by a venue that lies: what its terms or rows are is changed before it is worked out.</summary>
internal sealed class OpenedBatch
{
    private readonly VenueBatch _batch;

    public OpenedBatch(VenueLog log)
        : this(log, log.Cut().Batches.Single())
    {
    }

    public OpenedBatch(VenueLog log, VenueBatch batch)
    {
        (Log, _batch) = (log, batch);
        Planned = PlannedBatch.Of(batch.Batch, VenueLog.Salts, out RefusedEvent? refused) ?? throw new InvalidOperationException(refused!.Message);
    }

    public VenueLog Log { get; }

    public PlannedBatch Planned { get; }

    public IEnumerable<string> Names => _batch.Events.Select(logged => logged.Event.Id.Value);

    public LedgerEvent Event(string name) => _batch.Events.Single(logged => logged.Event.Id.Value == name).Event;

    public EventOpening Open(string name) => EventOpener.Open(_batch, Planned, _batch.Events.ToList().FindIndex(logged => logged.Event.Id.Value == name));

    /// <summary>What whoever checks knows of it: the statement, and a multiplier of 1.</summary>
    public EventAnchors Anchors => new(Planned.Inputs, 1, new Quantity(1));

    public EventVerdict Verify(EventOpening opening) => EventVerification.Verify(opening, Anchors);

    /// <summary>The same rows with the terms of another event.</summary>
    public OpenedBatch With(string name, Func<LedgerEvent, LedgerEvent> change)
    {
        int at = _batch.Events.ToList().FindIndex(logged => logged.Event.Id.Value == name);
        LedgerEvent changed = change(_batch.Events[at].Event);
        int[] rows = [.. Open(name).Rows.Select(row => row.Row)];
        BatchEvent[] events = [.. _batch.Batch.Events.Select((e, i) => rows.Contains(i + 1) ? e with { Terms = [.. EventTerms.Of(changed)] } : e)];
        return new OpenedBatch(Log, _batch with { Batch = _batch.Batch with { Events = events }, Events = _batch.Events.SetItem(at, _batch.Events[at] with { Event = changed }) });
    }

    /// <summary>The same terms with another row, which statement T allows.</summary>
    public OpenedBatch WithRow(int row, Func<BatchEvent, BatchEvent> change) =>
        new(Log, _batch with { Batch = _batch.Batch with { Events = [.. _batch.Batch.Events.Select((e, i) => i + 1 == row ? change(e) : e)] } });
}
