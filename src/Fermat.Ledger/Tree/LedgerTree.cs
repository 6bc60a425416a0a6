using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;

namespace Fermat.Ledger.Tree;

/// <summary>Gives the blocks of an account's leaf: whole blocks of <see cref="LeafSponge.BlockLength"/> elements, of which the first is the salt. Called from several threads.</summary>
/// <param name="account">The account.</param>
/// <param name="salt">Its salt, 8 elements.</param>
public delegate KoalaBear[] LeafEncoder(AccountState account, ReadOnlySpan<KoalaBear> salt);

/// <summary>How a ledger's tree is kept.</summary>
/// <param name="Depth">Levels above the leaves, fixed for the life of the ledger: there are 2^Depth slots.</param>
/// <param name="KeptUpdates">How many updates back accounts can be opened.</param>
public sealed record LedgerTreeOptions(int Depth = 24, int KeptUpdates = 1000);

/// <summary>An account as it was at a height, with what ties it to the root of that height.</summary>
/// <param name="Height">The height of the root.</param>
/// <param name="Root">The root.</param>
/// <param name="Account">The account.</param>
/// <param name="Leaf">The blocks of its leaf.</param>
/// <param name="Opening">The path.</param>
public sealed record AccountOpening(ulong Height, Digest Root, AccountState Account, KoalaBear[] Leaf, StateOpening Opening);

/// <summary>
/// The state tree of a living ledger. An account's leaf is in the slot of its index, salted for the height of the last event that touched it: so the root at a height follows from the log up to it and the venue's
/// secret alone, whatever batches the tree was brought up to date in. An update hashes only what lies above changed accounts, on all cores, and keeps what it replaced, so that any account can be opened at any
/// height of the last <see cref="LedgerTreeOptions.KeptUpdates"/> updates.
/// </summary>
/// <remarks>One thread at a time. It holds a digest (32 bytes) for each node with an account under it, about 64 bytes an account; what updates replaced is in the store.</remarks>
public sealed class LedgerTree
{
    private readonly LedgerTreeOptions options;
    private readonly SaltDeriver salts;
    private readonly LeafEncoder encoder;
    private readonly ILedgerStore store;
    private readonly Digest[][] levels;
    private readonly List<TreeUpdateKey> updates = [];
    private readonly Dictionary<int, AccountState> touched = [];
    private AccountState[] accounts = [];
    private ulong noted;

    private LedgerTree(LedgerTreeOptions options, SaltDeriver salts, LeafEncoder encoder, ILedgerStore store)
    {
        if (options.Depth is < 1 or > StateTree.MaxDepth) throw new ArgumentException($"A state tree's depth is 1 to {StateTree.MaxDepth}, not {options.Depth}.", nameof(options));
        (this.options, this.salts, this.encoder, this.store) = (options, salts, encoder, store);
        levels = new Digest[options.Depth + 1][];
        Array.Fill(levels, []);
    }

    /// <summary>The height of the tree.</summary>
    public ulong Height { get; private set; }

    /// <summary>Accounts in the tree.</summary>
    public int Count { get; private set; }

    /// <summary>The root at <see cref="Height"/>.</summary>
    public Digest Root => Node(options.Depth, 0);

    /// <summary>The heights at which accounts can be opened, rising; the last is <see cref="Height"/>.</summary>
    public IReadOnlyList<ulong> Heights => [.. updates.Select(update => update.Before), Height];

    /// <summary>Builds the tree of a state and takes over the kept updates that lead to it. Where the store's last update does not lead to this root (the process ended between the log and the tree), they are forgotten.</summary>
    /// <param name="state">The state.</param>
    /// <param name="store">Keeps what updates replace.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="encoder">The leaf of an account.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancel">Stops the work.</param>
    public static LedgerTree Open(LedgerState state, ILedgerStore store, SaltDeriver salts, LeafEncoder encoder, LedgerTreeOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        var tree = new LedgerTree(options ?? new LedgerTreeOptions(), salts, encoder, store);
        tree.Apply([.. state.Accounts], null, cancel);
        tree.Height = state.Height;
        IReadOnlyList<ulong> kept = store.Heights(StoredKind.TreeUpdate);
        ulong expected = tree.Height;
        Digest root = tree.Root;
        for (int i = kept.Count - 1; i >= 0; i--)
        {
            if (expected == kept[i] && TreeUpdate.TryReadKey(store, kept[i], out TreeUpdateKey key) && key.RootAfter == root)
            {
                tree.updates.Insert(0, key);
                (expected, root) = (key.Before, key.RootBefore);
                continue;
            }
            for (; i >= 0; i--) store.Delete(StoredKind.TreeUpdate, kept[i]);
        }
        return tree;
    }

