using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// The preprocessed columns of a circuit at given heights, extended and committed, unsalted since they are public. The verifying key
/// keeps the root; the prover keeps all of it to open the columns.
/// </summary>
public sealed class Preprocessing : IDisposable
{
    private readonly Matrix?[] _columns;
    private readonly Matrix?[] _extended;

    private Preprocessing(Matrix?[] columns, Matrix?[] extended, MerkleTree? tree)
    {
        _columns = columns;
        _extended = extended;
        Tree = tree;
    }

    /// <summary>The Merkle tree over the extensions of all tables that have preprocessed columns, in circuit order; null if none has.</summary>
    public MerkleTree? Tree { get; }

    /// <summary>A table's preprocessed columns in natural order, the tail rows zero; null if it has none.</summary>
    public Matrix? Columns(int table) => _columns[table];

    /// <summary>Their low-degree extension, in bit-reversed order; null if the table has none.</summary>
    public Matrix? Extended(int table) => _extended[table];

    /// <summary>Fills in, extends and commits the preprocessed columns.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="options">Their hash, blowup and tail rows count.</param>
    /// <param name="logHeights">Logarithm of each table's rows, in circuit order; only those of tables with preprocessed columns are looked at.</param>
    /// <param name="ct">Cancels.</param>
    public static Preprocessing Commit(Circuit circuit, ProofOptions options, IReadOnlyList<int> logHeights, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logHeights);
        var columns = new Matrix?[circuit.Tables.Count];
        var extended = new Matrix?[circuit.Tables.Count];
        MerkleTree? tree = null;
        try
        {
            foreach (Table table in circuit.Tables.Where(table => table.PreprocessedWidth > 0))
            {
                Matrix filled = columns[table.Index] = table.CreatePreprocessed(logHeights[table.Index], options.TailRows)!;
                extended[table.Index] = Lde.Extend(filled, options.BlowupLog2, TraceDomain.CosetShift, ct);
            }

            Matrix[] committed = [.. extended.OfType<Matrix>()];
            if (committed.Length > 0) tree = MerkleTree.Commit(options.Hash, committed, salts: null, ct);
            return new Preprocessing(columns, extended, tree);
        }
        catch
        {
            Release(columns, extended, tree);
            throw;
        }
    }

    /// <summary>Frees the matrices and the tree.</summary>
    public void Dispose() => Release(_columns, _extended, Tree);

    private static void Release(Matrix?[] columns, Matrix?[] extended, MerkleTree? tree)
    {
        tree?.Dispose();
        foreach (Matrix? matrix in extended) matrix?.Dispose();
        foreach (Matrix? matrix in columns) matrix?.Dispose();
    }
}
