namespace Fermat.Statements.Transitions;

/// <summary>What everybody sees of a row of a batch, beside its digest.</summary>
public enum EventClass
{
    /// <summary>An event of one of the kinds that are proven in full; which one is not shown.</summary>
    Ordinary = 0,

    /// <summary>
    /// A step that the venue forced on accounts, and that is not proven in full: who is deleveraged, who shares a loss and how much of it, at which price collateral is sold, and that an instrument has ended, is the venue's word
    /// (or, of the log, the engine's), where no statement W or D beside the batch proves it.
    /// </summary>
    Forced = 1,

    /// <summary>What was rejected on the venue's word. It touches no account; that it had to be rejected is not proven.</summary>
    Rejected = 2,

    /// <summary>What was rejected, and had to be: with it an account would not have kept the rulebook's requirement; or it would have been forced on an account that was not liquidatable. It changes nothing.</summary>
    ProvenRejected = 3,

    /// <summary>
    /// What was rejected since a balance would have been owed, and would have been. It changes nothing. That a venue does not lend is its own rule and not the rulebook's; so in a batch with such a row nobody who withdraws, transfers, delivers or pays for a
    /// delivery, as instructed, is left owing what was paid.
    /// </summary>
    RejectedBorrowing = 4,
}
