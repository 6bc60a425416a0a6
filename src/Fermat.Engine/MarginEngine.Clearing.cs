using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

// A clearing house, where the rulebook says `liquidation.clearing`: trades come from a market that keeps margins of its own for orders, and are novated as they come; accounts are called at settlements that go on (variation margin), and closed
// out by them alone; the fund takes each position over, whatever margin it would need; what a settlement leaves unpaid is borne by those who gained in it.
public sealed partial class MarginEngine
{
    private SettledGains? _settled;

    private bool IsClearing => _rules is { IsClearing: true };

    /// <summary>Whether nothing is due before the next settlement: each instrument with positions that is paid in the asset has to be settled, one after the other, before anybody is called, so that nobody who gained in one bears what was lost in another.</summary>
    private bool AwaitsSettlement => IsClearing && !IsSettled;

    private bool IsSettled
    {
        get
        {
            if (_settled is not { } settled) return false;
            foreach (InstrumentState instrument in State.Instruments)
                if (instrument.Settle == settled.Asset && instrument.OpenInterest != 0 && !settled.Has(instrument.Index)) return false;
            return true;
        }
    }

    /// <summary>Whether a clearing house takes an event as a fact of its market.</summary>
    private bool IsNovated(LedgerEvent instruction) => IsClearing && instruction is Trade e && State.TryFindInstrument(e.Instrument, out InstrumentState? instrument) && instrument.HasPositions;

    /// <summary>Keeps what a settlement gave to whom, until something else happens than what follows from it.</summary>
    private void TakeGains(LedgerChange change)
    {
        switch (change.Event)
        {
            case Settlement { Close: false } e when IsClearing && State.TryFindInstrument(e.Instrument, out InstrumentState? instrument):
                if (_settled?.Asset != instrument.Settle || _settled.Has(instrument.Index)) _settled = new SettledGains(instrument.Settle);
                _settled.Add(change, instrument.Index, IsVenue);
                break;
            case LossSocialized:
                _settled?.Take(change);
                break;
            case Liquidation or InsurancePaid or CollateralSold or AutoDeleveraged:
            case ParametersUpdated when MadeNames.IsReserved(change.Event.Id):                  // the guard's, which may follow what the fund pays
                break;
            default:
                _settled = null;
                break;
        }
    }

    /// <summary>What those who gained in the settlement give for one account's loss: together they receive what was collected.</summary>
    private LossSocialized? ShareByGains(AccountState account, AssetState asset, long loss)
    {
        if (_settled is not { } settled || settled.Asset != asset.Index) return null;
        Int128 unpaid = loss;
        for (int i = 0; i < State.Accounts.Count; i++)
            if (i != account.Index && i != State.Fees && State.Accounts[i] is var other && other.Balance(asset.Index).Amount is var owed and < 0 && Judge(other, out _) is { Class: AccountClass.Bankrupt }) unpaid -= owed;
        LossShare[] shares = [.. settled.Share(loss, unpaid).Select(share => new LossShare(share.Winner.Id, new Amount(share.Share, asset.Scale)))];
        return shares.Length == 0 ? null : new LossSocialized(NextId, State.Time, account.Id, asset.Symbol, shares);
    }
}
