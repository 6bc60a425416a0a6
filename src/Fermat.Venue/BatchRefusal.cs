using Fermat.Ledger.Events;

namespace Fermat.Venue;

/// <summary>Why an event of a log cannot be in a batch that is proven.</summary>
public enum BatchRefusalCode
{
    /// <summary>Statement T has no event of this kind yet.</summary>
    KindNotProven = 1,

    /// <summary>Both fees of a trade together are negative: the fees account would pay.</summary>
    NegativeFees,

    /// <summary>The account that a fee or penalty goes to is a party of the event.</summary>
    FeesParty,

    /// <summary>An account in isolated or portfolio mode under a rulebook whose accounts have no mode, so that no leaf would say it.</summary>
    MarginMode,

    /// <summary>There are no parameters, so nothing can be judged; or something has no price.</summary>
    NoMarket,

    /// <summary>The rulebook has no funding index and the instrument's is not zero, so costs are not what trades made them.</summary>
    FundingWithoutIndex,

    /// <summary>An event between batches changed what accounts hold under the rulebook.</summary>
    AccountsMoved,

    /// <summary>The rulebook cannot count an account exactly.</summary>
    NotOfRulebook,

    /// <summary>There are more accounts than the state tree has leaves.</summary>
    TreeFull,

    /// <summary>The event is in the log as applied, and statement T does not allow it.</summary>
    RuledOut,

    /// <summary>The batch leads, by the integers of statement T, to other accounts than the ledger's.</summary>
    Disagrees,
}

/// <summary>An event that cannot be in a batch that is proven. It is never left out in silence: batches end before it.</summary>
/// <param name="Code">Why, for programs.</param>
/// <param name="Event">The event.</param>
/// <param name="Height">Its height in the log.</param>
/// <param name="Message">Why, for people.</param>
public sealed record BatchRefusal(BatchRefusalCode Code, LedgerEvent Event, ulong Height, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"event {Event.Id} at height {Height} ({Event.GetType().Name}): {Message}";
}
