using System.Diagnostics.CodeAnalysis;

namespace Fermat.Hashing;

/// <summary>How many things a <see cref="MultiOpening"/> holds, so that nothing in an encoding needs a length.</summary>
/// <param name="Rows">For each matrix the number of opened rows.</param>
/// <param name="Salts">The number of 16-byte salts, for all heights together.</param>
/// <param name="Siblings">The number of sibling digests.</param>
public sealed record OpeningSize(IReadOnlyList<int> Rows, int Salts, int Siblings);

/// <summary>
/// Which rows and siblings an opening of given places holds: a function of the tree's shape and the indices alone, which prover,
/// decoder and verifier compute alike.
/// </summary>
/// <remarks>
/// Indices count the rows of the tallest matrices. At height 2^k the opened positions are the indices shifted right by (depth − k), sorted,
/// each once. Siblings: the levels are walked from the leaves up, positions ascending; for a known position whose neighbour
/// (position XOR 1) is not known, the neighbour's digest is sent.
/// </remarks>
public sealed class OpeningPlan
{
    private readonly int[][] _positions;

    private OpeningPlan(TreeShape shape, int[][] positions, int siblings)
    {
        Shape = shape;
        _positions = positions;
        int salts = shape.Salted ? Heights(shape).Sum(h => positions[h].Length) : 0;
        Size = new OpeningSize([.. shape.Matrices.Select(m => positions[m.LogHeight].Length)], salts, siblings);
    }

    /// <summary>The shape of the tree.</summary>
    public TreeShape Shape { get; }

    /// <summary>The logarithm of the number of leaves.</summary>
    public int LogHeight => _positions.Length - 1;

    /// <summary>What the opening holds.</summary>
    public OpeningSize Size { get; }

    /// <summary>The opened positions at height 2^<paramref name="logHeight"/>, ascending, each once.</summary>
    public ReadOnlySpan<int> Positions(int logHeight) => _positions[logHeight];

    /// <summary>Makes the plan; false, with the reason, if the shape is invalid or an index out of range, or if there is no index.</summary>
    public static bool TryCreate(
        TreeShape shape, IReadOnlyList<int> indices, [NotNullWhen(true)] out OpeningPlan? plan, [NotNullWhen(false)] out string? failure)
    {
        plan = null;
        if (!shape.IsValid(out failure)) return false;
        if (indices.Count == 0)
        {
            failure = "an opening has at least one index";
            return false;
        }

        int depth = shape.LogHeight;
        foreach (int index in indices)
        {
            if ((uint)index >= 1u << depth)
            {
                failure = $"index {index} is outside a tree of 2^{depth} leaves";
                return false;
            }
        }

        var positions = new int[depth + 1][];
        positions[depth] = [.. indices.Distinct().Order()];
        int siblings = 0;
        for (int level = depth; level > 0; level--)
        {
            int[] parents = Parents(positions[level]);
            siblings += (2 * parents.Length) - positions[level].Length;
            positions[level - 1] = parents;
        }

        plan = new OpeningPlan(shape, positions, siblings);
        return true;
    }

    /// <summary>The place among the opened positions of a height that an index into the tallest matrices leads to; −1 if it is not opened.</summary>
    public int PlaceOf(int logHeight, int index) => Array.BinarySearch(_positions[logHeight], index >> (LogHeight - logHeight)) is >= 0 and int place ? place : -1;

    /// <summary>The logarithms of the heights that have matrices, from the tallest down: the order of salts.</summary>
    internal static IEnumerable<int> Heights(TreeShape shape) => shape.Matrices.Select(m => m.LogHeight).Distinct().OrderDescending();

    internal bool SameAs(OpeningPlan other) =>
        Shape.SameAs(other.Shape) && _positions[LogHeight].AsSpan().SequenceEqual(other._positions[other.LogHeight]);

    private static int[] Parents(int[] positions)
    {
        var parents = new List<int>(positions.Length);
        foreach (int position in positions)
        {
            if (parents.Count == 0 || parents[^1] != position >> 1) parents.Add(position >> 1);
        }

        return [.. parents];
    }
}
