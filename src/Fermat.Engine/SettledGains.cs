using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;

namespace Fermat.Engine;

/// <summary>
/// Who gained how much in the settlement that was last, and what of it was taken for losses that it left unpaid. Winners receive what was collected: each ⌊gain · collected / Σ gains⌋, and the last of them, in the order of their names, what is left, but not more than its gain.
/// </summary>
internal sealed class SettledGains
{
    private readonly AccountState[] _winners;
    private readonly long[] _gains, _taken;

    private SettledGains(int asset, AccountState[] winners, long[] gains) => (Asset, _winners, _gains, _taken) = (asset, winners, gains, new long[gains.Length]);

    /// <summary>The asset that was paid.</summary>
    public int Asset { get; }

    /// <summary>What a settlement gave to whom, but for the venue's own accounts; of a balance that was below zero only what is left of the gain.</summary>
    /// <param name="change">The settlement.</param>
    /// <param name="asset">The asset that its instrument is paid in.</param>
    /// <param name="isVenue">Whether an account is the venue's own.</param>
    public static SettledGains Of(LedgerChange change, int asset, Func<int, bool> isVenue)
    {
        (AccountState Account, long Gain)[] won = [.. change.Accounts
            .Where(account => !isVenue(account.After.Index))
            .Select(account => (account.After, Math.Min(account.After.Balance(asset).Amount - account.Before!.Balance(asset).Amount, account.After.Balance(asset).Amount)))
            .Where(account => account.Item2 > 0)
            .OrderBy(account => account.After.Id.Value, StringComparer.Ordinal)];
        return new SettledGains(asset, [.. won.Select(account => account.Account)], [.. won.Select(account => account.Gain)]);
    }

    /// <summary>Notes what was taken of the winners, in the asset's units.</summary>
    /// <param name="shared">A loss that was shared.</param>
    public void Take(LedgerChange shared)
    {
        foreach (AccountChange account in shared.Accounts)
            if (Array.FindIndex(_winners, winner => winner.Id == account.After.Id) is var i and >= 0) _taken[i] += Math.Max(account.Before!.Balance(Asset).Amount - account.After.Balance(Asset).Amount, 0);
    }

    /// <summary>What each winner gives for one of the losses, in the order of names; together the loss, or all that is left of the gains if that is less.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="unpaid">All losses that are still unpaid, this one among them.</param>
    public IReadOnlyList<(AccountState Winner, long Share)> Share(long loss, Int128 unpaid)
    {
        Int128 collected = -unpaid;
        for (int i = 0; i < _gains.Length; i++) collected += _gains[i] - _taken[i];
        long[] paid = LossSharing.Distribute(Int128.Max(collected, 0), _gains), shares = new long[_gains.Length];
        long left = loss;
        for (int i = 0; i < shares.Length; i++) Give(i, _gains[i] - paid[i] - _taken[i]);
        for (int i = 0; i < shares.Length; i++) Give(i, _gains[i] - _taken[i] - shares[i]);       // a loss that was not known when the first was shared
        return [.. _winners.Zip(shares).Where(winner => winner.Second > 0)];

        void Give(int i, long most)
        {
            long share = Math.Clamp(left, 0, Math.Max(most, 0));
            shares[i] += share;
            left -= share;
        }
    }
}
