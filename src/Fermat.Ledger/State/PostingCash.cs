using Fermat.Ledger.Events;
using Fermat.Margin;
using Code = Fermat.Ledger.State.LedgerRejectionCode;

namespace Fermat.Ledger.State;

/// <summary>Events that open accounts and move balances.</summary>
internal sealed partial class Posting
{
    private bool Apply(VenueOpened e)
    {
        if (string.IsNullOrEmpty(e.Venue) || e.Venue.Length > BookLimits.MaxTextLength)
            return Reject(Code.MalformedEvent, "The venue has no name, or a very long one.", $"Give it 1 to {BookLimits.MaxTextLength} characters.");
        if (e.Insurance == e.Fees) return Reject(Code.SameAccount, $"\"{e.Fees}\" is the account of insurance fund and fees.", "Name two accounts.");
        return Open(0, e.Insurance, OwnerKey.None, MarginMode.Cross) && Open(1, e.Fees, OwnerKey.None, MarginMode.Cross);
    }

    private bool Apply(AccountOpened e)
    {
        if (!Enum.IsDefined(e.Mode)) return Reject(Code.MalformedEvent, $"{(int)e.Mode} is not a margin mode.", "Use cross, isolated or portfolio.");
        if (state.TryFindAccount(e.Account, out _)) return Reject(Code.AccountExists, $"There is an account \"{e.Account}\".", "Choose another name.");
        return Open(state.Accounts.Count, e.Account, e.Owner, e.Mode);
    }

    private bool Open(int index, AccountId id, OwnerKey owner, MarginMode mode)
    {
        if (id.Value.Length == 0) return Reject(Code.MalformedEvent, "The account has no name.", $"Give it 1 to {BookLimits.MaxAccountIdLength} characters.");
        if (index >= LedgerLimits.MaxAccounts) return Reject(Code.LimitExceeded, $"There are {LedgerLimits.MaxAccounts} accounts.", "Keep a second ledger.");
        Add(new AccountDraft(index, id, owner, mode));
        return true;
    }

    private bool Apply(Deposit e)
    {
        if (!Asset(e.Asset, out AssetState asset) || !Positive(e.Amount, asset.Scale, "amount", out long amount) || !Account(e.Account, out AccountDraft account)) return false;
        assetMove = new AssetMove(asset.Index, amount, 0, 0, Any: true);
        return Add(account, asset.Index, amount);
    }

    private bool Apply(WithdrawalRequested e)
    {
        if (!Asset(e.Asset, out AssetState asset) || !Positive(e.Amount, asset.Scale, "amount", out long amount)) return false;
        if (!Account(e.Account, out AccountDraft account) || !Authorised(account, e.By)) return false;
        if (state.Pending.ContainsKey(e.Id)) return Reject(Code.RequestExists, $"A withdrawal \"{e.Id}\" waits.", "Give each request a name of its own.");
        if (state.Pending.Count >= LedgerLimits.MaxPending) return Reject(Code.LimitExceeded, $"{LedgerLimits.MaxPending} withdrawals wait.", "Settle some.");
        (pendingAdded, pendingDetails) = (e.Id, new PendingWithdrawal(account.Index, asset.Index, amount));
        assetMove = new AssetMove(asset.Index, 0, 0, amount, Any: true);
        return Add(account, asset.Index, -amount, amount);
    }

    private bool Apply(WithdrawalSettled e)
    {
        if (!state.Pending.TryGetValue(e.Request, out PendingWithdrawal pending))
            return Reject(Code.UnknownRequest, $"No withdrawal \"{e.Request}\" waits.", "Name the request's event; a request is settled once.");
        pendingRemoved = e.Request;
        assetMove = new AssetMove(pending.Asset, 0, e.Paid ? pending.Amount : 0, -pending.Amount, Any: true);
        return Add(Touch(pending.Account), pending.Asset, e.Paid ? 0 : pending.Amount, -pending.Amount);
    }

    private bool Apply(Transfer e)
    {
        if (e.From == e.To) return Reject(Code.SameAccount, $"\"{e.From}\" pays itself.", "Name two accounts.");
        if (!Asset(e.Asset, out AssetState asset) || !Positive(e.Amount, asset.Scale, "amount", out long amount)) return false;
        if (!Account(e.From, out AccountDraft from) || !Account(e.To, out AccountDraft to)) return false;
        return Authorised(from, e.By) && Move(from, to, asset.Index, amount);
    }