    /// <summary>Takes note of an event of the log: call it for each event after <see cref="Height"/>, in order.</summary>
    /// <param name="change">What was committed, or passed over.</param>
    /// <param name="applied">False when the rules refused the event.</param>
    public void Note(LedgerChange change, bool applied = true)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Height != Height + noted) throw new InvalidOperationException($"The next event for the tree is that after height {Height + noted}, not after {change.Height}.");
        noted++;
        if (!applied) return;
        foreach (AccountChange account in change.Accounts) touched[account.After.Index] = account.After;
    }

    /// <summary>Brings the tree to the height of the events noted.</summary>
    /// <param name="cancel">Stops the work before anything has changed.</param>
    /// <returns>The new root.</returns>
    /// <exception cref="LedgerStoreException">What was replaced cannot be kept; open the tree again.</exception>
    public Digest Update(CancellationToken cancel = default)
    {
        if (noted == 0) return Root;
        AccountState[] changed = [.. touched.Values];
        Array.Sort(changed, (a, b) => a.Index.CompareTo(b.Index));
        ulong height = Height + noted;
        var update = new TreeUpdate(Height, height, Root);
        Apply(changed, update, cancel);
        update.RootAfter = Root;
        store.Write(StoredKind.TreeUpdate, height, update.Parts());
        (Height, noted) = (height, 0);
        touched.Clear();
        updates.Add(update.Key);
        while (updates.Count > options.KeptUpdates)
        {
            store.Delete(StoredKind.TreeUpdate, updates[0].After);
            updates.RemoveAt(0);
        }
        return Root;
    }

    /// <summary>Opens an account at a height.</summary>
    /// <param name="account">Its index.</param>
    /// <param name="height">One of <see cref="Heights"/>.</param>
    /// <returns>Null when the height is not kept, or the account did not exist then.</returns>
    public AccountOpening? OpenAccount(int account, ulong height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(account);
        int first = updates.FindIndex(update => update.Before == height);
        if ((first < 0 && height != Height) || account >= Count) return null;
        AccountState? then = accounts[account];
        var siblings = new Digest[options.Depth];
        var known = new bool[options.Depth];
        bool accountKnown = false;
        Digest root = first < 0 ? Root : updates[first].RootBefore;

        // What a place held at the height is what the first later update replaced there, or what is there now.
        for (int i = first; i >= 0 && i < updates.Count; i++)
        {
            var update = TreeUpdate.Read(store, updates[i].After);
            if (!accountKnown && update.TryAccount(account, out AccountState? old)) (then, accountKnown) = (old, true);
            for (int level = 0; level < siblings.Length; level++)
                if (!known[level] && update.TryNode(level, (account >> level) ^ 1, out siblings[level])) known[level] = true;
        }
        for (int level = 0; level < siblings.Length; level++)
            if (!known[level]) siblings[level] = Node(level, (account >> level) ^ 1);
        return then is null ? null : new AccountOpening(height, root, then, Leaf(then), new StateOpening(account, siblings));
    }

    private KoalaBear[] Leaf(AccountState account)
    {
        KoalaBear[] salt = salts.Derive(account.Id, account.Height);
        return encoder(account, salt);
    }

    private Digest Node(int level, long index) => level < levels.Length && index < NodeCount(level) ? levels[level][index] : StateTreeHash.Empty(level);

    private int NodeCount(int level) => Count == 0 ? 0 : ((Count - 1) >> level) + 1;

    /// <summary>Puts changed accounts, by rising index, into their leaves and hashes what is above them.</summary>
    private void Apply(AccountState[] changed, TreeUpdate? update, CancellationToken cancel)
    {
        if (changed.Length == 0) return;
        if (changed[^1].Index >= 1L << options.Depth) throw new InvalidOperationException($"A tree of depth {options.Depth} has {1L << options.Depth} slots, and there are more accounts.");
        Digest[] digests = TreeHasher.Leaves(changed.Length, i => Leaf(changed[i]), cancel);
        int before = Count;
        Grow(Math.Max(before, changed[^1].Index + 1));
        int[] indices = [.. changed.Select(account => account.Index)];
        for (int i = 0; i < changed.Length; i++)
        {
            update?.AddAccount(indices[i], indices[i] < before ? accounts[indices[i]] : null);
            accounts[indices[i]] = changed[i];
        }
        Replace(0, indices, digests, before, update);
        for (int level = 1; level <= options.Depth; level++)
        {
            int[] parents = Parents(indices);
            var children = new Digest[2 * parents.Length];
            for (int i = 0; i < parents.Length; i++) (children[2 * i], children[2 * i + 1]) = (Node(level - 1, 2L * parents[i]), Node(level - 1, 2L * parents[i] + 1));
            digests = new Digest[parents.Length];
            StateTreeHash.Level(level, children, digests, CancellationToken.None);
            Replace(level, parents, digests, before, update);
            indices = parents;
        }
    }

    private void Replace(int level, int[] indices, Digest[] digests, int countBefore, TreeUpdate? update)
    {
        int existing = countBefore == 0 ? 0 : ((countBefore - 1) >> level) + 1;
        for (int i = 0; i < indices.Length; i++)
        {
            update?.AddNode(level, indices[i], indices[i] < existing ? levels[level][indices[i]] : StateTreeHash.Empty(level));
            levels[level][indices[i]] = digests[i];
        }
    }

    /// <summary>The parents of rising indices, each once.</summary>
    private static int[] Parents(int[] indices)
    {
        var parents = new int[indices.Length];
        int count = 0;
        foreach (int index in indices)
            if (count == 0 || parents[count - 1] != index >> 1) parents[count++] = index >> 1;
        return parents[..count];
    }

    private void Grow(int count)
    {
        if (count > accounts.Length) Array.Resize(ref accounts, Math.Max(count, 2 * accounts.Length));
        Count = count;
        for (int level = 0; level < levels.Length; level++)
            if (NodeCount(level) > levels[level].Length) Array.Resize(ref levels[level], Math.Max(NodeCount(level), (2 * levels[level].Length)));
    }
}
