using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Ledger;

/// <summary>
/// A state tree made of equal subtrees, the segments of a book, each filled from its first slot on; the subtrees after the last are empty. A book that fits one proof is one segment, which is
/// then the whole tree.
/// </summary>
public sealed class SegmentedTree
{
    private readonly StateTree[] segments;
    private readonly List<Digest[]> upper = [];     // the levels from the segments' roots to the root: nodes with an account under them

    private SegmentedTree(StateTree[] segments, int depth)
    {
        this.segments = segments;
        Depth = depth;
        upper.Add([.. segments.Select(segment => segment.Root)]);
        for (int level = SegmentDepth + 1; level <= depth; level++) upper.Add(StateTreeHash.Parents(level, upper[^1]));
    }

    /// <summary>Levels above the leaves: there are 2^Depth leaf slots.</summary>
    public int Depth { get; }

    /// <summary>Levels of each segment above the leaves.</summary>
    public int SegmentDepth => segments[0].Depth;

    /// <summary>The segments, in the book's order; at least one.</summary>
    public IReadOnlyList<StateTree> Segments => segments;

    /// <summary>Accounts in the tree.</summary>
    public int Count => segments.Sum(segment => segment.Count);

    /// <summary>The state root.</summary>
    public Digest Root => upper[^1][0];

    /// <summary>The leaf slot of an account.</summary>
    /// <param name="account">Its position in the book.</param>
    public long Slot(int account)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(account);
        int before = 0;
        for (int segment = 0; segment < segments.Length; segment++)
        {
            if (account < before + segments[segment].Count) return ((long)segment << SegmentDepth) + account - before;
            before += segments[segment].Count;
        }
        throw new ArgumentOutOfRangeException(nameof(account), account, $"the tree has {before} accounts");
    }

    /// <summary>The opening of a leaf slot that is in a segment.</summary>
    public StateOpening Open(long slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, (long)segments.Length << SegmentDepth);
        int segment = (int)(slot >> SegmentDepth);
        var siblings = new List<Digest>(segments[segment].Open(slot - ((long)segment << SegmentDepth)).Siblings);
        for (int level = SegmentDepth; level < Depth; level++)
        {
            int sibling = segment >> (level - SegmentDepth) ^ 1;
            Digest[] nodes = upper[level - SegmentDepth];
            siblings.Add(sibling < nodes.Length ? nodes[sibling] : StateTreeHash.Empty(level));
        }
        return new StateOpening(slot, siblings);
    }

    internal static SegmentedTree Of(IEnumerable<Digest[]> leaves, int segmentDepth, int depth, CancellationToken cancel)
    {
        StateTree[] segments = [.. leaves.Select(segment => StateTree.FromLeaves(segment, segmentDepth, cancel))];
        if (depth < segmentDepth || depth > StateTree.MaxDepth || segments.Length > 1L << (depth - segmentDepth))
            throw new ArgumentException($"A tree of depth {depth} has no room for {segments.Length} segments of depth {segmentDepth}.", nameof(depth));
        return new SegmentedTree(segments, depth);
    }
}

/// <summary>Builds a <see cref="SegmentedTree"/> from leaves that stream past; of each only its digest is kept.</summary>
public sealed class SegmentedTreeBuilder
{
    /// <summary>A good number of accounts to add at a time.</summary>
    public const int Batch = 1 << 14;

    private readonly List<List<Digest>> segments = [[]];

    /// <summary>Adds leaves given by their blocks to the current segment, hashing them on all cores.</summary>
    /// <param name="count">How many leaves.</param>
    /// <param name="blocks">A leaf's blocks, one after the other; called from several threads.</param>
    /// <param name="cancel">Stops the work.</param>
    public void Add(int count, Func<int, KoalaBear[]> blocks, CancellationToken cancel = default) => segments[^1].AddRange(TreeHasher.Leaves(count, blocks, cancel));

    /// <summary>Ends the current segment and starts the next.</summary>
    public void NextSegment() => segments.Add([]);

    /// <summary>The tree.</summary>
    /// <param name="segmentDepth">Depth of the segments.</param>
    /// <param name="depth">Depth of the tree.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="ArgumentException">A segment has more accounts than slots, or the tree no room for the segments.</exception>
    public SegmentedTree Build(int segmentDepth, int depth, CancellationToken cancel = default) =>
        SegmentedTree.Of(segments.Select(segment => segment.ToArray()), segmentDepth, depth, cancel);
}
