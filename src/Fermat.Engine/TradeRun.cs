using Fermat.Ledger.Events;
using Fermat.Ledger.State;

namespace Fermat.Engine;

/// <summary>
/// Trades in a row of which no two touch the same account: what each does to its accounts does not depend on the others, so they are worked out from one state and judged together.
/// The venue's own accounts and trades that the ledger refuses end a run: they are taken one by one.
/// </summary>
internal sealed class TradeRun
{
    private const int Most = 256, Part = 64;
    private readonly HashSet<int> _touched = [];
    private readonly List<AccountState> _after = [];

    public void Clear()
    {
        _touched.Clear();
        _after.Clear();
    }

    public bool TryAdd(MarginEngine engine, Trade trade)
    {
        LedgerState state = engine.State;
        if (_after.Count >= 2 * Most || !state.TryFindAccount(trade.Buyer, out int buyer) || !state.TryFindAccount(trade.Seller, out int seller)) return false;
        if (buyer <= state.Fees || seller <= state.Fees || _touched.Contains(buyer) || _touched.Contains(seller)) return false;
        if (!state.TryFindInstrument(trade.Instrument, out InstrumentState? instrument) || !instrument.HasPositions) return false;
        if (state.Prepare(trade).Change is not { } change) return false;
        AccountState? bought = null, sold = null;
        foreach (AccountChange account in change.Accounts)
            if (account.After.Index == buyer) bought = account.After;
            else if (account.After.Index == seller) sold = account.After;
        if (Owes(bought!) || Owes(sold!)) return false;
        _touched.Add(buyer);
        _touched.Add(seller);
        _after.Add(bought!);
        _after.Add(sold!);
        return true;
    }

    private static bool Owes(AccountState account)
    {
        foreach (ref readonly AccountBalance balance in account.Balances)
            if (balance.Amount < 0) return true;
        return false;
    }

    /// <summary>Whether each account is margined after its trade: two for each trade, buyer and seller.</summary>
    public bool[] Judge(MarginRules rules, MarketBinding binding)
    {
        AccountState[] accounts = [.. _after];
        bool[] margined = new bool[accounts.Length];
        int parts = (accounts.Length + Part - 1) / Part;
        if (parts == 1) JudgePart(0);
        else Parallel.For(0, parts, JudgePart);
        return margined;

        void JudgePart(int part)
        {
            int from = part * Part, count = Math.Min(Part, accounts.Length - from);
            if (binding.Items.Columns(binding, accounts.AsSpan(from, count), out _) is not { } batch) return;
            Span<Standing> standings = stackalloc Standing[count];
            rules.Classify(batch, standings);
            for (int i = 0; i < count; i++) margined[from + i] = standings[i] == Standing.Margined;
        }
    }
}
