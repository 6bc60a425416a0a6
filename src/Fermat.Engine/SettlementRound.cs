using System.Numerics;
using Fermat.Ledger.State;

namespace Fermat.Engine;

/// <summary>
/// What happened in an asset since its losers were called last: who gained and lost how much by trades that ended a position and by settlements, and which instruments have been settled. It ends when each instrument with positions that is paid in the asset has
/// been settled; then winners receive what was collected: each ⌊gain · collected / Σ gains⌋, and the last of them, in the order in which they first had a position, what is left, but not more than its gain.
/// </summary>
internal sealed class SettlementRound
{
    private readonly Dictionary<int, (long? Mark, long Funding)> _settled = [];
    private readonly HashSet<int> _ending = [];
    private readonly Dictionary<int, long> _gains = [], _taken = [];

    /// <param name="asset">The asset that is paid.</param>
    public SettlementRound(int asset) => Asset = asset;

    /// <summary>The asset that is paid.</summary>
    public int Asset { get; }

    /// <summary>Whether an instrument was settled, and its mark and funding index are still those, and nothing was traded since: then no position in it has gained or lost anything that is not in the round.</summary>
    public bool Has(InstrumentState instrument) => _settled.TryGetValue(instrument.Index, out (long? Mark, long Funding) at) && at == (instrument.Mark, instrument.FundingIndex);

    /// <summary>Whether an instrument that has expired was settled and has not ended: its positions do not change hands any more, so nobody is called before they end.</summary>
    public bool Expects(int instrument) => _ending.Contains(instrument);

    /// <summary>Notes that an instrument was settled.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <param name="isEnding">Whether it has expired, and goes on.</param>
    public void Settle(InstrumentState instrument, bool isEnding)
    {
        if (isEnding) _ending.Add(instrument.Index);
        else _settled[instrument.Index] = (instrument.Mark, instrument.FundingIndex);
    }

    /// <summary>Notes that an instrument was traded after its settlement, so that it has to be settled again.</summary>
    public void Trade(int instrument) => _settled.Remove(instrument);

    /// <summary>Adds what a trade or a settlement gave an account, or took where it is negative.</summary>
    public void Add(int account, long gain)
    {
        if (gain != 0) _gains[account] = GainOf(account) + gain;
    }

    /// <summary>What an account gained so far; negative where it lost.</summary>
    public long GainOf(int account) => _gains.GetValueOrDefault(account);

    /// <summary>Notes what was taken of the winners, in the asset's units.</summary>
    /// <param name="shared">A loss that was shared.</param>
    public void Take(LedgerChange shared)
    {
        foreach (AccountChange account in shared.Accounts)
            _taken[account.After.Index] = Taken(account.After.Index) + Math.Max(account.Before!.Balance(Asset).Amount - account.After.Balance(Asset).Amount, 0);
    }

    /// <summary>What each winner gives for one of the losses, in the order in which they first had a position; together the loss, or all that is left of the gains if that is less.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="unpaid">All losses that are still unpaid, this one among them.</param>
    /// <param name="accounts">All accounts, by index.</param>
    /// <param name="arrival">When an account first had a position.</param>
    public IReadOnlyList<(AccountState Winner, long Share)> Share(long loss, Int128 unpaid, IReadOnlyList<AccountState> accounts, Func<int, int> arrival)
    {
        // of a balance that was below zero, only what is left of the gain; what was taken of it is no longer in the balance
        (int Index, long Gain)[] winners = [.. _gains.Keys.OrderBy(arrival).ThenBy(index => index).Select(index => (index, Gain: Math.Min(_gains[index], accounts[index].Balance(Asset).Amount + Taken(index)))).Where(winner => winner.Gain > 0)];
        long[] gains = [.. winners.Select(winner => winner.Gain)], taken = [.. winners.Select(winner => Taken(winner.Index))], shares = new long[gains.Length];
        Int128 collected = -unpaid;
        for (int i = 0; i < gains.Length; i++) collected += gains[i] - taken[i];
        long[] paid = LossSharing.Distribute(Int128.Max(collected, 0), gains);
        long left = loss;
        for (int i = 0; i < shares.Length; i++) Give(i, gains[i] - paid[i] - taken[i]);
        for (int i = 0; i < shares.Length; i++) Give(i, gains[i] - taken[i] - shares[i]);       // a loss that was not known when the first was shared
        return [.. winners.Select((winner, i) => (accounts[winner.Index], shares[i])).Where(winner => winner.Item2 > 0)];

        void Give(int i, long most)
        {
            long share = Math.Clamp(left, 0, Math.Max(most, 0));
            shares[i] += share;
            left -= share;
        }
    }

    /// <summary>What of each gain is not collected while so much is unpaid: what its winner would give for it, whatever is left of it in its balance.</summary>
    /// <param name="unpaid">What is unpaid.</param>
    /// <param name="arrival">When an account first had a position.</param>
    public IEnumerable<(int Winner, long Held)> Held(Int128 unpaid, Func<int, int> arrival)
    {
        int[] winners = [.. _gains.Keys.Where(index => _gains[index] > 0).OrderBy(arrival).ThenBy(index => index)];
        long[] gains = [.. winners.Select(index => _gains[index])];
        Int128 collected = -unpaid;
        for (int i = 0; i < gains.Length; i++) collected += gains[i] - Taken(winners[i]);
        long[] paid = LossSharing.Distribute(Int128.Max(collected, 0), gains);
        return winners.Select((index, i) => (index, gains[i] - paid[i] - Taken(index))).Where(winner => winner.Item2 > 0);
    }

    private long Taken(int account) => _taken.GetValueOrDefault(account);
}
