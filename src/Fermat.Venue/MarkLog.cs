using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;

namespace Fermat.Venue;

/// <summary>An event that marks or funding depend on, and where it stands in a venue's log.</summary>
/// <param name="Height">Its height, from 1.</param>
/// <param name="Event">The event.</param>
public sealed record MarkLogEntry(ulong Height, LedgerEvent Event);

/// <summary>
/// What a venue publishes so that others derive its marks and funding indices: every event of its log that sets prices, lists an instrument, ticks funding or updates rules and surfaces. None of them names an account.
/// </summary>
/// <param name="Entries">By rising height.</param>
public sealed record MarkLog(ImmutableArray<MarkLogEntry> Entries)
{
    private const string Label = "fermat mark log v1";

    /// <summary>Whether marks or funding depend on an event, so that it belongs into the log.</summary>
    /// <param name="cause">An event that was applied.</param>
    public static bool Holds(LedgerEvent cause) => cause is PricesSet or InstrumentListed or FundingTick or MarksUpdated;

    /// <summary>One digest for the whole log: the Keccak-256 of the label, and for each entry of label, the digest so far, the height (8 bytes, little-endian) and the event's bytes. Who has seen it recognises each longer log that goes on from there.</summary>
    public Digest Digest()
    {
        byte[] label = Encoding.UTF8.GetBytes(Label), height = new byte[8];
        Digest digest = Keccak256.Hash(label);
        foreach (MarkLogEntry entry in Entries)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(height, entry.Height);
            digest = Keccak256.Hash([.. label, .. digest.ToArray(), .. height, .. EventBytes.Write(entry.Event)]);
        }
        return digest;
    }
}
