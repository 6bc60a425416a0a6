using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

// A clearing house, where the rulebook says `liquidation.clearing`: trades come from a market that keeps margins of its own for orders, and are novated as they come; accounts are called at settlements, and closed out by them alone; the fund takes each
// position over, whatever margin it would need; what settlements leave unpaid is borne by those who gained since the call before, by trades that ended a position as by settlements.
public sealed partial class MarginEngine
{
    private const int MostOfHouse = 128;
    private const long LeastOfHouse = 1L << 32;
    private readonly Dictionary<int, SettlementRound> _rounds = [];                              // by asset: what is not called yet
    private readonly Dictionary<(int Asset, int Account), int> _arrivals = [];                   // who had a position first
    private SettlementRound? _called;

    private bool IsClearing => _rules is { IsClearing: true };

    /// <summary>Whether nothing is due before the next settlement: each instrument with positions that is paid in the asset has to be settled before anybody is called, so that nobody who gained in one bears what was lost in another.</summary>
    private bool AwaitsSettlement => IsClearing && _called is null;

    /// <summary>The instruments that have to be settled before anybody is called for what settlements and trades since the last call took, by symbol; empty where nothing is open, and where the rulebook is not a clearing house's.</summary>
    public IReadOnlyList<string> AwaitedSettlements => IsClearing ? [.. _rounds.Values.SelectMany(Missing).Select(instrument => instrument.Terms.Symbol).Order(StringComparer.Ordinal)] : [];

    private IEnumerable<InstrumentState> Missing(SettlementRound round) =>
        State.Instruments.Where(instrument => instrument.Settle == round.Asset && instrument.OpenInterest != 0 && !round.Has(instrument.Index) && (!instrument.ExpiredAt(State.Time) || round.Expects(instrument.Index)));

    /// <summary>Whether a clearing house takes an event as a fact of its market.</summary>
    private bool IsNovated(LedgerEvent instruction) => IsClearing && instruction is Trade e && State.TryFindInstrument(e.Instrument, out InstrumentState? instrument) && instrument.HasPositions;

    /// <summary>Keeps who gained how much, until losers are called. What follows from a call comes directly after the settlement that ended the round.</summary>
    private void TakeGains(LedgerChange change)
    {
        if (!IsClearing) return;
        switch (change.Event)
        {
            case LossSocialized:
                _called?.Take(change);
                break;
            case Trade e when State.TryFindInstrument(e.Instrument, out InstrumentState? instrument) && instrument.HasPositions:
                Arrive(instrument, e.Buyer);
                Arrive(instrument, e.Seller);
                Gain(change, instrument, account => account == e.Buyer ? e.BuyerFee : account == e.Seller ? e.SellerFee : default);
                break;
            case Liquidation e when State.TryFindInstrument(e.Instrument, out InstrumentState? instrument) && instrument.Settle != _called?.Asset:
                Gain(change, instrument, account => account == e.Account ? e.Penalty : default);       // what it gained is paid in an asset that nobody has been called in
                break;
            case Settlement e when State.TryFindInstrument(e.Instrument, out InstrumentState? instrument) && instrument.HasPositions:
                SettlementRound round = Gain(change, instrument, static _ => default);
                round.Settle(instrument.Index, isEnding: !e.Close && instrument.ExpiredAt(State.Time));
                if (!Missing(round).Any()) _called = round;
                break;
        }
    }

    /// <summary>Before anything else is in the log than what follows from a call, the call is over.</summary>
    private void EndCallBefore(LedgerEvent next)
    {
        if (FailingOf(next) is null && !(next is ParametersUpdated && MadeNames.IsReserved(next.Id))) EndCall();                 // the guard's may follow what the fund pays
    }

