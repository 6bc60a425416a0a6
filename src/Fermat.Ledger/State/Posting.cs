using Fermat.Ledger.Events;
using Fermat.Margin;
using Code = Fermat.Ledger.State.LedgerRejectionCode;

namespace Fermat.Ledger.State;

/// <summary>One event worked out against a state: accounts are drafted as they are touched, the state itself is only read. A method that returns false has said why in <see cref="Rejection"/>.</summary>
internal sealed partial class Posting(LedgerState state, LedgerEvent cause)
{
    private const int LinearLookup = 8;
    private AccountDraft[] drafts = new AccountDraft[4];
    private int count;
    private Dictionary<int, AccountDraft>? byIndex;
    private AssetState? newAsset;
    private InstrumentState? newInstrument;
    private InstrumentMove instrumentMove;
    private AssetMove assetMove;
    private EventId? pendingAdded, pendingRemoved;
    private PendingWithdrawal pendingDetails;
    private IReadOnlyDictionary<string, Quantity>? prices;
    private string? parameters;

    private LedgerRejection? Rejection { get; set; }

    public Prepared Run()
    {
        if (!CheckFrame() || !Apply()) return new Prepared(null, Rejection);
        var accounts = new AccountChange[count];
        for (int i = 0; i < count; i++) accounts[i] = new AccountChange(drafts[i].Before, drafts[i].Finish(state.Height + 1));
        return new Prepared(new LedgerChange(cause, state.Height, accounts)
        {
            TimeBefore = state.Time,
            NewAsset = newAsset,
            NewInstrument = newInstrument,
            Instrument = instrumentMove,
            Asset = assetMove,
            PendingAdded = pendingAdded,
            PendingDetails = pendingDetails,
            PendingRemoved = pendingRemoved,
            Prices = prices,
            Parameters = parameters,
        }, null);
    }

    private bool CheckFrame()
    {
        if (cause.Id.Value.Length == 0) return Reject(Code.MalformedEvent, "The event has no name.", $"Give it 1 to {EventId.MaxLength} characters.");
        if (cause.Time < 0) return Reject(Code.MalformedEvent, $"Its time {cause.Time} is negative.", "Times are milliseconds since 1970.");
        if (cause.Time < state.Time)
            return Reject(Code.TimeBackwards, $"Its time {cause.Time} is before {state.Time}, that of the event before.", "Send events in the order of their times.");
        if (cause is VenueOpened)
            return !state.IsOpen || Reject(Code.VenueOpenAlready, $"The venue {state.Venue} is open already.", "A log begins with one venue and has no other.");
        return state.IsOpen || Reject(Code.VenueNotOpen, "The venue is not open.", "The first event of a log opens the venue.");
    }

    private bool Apply() => cause switch
    {
        Trade e => Apply(e),
        PricesSet e => Apply(e),
        FundingTick e => Apply(e),
        Deposit e => Apply(e),
        WithdrawalRequested e => Apply(e),
        WithdrawalSettled e => Apply(e),
        Transfer e => Apply(e),
        MarginAssigned e => Apply(e),
        CollateralPledged e => Apply(e),
        PledgeReleased e => Apply(e),
        Liquidation e => Apply(e),
        CollateralSold e => Apply(e),
        AutoDeleveraged e => Apply(e),
        InsurancePaid e => Apply(e),
        LossSocialized e => Apply(e),
        Settlement e => Apply(e),
        ParametersUpdated e => Apply(e),
        MarksUpdated e => Apply(e),
        AccountOpened e => Apply(e),
        AssetListed e => Apply(e),
        InstrumentListed e => Apply(e),
        VenueOpened e => Apply(e),
        _ => Reject(Code.MalformedEvent, $"{cause.GetType().Name} is not an event of this ledger.", "Use the events of Fermat.Ledger.Events."),
    };

    private bool Reject(Code code, string sentence, string hint)
    {
        Rejection = new LedgerRejection(code, sentence, hint);
        return false;
    }

    // Lookups.

    private bool Account(AccountId id, out AccountDraft draft)
    {
        draft = null!;
        if (!state.TryFindAccount(id, out int index))
            return Reject(Code.UnknownAccount, $"There is no account \"{id}\".", "Open it first, or correct its name.");
        draft = Touch(index);
        return true;
    }

    private AccountDraft Touch(int index)
    {
        if (byIndex is null)
        {
            for (int i = 0; i < count; i++)
                if (drafts[i].Index == index) return drafts[i];
        }
        else if (byIndex.TryGetValue(index, out AccountDraft? known)) return known;
        return Add(new AccountDraft(state.Accounts[index]));
    }

    private AccountDraft Add(AccountDraft draft)
    {
        if (count == drafts.Length) Array.Resize(ref drafts, 2 * count);
        drafts[count++] = draft;
        if (count > LinearLookup && byIndex is null)
        {
            byIndex = new Dictionary<int, AccountDraft>(2 * LinearLookup);
            for (int i = 0; i < count; i++) byIndex.Add(drafts[i].Index, drafts[i]);
        }
        else byIndex?.Add(draft.Index, draft);
        return draft;
    }

    private bool Asset(string symbol, out AssetState asset) =>
        state.TryFindAsset(symbol, out asset!) || Reject(Code.UnknownAsset, $"There is no asset \"{symbol}\".", "List it first, or correct its symbol.");

