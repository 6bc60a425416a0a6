using Fermat.Hashing;
using Fermat.Ledger.Events;

namespace Fermat.Ledger.Log;

/// <summary>Reads the log that a store has, without a ledger: no state is made of it, nothing is kept in memory but one block, and nothing is written.</summary>
public static class LedgerLog
{
    /// <summary>The durable events from the first on, in order; each block is checked as it is read, and that it follows the one before.</summary>
    /// <param name="store">The store.</param>
    /// <param name="last">The height after which no more are read.</param>
    /// <param name="cancel">Stops between blocks.</param>
    /// <exception cref="LedgerStoreException">The store fails, or a block is damaged: it is named.</exception>
    public static IEnumerable<LedgerEntry> Read(ILedgerReader store, ulong last = ulong.MaxValue, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        Digest head = default;
        ulong height = 0;
        for (long number = 0; number < store.BlockCount && height < last; number++)
        {
            cancel.ThrowIfCancellationRequested();
            foreach (LedgerEntry entry in LogBlock.Read(store, number, height + 1, head, out head))
            {
                height = entry.Height;
                if (height <= last) yield return entry;
            }
        }
    }

    /// <summary>Finds an event by its name; null where the log has none of it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="id">The name.</param>
    /// <exception cref="LedgerStoreException">The store fails, or the event's block is damaged.</exception>
    public static LedgerEntry? Find(ILedgerReader store, EventId id)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.TryFindEvent(DurableLedger.KeyOf(id), out long block, out ulong height)
            ? LogBlock.Read(store, block, null, null, out _).Find(entry => entry.Height == height && entry.Event.Id == id)
            : null;
    }
}
