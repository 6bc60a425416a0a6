using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Rules.Interpretation;

namespace Fermat.Engine;

/// <summary>
/// Trades in a row that are booked ahead of their judgement: the ledger works them out one on top of the other, signatures and margins are judged meanwhile, many at once, and where one is not plainly in order
/// it is taken back with all that came after it. Only trades between accounts of owners, in instruments with positions, that leave neither side owing an asset.
/// </summary>
internal sealed class TradeRun
{
    private const int Part = 512;                                                               // accounts: their columns are small enough for the youngest generation
    private readonly LedgerState _state;
    private readonly List<LedgerChange> _changes = [];
    private readonly List<AccountState> _after = [];
    private Task<int>? _judging;

    private TradeRun(LedgerState state, int first) => (_state, First) = (state, first);

    /// <summary>The first trade's place among the instructions.</summary>
    public int First { get; }

    /// <summary>How many trades are booked.</summary>
    public int Count => _changes.Count;

    /// <summary>Books trades until one is not of the kind.</summary>
    /// <param name="state">The ledger.</param>
    /// <param name="instructions">Events.</param>
    /// <param name="first">Where to begin.</param>
    /// <param name="most">The most trades.</param>
    public static TradeRun Book(LedgerState state, IReadOnlyList<LedgerEvent> instructions, int first, int most)
    {
        var run = new TradeRun(state, first);
        while (run.Count < most && first + run.Count < instructions.Count && instructions[first + run.Count] is Trade trade && run.TryBook(trade)) continue;
        return run;
    }

    /// <summary>Begins to judge, on other cores.</summary>
    public void BeginJudging(MarginRules rules, MarketBinding binding, EventSignature signature) => _judging = Task.Run(() => Judge(rules, binding, signature));

    /// <summary>Waits for the judgement: how many trades, from the first, are in order.</summary>
    public int InOrder() => _judging!.GetAwaiter().GetResult();

    /// <summary>Takes back all trades from a place on, the last first.</summary>
    public void TakeBack(int from)
    {
        if (_judging is { } judging) Task.WaitAny(judging);                                     // it reads what is taken back
        for (int i = Count - 1; i >= from; i--) _state.Undo(_changes[i]);
        _changes.RemoveRange(from, Count - from);
    }

    private bool TryBook(Trade trade)
    {
        if (MadeNames.IsReserved(trade.Id)) return false;                                       // it is looked at by itself
        if (!_state.TryFindInstrument(trade.Instrument, out InstrumentState? instrument) || !instrument.HasPositions) return false;
        if (_state.Prepare(trade).Change is not { } change) return false;
        (AccountState bought, AccountState sold) = (change.Accounts[0].After, change.Accounts[1].After); // a trade touches its buyer first, then its seller
        if (bought.Index <= _state.Fees || sold.Index <= _state.Fees || Owes(bought) || Owes(sold)) return false;
        _state.Commit(change);
        _changes.Add(change);
        _after.Add(bought);
        _after.Add(sold);
        return true;
    }

    private static bool Owes(AccountState account)
    {
        foreach (ref readonly AccountBalance balance in account.Balances)
            if (balance.Amount < 0) return true;
        return false;
    }

    private int Judge(MarginRules rules, MarketBinding binding, EventSignature signature)
    {
        AccountState[] accounts = [.. _after];
        int trades = accounts.Length / 2, parts = (accounts.Length + Part - 1) / Part;
        int[] firstBad = new int[parts];
        if (parts == 1) JudgePart(0);
        else Parallel.For(0, parts, JudgePart);
        return firstBad.Min();

        void JudgePart(int part)
        {
            int from = part * Part, count = Math.Min(Part, accounts.Length - from);
            firstBad[part] = from / 2;
            try
            {
                if (binding.Items.Columns(binding, accounts.AsSpan(from, count), out _) is not { } batch) return;
                Span<Standing> standings = stackalloc Standing[count];
                rules.Classify(batch, standings);
                if (Ended(from, count) is { Length: > 0 } ended)
                {
                    if (binding.Items.Columns(binding, ended, out _) is not { } held) return;
                    rules.Classify(held, new Standing[ended.Length]);
                }
                for (int i = 0; i < count; i += 2)
                {
                    firstBad[part] = (from + i) / 2;
                    if (standings[i] != Standing.Margined || standings[i + 1] != Standing.Margined || !IsSigned(_changes[(from + i) / 2], signature) || !FeesFit(_changes[(from + i) / 2], binding)) return;
                }
                firstBad[part] = trades;
            }
            catch (RuleEvaluationException)
            {
                // a public value that one of them needs does not exist: one by one it is told which
            }
        }
    }

    /// <summary>Accounts of trades, as they were before, of which a position or a balance ends: what they held must have had a value too.</summary>
    /// <param name="from">The first account, two for each trade.</param>
    /// <param name="count">How many.</param>
    private AccountState[] Ended(int from, int count)
    {
        var ended = new List<AccountState>();
        for (int i = from; i < from + count; i++)
            if (_changes[i / 2].Accounts[i % 2] is var account && ItemBinding.EndsOne(account)) ended.Add(account.Before!);
        return [.. ended];
    }

    /// <summary>Whether what a trade leaves of the fees account is within the rulebook's quantities; buyer and seller, which it touches first, are judged.</summary>
    private bool FeesFit(LedgerChange change, MarketBinding binding)
    {
        for (int i = 2; i < change.Accounts.Count; i++)
            if (binding.Items.Problem(binding, _state, change.Accounts[i]) is not null) return false;
        return true;
    }

    private static bool IsSigned(LedgerChange change, EventSignature signature)
    {
        var trade = (Trade)change.Event;
        return Check(trade.ByBuyer, change.Accounts[0].Before!) && Check(trade.BySeller, change.Accounts[1].Before!);

        bool Check(Authorisation? by, AccountState account) => by is null || signature.Check(trade, account.Id, account.Owner, by) is null; // without one the ledger has seen to it that there is no owner on file
    }
}
