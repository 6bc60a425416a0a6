using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Inputs;

namespace Fermat.Engine;

/// <summary>Whether an event may be done: who signed it, and the health rule of what owners instruct.</summary>
public sealed partial class MarginEngine
{
    private EngineRejection? CheckAuthorisations(LedgerChange change)
    {
        var signature = new EventSignature(State.Venue, Options.Chain);
        return change.Event switch
        {
            Trade e => Check(e.Buyer, e.ByBuyer) ?? Check(e.Seller, e.BySeller),
            WithdrawalRequested e => Check(e.Account, e.By),
            Transfer e => Check(e.From, e.By),
            MarginAssigned e => Check(e.Account, e.By),
            CollateralPledged e => Check(e.Account, e.By),
            PledgeReleased e => Check(e.To, e.By),
            _ => null,
        };

        EngineRejection? Check(AccountId account, Authorisation? by)
        {
            if (by is null) return null; // the ledger has seen to it that the account has no owner on file
            State.TryFindAccount(account, out int index);
            return signature.Check(change.Event, account, State.Accounts[index].Owner, by);
        }
    }

    /// <summary>The health rule: whom an owner instructs ends margined, or with a deficit that is not higher. Who is paid, pledged to or released by it is asked nothing, and must be one that can be valued.</summary>
    private EngineRejection? Judge(LedgerChange change)
    {
        (AccountId First, AccountId? Second, bool IsPayment)? instructed = change.Event switch
        {
            Trade e => (e.Buyer, e.Seller, false),
            WithdrawalRequested e => (e.Account, null, true),
            Transfer e => (e.From, null, true),
            MarginAssigned e => (e.Account, null, false),
            CollateralPledged e => (e.Account, null, true),
            PledgeReleased e => (e.To, null, false),
            _ => null,
        };
        if (instructed is not { } who) return null;
        bool isNovated = IsNovated(change.Event);
        if (isNovated && (Unvalued(change, who.First) ?? Unvalued(change, who.Second!.Value)) is { } unvalued) return unvalued;      // who cannot be valued is never called, nor proven
        foreach (AccountChange account in change.Accounts)
        {
            if (account.After.Id != who.First && account.After.Id != who.Second) continue;
            if (isNovated && account.After.Pledged == 0) continue;                               // what is pledged is not traded away
            if (Judge(account, who.IsPayment, mayBorrow: Options.AllowBorrowing && change.Event is not MarginAssigned) is { } rejection) return rejection;
            if (change.Event is not PledgeReleased && !isNovated && Uncollected(account) is { } uncollected) return uncollected;
        }
        return change.Event switch
        {
            Transfer e => Unvalued(change, e.To),
            CollateralPledged e => Unvalued(change, e.To),
            PledgeReleased e => Unvalued(change, e.Account),
            _ => null,
        };
    }

    /// <summary>
    /// Why an event has no part in an account that nobody instructs, or null: before it or after it nobody could say what the account is worth. Statement T values each account that an event touches, so what is done with one that has no value is never
    /// proven, and nothing after it either.
    /// </summary>
    private EngineRejection? Unvalued(LedgerChange change, AccountId id)
    {
        foreach (AccountChange account in change.Accounts)
            if (account.After.Id == id) return Unvalued(account);
        State.TryFindAccount(id, out int index); // whom something is pledged to is touched by nothing that the ledger keeps
        return Judge(State.Accounts[index], out string? problem) is null ? NoPrice(id, problem!) : null;
    }

    private EngineRejection? Unvalued(in AccountChange account)
    {
        if (Judge(account.After, out string? problem) is not null && (account.Before is not { } before || Judge(before, out problem) is not null)) return null;
        return NoPrice(account.After.Id, problem!);
    }

    private static EngineRejection NoPrice(AccountId id, string problem) => new(EngineRejectionCode.NoPrice, problem, "set a price and give the market a record", id);

    private EngineRejection? Judge(in AccountChange account, bool isPayment, bool mayBorrow)
    {
        AccountId id = account.After.Id;
        if (!mayBorrow && Borrows(account) is { } asset)
            return new(EngineRejectionCode.Borrowing, $"{id} would owe {asset}", "deposit it first", id);
        if (Judge(account.After, out string? problem) is not { } after) return NoPrice(id, problem!);
        if (after.IsMargined && !ItemBinding.EndsOne(account)) return null;
        if (Judge(account.Before!, out problem) is not { } before) return NoPrice(id, problem!);
        if (after.IsMargined) return null;
        bool worse = isPayment || after.Deficit > before.Deficit || (before.Class == AccountClass.Healthy && after.Class != AccountClass.Healthy);
        if (!worse) return null;
        return isPayment
            ? new(EngineRejectionCode.InsufficientCollateral, $"{id} has free collateral of {ScaledNumber.Format(BigInteger.Max(before.FreeCollateral, 0), before.Scale)}, and that is less than what would {(after.Encumbered > before.Encumbered ? "be pledged" : "leave")}", "take less, or close positions first", id)
            : new(EngineRejectionCode.InsufficientMargin, $"{id} would be {after}", "trade less, or deposit first", id);
    }

    private string? Borrows(in AccountChange account)
    {
        foreach (ref readonly AccountBalance balance in account.After.Balances)
            if (balance.Amount < 0 && balance.Amount < account.Before!.Balance(balance.Asset).Amount && !SettlesLosses(account, balance.Asset)) return State.Assets[balance.Asset].Symbol;
        return null;
    }

    /// <summary>A loss that closing a position realises is not a loan: the account owed it before.</summary>
    private bool SettlesLosses(in AccountChange account, int asset)
    {
        Int128 costsBefore = 0, costsAfter = 0;
        foreach (ref readonly Position position in account.Before!.Positions)
            if (State.Instruments[position.Instrument].Settle == asset) costsBefore += position.Cost;
        foreach (ref readonly Position position in account.After.Positions)
            if (State.Instruments[position.Instrument].Settle == asset) costsAfter += position.Cost;
        return costsAfter != costsBefore;
    }
}
