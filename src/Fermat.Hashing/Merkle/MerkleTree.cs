using System.Numerics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// A Merkle tree over the rows of matrices of several heights, all powers of two. Leaf i of height h is the hash of a salt and of row i of every
/// matrix of height h, in the order given. The leaves of the greatest height are compressed pairwise (2i, 2i + 1); where a level has h
/// entries and there are matrices of height h, leaf i is mixed into entry i. The three functions leaf, node and mix, each in a domain
/// of its own, are documented at the hash families.
/// </summary>
/// <remarks>
/// The matrices are kept by reference, for openings, and must not change or be disposed before the last opening. The tree holds 64 bytes for
/// each leaf of the greatest height in native memory: 128 MB for 2^21 leaves (see <see cref="Bytes"/>).
/// </remarks>
public sealed unsafe class MerkleTree : IDisposable
{
    private const int LeafGrain = 256;
    private const int NodeGrain = 2048;

    private readonly IReadOnlyList<Matrix> _matrices;
    private readonly SaltSource? _salts;

    // A heap: entry i of the level with 2^k entries is digest 2^k + i, the root is digest 1. Two digests to a row of 16 words.
    private readonly Matrix _digests;

    private MerkleTree(IReadOnlyList<Matrix> matrices, SaltSource? salts, TreeShape shape)
    {
        _matrices = matrices;
        _salts = salts;
        Shape = shape;
        _digests = new Matrix(1 << shape.LogHeight, 2 * Digest.Words);
    }

    /// <summary>What the tree commits to.</summary>
    public TreeShape Shape { get; }

    /// <summary>The root.</summary>
    public Digest Root => Level(0)[0];

    /// <summary>The native memory that the tree itself holds, the matrices not counted.</summary>
    public long Bytes => _digests.Bytes;

    /// <summary>Hashes the rows of matrices into a tree, on all cores.</summary>
    /// <param name="hash">The hash family.</param>
    /// <param name="matrices">One or more matrices in any order of heights; the heights are powers of two.</param>
    /// <param name="salts">The source of salts, or null for a tree without salts.</param>
    /// <param name="ct">Cancels between batches.</param>
    /// <exception cref="ArgumentException">There is no matrix, or a height is no power of two.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static MerkleTree Commit(CommitmentHash hash, IReadOnlyList<Matrix> matrices, SaltSource? salts, CancellationToken ct = default)
    {
        foreach (Matrix matrix in matrices)
        {
            if (!BitOperations.IsPow2(matrix.Rows)) throw new ArgumentException($"A height must be a power of two, not {matrix.Rows}.", nameof(matrices));
        }

        var shape = new TreeShape([.. matrices.Select(m => (BitOperations.Log2((uint)m.Rows), m.Columns))], salts is not null);
        if (!shape.IsValid(out string? failure)) throw new ArgumentException($"Invalid shape: {failure}.", nameof(matrices));

        var tree = new MerkleTree([.. matrices], salts, shape);
        try
        {
            tree.Build(MerkleHasher.For(hash), ct);
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>Opens the rows at some indices.</summary>
    /// <param name="indices">Into the rows of the greatest height; a matrix of height 2^k is opened at index >> (depth − k). Duplicates are opened once.</param>
    /// <exception cref="ArgumentException">There is no index or one is out of range.</exception>
    public MultiOpening Open(IReadOnlyList<int> indices)
    {
        if (!OpeningPlan.TryCreate(Shape, indices, out OpeningPlan? plan, out string? failure)) throw new ArgumentException($"Cannot open: {failure}.", nameof(indices));

        var rows = new KoalaBear[_matrices.Count][];
        for (int m = 0; m < rows.Length; m++)
        {
            ReadOnlySpan<int> positions = plan.Positions(Shape.Matrices[m].LogHeight);
            int width = _matrices[m].Columns;
            rows[m] = new KoalaBear[positions.Length * width];
            for (int i = 0; i < positions.Length; i++) _matrices[m].Row(positions[i]).CopyTo(rows[m].AsSpan(i * width));
        }

        return new MultiOpening(plan, rows, CollectSalts(plan), CollectSiblings(plan));
    }

    /// <summary>Releases the digests; the matrices are not touched.</summary>
    public void Dispose() => _digests.Dispose();

    private Digest* Level(int logHeight) => (Digest*)_digests.Pointer + (1L << logHeight);

    private LeafRows RowsOf(int logHeight) => new([.. _matrices.Where(m => m.Rows == 1 << logHeight)], _salts, logHeight);

    private void Build(MerkleHasher hasher, CancellationToken ct)
    {
        int depth = Shape.LogHeight;
        LeafRows tallest = RowsOf(depth);
        Parallelism.ForRanges(1 << depth, LeafGrain, (start, end) => hasher.Leaves(tallest, start, end, Level(depth) + start), ct);

        for (int k = depth - 1; k >= 0; k--)
        {
            int level = k;
            LeafRows mixed = RowsOf(level);
            int grain = mixed.Width == 0 ? NodeGrain : LeafGrain;
            Parallelism.ForRanges(1 << level, grain, (start, end) => BuildEntries(hasher, mixed, level, start, end), ct);
        }
    }

    private void BuildEntries(MerkleHasher hasher, LeafRows mixed, int level, int start, int end)
    {
        int count = end - start;
        Digest* entries = Level(level) + start;
        hasher.Nodes(Level(level + 1) + (2L * start), entries, count);
        if (mixed.Width == 0) return;

        Digest* leaves = stackalloc Digest[count];
        hasher.Leaves(mixed, start, end, leaves);
        hasher.Mixes(entries, leaves, count);
    }

    private byte[] CollectSalts(OpeningPlan plan)
    {
        if (_salts is null) return [];
        var salts = new byte[SaltSource.SaltLength * plan.Size.Salts];
        int at = 0;
        foreach (int logHeight in OpeningPlan.Heights(Shape))
        {
            foreach (int position in plan.Positions(logHeight))
            {
                _salts.Salt(logHeight, position, salts.AsSpan(at));
                at += SaltSource.SaltLength;
            }
        }

        return salts;
    }

    private List<Digest> CollectSiblings(OpeningPlan plan)
    {
        var siblings = new List<Digest>(plan.Size.Siblings);
        for (int level = plan.LogHeight; level > 0; level--)
        {
            ReadOnlySpan<int> positions = plan.Positions(level);
            for (int i = 0; i < positions.Length; i++)
            {
                bool pair = i + 1 < positions.Length && positions[i + 1] == (positions[i] ^ 1);
                if (pair) i++;
                else siblings.Add(Level(level)[positions[i] ^ 1]);
            }
        }

        return siblings;
    }
}
