using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Ledger.Events;

/// <summary>Something that happened at the venue. Events are facts: amounts are exact decimals as they were said, and become integers of the asset's scale where they are applied.</summary>
/// <param name="Id">Its name, given by who sends it; an event with a name that the log has already is the same event.</param>
/// <param name="Time">When, in milliseconds since 1970 (UTC); never less than that of the event before.</param>
public abstract record LedgerEvent(EventId Id, long Time);

/// <summary>The first event of every log.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Venue">Who keeps the book.</param>
/// <param name="Insurance">The account that is the insurance fund: opened by this event, a leaf like any other.</param>
/// <param name="Fees">The account that fees go to, opened by this event.</param>
public sealed record VenueOpened(EventId Id, long Time, string Venue, AccountId Insurance, AccountId Fees) : LedgerEvent(Id, Time);

/// <summary>An asset that accounts can hold.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Asset">Its symbol.</param>
/// <param name="Scale">Decimals of its amounts, 0 to 18.</param>
public sealed record AssetListed(EventId Id, long Time, string Asset, int Scale) : LedgerEvent(Id, Time);

/// <summary>Something that can be traded.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Instrument">Its terms.</param>
public sealed record InstrumentListed(EventId Id, long Time, InstrumentTerms Instrument) : LedgerEvent(Id, Time);

/// <summary>An account opens, with no balance.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">The account.</param>
/// <param name="Owner">The digest of its owner's key, or none.</param>
/// <param name="Mode">How its balances back its positions.</param>
public sealed record AccountOpened(EventId Id, long Time, AccountId Account, OwnerKey Owner, MarginMode Mode) : LedgerEvent(Id, Time);

/// <summary>Something of an asset comes to the venue from outside.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">Whose.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Amount">How much, positive.</param>
public sealed record Deposit(EventId Id, long Time, AccountId Account, string Asset, Quantity Amount) : LedgerEvent(Id, Time);

/// <summary>An owner asks for something to be paid out. It leaves the account's balance at once and waits as pending.</summary>
/// <param name="Id">Its name; also the request's.</param>
/// <param name="Time">When.</param>
/// <param name="Account">Whose.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Amount">How much, positive.</param>
/// <param name="By">The owner's authorisation.</param>
public sealed record WithdrawalRequested(EventId Id, long Time, AccountId Account, string Asset, Quantity Amount, Authorisation? By) : LedgerEvent(Id, Time);

/// <summary>A requested withdrawal has been paid out, or is given back.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Request">The request's event.</param>
/// <param name="Paid">Whether it was paid; otherwise the amount returns to the account.</param>
public sealed record WithdrawalSettled(EventId Id, long Time, EventId Request, bool Paid) : LedgerEvent(Id, Time);

/// <summary>Something moves from one account to another.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="From">Who pays.</param>
/// <param name="To">Who receives; the insurance fund's account for a contribution to it.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Amount">How much, positive.</param>
/// <param name="By">The payer's authorisation.</param>
public sealed record Transfer(EventId Id, long Time, AccountId From, AccountId To, string Asset, Quantity Amount, Authorisation? By) : LedgerEvent(Id, Time);

/// <summary>An account in isolated mode sets collateral aside for a position, or takes some back.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">Whose.</param>
/// <param name="Instrument">For the position in what.</param>
/// <param name="Amount">In units of the instrument's settlement asset; negative to take back.</param>
/// <param name="By">The owner's authorisation.</param>
public sealed record MarginAssigned(EventId Id, long Time, AccountId Account, string Instrument, Quantity Amount, Authorisation? By) : LedgerEvent(Id, Time);

/// <summary>An account's owner pledges so much more of its free collateral to another account: what is pledged is not withdrawn, sent, traded on or pledged again until it is released.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">Whose collateral.</param>
/// <param name="To">To whom; another account. An account is pledged to one account at a time.</param>
/// <param name="Amount">How much more, positive, in the units that equity is counted in, with at most <see cref="State.LedgerLimits.PledgeScale"/> decimals.</param>
/// <param name="By">The owner's authorisation.</param>
public sealed record CollateralPledged(EventId Id, long Time, AccountId Account, AccountId To, Quantity Amount, Authorisation? By) : LedgerEvent(Id, Time);

/// <summary>Whom an account is pledged to gives so much of it back.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">Whose collateral.</param>
/// <param name="To">Whom it is pledged to, and who gives it back.</param>
/// <param name="Amount">How much, positive, no more than is pledged.</param>
/// <param name="By">The authorisation of the owner of <paramref name="To"/>.</param>
public sealed record PledgeReleased(EventId Id, long Time, AccountId Account, AccountId To, Quantity Amount, Authorisation? By) : LedgerEvent(Id, Time);

/// <summary>Two accounts trade.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Instrument">What.</param>
/// <param name="Buyer">Who is longer afterwards.</param>
/// <param name="Seller">Who is shorter; another account.</param>
/// <param name="Size">How much, positive.</param>
/// <param name="Price">For one unit.</param>
/// <param name="BuyerFee">What the buyer pays to the fees account, of the settlement asset; negative for a rebate.</param>
/// <param name="SellerFee">The same of the seller.</param>
/// <param name="ByBuyer">The buyer's authorisation.</param>
/// <param name="BySeller">The seller's.</param>
public sealed record Trade(
    EventId Id, long Time, string Instrument, AccountId Buyer, AccountId Seller, Quantity Size, Quantity Price, Quantity BuyerFee, Quantity SellerFee, Authorisation? ByBuyer, Authorisation? BySeller)
    : LedgerEvent(Id, Time);

