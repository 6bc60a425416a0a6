using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Ledger;

/// <summary>
/// The Merkle tree of a book's accounts: leaf i is the i-th account, the leaves after the last are empty, node digests are those of <see cref="StateTreeHash"/>. Only nodes with an account
/// under them are kept; the others are the constants <see cref="StateTreeHash.Empty"/>.
/// </summary>
public sealed class StateTree
{
    /// <summary>The greatest depth: what a book can fill.</summary>
    public const int MaxDepth = 32;

    private readonly Digest[][] levels;

    private StateTree(Digest[][] levels, int depth)
    {
        this.levels = levels;
        Depth = depth;
    }

    /// <summary>Levels above the leaves: there are 2^Depth leaf slots.</summary>
    public int Depth { get; }

    /// <summary>Accounts in the tree.</summary>
    public int Count => levels[0].Length;

    /// <summary>The state root.</summary>
    public Digest Root => Node(Depth, 0);

    /// <summary>The smallest depth, at least 1, with a slot for each of so many accounts.</summary>
    public static int DepthFor(int accounts)
    {
        int depth = 1;
        while (1L << depth < accounts) depth++;
        return depth;
    }

    /// <summary>Builds the tree over leaf digests.</summary>
    /// <exception cref="ArgumentException">There are more of them than slots.</exception>
    public static StateTree FromLeaves(Digest[] leaves, int? depth = null, CancellationToken cancel = default)
    {
        int height = depth ?? DepthFor(leaves.Length);
        if (height is < 1 or > MaxDepth) throw new ArgumentException($"A state tree's depth is 1 to {MaxDepth}, not {height}.", nameof(depth));
        if (leaves.Length > 1L << height) throw new ArgumentException($"A tree of depth {height} has {1L << height} slots, not the {leaves.Length} needed.", nameof(depth));
        var levels = new Digest[height + 1][];
        levels[0] = leaves;
        for (int level = 1; level <= height; level++) levels[level] = StateTreeHash.Parents(level, levels[level - 1], cancel);
        return new StateTree(levels, height);
    }

    /// <summary>The digest of a node: level 0 are leaves, level <see cref="Depth"/> is the root; index 0 to 2^(Depth − level) − 1.</summary>
    public Digest Node(int level, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, Depth);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 1L << (Depth - level));
        return index < levels[level].Length ? levels[level][index] : StateTreeHash.Empty(level);
    }

    /// <summary>How many nodes of a level have an account under them: the first ones.</summary>
    public int NodeCount(int level) => levels[level].Length;

    /// <summary>The opening of a leaf slot.</summary>
    public StateOpening Open(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 1L << Depth);
        var siblings = new Digest[Depth];
        for (int level = 0; level < Depth; level++) siblings[level] = Node(level, (index >> level) ^ 1);
        return new StateOpening(index, siblings);
    }
}

/// <summary>What ties a leaf to a state root: the digests beside its path, from the leaf's sibling upward.</summary>
/// <param name="Index">The leaf slot.</param>
/// <param name="Siblings">One digest a level.</param>
public sealed record StateOpening(long Index, IReadOnlyList<Digest> Siblings)
{
    /// <summary>The root that the opening leads to from a leaf digest; null when the slot does not exist in a tree of this depth or a digest is not one of field elements.</summary>
    public Digest? RootFrom(Digest leaf)
    {
        if (Siblings.Count is < 1 or > StateTree.MaxDepth || Index < 0 || Index >> Siblings.Count != 0) return null;
        if (!leaf.IsCanonicalFields || Siblings.Any(sibling => !sibling.IsCanonicalFields)) return null;
        Digest node = leaf;
        for (int level = 0; level < Siblings.Count; level++)
            node = (Index >> level & 1) == 0 ? StateTreeHash.Node(level + 1, node, Siblings[level]) : StateTreeHash.Node(level + 1, Siblings[level], node);
        return node;
    }
}
