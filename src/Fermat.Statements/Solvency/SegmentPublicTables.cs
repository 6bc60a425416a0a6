using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Statements.Solvency;

/// <summary>The public columns that every statement about a segment has: totals and tree.</summary>
internal static class SegmentPublicTables
{
    /// <summary>Writes the rows of totals.</summary>
    public static void FillTotals(TotalsTable columns, ImmutableArray<SolvencyBound> totals, int depth, bool isFinal, Matrix into)
    {
        for (int row = 0; row < totals.Length; row++)
        {
            Span<KoalaBear> cells = into.Row(row);
            cells[columns.Used.Offset] = KoalaBear.One;
            cells[columns.Key.Offset] = KoalaBear.From(totals[row].Key);
            cells[columns.Boundary.Offset] = KoalaBear.From(1L << depth);
            cells[columns.Step.Offset] = KoalaBear.From(SegmentBoundary.HeaderBlocks + row);
            cells[columns.Final.Offset] = isFinal ? KoalaBear.One : KoalaBear.Zero;
            cells[columns.Exact.Offset] = isFinal && totals[row].Exact ? KoalaBear.One : KoalaBear.Zero;
        }
    }

    /// <summary>Writes the empty digests, the segment's root and its boundaries.</summary>
    public static void FillTree(TreeTable columns, int depth, Digest root, Digest before, Digest after, Matrix into)
    {
        FillTree(columns, depth, root, into);
        Take(columns, into.Row(depth + 2), 0, 1L << depth, before);
        Take(columns, into.Row(depth + 3), 0, (1L << depth) + 1, after);
    }

    /// <summary>Writes the empty digests and the root of a tree without boundaries.</summary>
    public static void FillTree(TreeTable columns, int depth, Digest root, Matrix into)
    {
        for (int level = 0; level <= depth; level++)
        {
            Span<KoalaBear> cells = into.Row(level);
            cells[columns.MayOffer.Offset] = KoalaBear.One;
            cells[columns.Level.Offset] = KoalaBear.From(level);
            WriteDigest(StateTreeHash.Empty(level), cells, columns);
        }
        Take(columns, into.Row(depth + 1), depth, 0, root);
    }

    private static void Take(TreeTable columns, Span<KoalaBear> cells, int level, long index, Digest digest)
    {
        cells[columns.Takes.Offset] = KoalaBear.One;
        cells[columns.Level.Offset] = KoalaBear.From(level);
        cells[columns.TakenIndex.Offset] = KoalaBear.From(index);
        WriteDigest(digest, cells, columns);
    }

    private static void WriteDigest(Digest digest, Span<KoalaBear> cells, TreeTable columns)
    {
        Span<KoalaBear> elements = stackalloc KoalaBear[Digest.Words];
        if (!digest.TryToFields(elements)) throw new ArgumentException("the digest is not made of canonical field elements");
        elements.CopyTo(cells[columns.Digest[0].Offset..]);
    }
}
