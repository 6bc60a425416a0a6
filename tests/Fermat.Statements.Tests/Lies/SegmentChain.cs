using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Solvency;

namespace Fermat.Statements.Tests.Lies;

/// <summary>A statement and the remainders that its boundaries commit to: those that follow from totals of the prover's making.</summary>
internal sealed class SegmentChain
{
    private readonly RemainderChain chain;

    private SegmentChain(SolvencyScene scene, SolvencyPublicInputs statement, BigInteger[][] totals)
    {
        Scene = scene;
        (chain, ImmutableArray<Digest> boundaries) = RemainderChain.Of(SolvencyBounds.Of(statement), totals, default, SolvencyScene.Salts);
        Statement = statement with { Segments = statement.Segments with { Boundaries = boundaries } };
    }

    public SolvencyScene Scene { get; }

    /// <summary>The public inputs with the commitments.</summary>
    public SolvencyPublicInputs Statement { get; }

    public int Segments => Statement.Segments.Count;

    /// <summary>The chain of a scene, of the true totals unless they are changed: by segment, then by row of the table of totals.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="change">Changes the totals.</param>
    /// <param name="statement">Other public inputs, true or not, whose boundaries do not matter.</param>
    /// <exception cref="ArgumentOutOfRangeException">A remainder cannot be written down.</exception>
    public static SegmentChain Of(SolvencyScene scene, Action<BigInteger[][]>? change = null, SolvencyPublicInputs? statement = null)
    {
        BigInteger[][] totals = [.. scene.SegmentSums.Select(sums => SolvencyBounds.Sums(scene.Book.Rulebook.Solvency!, sums))];
        change?.Invoke(totals);
        return new SegmentChain(scene, statement ?? scene.Statement, totals);
    }

    /// <summary>The chain of a statement that its book does not keep: its boundaries are to totals that exhaust the bounds.</summary>
    public static SegmentChain Exhausting(SolvencyScene scene, SolvencyPublicInputs statement)
    {
        Assert.Equal(1, statement.Segments.Count);
        return new SegmentChain(scene, statement, [[.. SolvencyBounds.Of(statement).Select(bound => bound.Bound)]]);
    }

    public IReadOnlyList<BigInteger> Remainders(int boundary) => chain.Remainders(boundary);

    /// <summary>Salt, domain and zeros of a boundary.</summary>
    public KoalaBear[] Header(int boundary) => chain.Blocks(boundary)[..(SegmentBoundary.HeaderBlocks * LeafSponge.BlockLength)];

    /// <summary>The chain that a prover writes down who has other remainders on the sides of a segment than the statement's.</summary>
    public RemainderChain With(int segment, BigInteger[] before, BigInteger[] after)
    {
        BigInteger[][] remainders = [.. Enumerable.Range(0, Segments + 1).Select(boundary => boundary == segment ? before : boundary == segment + 1 ? after : [.. Remainders(boundary)])];
        BigInteger Total(int i, int row) => remainders[i][row] - remainders[i + 1][row] - (i == Segments - 1 ? SegmentBoundary.Shift : 0);
        return RemainderChain.Of(
            [.. remainders[0].Select(first => new SolvencyBound(0, first - SegmentBoundary.Shift, false))],
            [.. Enumerable.Range(0, Segments).Select(i => remainders[i].Select((_, row) => Total(i, row)).ToArray())], default, SolvencyScene.Salts).Chain;
    }

    /// <summary>A remainder as its bytes have it, whatever it is.</summary>
    public static BigInteger Wrapped(BigInteger remainder)
    {
        BigInteger modulus = BigInteger.One << (8 * SolvencyLimits.TotalBytes);
        return (remainder % modulus + modulus) % modulus;
    }
}
