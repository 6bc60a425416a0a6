using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The opened rows of a tree at several indices, with the salts and sibling digests that connect them to the root; shared nodes are
/// there once. Whether it is true is for <see cref="MerkleVerifier"/> to say.
/// </summary>
/// <param name="plan">Which rows and siblings there are.</param>
/// <param name="rows">For each matrix its opened rows, one after the other, positions ascending.</param>
/// <param name="salts">16 bytes for each opened leaf, taller heights first, positions ascending; empty if the tree is not salted.</param>
/// <param name="siblings">The sibling digests in the order of <see cref="OpeningPlan"/>.</param>
public sealed class MultiOpening(OpeningPlan plan, IReadOnlyList<KoalaBear[]> rows, byte[] salts, IReadOnlyList<Digest> siblings)
{
    /// <summary>Which rows and siblings the opening is meant to hold.</summary>
    public OpeningPlan Plan { get; } = plan;

    /// <summary>For each matrix its opened rows, one after the other, positions ascending.</summary>
    public IReadOnlyList<KoalaBear[]> Rows { get; } = rows;

    /// <summary>The salts, 16 bytes each, taller heights first, positions ascending.</summary>
    public byte[] Salts { get; } = salts;

    /// <summary>The sibling digests.</summary>
    public IReadOnlyList<Digest> Siblings { get; } = siblings;

    /// <summary>The row of a matrix that an index into the tallest matrices leads to. Only after a successful verification is it the committed one.</summary>
    /// <exception cref="ArgumentException">The index was not opened.</exception>
    public ReadOnlySpan<KoalaBear> Row(int matrix, int index)
    {
        (int logHeight, int width) = Plan.Shape.Matrices[matrix];
        int place = Plan.PlaceOf(logHeight, index);
        if (place < 0) throw new ArgumentException($"Index {index} was not opened.", nameof(index));
        return Rows[matrix].AsSpan(place * width, width);
    }
}
