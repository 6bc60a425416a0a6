namespace Fermat.Ledger.State;

/// <summary>What must add up in a ledger, counted from its accounts and compared with what was counted along the way.</summary>
internal static class LedgerSums
{
    public static List<string> Faults(LedgerState state)
    {
        var faults = new List<string>();
        var owed = new Int128[state.Assets.Count];
        var waiting = new Int128[state.Assets.Count];
        int instruments = state.Instruments.Count;
        Int128[] sizes = new Int128[instruments], costs = new Int128[instruments], longs = new Int128[instruments];
        for (int i = 0; i < state.Accounts.Count; i++)
        {
            AccountState account = state.Accounts[i];
            if (account.Pledged == 0 ? account.PledgedTo != -1 : account.Pledged < 0 || account.PledgedTo == i || (uint)account.PledgedTo >= (uint)state.Accounts.Count)
                faults.Add($"{account.Id}: what is pledged is {account.Pledged}, to account {account.PledgedTo}.");
            foreach (AccountBalance balance in account.Balances)
            {
                owed[balance.Asset] += (Int128)balance.Amount + balance.Pending;
                waiting[balance.Asset] += balance.Pending;
            }
            foreach (Position position in account.Positions)
            {
                sizes[position.Instrument] += position.Size;
                costs[position.Instrument] += position.Cost;
                longs[position.Instrument] += Math.Max(position.Size, 0);
                owed[state.Instruments[position.Instrument].Settle] += (Int128)position.Margin - position.Cost;
            }
        }
        var requested = new Int128[state.Assets.Count];
        foreach (PendingWithdrawal withdrawal in state.Pending.Values) requested[withdrawal.Asset] += withdrawal.Amount;

        foreach (AssetState asset in state.Assets)
        {
            Compare($"{asset.Symbol}: balances, margins and pending withdrawals less costs", owed[asset.Index], "deposits less what was paid", asset.Deposited - asset.Paid);
            Compare($"{asset.Symbol}: pending withdrawals of accounts", waiting[asset.Index], "all pending", asset.Pending);
            Compare($"{asset.Symbol}: pending withdrawals of requests", requested[asset.Index], "all pending", asset.Pending);
        }
        foreach (InstrumentState instrument in state.Instruments)
        {
            string symbol = instrument.Terms.Symbol;
            Compare($"{symbol}: all sizes", sizes[instrument.Index], "zero", 0);
            Compare($"{symbol}: all long sizes", longs[instrument.Index], "the open interest", instrument.OpenInterest);
            Compare($"{symbol}: all costs", costs[instrument.Index], "the costs counted", instrument.Cost);
            Compare($"{symbol}: all costs", costs[instrument.Index], "what was realised", instrument.Realised);
        }
        return faults;

        void Compare(string what, Int128 counted, string other, Int128 expected)
        {
            if (counted != expected) faults.Add($"{what} are {counted}, {other} is {expected}.");
        }
    }
}
