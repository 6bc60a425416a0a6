using System.Numerics;

namespace Fermat.Ledger;

/// <summary>
/// The rule by which a book too large for one proof is laid out over equal subtrees of the state tree: accounts fill a subtree in the book's order until it has its fill, then the next. It depends
/// on nothing but the subtrees' depth and the accounts' items, so whoever has the book and the depth can rebuild the tree.
/// </summary>
/// <remarks>
/// A few slots at the end of each subtree stay empty, and an average of at most four items an account is held: then the tables that prove a subtree, whose last rows are random, do not need twice the
/// height for a handful of rows.
/// </remarks>
public sealed class SegmentLayout
{
    /// <summary>The most items an account has on average in a full subtree.</summary>
    public const int ItemsPerSlot = 4;

    private const int MostSpare = 1024;
    private int accounts;
    private long items;

    /// <summary>Starts at the first account of a book.</summary>
    /// <param name="depth">Depth of the subtrees: 2^depth leaf slots each, 1 to <see cref="StateTree.MaxDepth"/> − 2.</param>
    public SegmentLayout(int depth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, StateTree.MaxDepth - 2);
        Depth = depth;
    }

    /// <summary>Depth of the subtrees.</summary>
    public int Depth { get; }

    /// <summary>The most accounts in one subtree.</summary>
    public long Accounts => (1L << Depth) - Spare;

    /// <summary>The most items in one subtree, but for a single account that has more.</summary>
    public long Items => ((long)ItemsPerSlot << Depth) - Spare;

    /// <summary>The least depth of a state tree that has room for so many of these subtrees.</summary>
    /// <param name="segments">How many, at least one.</param>
    public int TreeDepth(long segments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segments, 1);
        return segments == 1 ? Depth : Depth + BitOperations.Log2((ulong)segments - 1) + 1;
    }

    private long Spare => Math.Min(MostSpare, 1L << Depth >> 3);

    /// <summary>Places the next account of the book; returns whether it is the first of a new subtree, other than the first.</summary>
    /// <param name="itemCount">How many items it has.</param>
    public bool Place(int itemCount)
    {
        bool next = accounts > 0 && (accounts + 1 > Accounts || items + itemCount > Items);
        if (next) (accounts, items) = (0, 0);
        accounts++;
        items += itemCount;
        return next;
    }
}
