using Fermat.Ledger.Events;

namespace Fermat.Ledger.Log;

/// <summary>One event of a log.</summary>
/// <param name="Height">Its height: the first event of a log has 1.</param>
/// <param name="Event">The event.</param>
/// <param name="Refusal">Why the rules refused it, as a code; null when it was applied.</param>
public sealed record LedgerEntry(ulong Height, LedgerEvent Event, string? Refusal);