    private bool Instrument(string symbol, out InstrumentState instrument)
    {
        if (!state.TryFindInstrument(symbol, out instrument!)) return Reject(Code.UnknownInstrument, $"There is no instrument \"{symbol}\".", "List it first, or correct its symbol.");
        return !instrument.Closed || Reject(Code.InstrumentClosed, $"{symbol} has ended.", "List another instrument.");
    }

    /// <summary>An instrument that positions change hands in now.</summary>
    private bool Trading(string symbol, bool spotToo, out InstrumentState instrument)
    {
        if (!Instrument(symbol, out instrument)) return false;
        if (!spotToo && !instrument.HasPositions) return Reject(Code.WrongKind, $"{symbol} is spot and leaves no positions.", "Use a trade, a transfer or a sale of collateral.");
        return !instrument.ExpiredAt(cause.Time) || Reject(Code.InstrumentExpired, $"{symbol} expired at {instrument.Terms.Expiry}.", "Settle it with close.");
    }

    // Numbers.

    private bool Number(Quantity quantity, int scale, string what, out long units)
    {
        units = 0;
        if (quantity.Scale > scale) return Reject(Code.TooManyDecimals, $"The {what} {quantity} has more than {scale} decimals.", "Round it where it is made: the ledger rounds nothing that it is told.");
        return Units.TryConvert(quantity, scale, out units) || Reject(Code.OutOfRange, $"The {what} {quantity} is 2^{LedgerLimits.AmountBits} units of {scale} decimals or more.", "Split it, or list with fewer decimals.");
    }

    private bool Positive(Quantity quantity, int scale, string what, out long units) =>
        Number(quantity, scale, what, out units) && (units > 0 || Reject(Code.NotPositive, $"The {what} is {quantity}.", "It must be positive."));

    /// <summary>A price of an instrument: not negative, and positive where it divides or is paid for something that is delivered.</summary>
    private bool Price(Quantity quantity, InstrumentState instrument, out long price)
    {
        if (!Number(quantity, instrument.Terms.PriceScale, "price", out price)) return false;
        bool zero = instrument.Terms.Kind is not (InstrumentKind.Spot or InstrumentKind.InversePerpetual);
        return price > 0 || (zero && price == 0) || Reject(Code.PriceOutOfRange, $"The price {quantity} of {instrument.Terms.Symbol} is {(price < 0 ? "negative" : "zero")}.", zero ? "It must be zero or more." : "It must be positive.");
    }

    private bool Value(InstrumentState instrument, long size, long price, out long value)
    {
        if (instrument.TryValue(size, price, out value)) return true;
        return instrument.Valuation.Inverse && (Int128)price - instrument.FundingIndex <= 0
            ? Reject(Code.PriceOutOfRange, $"The price of {instrument.Terms.Symbol} less its funding index is not positive.", "An inverse perpetual needs a price above its funding index.")
            : Reject(Code.OutOfRange, $"What {instrument.Terms.Symbol} of that size is worth is 2^{LedgerLimits.AmountBits} units or more.", "Split the event.");
    }

    // Postings.

    private bool Add(AccountDraft account, int asset, long amount, long pending = 0) =>
        account.TryAdd(asset, amount, pending)
        || Reject(Code.OutOfRange, $"The balance of \"{account.Id}\" would be 2^{LedgerLimits.AmountBits} units or more.", "Split the event, or spread the balance over several accounts.");

    private bool Move(AccountDraft from, AccountDraft to, int asset, long amount) => Add(from, asset, -amount) && Add(to, asset, amount);

    /// <summary>The owner's authorisation, as far as the ledger judges it: there, not expired, of the next nonce. Whether the signature is the owner's is the engine's question.</summary>
    private bool Authorised(AccountDraft account, Authorisation? by)
    {
        if (by is null)
            return Counted(account) || Reject(Code.AuthorisationMissing, $"\"{account.Id}\" has an owner's key on file and the event has no authorisation of it.", "Have the owner sign the event.");
        if (account.Owner.IsNone) return Reject(Code.AuthorisationUnexpected, $"\"{account.Id}\" has no owner's key on file to check an authorisation by.", "Open accounts with their owners' keys.");
        if (by.Until < cause.Time) return Reject(Code.AuthorisationExpired, $"The authorisation of \"{account.Id}\" ended at {by.Until}, before the event at {cause.Time}.", "Have the owner sign again.");
        if (by.Nonce <= account.Nonce) return Reject(Code.NonceUsed, $"\"{account.Id}\" has used nonce {by.Nonce}; the next is {account.Nonce + 1}.", "Sign with the next nonce; an event that was applied is not applied again.");
        if (by.Nonce != account.Nonce + 1) return Reject(Code.NonceAhead, $"Nonce {by.Nonce} of \"{account.Id}\" is ahead; the next is {account.Nonce + 1}.", "Send the instructions in their order.");
        account.Nonce++;
        return true;
    }

    /// <summary>An instruction of an account without an owner's key on file counts too: a nonce is the number of an account's instructions that were applied, signed or not. False where there is a key.</summary>
    private static bool Counted(AccountDraft account)
    {
        if (!account.Owner.IsNone) return false;
        account.Nonce++;
        return true;
    }
}
