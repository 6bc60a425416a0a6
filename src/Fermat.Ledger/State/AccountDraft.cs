using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Ledger.State;

/// <summary>An account while an event is worked out. The arrays are the account's own until something in them changes.</summary>
internal sealed class AccountDraft
{
    private AccountBalance[] balances;
    private Position[] positions;
    private bool ownBalances, ownPositions;
    private readonly int index;
    private readonly AccountId id;
    private readonly OwnerKey owner;

    public AccountDraft(AccountState before)
    {
        Before = before;
        (index, id, owner, Mode, Nonce) = (before.Index, before.Id, before.Owner, before.Mode, before.Nonce);
        (Pledged, PledgedTo) = (before.Pledged, before.PledgedTo);
        (balances, positions) = (before.BalanceArray, before.PositionArray);
    }

    public AccountDraft(int index, AccountId id, OwnerKey owner, MarginMode mode)
    {
        (this.index, this.id, this.owner, Mode, PledgedTo) = (index, id, owner, mode, -1);
        (balances, positions) = ([], []);
    }

    public AccountState? Before { get; }

    public int Index => index;

    public AccountId Id => id;

    public OwnerKey Owner => owner;

    public MarginMode Mode { get; }

    public ulong Nonce { get; set; }

    public long Pledged { get; private set; }

    public int PledgedTo { get; private set; }

    public AccountState Finish(ulong height) => new(index, id, owner, Mode, Nonce, height, Pledged, PledgedTo, balances, positions);

    /// <summary>Sets what is pledged, and to whom; to nobody where it is nothing.</summary>
    public void Pledge(long amount, int to) => (Pledged, PledgedTo) = (amount, amount == 0 ? -1 : to);

    public Position Position(int instrument)
    {
        int at = AccountState.Find(positions, instrument);
        return at >= 0 ? positions[at] : new Position(instrument, 0, 0, 0);
    }

    public long Balance(int asset)
    {
        int at = AccountState.Find(balances, asset);
        return at >= 0 ? balances[at].Amount : 0;
    }

    /// <summary>Adds to a balance and to what is pending of it; false when a sum does not fit.</summary>
    public bool TryAdd(int asset, long amount, long pending = 0)
    {
        int at = AccountState.Find(balances, asset);
        AccountBalance old = at >= 0 ? balances[at] : new AccountBalance(asset, 0, 0);
        if (!Units.TryAdd(old.Amount, amount, out long newAmount) || !Units.TryAdd(old.Pending, pending, out long newPending)) return false;
        Put(ref balances, ref ownBalances, at, new AccountBalance(asset, newAmount, newPending), (newAmount | newPending) == 0);
        return true;
    }

    /// <summary>Sets a position; an empty one is removed.</summary>
    public void Set(in Position position)
    {
        int at = AccountState.Find(positions, position.Instrument);
        Put(ref positions, ref ownPositions, at, position, (position.Size | position.Cost | position.Margin) == 0);
    }

    /// <summary>Whether one more position is too many.</summary>
    public bool IsFull(int instrument) => positions.Length >= LedgerLimits.MaxPositions && AccountState.Find(positions, instrument) < 0;

    private static void Put<T>(ref T[] items, ref bool own, int at, T item, bool remove)
    {
        if (at >= 0 && !remove)
        {
            if (!own) items = (T[])items.Clone();
            items[at] = item;
        }
        else if (at >= 0)
        {
            var fewer = new T[items.Length - 1];
            Array.Copy(items, fewer, at);
            Array.Copy(items, at + 1, fewer, at, fewer.Length - at);
            items = fewer;
        }
        else if (!remove)
        {
            at = ~at;
            var more = new T[items.Length + 1];
            Array.Copy(items, more, at);
            more[at] = item;
            Array.Copy(items, at, more, at + 1, items.Length - at);
            items = more;
        }
        else return;
        own = true;
    }
}
