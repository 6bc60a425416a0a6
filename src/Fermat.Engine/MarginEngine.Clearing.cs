using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

// A clearing house, where the rulebook says `liquidation.clearing`: trades come from a market that keeps margins of its own for orders, and are novated as they come; accounts are called at settlements, and closed out by them alone; the fund takes each
// position over, whatever margin it would need; what settlements leave unpaid is borne by those who gained since the call before, by trades that ended a position as by settlements.
public sealed partial class MarginEngine
{
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
        switch (change.Event)
        {
            case LossSocialized:
                _called?.Take(change);
                return;
            case Liquidation or InsurancePaid or CollateralSold or AutoDeleveraged:
            case ParametersUpdated when MadeNames.IsReserved(change.Event.Id):                  // the guard's, which may follow what the fund pays
                return;
        }
        EndCall();
        if (!IsClearing) return;
        switch (change.Event)
        {
            case Trade e when State.TryFindInstrument(e.Instrument, out InstrumentState? instrument) && instrument.HasPositions:
                Arrive(instrument, e.Buyer);
                Arrive(instrument, e.Seller);
                Gain(change, instrument, e);
                break;
            case Settlement e when State.TryFindInstrument(e.Instrument, out InstrumentState? instrument) && instrument.HasPositions:
                SettlementRound round = Gain(change, instrument, null);
                round.Settle(instrument.Index, isEnding: !e.Close && instrument.ExpiredAt(State.Time));
                if (!Missing(round).Any()) _called = round;
                break;
        }
    }

    /// <summary>What was collected is paid, and a new round begins.</summary>
    private void EndCall()
    {
        if (_called is { } called) _rounds.Remove(called.Asset);
        _called = null;
    }

    /// <summary>Adds what an event gave and took in an instrument, but for the venue's own accounts: what balances changed by, without fees, and without what had been set aside and comes back.</summary>
    private SettlementRound Gain(LedgerChange change, InstrumentState instrument, Trade? trade)
    {
        int asset = instrument.Settle;
        if (!_rounds.TryGetValue(asset, out SettlementRound? round)) _rounds[asset] = round = new SettlementRound(asset);
        foreach ((AccountState? before, AccountState after) in change.Accounts)
        {
            if (IsVenue(after.Index)) continue;
            long gain = after.Balance(asset).Amount - before!.Balance(asset).Amount + after.Position(instrument.Index).Margin - before.Position(instrument.Index).Margin;
            if (trade is not null && FeeOf(trade, after.Id).TryAt(State.Assets[asset].Scale, out Int128 fee)) gain += (long)fee;
            round.Add(after.Index, gain);
        }
        return round;
    }

    private static Amount FeeOf(Trade trade, AccountId account) => account == trade.Buyer ? trade.BuyerFee : account == trade.Seller ? trade.SellerFee : default;

    private void Arrive(InstrumentState instrument, AccountId id)
    {
        if (State.TryFindAccount(id, out int account) && !IsVenue(account)) _arrivals.TryAdd((instrument.Settle, account), _arrivals.Count);
    }

    /// <summary>
    /// Why an owner cannot have what it asks for, or null: what trades gave it since the last call nobody has paid yet, and settlements may leave it unpaid. So until then it is not taken out, sent, pledged, set aside or spent, and margins nothing that is.
    /// </summary>
    private EngineRejection? Uncollected(in AccountChange account)
    {
        if (!IsClearing || _rounds.Count == 0 || _binding.Items.Account(_binding, account.After, out _) is not { } data) return null;
        SettlementRound? held = null;
        foreach (SettlementRound round in _rounds.Values)
        {
            long gain = round.GainOf(account.After.Index), before = account.Before!.Balance(round.Asset).Amount, after = account.After.Balance(round.Asset).Amount;
            if (gain <= 0 || round == _called) continue;
            if (after < before && after < gain) return NotCollected(account.After, round);
            if (after > 0) data = _binding.Items.Less(_binding, data, round.Asset, Math.Min(gain, after));
            held = round;
        }
        AccountHealth? health = null;
        return held is null || (Exists(() => health = _rules!.Judge(data)) && health is { IsMargined: true }) ? null : NotCollected(account.After, held);
    }

    private EngineRejection NotCollected(AccountState account, SettlementRound round)
    {
        AssetState asset = State.Assets[round.Asset];
        return new(EngineRejectionCode.NotCollected, $"{account.Id} gained {new Amount(round.GainOf(account.Index), asset.Scale)} {asset.Symbol} by trades and settlements that losers have not been called for", $"wait for the settlement of {string.Join(", ", AwaitedSettlements)}", account.Id);
    }

    /// <summary>What those who gained since the last call give for one account's loss: together they receive what was collected. The event names them in the order of their names.</summary>
    private LossSocialized? ShareByGains(AccountState account, AssetState asset, long loss)
    {
        if (_called is not { } round || round.Asset != asset.Index) return null;
        Int128 unpaid = loss;
        for (int i = 0; i < State.Accounts.Count; i++)
            if (i != account.Index && i != State.Fees && State.Accounts[i] is var other && other.Balance(asset.Index).Amount is var owed and < 0 && Judge(other, out _) is { Class: AccountClass.Bankrupt }) unpaid -= owed;
        LossShare[] shares = [.. round.Share(loss, unpaid, State.Accounts, index => _arrivals.GetValueOrDefault((asset.Index, index), int.MaxValue)).Select(share => new LossShare(share.Winner.Id, new Amount(share.Share, asset.Scale)))];
        Array.Sort(shares, static (a, b) => string.CompareOrdinal(a.Account.Value, b.Account.Value));
        return shares.Length == 0 ? null : new LossSocialized(NextId, State.Time, account.Id, asset.Symbol, shares);
    }
}
