using System.Diagnostics.CodeAnalysis;

namespace Fermat.Hashing;

/// <summary>What a Merkle tree commits to: its matrices in the order given to <see cref="MerkleTree.Commit"/>, and whether its leaves are salted.</summary>
/// <param name="Matrices">For each matrix the logarithm of its height (0 to 30) and its width in field elements (at least 1).</param>
/// <param name="Salted">Whether every leaf begins with a 16-byte salt.</param>
public sealed record TreeShape(IReadOnlyList<(int LogHeight, int Width)> Matrices, bool Salted)
{
    /// <summary>The greatest logarithm of a height: 30.</summary>
    public const int MaxLogHeight = 30;

    /// <summary>The logarithm of the greatest height, which is the depth of the tree.</summary>
    public int LogHeight => Matrices.Max(m => m.LogHeight);

    /// <summary>The width of a leaf at a height: the sum of the widths of all matrices of that height, 0 if there is none.</summary>
    public int LeafWidth(int logHeight)
    {
        int width = 0;
        foreach ((int matrixLogHeight, int matrixWidth) in Matrices)
        {
            if (matrixLogHeight == logHeight) width += matrixWidth;
        }

        return width;
    }

    /// <summary>Whether the shape is one that a tree can have; if not, why.</summary>
    public bool IsValid([NotNullWhen(false)] out string? failure)
    {
        failure = null;
        if (Matrices is null || Matrices.Count == 0) failure = "a tree has at least one matrix";
        else
        {
            long width = 0;
            foreach ((int logHeight, int matrixWidth) in Matrices)
            {
                if (logHeight is < 0 or > MaxLogHeight) failure = $"the logarithm of a height is 0 to {MaxLogHeight}, not {logHeight}";
                if (matrixWidth < 1) failure = $"a matrix has at least one column, not {matrixWidth}";
                width += matrixWidth;
            }

            if (width > int.MaxValue / 8) failure ??= $"{width} columns in all are too many";
        }

        return failure is null;
    }

    internal bool SameAs(TreeShape other) => Salted == other.Salted && Matrices.SequenceEqual(other.Matrices);
}