    /// <summary>
    /// What was collected is paid, and a new round begins. What is still owed, and not covered by what its debtor has without gains that nobody has been called for, is not collected: those who would bear it have so much of their gains held until the next call.
    /// </summary>
    private void EndCall()
    {
        if (_called is not { } called) return;
        _called = null;
        _rounds.Remove(called.Asset);
        Int128 unpaid = 0;
        for (int i = 0; i < State.Accounts.Count; i++)
            if (!IsVenue(i) && State.Accounts[i].Balance(called.Asset).Amount is var owed and < 0 && !IsCovered(State.Accounts[i])) unpaid -= owed;
        if (unpaid == 0) return;
        var next = new SettlementRound(called.Asset);
        foreach ((AccountState winner, long share) in called.Share((long)Int128.Min(unpaid, long.MaxValue), unpaid, State.Accounts, Arrival(called.Asset))) next.Add(winner.Index, share);
        _rounds[called.Asset] = next;
    }

    /// <summary>What of a balance the insurance fund can buy: not what nobody has been called for, which it would pay for with what it has.</summary>
    private long Sellable(AccountState account, in AccountBalance held) =>
        IsClearing && _rounds.TryGetValue(held.Asset, out SettlementRound? round) && round != _called ? held.Amount - Math.Max(round.GainOf(account.Index), 0) : held.Amount;

    /// <summary>Whether what an account owes is covered by what it has.</summary>
    private bool IsCovered(AccountState account)
    {
        AccountHealth? health = null;
        return _binding.Items.Account(_binding, account, out _) is { } data && Exists(() => health = _rules!.Judge(Collected(account, data))) && health is { NetEquity.Sign: >= 0 };
    }

    /// <summary>An account without gains that nobody has been called for: those of rounds, and those of positions that are worth more than they cost. Losses count.</summary>
    private AccountData Collected(AccountState account, AccountData data)
    {
        foreach (SettlementRound round in _rounds.Values)
            if (round != _called && Math.Min(round.GainOf(account.Index), account.Balance(round.Asset).Amount) is > 0 and var gain) data = _binding.Items.Less(_binding, data, round.Asset, gain);
        foreach (ref readonly Position position in account.Positions)
        {
            InstrumentState instrument = State.Instruments[position.Instrument];
            if (position.Size != 0 && instrument.Mark is { } mark && instrument.TryUnrealized(position, mark, out Int128 gain) && gain > 0) data = _binding.Items.Dearer(_binding, data, position.Instrument, gain);
        }
        return data;
    }

    /// <summary>
    /// Why a trade is beyond what a clearing house can settle, or null: a position, or what it brings a balance, of <see cref="MostOfHouse"/> times all that the house holds of the asset is nobody's to have, whatever the market says. Settlements of it would not fit in
    /// the ledger, and then nobody could be called.
    /// </summary>
    private EngineRejection? BeyondHouse(LedgerChange change)
    {
        if (!IsNovated(change.Event) || !State.TryFindInstrument(((Trade)change.Event).Instrument, out InstrumentState? instrument)) return null;
        AssetState asset = State.Assets[instrument.Settle];
        Int128 most = MostOfHouse * (asset.Deposited - asset.Paid) + LeastOfHouse;
        foreach ((_, AccountState after) in change.Accounts)
        {
            Position position = after.Position(instrument.Index);
            Int128 value = position.Cost + (instrument.Mark is { } mark && instrument.TryUnrealized(position, mark, out Int128 gain) ? gain : 0);
            if (Int128.Max(Int128.Abs(value), Int128.Max(Int128.Abs(position.Cost), Int128.Abs(after.Balance(asset.Index).Amount))) > most)
                return new(EngineRejectionCode.NotOfRulebook, $"{after.Id} would have a position or a balance of more than {MostOfHouse} times all {asset.Symbol} that the house holds", "the market's own limits on orders keep it within what can be paid", after.Id);
        }
        return null;
    }

    private Func<int, int> Arrival(int asset) => account => _arrivals.GetValueOrDefault((asset, account), int.MaxValue);

