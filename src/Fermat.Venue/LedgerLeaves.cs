using System.Collections;
using Fermat.Engine;
using Fermat.Ledger.State;
using Fermat.Statements.Proving.Transitions;

namespace Fermat.Venue;

/// <summary>An engine's accounts in the order of their leaves, each made when it is asked for: so a few events can be judged without all accounts of the venue.</summary>
internal sealed class LedgerLeaves(MarginEngine engine) : IReadOnlyList<LedgerAccount>
{
    /// <inheritdoc/>
    public int Count => engine.State.Accounts.Count;

    /// <inheritdoc/>
    public LedgerAccount this[int index] => At(index, out string? problem) ?? throw new InvalidOperationException(problem);

    /// <summary>Whether there is an account at a leaf that the rulebook can count.</summary>
    public bool Has(int leaf) => At(leaf, out _) is not null;

    /// <summary>The account at a leaf; null where the rulebook cannot count it.</summary>
    /// <param name="leaf">Which.</param>
    /// <param name="problem">What of it the rulebook cannot count; null when there is nothing.</param>
    public LedgerAccount? At(int leaf, out string? problem)
    {
        AccountState account = engine.State.Accounts[leaf];
        return engine.DataOf(account, out problem) is { } data ? new LedgerAccount(data, account.Owner, account.Nonce, account.Height) : null;
    }

    /// <inheritdoc/>
    public IEnumerator<LedgerAccount> GetEnumerator()
    {
        for (int leaf = 0; leaf < Count; leaf++) yield return this[leaf];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
