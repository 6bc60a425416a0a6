using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// The base-field multiplications that a proof cannot do without, from its shape alone: transforms, constraints on two cosets, what the buses need, openings, and the permutations of algebraic commitments.
/// Compared with what a machine multiplies a second, it says how much of the machine a proof makes use of.
/// </summary>
/// <remarks>
/// Additions, multiplications by constants of the base field, hashing of bytes, memory traffic, folding, and filling the columns that a statement fills are not counted, and a product in the extension counts as the nine
/// that one of polynomials of degree 4 needs at least (Winograd, "Some bilinear forms whose multiplicative complexity depends on the field of constants", 1977). So a share of a machine's limit is a lower bound.
/// </remarks>
public static class ProofWork
{
    /// <summary>A product of two elements of the extension: 2 · 5 − 1.</summary>
    private const int ExtensionProduct = (2 * Quintic.Degree) - 1;

    /// <summary>Width of the permutation that algebraic commitments hash rows with, and how many elements it takes at a time.</summary>
    private const int HashWidth = Poseidon2_24.Width, HashRate = 16;

    /// <summary>Multiplications of that permutation: eight full rounds of cubes, and 23 with one cube and a diagonal.</summary>
    private const int HashProducts = (2 * ((8 * HashWidth) + 23)) + (23 * HashWidth);

    /// <summary>Multiplications that making a proof needs.</summary>
    /// <param name="shape">The proof's shape.</param>
    public static long Proving(ProofShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape.Circuit.Tables.Sum(table => ProvingTable(shape, table));
    }

    /// <summary>Multiplications that verifying a proof needs, the verifying key being at hand: constraints at one point, and the rows that queries open.</summary>
    /// <param name="shape">The proof's shape.</param>
    public static long Verifying(ProofShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        long rows = shape.Circuit.Tables.Sum(table => (long)Columns(shape, table)), folded = shape.Rounds.Sum(round => 1L << round.ArityLog2);
        long points = shape.Circuit.Tables.Sum(table => ExtensionProduct * (long)(Products(table).Sum() + table.Constraints.Count));
        return points + (shape.Options.Queries * ((Quintic.Degree * rows) + (ExtensionProduct * folded)));
    }

    private static long ProvingTable(ProofShape shape, Table table)
    {
        int log = shape.LogHeights[table.Index], cosets = 1 << shape.Options.BlowupLog2, mask = shape.Options.ZeroKnowledge ? Quintic.Degree : 0;
        long traced = Columns(shape, table) - QuotientPieces.Width - mask, committed = traced + QuotientPieces.Width + mask;

        // Columns twice as many halves of a multiplication a row: a transform of n elements has log n levels of n/2 butterflies. The quotient is known on two cosets.
        long transforms = (traced * (1 + cosets)) + (table.PublicWidth * (1L + QuotientDomain.Cosets)) + (Quintic.Degree * QuotientDomain.Cosets) + ((QuotientPieces.Width + mask) * (long)cosets);
        int[] products = Products(table);
        long constraints = QuotientDomain.Cosets * (products[0] + (Quintic.Degree * (long)products[1]) + (ExtensionProduct * (long)products[2]) + table.Constraints.Sum(c => c.Expression.IsExtension ? ExtensionProduct : Quintic.Degree));

        // A fingerprint has a product of a challenge and an element for each but its first; all of a row are inverted together with three products each, and multiplied by how often they are sent.
        long messages = table.Interactions.Sum(i => (Quintic.Degree * i.Message.Count) + (3L * ExtensionProduct) + Quintic.Degree);
        long opened = Quintic.Degree * (committed + committed + table.NextOfPreprocessed.Count + Enumerable.Range(0, shape.Circuit.Phases).Sum(phase => table.NextOfPhase(phase).Count));
        long hashed = shape.Options.Hash == CommitmentHash.Poseidon2 ? cosets * (long)HashProducts * ((committed + HashRate - 1) / HashRate) : 0;
        return (transforms * log << log >> 1) + (constraints + messages + opened + hashed << log);
    }

    /// <summary>Base-field columns of all commitments, the quotient's pieces and mask among them.</summary>
    private static int Columns(ProofShape shape, Table table) =>
        table.PreprocessedWidth + Enumerable.Range(0, shape.Circuit.Phases).Sum(table.PhaseWidth) + QuotientPieces.Width + (shape.Options.ZeroKnowledge ? Quintic.Degree : 0);

    /// <summary>Products in a table's constraints that are not the same on all rows: of the base field, of it and the extension, of the extension. A base-field constant is no factor.</summary>
    private static int[] Products(Table table)
    {
        var counts = new int[3];
        Graph graph = table.Graph;
        foreach (int id in graph.Reachable(table.Constraints.Select(c => c.Expression.Id)))
        {
            Node node = graph[id];
            if (node.Kind != ExprKind.Mul || graph.Traits(id).IsScalar) continue;
            NodeTraits a = graph.Traits(node.A), b = graph.Traits(node.B);
            if (a is { IsScalar: true, IsExtension: false } || b is { IsScalar: true, IsExtension: false }) continue;
            counts[(a.IsExtension ? 1 : 0) + (b.IsExtension ? 1 : 0)]++;
        }
        return counts;
    }
}
