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

    /// <summary>A part of a failing account's position goes to a taker, as the taker instructed: the rulebook's share, or more where the account has less than half of its maintenance margin; the penalty, at most the rulebook's, goes to the insurance fund.</summary>
    Liquidation = 5,

    /// <summary>An account opens.</summary>
    Opening = 6,

    /// <summary>The same part is closed against a position of the other side, at the mark price. Forced.</summary>
    Deleveraging = 7,

    /// <summary>The insurance fund pays what a failing account without positions owes. Forced.</summary>
    InsurancePayment = 8,

    /// <summary>An account pays a share of what a failing account without positions owes. Forced.</summary>
    LossShare = 9,

    /// <summary>The first half of a spot trade: the seller delivers. A <see cref="DeliveryPayment"/> follows.</summary>
    Delivery = 10,

    /// <summary>The second half: the buyer pays, as both owners instructed; fees go to the fees account.</summary>
    DeliveryPayment = 11,

    /// <summary>Collateral of a failing account without positions goes to the insurance fund, at index prices. A <see cref="CollateralPayment"/> follows. Forced.</summary>
    CollateralSale = 12,

    /// <summary>The insurance fund pays for it.</summary>
    CollateralPayment = 13,

    /// <summary>A position ends: the fees account or the insurance fund takes it over at the mark price, as it does all others in the instrument. Forced.</summary>
    Settlement = 14,

    /// <summary>What was rejected, for a reason that is not proven: it is in the log and changes nothing.</summary>
    Rejected = 15,

    /// <summary>A trade that was rejected for the sake of the first account, which is the only one named: equity would have been below its initial margin, and maintenance − equity higher than before. It changes nothing.</summary>
    RejectedTrade = 16,

    /// <summary>A withdrawal or transfer that was rejected: the equity of who would have paid would have been below its initial margin. It changes nothing.</summary>
    RejectedPayment = 17,

    /// <summary>
    /// A liquidation, or a step that is forced on failing accounts (a deleveraging, a sale of collateral, an insurance payment, a shared loss), that was rejected since nothing was due of the first account, whom it was asked of: it is not liquidatable.
    /// It moves nothing and changes nothing.
    /// </summary>
    RejectedStep = 18,

    /// <summary>
    /// A withdrawal, a transfer, or what one side of a spot trade would have paid or delivered, rejected since that side, the first account and the only one named, would have owed the asset: its balance would have been negative.
    /// It changes nothing. No payment in the same batch that its owner instructed, and that counts, leaves who pays owing (<see cref="EventClass.RejectedBorrowing"/>).
    /// </summary>
    RejectedBorrowing = 19,

    /// <summary>The first half of a spot trade that was rejected for want of margin of one side, which is both accounts of the row: one of the two assets, there, and after the attempt back. A <see cref="RejectedSpot"/> follows.</summary>
    RejectedHalf = 20,

    /// <summary>The other half, with the fee, after which equity would have been below its initial margin, and maintenance − equity higher than before the first half. It changes nothing. A <see cref="RejectedReturn"/> follows.</summary>
    RejectedSpot = 21,

    /// <summary>The place at which a <see cref="RejectedHalf"/> is taken back: it names nobody and moves nothing.</summary>
    RejectedReturn = 22,

    /// <summary>An account in isolated mode sets something aside for a position, which it has, or takes some of it back, as the owner instructed: what it pays or is paid is what is set aside more or less.</summary>
    MarginAssignment = 23,

    /// <summary>The same, rejected: equity would have been below its initial margin, or the account liquidatable; and maintenance − equity higher than before, or it was not liquidatable before. It changes nothing.</summary>
    RejectedAssignment = 24,

    /// <summary>Margin that was not set aside, since the account did not have it: its balance would have been negative. It changes nothing.</summary>
    RejectedSetAside = 25,

    /// <summary>What was set aside for a position that has no size is the account's again: its instrument has ended. Forced.</summary>
    MarginReturn = 26,

    /// <summary>More of the first account's equity is pledged to the second, as the first's owner instructed: of what is pledged to somebody nothing is withdrawn, and no position is margined by it.</summary>
    Pledge = 27,

    /// <summary>What the first account has pledged to the second is released, in part or in full, as the second's owner instructed.</summary>
    Release = 28,

    /// <summary>A pledge that was rejected: the first account's equity, less what would have been pledged, would have been below its initial margin. It changes nothing.</summary>
    RejectedPledge = 29,

    /// <summary>A position is settled at the mark price and goes on: its gain, up to the ledger's rounding, becomes a balance. Forced.</summary>
    VariationMargin = 30,
}
