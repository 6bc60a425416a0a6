using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving.Waterfall;

/// <summary>The leaves of all accounts under the root before a batch, and the tree over them.</summary>
internal sealed class WholeBook
{
    private readonly TransitionPlan _plan;
    private readonly KoalaBear[][] _leaves;
    private readonly long _permutations;

    /// <summary>Makes the blocks of all leaves.</summary>
    public WholeBook(TransitionBatch batch, TransitionPlan plan)
    {
        (_plan, _leaves) = (plan, [.. batch.Accounts.Select(plan.Blocks)]);
        _permutations = _leaves.Sum(leaf => (long)leaf.Length / LeafSponge.BlockLength);
        for (int level = 1; level <= batch.Depth; level++) _permutations += plan.Before.NodeCount(level);
    }

    /// <summary>Rows that a hash table of so many slots needs.</summary>
    public int Rows(int slots) => checked((int)((_permutations + slots - 1) / slots));

    /// <summary>Fills the hash table and the table of the tree.</summary>
    public void Fill(HashTable hash, TreeTable tree, TableTrace[] traces, CancellationToken cancel)
    {
        SegmentHashes.Fill(hash, traces[hash.Table], _plan.Before, [.. _leaves.Select(leaf => leaf.Length / LeafSponge.BlockLength)], leaf => _leaves[leaf], [], _permutations, null, cancel);
        SegmentHashes.FillTree(tree, _plan.Before, traces[tree.Table].Phase(0));
    }
}
