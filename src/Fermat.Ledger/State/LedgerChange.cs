using Fermat.Ledger.Events;

namespace Fermat.Ledger.State;

/// <summary>One account before and after an event.</summary>
/// <param name="Before">Null for an account that the event opens.</param>
/// <param name="After">As it will be.</param>
public readonly record struct AccountChange(AccountState? Before, AccountState After);

/// <summary>A withdrawal that waits to be paid.</summary>
/// <param name="Account">The account's index.</param>
/// <param name="Asset">The asset's index.</param>
/// <param name="Amount">In units of the asset's scale.</param>
public readonly record struct PendingWithdrawal(int Account, int Asset, long Amount);

/// <summary>What an event does, worked out and not yet done: <see cref="LedgerState.Commit"/> does it.</summary>
public sealed class LedgerChange
{
    internal LedgerChange(LedgerEvent cause, ulong height, AccountChange[] accounts)
    {
        Event = cause;
        Height = height;
        Accounts = accounts;
    }

    /// <summary>The event.</summary>
    public LedgerEvent Event { get; }

    /// <summary>The height at which it was worked out, and the only one at which it can be committed.</summary>
    public ulong Height { get; }

    /// <summary>The accounts that the event touches, each once, in the order in which it first touches them.</summary>
    public IReadOnlyList<AccountChange> Accounts { get; }

    /// <summary>The time of the event before.</summary>
    internal long TimeBefore { get; init; }

    internal AssetState? NewAsset { get; init; }

    internal InstrumentState? NewInstrument { get; init; }

    internal InstrumentMove Instrument { get; init; }

    internal AssetMove Asset { get; init; }

    internal EventId? PendingAdded { get; init; }

    internal PendingWithdrawal PendingDetails { get; init; }

    internal EventId? PendingRemoved { get; init; }

    internal IReadOnlyDictionary<string, Quantity>? Prices { get; init; }

    internal string? Parameters { get; init; }
}

/// <summary>What an event does to an instrument as a whole.</summary>
internal readonly record struct InstrumentMove(int Instrument, Int128 OpenInterest, Int128 Cost, Int128 Realised, long Funding, bool Close, bool Any);

/// <summary>What an event does to an asset as a whole.</summary>
internal readonly record struct AssetMove(int Asset, long Deposited, long Paid, long Pending, bool Any);

/// <summary>What <see cref="LedgerState.Prepare"/> found: a change, or why there is none.</summary>
/// <param name="Change">What the event does; null when it is rejected.</param>
/// <param name="Rejection">Why it is rejected; null when it is not.</param>
public readonly record struct Prepared(LedgerChange? Change, LedgerRejection? Rejection);
