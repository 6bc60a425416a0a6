using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>Fills the hash table and the tree table of a segment: its leaves, its two boundaries, its nodes.</summary>
internal static class SegmentHashes
{
    private const int Grain = 1 << 12, Lanes = KoalaBearVector.Lanes;

    /// <summary>Fills phase 0 of the hash table.</summary>
    /// <param name="columns">The table's columns.</param>
    /// <param name="trace">Its trace, zero.</param>
    /// <param name="tree">The segment's subtree.</param>
    /// <param name="blocks">How many blocks each leaf has.</param>
    /// <param name="leafBlocks">A leaf's blocks.</param>
    /// <param name="boundaries">The blocks of the boundaries before the segment and after it; none where a tree has none.</param>
    /// <param name="permutations">Told as the whole work.</param>
    /// <param name="progress">Told about permutations.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="BookChangedException">A leaf is not the tree's.</exception>
    public static void Fill(
        HashTable columns, TableTrace trace, StateTree tree, IReadOnlyList<int> blocks, Func<int, KoalaBear[]> leafBlocks, IReadOnlyList<KoalaBear[]> boundaries, long permutations,
        IProgress<SolvencyProgress>? progress, CancellationToken cancel)
    {
        var filler = new HashTraceFiller(columns, trace.Phase(0));
        long[] firstSlot = new long[blocks.Count + 1];
        for (int i = 0; i < blocks.Count; i++) firstSlot[i + 1] = firstSlot[i] + blocks[i];
        long done = 0;
        Parallelism.ForRanges(blocks.Count, Grain, (from, to) =>
        {
            Span<LeafWork> group = new LeafWork[Lanes];
            Span<Digest> digests = new Digest[Lanes];
            for (int i = from; i < to; i += Lanes)
            {
                int count = Math.Min(Lanes, to - i);
                for (int lane = 0; lane < count; lane++) group[lane] = new LeafWork(i + lane, firstSlot[i + lane], leafBlocks(i + lane));
                filler.Leaves(group[..count], digests);
                for (int lane = 0; lane < count; lane++)
                    if (digests[lane] != tree.Node(0, i + lane)) throw new BookChangedException("an account is not what the book's first pass found");
            }
            progress?.Report(new(SolvencyStage.Hashes, Interlocked.Add(ref done, firstSlot[to] - firstSlot[from]), permutations));
        }, cancel);

        // Boundaries are hashed like leaves beyond the last.
        long slot = firstSlot[^1];
        var beyond = new LeafWork[boundaries.Count];
        for (int i = 0; i < beyond.Length; i++)
        {
            beyond[i] = new LeafWork((1 << tree.Depth) + i, slot, boundaries[i]);
            slot += beyond[i].Steps;
        }
        filler.Leaves(beyond, new Digest[beyond.Length]);
        for (int level = 1; level <= tree.Depth; level++)
        {
            int nodes = tree.NodeCount(level), height = level;
            long start = slot;
            Parallelism.ForRanges((nodes + Lanes - 1) / Lanes, 64, (from, to) =>
            {
                for (int group = from; group < to; group++)
                {
                    int index = group * Lanes;
                    filler.Nodes(start + index, height, index, Math.Min(Lanes, nodes - index), child => tree.Node(height - 1, child));
                }
            }, cancel);
            slot += nodes;
        }
        filler.Idle(slot, (long)trace.ActiveRows * columns.Slots.Length);
        progress?.Report(new(SolvencyStage.Hashes, permutations, permutations));
    }

    /// <summary>Marks the maximal empty subtrees: at each level the sibling right of the last node, if the level has an odd number of them.</summary>
    public static void FillTree(TreeTable columns, StateTree tree, Matrix into)
    {
        for (int level = 0; level <= tree.Depth; level++)
        {
            int nodes = tree.NodeCount(level);
            bool offered = level == tree.Depth ? nodes == 0 : nodes % 2 == 1;
            if (!offered) continue;
            into[level, columns.Offered.Offset] = KoalaBear.One;
            into[level, columns.Index.Offset] = KoalaBear.From(nodes);
        }
    }
}
