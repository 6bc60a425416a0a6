using System.Numerics;
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
    private const long LeastOfHouse = 1L << 32, MostBalance = 1L << 62;
    private readonly Dictionary<int, SettlementRound> _rounds = [];                              // by asset: what is not called yet
    private readonly Dictionary<(int Asset, int Account), int> _arrivals = [];                   // who had a position first
    private readonly bool _isHouse;
    private SettlementRound? _called;

    private bool IsClearing => _rules is { IsClearing: true };

    /// <summary>Whether nothing is due before the next settlement: each instrument with positions that is paid in the asset has to be settled before anybody is called, so that nobody who gained in one bears what was lost in another.</summary>
    private bool AwaitsSettlement => IsClearing && _called is null;

    /// <summary>The instruments that have to be settled before anybody is called for what settlements and trades since the last call took, by symbol; empty where nothing is open, and where the rulebook is not a clearing house's.</summary>
    public IReadOnlyList<string> AwaitedSettlements => IsClearing ? [.. _rounds.Values.SelectMany(Missing).Select(instrument => instrument.Terms.Symbol).Order(StringComparer.Ordinal)] : [];

    private IEnumerable<InstrumentState> Missing(SettlementRound round) =>
        State.Instruments.Where(instrument => instrument.Settle == round.Asset && instrument.OpenInterest != 0 && !round.Has(instrument) && (!instrument.ExpiredAt(State.Time) || round.Expects(instrument.Index)));

    /// <summary>Why a clearing house does not list another asset, or null. It keeps one, which all its instruments are paid in: were there several, a gain in one that nobody has been called for could cover a debt in another, and one collateral several debts.</summary>
    private EngineRejection? SecondAsset(LedgerEvent instruction) => _isHouse && instruction is AssetListed e && State.Assets.Count > 0
        ? new(EngineRejectionCode.NotOfRulebook, $"a clearing house keeps one asset, {State.Assets[0].Symbol}, and {e.Asset} would be another", "keep a venue for each asset")
        : null;

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
                Gain(change, instrument, account => account == e.Buyer ? e.BuyerFee : account == e.Seller ? e.SellerFee : default).Trade(instrument.Index);
                break;
            case Liquidation e when State.TryFindInstrument(e.Instrument, out InstrumentState? instrument) && instrument.Settle != _called?.Asset:
                Gain(change, instrument, account => account == e.Account ? e.Penalty : default);       // what it gained is paid in an asset that nobody has been called in
                break;
            case Settlement e when State.TryFindInstrument(e.Instrument, out InstrumentState? instrument) && instrument.HasPositions:
                SettlementRound round = Gain(change, instrument, static _ => default);
                round.Settle(instrument, isEnding: !e.Close && instrument.ExpiredAt(State.Time));
                if (!Missing(round).Any()) _called = round;
                break;
        }
    }

    /// <summary>Makes what follows from a call. Who comes first is looked at anew after each step, so that it follows from the state alone, and a log that was cut in between goes on alike.</summary>
    /// <returns>Whether anything was made.</returns>
    private bool Call()
    {
        bool any = false;
        for (bool more = _called is not null; more;)
        {
            more = false;
            foreach (int index in Due())
                if (NextStep(index) is { } step && Take(step, generated: true).IsApplied)
                {
                    any = more = true;
                    break;
                }
        }
        return any;
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
        (int Account, long Unpaid)[] owing = [.. Owing(called)];
        if (owing.Length == 0) return;
        Int128 unpaid = 0;
        foreach ((_, long part) in owing) unpaid += part;
        var next = new SettlementRound(called.Asset);
        foreach ((int winner, long held) in called.Held(unpaid, Arrival(called.Asset))) next.Add(winner, held);
        foreach ((int loser, long part) in owing) next.Add(loser, -part);                       // until that is paid
        _rounds[called.Asset] = next;
    }

    /// <summary>Who has not paid what of a round, the venue's own accounts left out.</summary>
    private IEnumerable<(int Account, long Unpaid)> Owing(SettlementRound round)
    {
        for (int i = 0; i < State.Accounts.Count; i++)
            if (!IsVenue(i) && UnpaidBy(State.Accounts[i], round) is > 0 and var unpaid) yield return (i, unpaid);
    }

    /// <summary>What an account owes or lost in a round, as far as nothing covers it: what it owes of the asset, or what it lost of it where it is short of that in all; all of it where nobody can value it.</summary>
    private long UnpaidBy(AccountState account, SettlementRound round)
    {
        long owed = Math.Max(-account.Balance(round.Asset).Amount, 0), lost = Math.Max(-round.GainOf(account.Index), 0);
        if (owed == 0 && lost == 0) return 0;
        AccountHealth? health = null;
        if (_binding.Items.Account(_binding, account, out _) is not { } data || Collected(account, data, evenPaid: true) is not { } collected || !Exists(() => health = _rules!.Judge(collected)) || health is not { } known) return Math.Max(owed, lost);
        if (known.NetEquity.Sign >= 0) return 0;
        BigInteger missing = (UnitsOf(-known.NetEquity, known.Scale, State.Assets[round.Asset]) ?? long.MaxValue) + 1;
        return Math.Max(owed, (long)BigInteger.Min(lost, missing));
    }

    /// <summary>Whether nothing is to be waited for: all that was lost in a round is paid, and no instrument of it has to be settled.</summary>
    private bool IsPaid(SettlementRound round) => !Missing(round).Any() && !Owing(round).Any();

    /// <summary>An account without gains that nobody has been called for: those of rounds, and those of positions that are worth more than they cost. Losses count. Null where what a position gained is beyond all numbers.</summary>
    /// <param name="account">The account.</param>
    /// <param name="data">The same as the rulebook's.</param>
    /// <param name="evenPaid">Without the gains of rounds that are paid, too.</param>
    private AccountData? Collected(AccountState account, AccountData data, bool evenPaid = false)
    {
        foreach (SettlementRound round in _rounds.Values)
            if (round != _called && round.GainOf(account.Index) is > 0 and var gain && (evenPaid || !IsPaid(round))) data = _binding.Items.Less(_binding, data, round.Asset, gain);
        foreach (ref readonly Position position in account.Positions)
        {
            InstrumentState instrument = State.Instruments[position.Instrument];
            if (position.Size == 0 || instrument.Mark is not { } mark) continue;
            if (!instrument.TryUnrealized(position, mark, out Int128 gain)) return null;
            if (gain > 0) data = _binding.Items.Dearer(_binding, data, position.Instrument, gain);
        }
        return data;
    }

    /// <summary>What of a balance the insurance fund can buy: not what nobody has been called for, which it would pay for with what it has.</summary>
    private long Sellable(AccountState account, in AccountBalance held) =>
        IsClearing && _rounds.TryGetValue(held.Asset, out SettlementRound? round) && round != _called ? held.Amount - Math.Max(round.GainOf(account.Index), 0) : held.Amount;

    /// <summary>
    /// Why a trade is beyond what a clearing house can settle, or null: a position, or what it brings a balance, of <see cref="MostOfHouse"/> times all that the house holds is nobody's to have, whatever the market says. Settlements of it would not fit in
    /// the ledger, and then nobody could be called. However much the house holds, a balance is left room to double.
    /// </summary>
    private EngineRejection? BeyondHouse(LedgerChange change)
    {
        if (!IsNovated(change.Event) || !State.TryFindInstrument(((Trade)change.Event).Instrument, out InstrumentState? instrument)) return null;
        AssetState asset = State.Assets[instrument.Settle];
        foreach ((AccountState? before, AccountState after) in change.Accounts)
            if (after.Index == State.Fees && after.Balance(asset.Index).Amount < Math.Min(before!.Balance(asset.Index).Amount, 0))
                return new(EngineRejectionCode.NotOfRulebook, $"the fees account would owe {asset.Symbol} for a rebate", "let the fees of both sides together be zero or more", after.Id);
        BigInteger most = MostOfHouse * HouseIn(asset) + LeastOfHouse;
        foreach ((AccountState? before, AccountState after) in change.Accounts)
        {
            Position position = after.Position(instrument.Index);
            Int128 gain = 0;
            bool isBeyond = instrument.Mark is { } mark && position.Size != 0 && !instrument.TryUnrealized(position, mark, out gain);
            Int128 value = position.Cost + gain, balance = Int128.Abs(after.Balance(asset.Index).Amount);
            isBeyond |= balance > Int128.Abs(before!.Balance(asset.Index).Amount) && balance > BigInteger.Min(most, MostBalance);
            if (isBeyond || Int128.Max(Int128.Abs(value), Int128.Abs(position.Cost)) > BigInteger.Min(most, MostBalance / 2))
                return new(EngineRejectionCode.NotOfRulebook, $"{after.Id} would have a position or a balance of more than {MostOfHouse} times all that the house holds, in {asset.Symbol}", "the market's own limits on orders keep it within what can be paid", after.Id);
        }
        return null;
    }

    /// <summary>What all that was deposited and not paid out is worth, in units of an asset at index prices.</summary>
    private BigInteger HouseIn(AssetState asset)
    {
        (BigInteger price, int scale) = IndexOf(asset.Index);
        BigInteger sum = 0;
        foreach (AssetState held in State.Assets)
        {
            BigInteger units = (BigInteger)(held.Deposited - held.Paid);
            if (held.Index == asset.Index) sum += units;
            else if (held.IndexPrice is { } index && price.Sign > 0 && units.Sign > 0) sum += units * (BigInteger)index.Mantissa * BigInteger.Pow(10, asset.Scale + scale) / (price * BigInteger.Pow(10, held.Scale + index.Scale));
        }
        return sum;
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
            if (gain > 0 && after < before && after < gain && !IsPaid(round)) return NotCollected(account.After);
        }
        AccountHealth? health = null;
        AccountData? collected = Collected(account.After, data);
        return ReferenceEquals(collected, data) || (collected is not null && Exists(() => health = _rules!.Judge(collected)) && health is { IsMargined: true }) ? null : NotCollected(account.After);
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
