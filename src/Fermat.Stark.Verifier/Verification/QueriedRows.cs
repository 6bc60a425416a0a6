using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>The opened rows that belong to one query.</summary>
internal readonly struct QueriedRows(ProofShape shape, DeepCombination deep, ProofQueries opened, int query)
{
    /// <summary>The DEEP combination at the query of all tables whose codewords have this length: G_h of the protocol.</summary>
    public Quintic Combine(int codewordLog2)
    {
        int position = shape.IndexAt(query, codewordLog2);
        KoalaBear x = TraceDomain.CosetShift * Fri.Point(codewordLog2, position);
        Quintic sum = Quintic.Zero;
        for (int table = 0; table < shape.LogHeights.Length; table++)
        {
            if (shape.LogHeights[table] + shape.Options.BlowupLog2 == codewordLog2) sum += deep.Evaluate(table, x, RowOf);
        }

        return sum;
    }

    /// <summary>The values of a coset of a layer.</summary>
    public void Layer(int layer, int row, Span<Quintic> into)
    {
        ReadOnlySpan<KoalaBear> cells = opened.Layers[layer].Row(0, row);
        for (int i = 0; i < into.Length; i++) into[i] = Quintic.From(cells.Slice(i * Quintic.Degree, Quintic.Degree));
    }

    private ReadOnlySpan<KoalaBear> RowOf(OpeningGroup group) =>
        opened.Commitments[group.Commitment].Row(group.Matrix, shape.IndexAt(query, shape.Commitments[group.Commitment].CodewordLog2));
}
