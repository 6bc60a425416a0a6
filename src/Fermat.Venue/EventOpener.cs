using System.Collections.Immutable;
using System.Text;
using Fermat.Engine;
using Fermat.Ledger.Formats;
using Fermat.Ledger.Log;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>Opens events of a batch: what the venue gives to who is to see one.</summary>
public static class EventOpener
{
    /// <summary>Cuts a batch that is known to have been cut out of a log anew.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="engine">How the log's engine ran.</param>
    /// <param name="log">The log from its first event on; it is read to the batch's end and no further.</param>
    /// <param name="range">Which events the batch has.</param>
    /// <param name="depth">The depth of the state tree.</param>
    /// <param name="refused">Why there is no such batch, where an event is refused; otherwise null.</param>
    /// <returns>Null where the log does not give it.</returns>
    /// <exception cref="ArgumentException">The binding does not fit the rulebook, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">An event is not one that can have been in this log.</exception>
    public static VenueBatch? BatchOf(VenueRulebook rulebook, EngineOptions engine, IEnumerable<LedgerEntry> log, BatchRange range, int depth, out BatchRefusal? refused)
    {
        ArgumentNullException.ThrowIfNull(log);
        var cutter = new VenueBatches(rulebook, engine, new BatchOptions(depth, TransitionInputs.MaxEvents));
        VenueBatch? batch = null;
        refused = null;
        foreach (LedgerEntry entry in log)
        {
            if (entry.Height > range.Last || cutter.Refused is not null) break;
            if (entry.Height < range.First) cutter.Pass(VenueRunner.Logged(entry));
            else batch = cutter.Add(VenueRunner.Logged(entry), range) ?? batch;
        }
        batch ??= cutter.Finish();
        refused = cutter.Refused;
        return batch is not null && batch.Batch.Height + 1 == range.First && batch.Batch.Height + (ulong)batch.Events.Length == range.Last ? batch : null;
    }

    /// <summary>The opening of an event.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="planned">The same, worked out with the venue's salts.</param>
    /// <param name="number">Which event of the log, from 0 in the batch.</param>
    public static EventOpening Open(VenueBatch batch, PlannedBatch planned, int number)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(planned);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, batch.Events.Length);
        int at = -1;
        var rows = ImmutableArray.CreateBuilder<EventRowOpening>();
        for (int row = 1; row <= planned.Batch.Events.Count; row++)
        {
            if (!planned.Batch.Events[row - 1].GoesOn) at++;
            if (at == number) rows.Add(planned.OpenRow(row));
        }
        TransitionBatch proven = planned.Batch;
        return new EventOpening(proven.Rulebook.Name, proven.Venue, proven.Height + (ulong)number + 1, Encoding.UTF8.GetBytes(EventJson.Write(batch.Events[number].Event)), rows.ToImmutable());
    }
}
