using System.Numerics;
using Fermat.Algebra;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Lowering;

/// <summary>
/// An account as it is after one event of a batch, or before the batch's first event that touches it. The versions of an account follow each other in the order of events; accounts are in the order of their leaves.
/// </summary>
internal sealed record AccountVersion
{
    /// <summary>The account.</summary>
    public required AccountData Account { get; init; }

    /// <summary>The index of its leaf, below 2^23.</summary>
    public required int Slot { get; init; }

    /// <summary>The event that made it, from 1; 0 for the version before all of them.</summary>
    public int Event { get; init; }

    /// <summary>Whether no version of the account follows.</summary>
    public bool IsLast { get; init; }

    /// <summary>Whether the leaf was empty before the batch.</summary>
    public bool WasEmpty { get; init; }

    /// <summary>Block 1 of the leaf.</summary>
    public required KoalaBear[] Id { get; init; }

    /// <summary>Block 2 of the leaf.</summary>
    public required KoalaBear[] Owner { get; init; }

    /// <summary>How many of the owner's instructions it reflects.</summary>
    public ulong Nonce { get; init; }

    /// <summary>maintenance − equity of the version before; of the first version its own.</summary>
    public BigInteger PreviousGap { get; init; }

    /// <summary>What a step of a liquidation may not raise, in the version before (where it goes on, in that before it), where the rulebook says what that is.</summary>
    public BigInteger PreviousExposure { get; init; }

    /// <summary>Whether the version before was liquidatable; of the first version whether it is itself.</summary>
    public bool WasLiquidatable { get; init; }

    /// <summary>Whether it takes back the version before it, which was an attempt: it is what was before that one. No leg of an event makes it.</summary>
    public bool TakesBack { get; init; }

    /// <summary>Whether nothing comes of it: an attempt, what takes one back, a half of what was attempted, a step that was not due, or an account that is only named.</summary>
    public bool ChangesNothing => TakesBack || Leg.IsAttempt || Leg.IsHalf || Leg.IsNamed || Leg.Role.HasFlag(LegRole.NotDue);

    /// <summary>What the event does to the account; of a version that takes back what it says of the same position and balance, without numbers.</summary>
    public AccountLeg Leg { get; init; } = AccountLeg.Nothing;

    /// <summary>Whether it is the version before the batch's events.</summary>
    public bool IsFirst => Event == 0;
}

/// <summary>What an event asks of an account that it touches, beside what it moves. The numbers are the weights in a leg's message.</summary>
[Flags]
internal enum LegRole
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its owner instructed it: it ends healthy or no worse, and its nonce counts.</summary>
    Instructed = 1,

    /// <summary>It was liquidatable in the version before.</summary>
    Due = 2,

    /// <summary>maintenance − equity has not risen.</summary>
    NoWorse = 4,

    /// <summary>Its owner pays something out, and ends healthy: a withdrawal, or the payer's side of a transfer.</summary>
    Pays = 8,

    /// <summary>It opens.</summary>
    Opens = 16,

    /// <summary>The version before is of the same event's first half: what it was before is what that one was before.</summary>
    GoesOn = 32,

    /// <summary>The position that is moved is not short afterwards.</summary>
    StaysLong = 64,

    /// <summary>The position that is moved is not long afterwards.</summary>
    StaysShort = 128,

    /// <summary>The balance that is moved is not negative afterwards.</summary>
    StaysCredit = 256,

    /// <summary>The balance that is moved is not positive afterwards.</summary>
    StaysDebt = 512,

    /// <summary>The position that is moved ends.</summary>
    Ends = 1024,

    /// <summary>The event was rejected: after it equity would be below initial, or, with <see cref="StaysDebt"/>, the balance that is moved would be negative. The next version takes this one back.</summary>
    Attempt = 2048,

    /// <summary>maintenance − equity has risen.</summary>
    Worsens = 4096,

    /// <summary>It is not liquidatable: the event, a step that was forced on accounts which are, was rejected. Nothing is moved.</summary>
    NotDue = 8192,

    /// <summary>A half of an event that was rejected, before the attempt that is its other half; or, after that was taken back, what takes this half back: what begins in the one ends in the other.</summary>
    Half = 16384,

    /// <summary>Its position is reduced, by no more than the rulebook's share (<see cref="LiquidationTerms"/>) unless equity was below half of maintenance in the version before.</summary>
    Reduced = 32768,

    /// <summary>It has no position.</summary>
    HasNoPosition = 65536,

    /// <summary>What it is paid is taken from what is set aside for its position, and what it pays is added to that. It is in isolated mode.</summary>
    Assigns = 131072,

    /// <summary>More of it is pledged, to an account that it is pledged to already or, where nothing was, to any.</summary>
    Pledges = 262144,

    /// <summary>What is pledged is released, in part or in full, by whom it is pledged to.</summary>
    Releases = 524288,

    /// <summary>Its position is settled and goes on: it says to the event what size and cost the position had.</summary>
    Marked = 1048576,

    /// <summary>With <see cref="Instructed"/>: it is novated by a clearing house, so that only the nonce counts, and nothing is asked of what it leaves.</summary>
    Novated = 2097152,
}

/// <summary>What one event does to one account.</summary>
/// <param name="Role">What it asks of it.</param>
/// <param name="Instrument">The record of the instrument whose position changes, or null.</param>
/// <param name="Side">1 when the position changes by <paramref name="Size"/> and <paramref name="Cost"/>, −1 when by their opposites.</param>
/// <param name="Size">Units of size.</param>
/// <param name="Cost">Units of cost.</param>
/// <param name="Asset">The record of the asset that is paid.</param>
/// <param name="Cash">What the account receives of it beside what a closed position gained; negative when it pays.</param>
/// <param name="Closes">Whether the position ends.</param>
/// <param name="Empties">Whether the balance ends: nothing is left of it.</param>
internal sealed record AccountLeg(
    LegRole Role, int? Instrument, int Side, BigInteger Size, BigInteger Cost, int Asset, BigInteger Cash, bool Closes, bool Empties)
{
    /// <summary>Of an account's first version.</summary>
    public static AccountLeg Nothing { get; } = new(LegRole.None, null, 1, 0, 0, 0, 0, false, false);

    /// <summary>By how much what is set aside for the position changes, units of an amount.</summary>
    public BigInteger Margin => Role.HasFlag(LegRole.Assigns) ? -Cash : 0;

    /// <summary>By how much what is pledged changes, units of the account's <c>encumbered</c>.</summary>
    public BigInteger Pledged { get; init; }

    /// <summary>To whom, or by whom it is released: the number of a leaf, and 1; 0 where nothing is.</summary>
    public int PledgedTo { get; init; }

    /// <summary>Whether the account is only named by the event, as whom something is pledged to.</summary>
    public bool IsNamed { get; init; }

    /// <summary>Whether its owner instructed it.</summary>
    public bool IsInstructed => Role.HasFlag(LegRole.Instructed);

    /// <summary>Whether it was rejected, and the next version takes it back.</summary>
    public bool IsAttempt => Role.HasFlag(LegRole.Attempt);

    /// <summary>Whether it is a half of what was rejected, there or back.</summary>
    public bool IsHalf => Role.HasFlag(LegRole.Half);
}
