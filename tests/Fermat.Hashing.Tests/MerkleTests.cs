using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

public sealed class MerkleTests
{
    public static TheoryData<CommitmentHash> Hashes => [.. Enum.GetValues<CommitmentHash>()];

    [Theory]
    [MemberData(nameof(Hashes))]
    public void What_is_opened_verifies_and_can_be_looked_up(CommitmentHash hash)
    {
        using var forest = new Forest(new Random(7), (5, 3), (3, 40), (5, 2), (0, 1));
        using MerkleTree tree = forest.Commit(hash);
        int[] indices = [31, 4, 5, 4, 17];
        MultiOpening opening = tree.Open(indices);
        Assert.True(MerkleVerifier.TryVerify(hash, tree.Root, tree.Shape, indices, opening, out string? failure), failure);
        foreach (int index in indices)
        {
            for (int m = 0; m < forest.Matrices.Count; m++)
            {
                int row = index >> (5 - tree.Shape.Matrices[m].LogHeight);
                Assert.Equal(forest.Matrices[m].Row(row), opening.Row(m, index));
            }
        }
    }
}

/// <summary>Random matrices of given shapes, and a seed of salts.</summary>
internal sealed class Forest : IDisposable
{
    internal Forest(Random random, params (int LogHeight, int Width)[] shapes)
    {
        Matrices = [.. shapes.Select(s => RandomMatrix(random, 1 << s.LogHeight, s.Width))];
        random.NextBytes(Seed);
    }

    internal IReadOnlyList<Matrix> Matrices { get; }

    internal byte[] Seed { get; } = new byte[32];

    internal SaltSource Salts => new(Seed, "test");

    internal MerkleTree Commit(CommitmentHash hash, bool salted = true) => MerkleTree.Commit(hash, Matrices, salted ? Salts : null);

    public void Dispose()
    {
        foreach (Matrix matrix in Matrices) matrix.Dispose();
    }

    private static Matrix RandomMatrix(Random random, int rows, int columns)
    {
        var matrix = new Matrix(rows, columns);
        for (int r = 0; r < rows; r++)
        {
            foreach (ref KoalaBear x in matrix.Row(r)) x = KoalaBear.From((uint)random.NextInt64(KoalaBear.Modulus));
        }

        return matrix;
    }
}
