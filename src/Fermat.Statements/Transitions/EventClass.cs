namespace Fermat.Statements.Transitions;

/// <summary>What everybody sees of a row of a batch, beside its digest.</summary>
public enum EventClass
{
    /// <summary>An event of one of the kinds that are proven in full; which one is not shown.</summary>
    Ordinary = 0,

    /// <summary>
    /// A step that the venue forced on accounts, and that is not proven in full: which collateral is sold first, and that the insurance fund has to pay, is the venue's word (or, of the log, the engine's).
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

    /// <summary>A part of a failing account's position was closed against another's. That it was that one's turn is the venue's word, where no statement W beside the batch proves it.</summary>
    Deleveraging = 5,

    /// <summary>A share of a loss. Who shares it, and how much each, is the venue's word, where no statement D beside the batch proves it.</summary>
    LossShare = 6,

    /// <summary>A position ended at the mark price. That its instrument has ended, and all other positions in it with it, is the venue's word: of a failing account it would be a liquidation without limit or penalty.</summary>
    Settlement = 7,

    /// <summary>
    /// A position was settled at the mark price and goes on. That its instrument is settled, and each of its holders with it, is the venue's word; nobody's equity changes by it, but for what the ledger rounds. Apart from <see cref="Settlement"/>, so that a position which
    /// ended does not hide among those that go on.
    /// </summary>
    VariationMargin = 8,
}
