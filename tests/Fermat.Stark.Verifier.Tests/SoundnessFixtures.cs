using Fermat.Air;
using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>Shapes and options the soundness tests share.</summary>
internal static class SoundnessFixtures
{
    /// <summary>One table of the shape of the independent figures: 400 columns, few constraints, no messages.</summary>
    public static CircuitShape Plain(int logHeight = 18, int columns = 400) =>
        new([new TableShape("main", logHeight, columns, 0, 100, 3, [])], []);

    /// <summary>Options whose tail rows are the fewest that hide.</summary>
    public static ProofOptions Options(int blowupLog2, int queries, int grinding = 20, int finalLog2 = 6, CommitmentHash hash = CommitmentHash.Blake3) =>
        new(hash, blowupLog2, queries, grinding, 3, finalLog2, ProofOptions.MinimumTailRows(queries));

    /// <summary>The three tables of the document: 1000 columns and 90 messages a row in all.</summary>
    public static CircuitShape Typical(int tallest) => new(
        [
            new TableShape("main", tallest, 450, 100, 300, 3, [.. Enumerable.Repeat(3, 30)]),
            new TableShape("side", Math.Max(11, tallest - 2), 400, 100, 250, 3, [.. Enumerable.Repeat(2, 40)]),
            new TableShape("small", 11, 150, 50, 100, 3, [.. Enumerable.Repeat(2, 20)]),
        ],
        [new RandomPointIdentity("limb sums", 0, 64)]);

    /// <summary>A book-like circuit: a tall item table, a taller hash table, a range table and small public ones.</summary>
    public static CircuitShape Book(int tallest)
    {
        int Log(int wanted) => Math.Max(11, wanted);
        return new(
        [
            new TableShape("range", Math.Max(15, Log(tallest - 4)), 60, 10, 20, 3, [1, 1, 1, 1, 2, 2, 2, 2]),
            new TableShape("items", Log(tallest - 1), 330, 120, 260, 3, [.. Enumerable.Repeat(1, 24), .. Enumerable.Repeat(2, 22), 12, 12, 12, 2, 10, 10, 1, 1]),
            new TableShape("accounts", Log(tallest - 3), 180, 60, 150, 3, [.. Enumerable.Repeat(1, 8), .. Enumerable.Repeat(2, 24), 10, 1, 1, 1, 1, 1]),
            new TableShape("hash", Log(tallest), 400, 90, 420, 3, [10, 10, 10, 10, 10]),
            new TableShape("totals", 11, 120, 40, 60, 3, [.. Enumerable.Repeat(2, 20), 1]),
        ],
        [new RandomPointIdentity("limb sums at r and gamma", 0, 46)]);
    }
}