/// <summary>Funding falls due: every long unit owes index · rate more to every short unit. It moves the instrument's funding index and touches no account.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Instrument">A perpetual.</param>
/// <param name="Rate">A share of the mark price; negative when shorts pay.</param>
public sealed record FundingTick(EventId Id, long Time, string Instrument, Quantity Rate) : LedgerEvent(Id, Time)
{
    /// <summary>How far it moves the funding index: ⌊rate · mark⌋, in units of the instrument's price scale.</summary>
    /// <param name="mark">The mark price in force, in the same units, zero or more.</param>
    /// <returns>The step; null where it does not fit.</returns>
    public long? StepAt(long mark)
    {
        if (!Units.TryConvert(Rate, Quantity.MaxScale, out _)) return null;

        // |mantissa| < 2^63 and mark < 2^63, so the product is below 2^126
        Int128 product = Rate.Mantissa * mark, divisor = 1;
        for (int i = 0; i < Rate.Scale; i++) divisor *= 10;
        Int128 step = product / divisor - (product % divisor < 0 ? 1 : 0);
        return Units.Fits(step) ? (long)step : null;
    }
}

/// <summary>A price set comes into force. From here on everything is valued at it, until the next.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Prices">Price of each feed: a mark by the instrument's symbol, an index by the asset's. Feeds that are left out keep what they had.</param>
/// <param name="Source">The digest of the signed reports that the prices came from; null where the venue states them itself.</param>
public sealed record PricesSet(EventId Id, long Time, IReadOnlyDictionary<string, Quantity> Prices, byte[]? Source) : LedgerEvent(Id, Time)
{
    /// <summary>How sure the sources are of prices of this set, by feed, as shares of one from 0 to 1; null where they are sure of all of them. A price without a confidence has that of one, whatever its feed had before.</summary>
    public IReadOnlyDictionary<string, Quantity>? Confidences { get; init; }
}

/// <summary>Variation margin: what each position in an instrument has gained or lost moves to its account's balance, and the position is from here on valued against this price.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Instrument">What.</param>
/// <param name="Price">The settlement price.</param>
/// <param name="Close">Whether the instrument ends here (expiry, delivery): all its positions close at the price.</param>
public sealed record Settlement(EventId Id, long Time, string Instrument, Quantity Price, bool Close) : LedgerEvent(Id, Time);

/// <summary>A part of a failing account's position is taken over.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">The failing account.</param>
/// <param name="Instrument">The position in what.</param>
/// <param name="Size">How much of it, with the position's sign.</param>
/// <param name="Price">At what price.</param>
/// <param name="Taker">Who takes it: a liquidator, or the insurance fund.</param>
/// <param name="Penalty">What the account pays for it to the insurance fund, of the settlement asset.</param>
public sealed record Liquidation(EventId Id, long Time, AccountId Account, string Instrument, Quantity Size, Quantity Price, AccountId Taker, Quantity Penalty) : LedgerEvent(Id, Time);

/// <summary>A failing account's collateral is sold to a taker.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">The failing account.</param>
/// <param name="Asset">What is sold.</param>
/// <param name="Amount">How much of it, positive.</param>
/// <param name="For">What it is paid in.</param>
/// <param name="Proceeds">How much is paid, positive.</param>
/// <param name="Taker">Who buys.</param>
public sealed record CollateralSold(EventId Id, long Time, AccountId Account, string Asset, Quantity Amount, string For, Quantity Proceeds, AccountId Taker) : LedgerEvent(Id, Time);

/// <summary>Auto-deleveraging: a part of a failing account's position is closed against one of the other side.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">The failing account.</param>
/// <param name="Counterparty">Whose position is reduced.</param>
/// <param name="Instrument">The position in what.</param>
/// <param name="Size">How much, with the sign of the failing account's position.</param>
/// <param name="Price">At what price.</param>
public sealed record AutoDeleveraged(EventId Id, long Time, AccountId Account, AccountId Counterparty, string Instrument, Quantity Size, Quantity Price) : LedgerEvent(Id, Time);

/// <summary>The insurance fund covers what a closed account still owes.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">The account, whose balance is negative.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Amount">How much, positive.</param>
public sealed record InsurancePaid(EventId Id, long Time, AccountId Account, string Asset, Quantity Amount) : LedgerEvent(Id, Time);

/// <summary>What the insurance fund could not cover is shared by others, who each pay what is named here to the account that owes it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Account">The account that owes it.</param>
/// <param name="Asset">Of what.</param>
/// <param name="Shares">Who pays how much, positive, in rising order of accounts.</param>
public sealed record LossSocialized(EventId Id, long Time, AccountId Account, string Asset, IReadOnlyList<LossShare> Shares) : LedgerEvent(Id, Time);

/// <summary>One account's share of a socialized loss.</summary>
/// <param name="Account">Who pays.</param>
/// <param name="Amount">How much, positive.</param>
public readonly record struct LossShare(AccountId Account, Quantity Amount);

/// <summary>Risk parameters change.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Change">The parameters and fields of market records that change, as the canonical JSON object that <c>fermat rules</c> takes for <c>parameters</c> and <c>market</c>.</param>
public sealed record ParametersUpdated(EventId Id, long Time, string Change) : LedgerEvent(Id, Time);

/// <summary>How marks follow from index prices changes: rules by class or instrument, volatility surfaces by name. What it means, and the marks that follow, are the engine's; the ledger keeps it in the log.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Time">When.</param>
/// <param name="Change">A canonical JSON object of <c>classes</c>, <c>instruments</c> and <c>surfaces</c> (docs/ORACLES.md): what it names is replaced, the rest stays.</param>
public sealed record MarksUpdated(EventId Id, long Time, string Change) : LedgerEvent(Id, Time)
{
    internal static readonly string[] Members = ["classes", "instruments", "surfaces"];
}
