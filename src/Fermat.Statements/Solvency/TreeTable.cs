using Fermat.Air;
using Fermat.Hashing;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The table <c>tree</c>: where digests of the state tree begin and end beside hashing. Rows 0 to d can each offer the digest of an empty subtree of
/// their level, once, at a place of the prover's choosing; the row after them takes the root, the one digest of level d.
/// </summary>
/// <remarks>
/// Leaves fill the slots 0 to n − 1, so at most one maximal empty subtree of each level is needed. A digest offered over a real leaf would have to
/// equal that leaf's side of the tree: an empty subtree's digest has no known preimage of another form.
/// </remarks>
internal sealed class TreeTable
{
    public TreeTable(CircuitBuilder circuit, SolvencyBuses buses)
    {
        TableBuilder table = circuit.Table("tree");
        Table = table.Index;
        MayOffer = table.PublicColumn("may offer");
        IsRoot = table.PublicColumn("is root");
        Level = table.PublicColumn("level");
        Digest = [.. Enumerable.Range(0, Hashing.Digest.Words).Select(i => table.PublicColumn($"digest[{i}]"))];
        Offered = table.Column("offered");
        Index = table.Column("index");
        table.ConstrainBoolean("offered is a bit", Offered);
        table.Constrain("only empty subtrees are offered", Offered * (1 - MayOffer));
        table.Constrain("what is not offered has index zero", Index * (1 - Offered));
        table.Send(buses.Digest, "empty subtree or root", Offered - IsRoot, [Level, Index, .. Digest]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on rows 0 to d.</summary>
    public Expr MayOffer { get; }

    /// <summary>Public: 1 on row d + 1.</summary>
    public Expr IsRoot { get; }

    /// <summary>Public: the row's level; d on the root's row.</summary>
    public Expr Level { get; }

    /// <summary>Public: the level's empty digest, or the state root.</summary>
    public Expr[] Digest { get; }

    /// <summary>1 where an empty subtree is part of the tree.</summary>
    public Expr Offered { get; }

    /// <summary>Its index in the level.</summary>
    public Expr Index { get; }
}
