using Fermat.Ledger.Events;
using Fermat.Margin;
using Code = Fermat.Ledger.State.LedgerRejectionCode;

namespace Fermat.Ledger.State;

/// <summary>Events that pledge collateral and give it back. They move no balance.</summary>
internal sealed partial class Posting
{
    private bool Apply(CollateralPledged e)
    {
        if (!Pledge(e.Account, e.To, e.Amount, out long amount, out int to) || !Account(e.Account, out AccountDraft account) || !Authorised(account, e.By)) return false;
        if (account.PledgedTo >= 0 && account.PledgedTo != to)
            return Reject(Code.PledgedElsewhere, $"\"{e.Account}\" is pledged to \"{state.Accounts[account.PledgedTo].Id}\".", "Have that released first, or open an account for each whom something is pledged to.");
        if (!Units.TryAdd(account.Pledged, amount, out long sum))
            return Reject(Code.OutOfRange, $"What \"{e.Account}\" has pledged would be 2^{LedgerLimits.AmountBits} units of {LedgerLimits.PledgeScale} decimals or more.", "Pledge less.");
        account.Pledge(sum, to);
        return true;
    }

    private bool Apply(PledgeReleased e)
    {
        if (!Pledge(e.Account, e.To, e.Amount, out long amount, out int to) || !Account(e.Account, out AccountDraft account) || !Authorised(Touch(to), e.By)) return false;
        if (account.PledgedTo != to) return Reject(Code.NotPledged, $"Nothing of \"{e.Account}\" is pledged to \"{e.To}\".", "Only whom it is pledged to gives it back.");
        if (amount > account.Pledged)
            return Reject(Code.MoreThanPledged, $"{e.Amount} of \"{e.Account}\" would be released, and {new Quantity(account.Pledged, LedgerLimits.PledgeScale)} are pledged.", "Release no more than is pledged.");
        account.Pledge(account.Pledged - amount, to);
        return true;
    }

    /// <summary>What both have: a positive amount of one account that is there, and another that it is pledged to.</summary>
    private bool Pledge(AccountId account, AccountId to, Quantity quantity, out long amount, out int index)
    {
        (amount, index) = (0, -1);
        if (account == to) return Reject(Code.SameAccount, $"\"{account}\" is pledged to itself.", "Name two accounts.");
        if (!Positive(quantity, LedgerLimits.PledgeScale, "amount", out amount)) return false;
        return state.TryFindAccount(to, out index) || Reject(Code.UnknownAccount, $"There is no account \"{to}\".", "Open it first, or correct its name.");
    }
}
