using Fermat.Air;
using Fermat.Hashing;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The table <c>tree</c>: where digests of a segment's subtree begin and end beside hashing. Rows 0 to d can each offer the digest of an empty subtree of
/// their level, once, at a place of the prover's choosing; the three rows after them take the segment's root, the one digest of level d, and the commitments of the
/// boundaries before and after it, which are hashed like leaves at the indices 2^d and 2^d + 1.
/// </summary>
/// <remarks>
/// Leaves fill the slots 0 to n − 1, so at most one maximal empty subtree of each level is needed. A digest offered over a real leaf would have to
/// equal that leaf's side of the tree: an empty subtree's digest has no known preimage of another form.
/// </remarks>
internal sealed class TreeTable
{
    public TreeTable(CircuitBuilder circuit, Bus digests)
    {
        TableBuilder table = circuit.Table("tree");
        Table = table.Index;
        MayOffer = table.PublicColumn("may offer");
        Takes = table.PublicColumn("takes");
        Level = table.PublicColumn("level");
        TakenIndex = table.PublicColumn("taken index");
        Digest = [.. Enumerable.Range(0, Hashing.Digest.Words).Select(i => table.PublicColumn($"digest[{i}]"))];
        Offered = table.Column("offered");
        Index = table.Column("index");
        table.ConstrainBoolean("offered is a bit", Offered);
        table.Constrain("only empty subtrees are offered", Offered * (1 - MayOffer));
        table.Constrain("what is not offered has index zero", Index * (1 - Offered));
        table.Send(digests, "empty subtree, root or boundary", Offered - Takes, [Level, Index + TakenIndex, .. Digest]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on rows 0 to d.</summary>
    public Expr MayOffer { get; }

    /// <summary>Public: 1 on rows d + 1 to d + 3.</summary>
    public Expr Takes { get; }

    /// <summary>Public: the row's level; d on the root's row, 0 on the boundaries'.</summary>
    public Expr Level { get; }

    /// <summary>Public: the leaf index of a boundary; 0 elsewhere.</summary>
    public Expr TakenIndex { get; }

    /// <summary>Public: the level's empty digest, the segment's root, or a boundary's commitment.</summary>
    public Expr[] Digest { get; }

    /// <summary>1 where an empty subtree is part of the tree.</summary>
    public Expr Offered { get; }

    /// <summary>Its index in the level.</summary>
    public Expr Index { get; }
}
