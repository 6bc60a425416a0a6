using Fermat.Ledger.Events;
using Code = Fermat.Ledger.State.LedgerRejectionCode;

namespace Fermat.Ledger.State;

/// <summary>Events in which positions change hands.</summary>
internal sealed partial class Posting
{
    private bool Apply(Trade e)
    {
        if (!Trading(e.Instrument, spotToo: true, out InstrumentState instrument)) return false;
        if (e.Buyer == e.Seller) return Reject(Code.SameAccount, $"\"{e.Buyer}\" is buyer and seller.", "A trade has two accounts.");
        if (!Positive(e.Size, instrument.Terms.SizeScale, "size", out long size) || !Price(e.Price, instrument, out long price)) return false;
        if (!Fee(e.BuyerFee, instrument, out long buyerFee) || !Fee(e.SellerFee, instrument, out long sellerFee)) return false;
        if (!Account(e.Buyer, out AccountDraft buyer) || !Account(e.Seller, out AccountDraft seller)) return false;
        if (!Authorised(buyer, e.ByBuyer) || !Authorised(seller, e.BySeller)) return false;
        if (!(instrument.HasPositions ? Exchange(instrument, buyer, seller, size, price) : Deliver(instrument, buyer, seller, size, price))) return false;
        if ((buyerFee | sellerFee) == 0) return true;
        if (buyerFee == -sellerFee) return Move(buyer, seller, instrument.Settle, buyerFee); // the fees account gets nothing, and the event does not touch it
        AccountDraft fees = Touch(state.Fees);
        return Move(buyer, fees, instrument.Settle, buyerFee) && Move(seller, fees, instrument.Settle, sellerFee);
    }

    private bool Apply(Liquidation e)
    {
        if (!Trading(e.Instrument, spotToo: false, out InstrumentState instrument)) return false;
        if (e.Account == e.Taker) return Reject(Code.SameAccount, $"\"{e.Account}\" takes over its own position.", "Name another taker.");
        if (!Number(e.Size, instrument.Terms.SizeScale, "size", out long size) || !Price(e.Price, instrument, out long price)) return false;
        if (!Number(e.Penalty, state.Assets[instrument.Settle].Scale, "penalty", out long penalty)) return false;
        if (penalty < 0) return Reject(Code.NotPositive, $"The penalty is {e.Penalty}.", "It must be zero or more.");
        if (!Account(e.Account, out AccountDraft account) || !Account(e.Taker, out AccountDraft taker)) return false;
        if (!WithinPosition(account, instrument, size, e.Size)) return false;
        if (!Counted(taker)) return Reject(Code.AuthorisationMissing, $"\"{e.Taker}\" has an owner's key on file, and a liquidation has no authorisation of its taker.", "Let the insurance fund take the position, or an account without a key.");
        return HandOver(instrument, account, taker, size, price) && (penalty == 0 || Move(account, Touch(state.Insurance), instrument.Settle, penalty));
    }

    private bool Apply(AutoDeleveraged e)
    {
        if (!Trading(e.Instrument, spotToo: false, out InstrumentState instrument)) return false;
        if (e.Account == e.Counterparty) return Reject(Code.SameAccount, $"\"{e.Account}\" is deleveraged against itself.", "Name another counterparty.");
        if (!Number(e.Size, instrument.Terms.SizeScale, "size", out long size) || !Price(e.Price, instrument, out long price)) return false;
        if (!Account(e.Account, out AccountDraft account) || !Account(e.Counterparty, out AccountDraft counterparty)) return false;
        if (!WithinPosition(account, instrument, size, e.Size) || !WithinPosition(counterparty, instrument, -size, e.Size)) return false;
        return HandOver(instrument, account, counterparty, size, price);
    }

    private bool Fee(Quantity fee, InstrumentState instrument, out long units) => Number(fee, state.Assets[instrument.Settle].Scale, "fee", out units);

    /// <summary>Whether a size is a part of the account's position: of its sign, not zero, not more.</summary>
    private bool WithinPosition(AccountDraft account, InstrumentState instrument, long size, Quantity said)
    {
        long has = account.Position(instrument.Index).Size;
        bool part = size > 0 ? size <= has : size < 0 && size >= has;
        return part || Reject(Code.BeyondPosition, $"{said} of {instrument.Terms.Symbol} is not a part of the position of \"{account.Id}\".", "Take a part of the position, with its sign.");
    }

    /// <summary>An account's size, with its sign, goes to another.</summary>
    private bool HandOver(InstrumentState instrument, AccountDraft from, AccountDraft to, long size, long price) =>
        size > 0 ? Exchange(instrument, to, from, size, price) : Exchange(instrument, from, to, -size, price);

    /// <summary>A size changes hands: one integer x = value(size, price − funding index) is added to the buyer's cost and taken from the seller's.</summary>
    private bool Exchange(InstrumentState instrument, AccountDraft buyer, AccountDraft seller, long size, long price)
    {
        if (!Value(instrument, size, price, out long value)) return false;
        instrumentMove = new InstrumentMove(instrument.Index, 0, 0, 0, 0, Close: false, Any: true);
        return Add(buyer, instrument, size, value) && Add(seller, instrument, -size, -value);
    }

    private bool Add(AccountDraft account, InstrumentState instrument, long size, long cost)
    {
        Position old = account.Position(instrument.Index);
        if (!Units.TryAdd(old.Size, size, out long newSize) || !Units.TryAdd(old.Cost, cost, out long newCost))
            return Reject(Code.OutOfRange, $"The position of \"{account.Id}\" in {instrument.Terms.Symbol} would be 2^{LedgerLimits.AmountBits} units or more.", "Split the event, or spread the position over several accounts.");
        if (account.IsFull(instrument.Index)) return Reject(Code.LimitExceeded, $"\"{account.Id}\" has {LedgerLimits.MaxPositions} positions.", "Use another account.");
        long interest = Math.Max(newSize, 0) - Math.Max(old.Size, 0);
        if (newSize != 0)
        {
            account.Set(old with { Size = newSize, Cost = newCost });
            instrumentMove = instrumentMove with { OpenInterest = instrumentMove.OpenInterest + interest, Cost = instrumentMove.Cost + cost };
            return true;
        }

        // Nothing is left: what was gained becomes balance, and what was set aside returns to it.
        account.Set(new Position(instrument.Index, 0, 0, 0));
        instrumentMove = instrumentMove with
        {
            OpenInterest = instrumentMove.OpenInterest + interest,
            Cost = instrumentMove.Cost - old.Cost,
            Realised = instrumentMove.Realised - newCost,
        };
        return Add(account, instrument.Settle, -newCost) && Add(account, instrument.Settle, old.Margin);
    }

    /// <summary>Spot: the asset against what is paid for it, value(size, price), on both sides the same integer.</summary>
    private bool Deliver(InstrumentState instrument, AccountDraft buyer, AccountDraft seller, long size, long price)
    {
        if (!Value(instrument, size, price, out long value)) return false;
        return Move(seller, buyer, instrument.Underlying!.Value, size) && Move(buyer, seller, instrument.Settle, value);
    }
}
