namespace Fermat.Statements.Transitions;

/// <summary>What an event of a batch is. The number is hashed into the event's digest.</summary>
public enum EventKind
{
    /// <summary>Something comes to an account from outside.</summary>
    Deposit = 1,

    /// <summary>Something leaves the venue, as the owner instructed.</summary>
    Withdrawal = 2,

    /// <summary>Something moves from one account to another, as the payer instructed.</summary>
    Transfer = 3,

    /// <summary>Two accounts trade, as both owners instructed; fees go to the fees account.</summary>
    Trade = 4,

    /// <summary>A part of a failing account's position goes to a taker, as the taker instructed; the penalty goes to the insurance fund.</summary>
    Liquidation = 5,

    /// <summary>An account opens.</summary>
    Opening = 6,
}
