using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine;

/// <summary>Why the engine does not apply an event.</summary>
public enum EngineRejectionCode
{
    /// <summary>The ledger refuses it: <see cref="EngineRejection.Ledger"/> says why.</summary>
    Bookkeeping,

    /// <summary>The signature is not one of the account's owner over this event.</summary>
    BadSignature,

    /// <summary>The key that the authorisation names is not the one whose digest the account has.</summary>
    WrongKey,

    /// <summary>The rulebook cannot take it: a scale that is finer than the rulebook's, parameters that it does not understand, a kind of instrument that it does not price.</summary>
    NotOfRulebook,

    /// <summary>An account that it touches has something that has no price or no record in the rulebook's market.</summary>
    NoPrice,

    /// <summary>An account would have less than its initial margin and be worse off than before.</summary>
    InsufficientMargin,

    /// <summary>More than the free collateral would leave the account.</summary>
    InsufficientCollateral,

    /// <summary>A balance would be borrowed, which this venue does not allow.</summary>
    Borrowing,

    /// <summary>A step of a liquidation that is not due, or not the one that the rulebook says comes next.</summary>
    LiquidationNotDue,

    /// <summary>An update of parameters breaks a rule of the rulebook's block <c>meta</c>.</summary>
    UpdateRule,

    /// <summary>A mark is derived, and the event sets another, leaves one out that follows, or takes away what one follows from.</summary>
    MarkNotDerived,

    /// <summary>It has a name that only the engine gives, to the events that it makes.</summary>
    ReservedName,

    /// <summary>An owner would take, send, pledge or spend what it gained at a clearing house and losers have not been called for.</summary>
    NotCollected,

    /// <summary>An account would be opened beyond as many as there may be.</summary>
    TooManyAccounts,
}

/// <summary>Why an event is not applied.</summary>
/// <param name="Code">Why.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Hint">What to do.</param>
/// <param name="Account">Whose fault it is, or null.</param>
/// <param name="Ledger">The ledger's own reason, or null.</param>
public sealed record EngineRejection(EngineRejectionCode Code, string Message, string Hint, AccountId? Account = null, LedgerRejection? Ledger = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Message} ({Hint})";
}

/// <summary>What became of an event.</summary>
public enum EventOutcome
{
    /// <summary>It is in the log and did what it says.</summary>
    Applied,

    /// <summary>It is in the log as rejected by the rulebook, and changed nothing but height and time.</summary>
    Rejected,

    /// <summary>It is malformed or not authorised and did not enter the log.</summary>
    Refused,
}

/// <summary>What became of an event, and why.</summary>
/// <param name="Outcome">What.</param>
/// <param name="Rejection">Why it was not applied, or null.</param>
public readonly record struct SubmitResult(EventOutcome Outcome, EngineRejection? Rejection)
{
    /// <summary>Whether it was applied.</summary>
    public bool IsApplied => Outcome == EventOutcome.Applied;
}
