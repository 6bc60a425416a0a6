using Fermat.Ledger.Events;

namespace Fermat.Engine;

/// <summary>How a margin engine runs. Everything here must be the same wherever a log is replayed with judgement.</summary>
public sealed record EngineOptions
{
    /// <summary>The venue's chain id, for signatures.</summary>
    public ulong Chain { get; init; } = 1;

    /// <summary>Which of the rulebook's names stand for what the ledger knows.</summary>
    public EngineBinding Binding { get; init; } = new();

    /// <summary>Whether an instruction may leave a balance below zero, backed by other collateral.</summary>
    public bool AllowBorrowing { get; init; }

    /// <summary>Whether the engine itself liquidates, covers losses and moves the guard after each event; otherwise those events must come from outside and are judged.</summary>
    public bool Automatic { get; init; } = true;

    /// <summary>How many accounts there may be, the venue's own two among them: as many as the venue's state tree has leaves. One more is refused.</summary>
    public long MaxAccounts { get; init; } = long.MaxValue;

    /// <summary>The asset in which the insurance fund is counted for the system guard; null for the first asset.</summary>
    public string? GuardAsset { get; init; }
}

/// <summary>An event of the log, and whether it was applied.</summary>
/// <param name="Event">The event.</param>
/// <param name="Rejection">Null when it was applied; why the rulebook rejected it otherwise.</param>
/// <param name="Generated">Whether the engine made it.</param>
public sealed record LoggedEvent(LedgerEvent Event, EngineRejection? Rejection, bool Generated)
{
    /// <summary>Why it was due, of a step of a liquidation that the engine made or judged; null of other events, and of what is read from a log.</summary>
    public StepReason? Because { get; init; }
}
