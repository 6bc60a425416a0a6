using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;

namespace Fermat.Engine;

/// <summary>
/// Who gained how much in the settlements that were last, one for each instrument that is paid in an asset, and what of it was taken for losses that they left unpaid. Winners receive what was collected: each ⌊gain · collected / Σ gains⌋, and the last of them, in the order of their names, what is left, but not more than its gain.
/// </summary>
internal sealed class SettledGains
{
    private readonly HashSet<int> _instruments = [];
    private readonly SortedDictionary<string, (AccountState Account, long Gain)> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _takenOf = [];

    /// <param name="asset">The asset that is paid.</param>
    public SettledGains(int asset) => Asset = asset;

    /// <summary>The asset that is paid.</summary>
    public int Asset { get; }

    /// <summary>Whether an instrument was settled.</summary>
    public bool Has(int instrument) => _instruments.Contains(instrument);

    /// <summary>Adds what a settlement gave and took, but for the venue's own accounts.</summary>
    /// <param name="change">The settlement.</param>
    /// <param name="instrument">Its instrument.</param>
    /// <param name="isVenue">Whether an account is the venue's own.</param>
    public void Add(LedgerChange change, int instrument, Func<int, bool> isVenue)
    {
        _instruments.Add(instrument);
        foreach (AccountChange account in change.Accounts)
        {
            if (isVenue(account.After.Index)) continue;
            string id = account.After.Id.Value;
            _accounts[id] = (account.After, (_accounts.TryGetValue(id, out (AccountState Account, long Gain) known) ? known.Gain : 0) + account.After.Balance(Asset).Amount - account.Before!.Balance(Asset).Amount);
        }
    }

    /// <summary>Notes what was taken of the winners, in the asset's units.</summary>
    /// <param name="shared">A loss that was shared.</param>
    public void Take(LedgerChange shared)
    {
        foreach (AccountChange account in shared.Accounts)
            _takenOf[account.After.Id.Value] = Taken(account.After) + Math.Max(account.Before!.Balance(Asset).Amount - account.After.Balance(Asset).Amount, 0);
    }

    /// <summary>What each winner gives for one of the losses, in the order of names; together the loss, or all that is left of the gains if that is less.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="unpaid">All losses that are still unpaid, this one among them.</param>
    public IReadOnlyList<(AccountState Winner, long Share)> Share(long loss, Int128 unpaid)
    {
        // of a balance that was below zero, only what is left of the gain
        (AccountState Account, long Gain)[] winners = [.. _accounts.Values.Select(account => (account.Account, Gain: Math.Min(account.Gain, account.Account.Balance(Asset).Amount))).Where(account => account.Gain > 0)];
        long[] gains = [.. winners.Select(winner => winner.Gain)], taken = [.. winners.Select(winner => Taken(winner.Account))], shares = new long[gains.Length];
        Int128 collected = -unpaid;
        for (int i = 0; i < gains.Length; i++) collected += gains[i] - taken[i];
        long[] paid = LossSharing.Distribute(Int128.Max(collected, 0), gains);
        long left = loss;
        for (int i = 0; i < shares.Length; i++) Give(i, gains[i] - paid[i] - taken[i]);
        for (int i = 0; i < shares.Length; i++) Give(i, gains[i] - taken[i] - shares[i]);       // a loss that was not known when the first was shared
        return [.. winners.Select((winner, i) => (winner.Account, shares[i])).Where(winner => winner.Item2 > 0)];

        void Give(int i, long most)
        {
            long share = Math.Clamp(left, 0, Math.Max(most, 0));
            shares[i] += share;
            left -= share;
        }
    }

    private long Taken(AccountState account) => _takenOf.GetValueOrDefault(account.Id.Value);
}
