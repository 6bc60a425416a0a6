using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

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
