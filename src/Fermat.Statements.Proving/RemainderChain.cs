using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>
/// What is left of each bound at every boundary between segments, and the salts that hide it: boundary 0 is before the first segment, boundary n after the last of n.
/// </summary>
internal sealed class RemainderChain
{
    private readonly BigInteger[][] remainders;
    private readonly KoalaBear[][] salts;

    private RemainderChain(BigInteger[][] remainders, KoalaBear[][] salts)
    {
        this.remainders = remainders;
        this.salts = salts;
    }

    /// <summary>The chain of any statement's bounds.</summary>
    /// <param name="bounds">The bounds.</param>
    /// <param name="segments">The totals of each segment, in the order of the bounds.</param>
    /// <param name="statement">A digest of all public inputs but the boundaries.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <returns>The chain, and its commitments after each segment.</returns>
    public static (RemainderChain Chain, ImmutableArray<Digest> Boundaries) Of(ImmutableArray<SolvencyBound> bounds, IReadOnlyList<BigInteger[]> segments, Digest statement, SaltDeriver salts)
    {
        var remainders = new BigInteger[segments.Count + 1][];
        remainders[0] = SegmentBoundary.First(bounds);
        for (int i = 0; i < segments.Count; i++)
        {
            BigInteger[] totals = segments[i];
            BigInteger shift = i == segments.Count - 1 ? SegmentBoundary.Shift : 0;
            remainders[i + 1] = [.. remainders[i].Select((before, row) => before - totals[row] - shift)];
        }

        KoalaBear[][] all = [new KoalaBear[SaltDeriver.Length], .. Enumerable.Range(1, segments.Count).Select(position => salts.DeriveBoundary(statement, position))];
        var chain = new RemainderChain(remainders, all);
        return (chain, [.. Enumerable.Range(1, segments.Count).Select(i => SegmentBoundary.Commit(all[i], remainders[i]))]);
    }

    /// <summary>The remainders at a boundary, as the table of totals holds them.</summary>
    public IReadOnlyList<BigInteger> Remainders(int boundary) => remainders[boundary];

    /// <summary>The blocks of a boundary's commitment.</summary>
    public KoalaBear[] Blocks(int boundary) => SegmentBoundary.Blocks(salts[boundary], remainders[boundary]);
}
