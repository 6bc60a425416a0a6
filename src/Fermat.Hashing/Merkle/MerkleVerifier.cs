using System.Diagnostics.CodeAnalysis;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>Checks openings of a <see cref="MerkleTree"/>. The work and the memory are bounded by the shape and the number of indices.</summary>
public static class MerkleVerifier
{
    private const int LeavesPerTask = 16;

    /// <summary>What an opening of these indices must hold.</summary>
    /// <exception cref="ArgumentException">The shape is invalid, there is no index, or one is out of range.</exception>
    public static OpeningSize Expected(TreeShape shape, IReadOnlyList<int> indices) =>
        OpeningPlan.TryCreate(shape, indices, out OpeningPlan? plan, out string? failure)
            ? plan.Size
            : throw new ArgumentException($"No such opening: {failure}.");

    /// <summary>Whether the opened rows are those committed to by the root. Never throws, whatever the opening holds.</summary>
    /// <param name="hash">The hash family of the tree.</param>
    /// <param name="root">The trusted root.</param>
    /// <param name="shape">The trusted shape of the tree.</param>
    /// <param name="indices">The indices that had to be opened; duplicates are allowed.</param>
    /// <param name="opening">The untrusted opening.</param>
    /// <param name="failure">Why it is refused.</param>
    public static bool TryVerify(
        CommitmentHash hash,
        Digest root,
        TreeShape shape,
        IReadOnlyList<int> indices,
        MultiOpening opening,
        [NotNullWhen(false)] out string? failure)
    {
        if (!Enum.IsDefined(hash))
        {
            failure = $"unknown hash {(byte)hash}";
            return false;
        }

        if (!OpeningPlan.TryCreate(shape, indices, out OpeningPlan? plan, out failure)) return false;
        MerkleHasher hasher = MerkleHasher.For(hash);
        failure = SizeFailure(plan, opening) ?? DigestFailure(hasher, opening) ?? RootFailure(hasher, plan, opening, root);
        return failure is null;
    }

    private static string? SizeFailure(OpeningPlan plan, MultiOpening opening)
    {
        OpeningSize size = plan.Size;
        if (opening is not { Plan: not null, Rows: not null, Salts: not null, Siblings: not null }) return "a part of the opening is missing";
        if (!plan.SameAs(opening.Plan)) return "the opening is of other indices or of a tree of another shape";
        if (opening.Rows.Count != size.Rows.Count) return $"expected rows of {size.Rows.Count} matrices, got {opening.Rows.Count}";
        for (int m = 0; m < size.Rows.Count; m++)
        {
            int expected = size.Rows[m] * plan.Shape.Matrices[m].Width;
            if (opening.Rows[m]?.Length != expected) return $"expected {expected} elements of matrix {m}, got {opening.Rows[m]?.Length ?? 0}";
        }

        if (opening.Salts.Length != size.Salts * SaltSource.SaltLength) return $"expected {size.Salts} salts, got {opening.Salts.Length} bytes";
        if (opening.Siblings.Count != size.Siblings) return $"expected {size.Siblings} siblings, got {opening.Siblings.Count}";
        return null;
    }

    private static string? DigestFailure(MerkleHasher hasher, MultiOpening opening)
    {
        for (int i = 0; i < opening.Siblings.Count; i++)
        {
            if (!hasher.IsDigest(opening.Siblings[i])) return $"sibling {i} is not made of canonical field elements";
        }

        return null;
    }

    private static string? RootFailure(MerkleHasher hasher, OpeningPlan plan, MultiOpening opening, Digest root)
    {
        int depth = plan.LogHeight;
        int saltsRead = 0, siblingsRead = 0;
        Digest[] entries = Leaves(hasher, plan, opening, depth, ref saltsRead);
        for (int level = depth - 1; level >= 0; level--)
        {
            entries = Parents(hasher, plan.Positions(level + 1), entries, opening.Siblings, ref siblingsRead);
            if (plan.Shape.LeafWidth(level) == 0) continue;
            Digest[] leaves = Leaves(hasher, plan, opening, level, ref saltsRead);
            for (int i = 0; i < entries.Length; i++) entries[i] = hasher.Mix(entries[i], leaves[i]);
        }

        return entries[0] == root ? null : $"the opening leads to the root {entries[0]}, not to {root}";
    }

    /// <summary>The digests of the opened leaves of a height, as the prover hashes them: several at a time, on all cores.</summary>
    private static unsafe Digest[] Leaves(MerkleHasher hasher, OpeningPlan plan, MultiOpening opening, int logHeight, ref int saltsRead)
    {
        var digests = new Digest[plan.Positions(logHeight).Length];
        OpenedSalts? salts = plan.Shape.Salted ? new OpenedSalts(opening.Salts, saltsRead) : null;
        Matrix[] matrices = [.. Enumerable.Range(0, plan.Shape.Matrices.Count)
            .Where(m => plan.Shape.Matrices[m].LogHeight == logHeight)
            .Select(m => RowsOf(opening.Rows[m], plan.Shape.Matrices[m].Width))];
        try
        {
            var rows = new LeafRows(matrices, salts, logHeight);
            Parallelism.ForRanges(digests.Length, LeavesPerTask, (from, to) =>
            {
                fixed (Digest* first = digests) hasher.Leaves(rows, from, to, first + from);
            });
        }
        finally
        {
            foreach (Matrix matrix in matrices) matrix.Dispose();
        }

        if (salts is not null) saltsRead += digests.Length * SaltSource.SaltLength;
        return digests;
    }

    private static Matrix RowsOf(KoalaBear[] cells, int width)
    {
        var matrix = new Matrix(cells.Length / width, width);
        for (int row = 0; row < matrix.Rows; row++) cells.AsSpan(row * width, width).CopyTo(matrix.Row(row));
        return matrix;
    }

    /// <summary>The digests of the parents of the known positions of a level, with siblings taken where a neighbour is not known.</summary>
    private static Digest[] Parents(
        MerkleHasher hasher, ReadOnlySpan<int> positions, Digest[] entries, IReadOnlyList<Digest> siblings, ref int siblingsRead)
    {
        var parents = new List<Digest>(positions.Length);
        for (int i = 0; i < positions.Length; i++)
        {
            Digest known = entries[i];
            bool pair = i + 1 < positions.Length && positions[i + 1] == (positions[i] ^ 1);
            Digest neighbour = pair ? entries[++i] : siblings[siblingsRead++];
            bool right = !pair && (positions[i] & 1) == 1;
            parents.Add(right ? hasher.Node(neighbour, known) : hasher.Node(known, neighbour));
        }

        return [.. parents];
    }
}
