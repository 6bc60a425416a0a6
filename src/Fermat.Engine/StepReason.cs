using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine;

/// <summary>Why a step of a liquidation was due: how the failing account stood before it.</summary>
/// <param name="Account">The failing account.</param>
/// <param name="Health">How it stood.</param>
public sealed record StepReason(AccountId Account, AccountHealth Health)
{
    /// <summary>The asset that the step pays in, of which the account owed something; null where the step takes a position.</summary>
    public string? Asset { get; init; }

    /// <summary>How much of it the account owed; 0 where the step takes a position.</summary>
    public Quantity Owed { get; init; }
}
