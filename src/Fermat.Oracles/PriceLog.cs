using System.Collections.Immutable;
using Fermat.Hashing;

namespace Fermat.Oracles;

/// <summary>A price set and where it stands in a venue's log.</summary>
/// <param name="Event">The name of the event <c>prices-set</c> that it is in.</param>
/// <param name="Height">That event's height in the venue's log, from 1; 0 while it is in none.</param>
/// <param name="Set">The set, with every report that it was made of.</param>
public sealed record PriceLogEntry(string Event, ulong Height, PriceSet Set);

/// <summary>A set of a price log that does not stand.</summary>
/// <param name="Entry">Its position in the log, from 0.</param>
/// <param name="Message">Why.</param>
/// <param name="Rejection">Where the set itself is refused: why.</param>
public sealed record PriceLogFault(int Entry, string Message, PriceRejection? Rejection = null);

/// <summary>What a venue publishes of its prices: each set that was ever in force, one after the other, with the signed reports. Whoever has it makes every set again.</summary>
/// <param name="Rules">The rules that the sets were made under.</param>
/// <param name="Entries">By rising time, and where they have heights by rising height.</param>
public sealed record PriceLog(OracleRules Rules, ImmutableArray<PriceLogEntry> Entries)
{
    /// <summary>One digest for the whole log: the Keccak-256 of label, rules' digest, and for each entry event, height and the set's digest, each in turn over the digest so far. Who has seen it recognises each longer log that goes on from there.</summary>
    public Digest Digest()
    {
        Digest digest = new CanonicalBytes("fermat price log v1").Add(Rules.Digest().ToArray()).Hash();
        foreach (PriceLogEntry entry in Entries) digest = new CanonicalBytes("fermat price log v1").Add(digest.ToArray()).Add(entry.Event).Add(entry.Height).Add(entry.Set.Digest().ToArray()).Hash();
        return digest;
    }

    /// <summary>Makes every set again from its own reports, in their order, and checks that heights rise.</summary>
    /// <param name="fault">The first that does not stand, or null.</param>
    /// <returns>What the next set must follow; where there is a fault, what is before that.</returns>
    /// <exception cref="ArgumentException">The rules are none.</exception>
    public PriceSets Replay(out PriceLogFault? fault)
    {
        var sets = new PriceSets(Rules);
        ulong height = 0;
        fault = null;
        for (int i = 0; i < Entries.Length; i++)
        {
            PriceLogEntry entry = Entries[i];
            if (entry.Height <= height && (entry.Height != 0 || height != 0)) fault = new PriceLogFault(i, $"the set of event {entry.Event} has height {entry.Height}, after one of height {height}");
            else if (sets.Check(entry.Set) is { } refused) fault = new PriceLogFault(i, $"the set of event {entry.Event}, time {entry.Set.Time}, is refused: {refused.Message}", refused);
            if (fault is not null) break;
            height = entry.Height;
        }
        return sets;
    }
}
