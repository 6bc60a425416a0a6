using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>A committed set of extended columns: the matrices and their tree, kept to be opened.</summary>
internal sealed class Commitment : IDisposable
{
    private readonly Matrix?[] _byTable;
    private readonly bool _owned;

    /// <summary>Takes over matrices and tree.</summary>
    /// <param name="shape">What is committed to.</param>
    /// <param name="byTable">The extended columns by table; null where a table has none.</param>
    /// <param name="tree">The tree over them.</param>
    /// <param name="owned">Whether to free them.</param>
    public Commitment(CommitmentShape shape, Matrix?[] byTable, MerkleTree tree, bool owned = true)
    {
        Shape = shape;
        _byTable = byTable;
        Tree = tree;
        _owned = owned;
    }

    /// <summary>What is committed to.</summary>
    public CommitmentShape Shape { get; }

    /// <summary>The tree.</summary>
    public MerkleTree Tree { get; }

    /// <summary>Commits to extended columns, which the result then owns.</summary>
    public static Commitment Create(CommitmentShape shape, Matrix?[] byTable, CommitmentHash hash, ProverRandomness randomness, CancellationToken ct)
    {
        Matrix[] matrices = [.. shape.Matrices.Select(matrix => byTable[matrix.Table]!)];
        MerkleTree tree = MerkleTree.Commit(hash, matrices, shape.Salted ? randomness.Salts(shape.Name) : null, ct);
        return new Commitment(shape, byTable, tree);
    }

    /// <summary>A table's extended columns, or null.</summary>
    public Matrix? OfTable(int table) => _byTable[table];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_owned) return;
        Tree.Dispose();
        foreach (Matrix? matrix in _byTable) matrix?.Dispose();
    }
}
