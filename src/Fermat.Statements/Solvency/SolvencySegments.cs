using System.Collections.Immutable;
using Fermat.Hashing;

namespace Fermat.Statements.Solvency;

/// <summary>
/// How a book is cut into segments, each proven by itself: segment i is the subtree of 2^Depth leaf slots number i of the state tree. The subtrees after the last segment are empty. A book that
/// fits one proof is one segment.
/// </summary>
/// <param name="Depth">The depth of each subtree.</param>
/// <param name="Roots">The root of each segment's subtree.</param>
/// <param name="Boundaries">The commitment to what is left of each bound after each segment; the one before the first is computed (<see cref="SolvencyPublicInputs.BoundaryBefore"/>).</param>
public sealed record SolvencySegments(int Depth, ImmutableArray<Digest> Roots, ImmutableArray<Digest> Boundaries)
{
    /// <summary>How many segments there are.</summary>
    public int Count => Roots.Length;

    /// <summary>The root of a state tree of the given depth, from the segments' roots and the digests of empty subtrees.</summary>
    /// <param name="treeDepth">At least <see cref="Depth"/>; the tree has room for the segments.</param>
    public Digest StateRoot(int treeDepth)
    {
        ReadOnlySpan<Digest> level = Roots.AsSpan();
        for (int height = Depth + 1; height <= treeDepth; height++) level = StateTreeHash.Parents(height, level);
        return level[0];
    }

    /// <summary>What is wrong with the numbers by themselves, or null.</summary>
    internal StatementRejection? Problem(int treeDepth)
    {
        if (Depth < 0 || Depth > treeDepth) return Out("the depth of the segments", $"0 to the tree's {treeDepth}", $"{Depth}");
        int most = (int)Math.Min(SolvencyLimits.MaxSegments, 1L << (treeDepth - Depth));
        if (Roots.Length < 1 || Roots.Length > most) return Out("the number of segments", $"1 to {most}", $"{Roots.Length}");
        if (Boundaries.Length != Roots.Length) return Out("the number of segment boundaries", $"{Roots.Length}, one per segment", $"{Boundaries.Length}");
        foreach (Digest digest in Roots.Concat(Boundaries))
            if (!digest.IsCanonicalFields) return Out("a digest of a segment is not made of canonical field elements", "eight words below 2^31 - 2^24 + 1");
        return null;
    }

    private static StatementRejection Out(string what, string expected, string? got = null) =>
        new(StatementRejectionCode.OutOfRange, what, Expected: expected, Got: got);
}