    private bool Apply(MarginAssigned e)
    {
        if (!Instrument(e.Instrument, out InstrumentState instrument)) return false;
        if (!instrument.HasPositions) return Reject(Code.WrongKind, $"{e.Instrument} is spot and leaves no positions.", "Set margin aside for a position.");
        if (!Number(e.Amount, state.Assets[instrument.Settle].Scale, "amount", out long amount)) return false;
        if (amount == 0) return Reject(Code.NotPositive, "The amount is 0.", "Positive to set aside, negative to take back.");
        if (!Account(e.Account, out AccountDraft account) || !Authorised(account, e.By)) return false;
        if (account.Mode != MarginMode.Isolated) return Reject(Code.NotIsolated, $"\"{e.Account}\" is in {account.Mode.ToString().ToLowerInvariant()} mode: all its balances back its positions.", "Set margin aside in isolated mode only.");
        Position old = account.Position(instrument.Index);
        if (old.Margin + (Int128)amount < 0) return Reject(Code.MarginOverdrawn, $"\"{e.Account}\" has less than {e.Amount.ToString().TrimStart('-')} set aside for {e.Instrument}.", "Take back no more than is there.");
        if (!Units.TryAdd(old.Margin, amount, out long margin)) return Reject(Code.OutOfRange, $"The margin would be 2^{LedgerLimits.AmountBits} units or more.", "Set less aside.");
        if (account.IsFull(instrument.Index)) return Reject(Code.LimitExceeded, $"\"{e.Account}\" has {LedgerLimits.MaxPositions} positions.", "Use another account.");
        account.Set(old with { Margin = margin });
        return Add(account, instrument.Settle, -amount);
    }

    private bool Apply(CollateralSold e)
    {
        if (e.Account == e.Taker) return Reject(Code.SameAccount, $"\"{e.Account}\" buys its own collateral.", "Name another taker.");
        if (e.Asset == e.For) return Reject(Code.InvalidTerms, $"{e.Asset} is sold for {e.Asset}.", "Name two assets.");
        if (!Asset(e.Asset, out AssetState sold) || !Positive(e.Amount, sold.Scale, "amount", out long amount)) return false;
        if (!Asset(e.For, out AssetState paid) || !Positive(e.Proceeds, paid.Scale, "proceeds", out long proceeds)) return false;
        if (!Account(e.Account, out AccountDraft account) || !Account(e.Taker, out AccountDraft taker)) return false;
        return Move(account, taker, sold.Index, amount) && Move(taker, account, paid.Index, proceeds);
    }

    private bool Apply(InsurancePaid e)
    {
        if (!Asset(e.Asset, out AssetState asset) || !Positive(e.Amount, asset.Scale, "amount", out long amount) || !Account(e.Account, out AccountDraft account)) return false;
        if (account.Index == state.Insurance) return Reject(Code.SameAccount, "The insurance fund pays itself.", "Socialize what it owes.");
        if (!WithinDebt(account, asset, amount, e.Amount)) return false;
        AccountDraft insurance = Touch(state.Insurance);
        long has = insurance.Balance(asset.Index);
        if (amount > has) return Reject(Code.InsuranceOverdrawn, $"The insurance fund has less than {e.Amount} {e.Asset}.", "Pay what it has and socialize the rest.");
        return Move(insurance, account, asset.Index, amount);
    }

    private bool Apply(LossSocialized e)
    {
        if (!Asset(e.Asset, out AssetState asset) || !Account(e.Account, out AccountDraft account)) return false;
        if (e.Shares is null || e.Shares.Count == 0) return Reject(Code.MalformedEvent, "Nobody shares the loss.", "Name who pays how much.");
        string last = "";
        Int128 total = 0;
        foreach (LossShare share in e.Shares)
        {
            if (string.CompareOrdinal(share.Account.Value, last) <= 0) return Reject(Code.NotSorted, $"\"{share.Account}\" follows \"{last}\".", "List each account once, in rising order of the characters of their names.");
            last = share.Account.Value;
            if (share.Account == e.Account) return Reject(Code.SameAccount, $"\"{last}\" shares its own loss.", "Name others.");
            if (!Positive(share.Amount, asset.Scale, "share", out long amount) || !Account(share.Account, out AccountDraft payer)) return false;
            total += amount;
            if (!Add(payer, asset.Index, -amount)) return false;
        }
        if (!Units.Fits(total) || !WithinDebt(account, asset, (long)total, null)) return Rejection is null ? Reject(Code.OutOfRange, "The shares together are too large.", "Share what is owed.") : false;
        return Add(account, asset.Index, (long)total);
    }

    /// <summary>Whether the account owes so much of the asset.</summary>
    private bool WithinDebt(AccountDraft account, AssetState asset, long amount, Quantity? said)
    {
        long owes = -Math.Min(account.Balance(asset.Index), 0);
        return amount <= owes || Reject(Code.BeyondDebt, $"\"{account.Id}\" owes less {asset.Symbol} than {(said is { } q ? q.ToString() : "the shares together")}.", "Cover no more than the account's negative balance.");
    }
}
