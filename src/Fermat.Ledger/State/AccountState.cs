using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Ledger.State;

/// <summary>What an account has of one asset, in units of the asset's scale.</summary>
/// <param name="Asset">The asset's index.</param>
/// <param name="Amount">The balance; negative when the account owes.</param>
/// <param name="Pending">Withdrawals that wait to be paid; no longer in the balance, still owed by the venue. Not negative.</param>
public readonly record struct AccountBalance(int Asset, long Amount, long Pending);

/// <summary>An account's position in one instrument.</summary>
/// <param name="Instrument">The instrument's index.</param>
/// <param name="Size">Long above zero, short below, in units of the instrument's size scale; zero where only margin is set aside, and then <paramref name="Cost"/> is zero.</param>
/// <param name="Cost">What it was bought for less what it was sold for, relative to a funding index of zero, in units of the settlement asset's scale: its unrealized PnL is value(size, mark − funding index) − cost.</param>
/// <param name="Margin">In isolated mode, what is set aside for it, in units of the settlement asset's scale; not negative.</param>
public readonly record struct Position(int Instrument, long Size, long Cost, long Margin);

/// <summary>One account as it was at some height. It never changes: every event that touches the account makes a new one, so whoever holds one may read it for as long as it likes.</summary>
public sealed class AccountState
{
    private readonly AccountBalance[] balances;
    private readonly Position[] positions;

    internal AccountState(int index, AccountId id, OwnerKey owner, MarginMode mode, ulong nonce, ulong height, long pledged, int pledgedTo, AccountBalance[] balances, Position[] positions)
    {
        Index = index;
        Id = id;
        Owner = owner;
        Mode = mode;
        Nonce = nonce;
        Height = height;
        Pledged = pledged;
        PledgedTo = pledgedTo;
        this.balances = balances;
        this.positions = positions;
    }

    /// <summary>Its number: accounts are counted from 0 in the order in which they opened. Also its leaf slot.</summary>
    public int Index { get; }

    /// <summary>Its name.</summary>
    public AccountId Id { get; }

    /// <summary>The digest of its owner's key, or none.</summary>
    public OwnerKey Owner { get; }

    /// <summary>How its balances back its positions.</summary>
    public MarginMode Mode { get; }

    /// <summary>What of its collateral is pledged, in units of 10^−<see cref="LedgerLimits.PledgeScale"/> of what equity is counted in; not negative.</summary>
    public long Pledged { get; }

    /// <summary>The index of the account that it is pledged to; −1 exactly where nothing is pledged.</summary>
    public int PledgedTo { get; }

    /// <summary>How many of its owner's instructions have been applied.</summary>
    public ulong Nonce { get; }

    /// <summary>The height of the last event that touched it, counted with that event.</summary>
    public ulong Height { get; }

    /// <summary>Its balances by strictly rising asset; none is all zero.</summary>
    public ReadOnlySpan<AccountBalance> Balances => balances;

    /// <summary>Its positions by strictly rising instrument; none is all zero.</summary>
    public ReadOnlySpan<Position> Positions => positions;

    internal AccountBalance[] BalanceArray => balances;

    internal Position[] PositionArray => positions;

    /// <summary>What it has of an asset; zero when there is nothing.</summary>
    public AccountBalance Balance(int asset)
    {
        int at = Find(balances, asset);
        return at >= 0 ? balances[at] : new AccountBalance(asset, 0, 0);
    }

    /// <summary>Its position in an instrument; zero when there is none.</summary>
    public Position Position(int instrument)
    {
        int at = Find(positions, instrument);
        return at >= 0 ? positions[at] : new Position(instrument, 0, 0, 0);
    }

    /// <summary>Where an asset's item is; the complement of where it would be when it is not there.</summary>
    internal static int Find(ReadOnlySpan<AccountBalance> items, int asset)
    {
        int low = 0, high = items.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1, key = items[middle].Asset;
            if (key == asset) return middle;
            if (key < asset) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }

    /// <summary>Where an instrument's item is; the complement of where it would be when it is not there.</summary>
    internal static int Find(ReadOnlySpan<Position> items, int instrument)
    {
        int low = 0, high = items.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1, key = items[middle].Instrument;
            if (key == instrument) return middle;
            if (key < instrument) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}