    /// <summary>Adds what an event gave and took in an instrument, but for the venue's own accounts: what balances changed by, without fees, and without what had been set aside and comes back.</summary>
    private SettlementRound Gain(LedgerChange change, InstrumentState instrument, Func<AccountId, Amount> feeOf)
    {
        int asset = instrument.Settle;
        if (!_rounds.TryGetValue(asset, out SettlementRound? round)) _rounds[asset] = round = new SettlementRound(asset);
        foreach ((AccountState? before, AccountState after) in change.Accounts)
        {
            if (IsVenue(after.Index)) continue;
            long gain = after.Balance(asset).Amount - before!.Balance(asset).Amount + after.Position(instrument.Index).Margin - before.Position(instrument.Index).Margin;
            if (feeOf(after.Id).TryAt(State.Assets[asset].Scale, out Int128 fee)) gain += Math.Max((long)fee, 0);        // a rebate is a gain
            round.Add(after.Index, gain);
        }
        return round;
    }

    private void Arrive(InstrumentState instrument, AccountId id)
    {
        if (State.TryFindAccount(id, out int account) && !IsVenue(account)) _arrivals.TryAdd((instrument.Settle, account), _arrivals.Count);
    }

    /// <summary>
    /// Why an owner cannot have what it asks for, or null: what trades gave it since the last call nobody has paid yet, and settlements may leave it unpaid; what its open positions have gained even less. So until then it is not taken out, sent, pledged, set
    /// aside or spent, and margins nothing that is.
    /// </summary>
    private EngineRejection? Uncollected(in AccountChange account)
    {
        if (!IsClearing || _binding.Items.Account(_binding, account.After, out _) is not { } data) return null;
        foreach (SettlementRound round in _rounds.Values)
        {
            long gain = round == _called ? 0 : round.GainOf(account.After.Index), before = account.Before!.Balance(round.Asset).Amount, after = account.After.Balance(round.Asset).Amount;
            if (gain > 0 && after < before && after < gain) return NotCollected(account.After);
        }
        AccountHealth? health = null;
        AccountData collected = Collected(account.After, data);
        return ReferenceEquals(collected, data) || (Exists(() => health = _rules!.Judge(collected)) && health is { IsMargined: true }) ? null : NotCollected(account.After);
    }

    private EngineRejection NotCollected(AccountState account)
    {
        string[] gains = [.. _rounds.Values.Where(round => round != _called && round.GainOf(account.Index) > 0).Select(round => $"{new Amount(round.GainOf(account.Index), State.Assets[round.Asset].Scale)} {State.Assets[round.Asset].Symbol}")];
        string what = gains.Length == 0 ? "its open positions gained what" : $"{account.Id} gained {string.Join(" and ", gains)} by trades and settlements that";
        return new(EngineRejectionCode.NotCollected, $"{what} losers have not been called for", AwaitedSettlements is { Count: > 0 } awaited ? $"wait for the settlement of {string.Join(", ", awaited)}" : "wait for the next settlement", account.Id);
    }

    /// <summary>What those who gained since the last call give for one account's loss: together they receive what was collected. The event names them in the order of their names.</summary>
    private LossSocialized? ShareByGains(AccountState account, AssetState asset, long loss)
    {
        if (_called is not { } round || round.Asset != asset.Index) return null;
        Int128 unpaid = loss;
        for (int i = 0; i < State.Accounts.Count; i++)
            if (i != account.Index && i != State.Fees && State.Accounts[i] is var other && other.Balance(asset.Index).Amount is var owed and < 0 && Judge(other, out _) is { Class: AccountClass.Bankrupt }) unpaid -= owed;
        LossShare[] shares = [.. round.Share(loss, unpaid, State.Accounts, Arrival(asset.Index)).Select(share => new LossShare(share.Winner.Id, new Amount(share.Share, asset.Scale)))];
        Array.Sort(shares, static (a, b) => string.CompareOrdinal(a.Account.Value, b.Account.Value));
        return shares.Length == 0 ? null : new LossSocialized(NextId, State.Time, account.Id, asset.Symbol, shares);
    }
}
