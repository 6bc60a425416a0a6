using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>
/// What hides the trace, tested in two ways: exactly, by the rank of the linear maps from randomness to opened values for real query sets; and
/// statistically, on what real proofs of one secret show.
/// </summary>
public class ZeroKnowledgeTests
{
    private const int LogHeight = 8;
    private const int BlowupLog2 = 1;
    private const int Proofs = 320;

    /// <summary>
    /// A column is opened at z and z·ω, and at each query's point x; the quotient's pieces opened there tell Q(x), which depends on the column at x
    /// and x·ω. Its k random tail rows make all of these values uniform exactly if the map from them to the values has full rank.
    /// </summary>
    [Theory]
    [InlineData(6, 1)]
    [InlineData(12, 2)]
    [InlineData(20, 3)]
    public void TailRowsMakeEveryValueOfAColumnUniform(int queries, int seed)
    {
        int tailRows = ProofOptions.MinimumTailRows(queries);
        KoalaBear[] points = QueriedPoints(queries, seed, withNextRow: true);
        Quintic z = KernelTests.Quintics(seed, 1)[0];
        int values = points.Length + 2 * Quintic.Degree;
        Assert.True(values > queries + 2 * Quintic.Degree, "the query set reaches next rows");

        Assert.Equal(values, Rank.Of(TailToValues(tailRows, points, z)));

        // The control: with fewer rows than values something would be known.
        Assert.True(Rank.Of(TailToValues(values - 1, points, z)) < values);
    }

    /// <summary>
    /// The three pieces are opened at each query (15 base-field values) and at z (15 extension values), where they add up to the five coordinates of Q.
    /// Apart from that the polynomials t_0 and t_1 must make them uniform: rank 10 of 15.
    /// </summary>
    [Theory]
    [InlineData(6, 4)]
    [InlineData(12, 5)]
    [Trait("Leak", "quotient pieces")]
    public void QuotientPiecesShowNothingButTheQuotient(int queries, int seed)
    {
        var domain = new TraceDomain(LogHeight, ProofOptions.MinimumTailRows(queries));
        Quintic[] points = [.. QueriedPoints(queries, seed, withNextRow: false).Select(x => new Quintic(x)), KernelTests.Quintics(seed, 1)[0]];
        var columns = new List<KoalaBear[]>();
        for (int t = 0; t < QuotientPieces.Count - 1; t++)
        {
            for (int power = 0; power < domain.TailRows; power++) columns.Add(PieceValues(domain, t, power, points));
        }

        // Each of the five coordinates of the extension is re-randomised by itself, in the same way.
        int pieceValues = QuotientPieces.Count * (queries + Quintic.Degree);
        Assert.Equal(pieceValues, columns[0].Length);
        Assert.Equal(pieceValues * 2 / 3, Rank.Of(columns));
    }

    /// <summary>The blinding messages make all bus sums uniform but for their total.</summary>
    [Fact]
    [Trait("Leak", "bus sums")]
    public void BlindingMakesBusSumsUniform()
    {
        var toy = new RandomPointToy(7, 7, 8);
        Quintic[] challenges = KernelTests.Quintics(9, toy.Circuit.Challenges.Count);
        Quintic[] Sums(int sender, int row)
        {
            TableTrace[] traces = [.. toy.LogHeights.Select((log, table) => new TableTrace(toy.Circuit, table, log, 24))];
            if (sender >= 0)
            {
                Table from = toy.Circuit.Tables[sender], to = toy.Circuit.Tables[sender + 1];
                traces[sender].MatrixOf(from.BlindOut!)[row, from.BlindOut!.Offset] = KoalaBear.One;
                traces[sender + 1].MatrixOf(to.BlindIn!)[row, to.BlindIn!.Offset] = KoalaBear.One;
            }

            var sums = new Quintic[traces.Length];
            for (int table = 0; table < traces.Length; table++)
            {
                (Matrix columns, sums[table]) = LogUpFiller.Fill(toy.Circuit, traces[table], challenges);
                columns.Dispose();
                traces[table].Dispose();
            }

            return sums;
        }

        Quintic[] none = Sums(-1, 0);
        var effects = new List<KoalaBear[]>();
        for (int sender = 0; sender < toy.LogHeights.Count - 1; sender++)
        {
            for (int row = 0; row < 5; row++)
                effects.Add([.. Sums(sender, row).Zip(none, (with, without) => with - without).SelectMany(Coordinates)]);
        }

        Assert.Equal(5 * (toy.LogHeights.Count - 1), Rank.Of(effects));
    }

    /// <summary>
    /// Values of each kind that a proof shows are uniform over proofs of the same secret. Columns that hold the secret in every active row are
    /// divided by the polynomial that is one there and zero on the tail rows, as an eavesdropper would do.
    /// </summary>
    [Fact]
    public void WhatAProofShowsIsUniform()
    {
        Dictionary<string, int[]> shown = Show(zeroKnowledge: true);
        Assert.Equal(10, shown.Count);
        foreach ((string kind, int[] buckets) in shown) Assert.True(ChiSquared.Of(buckets) < ChiSquared.Limit15, $"{kind}: {string.Join(' ', buckets)}");
    }

    /// <summary>The control: without masks the same test fails where the secret shows.</summary>
    [Fact]
    public void WithoutMasksWhatAProofShowsIsNotUniform()
    {
        Dictionary<string, int[]> shown = Show(zeroKnowledge: false);
        foreach (string kind in new[] { "cell", "square", "copy", "cell out of the domain" })
            Assert.Equal(Proofs, shown[kind].Max());
    }

    private static Dictionary<string, int[]> Show(bool zeroKnowledge)
    {
        ProofOptions options = TestOptions.Of(queries: 6, zeroKnowledge: zeroKnowledge) with { QueryGrindingBits = 0 };
        var shown = new Dictionary<string, int[]>();
        void Count(string kind, KoalaBear value)
        {
            if (!shown.TryGetValue(kind, out int[]? buckets)) shown[kind] = buckets = new int[16];
            buckets[(int)((ulong)value.Value * 16 / KoalaBear.Modulus)]++;
        }

        for (int nonce = 0; nonce < Proofs; nonce++)
        {
            var toy = new SecretToy(nonce);
            Proof proof = Prover.Make(toy.Circuit, toy.Traces(options.TailRows), toy, toy, options, new ProverContext { Seed = TestOptions.Seed(nonce) });
            (KoalaBear x, Quintic z) = Replay(toy, options, proof);
            var domain = new TraceDomain(toy.LogHeights[0], options.TailRows);
            KoalaBear scale = OneOnActiveRows(domain, new Quintic(x)).Inverse().C0;
            IReadOnlyList<KoalaBear[]> phase0 = proof.Queries.Commitments[0].Rows, phase1 = proof.Queries.Commitments[1].Rows;
            Count("cell", phase0[0][0] * scale);
            Count("square", phase0[0][1] * scale);
            Count("copy", phase0[1][0] * scale);
            Count("cell out of the domain", (proof.Messages.Openings[0] * OneOnActiveRows(domain, z).Inverse()).C0);
            Count("difference of cells", phase0[0][0] - phase0[0][toy.Circuit.Tables[0].PhaseWidth(0)]);
            Count("lookup helper", phase1[0][0]);
            Count("quotient piece", proof.Queries.Commitments[2].Rows[0][0]);
            Count("bus sum", proof.Messages.BusSums[0].C2);
            Count("layer", proof.Queries.Layers[0].Rows[0][7]);
            Count("final polynomial", proof.Messages.FinalPolynomial[1].C3);
        }

        return shown;
    }

    /// <summary>The point of the first opened row, and the out-of-domain point.</summary>
    private static (KoalaBear X, Quintic Z) Replay(SecretToy toy, ProofOptions options, Proof proof)
    {
        var shape = new ProofShape(toy.Circuit, options, toy.LogHeights);
        var transcript = new ProtocolTranscript(toy.Key(options), shape, toy.Statement);
        transcript.AbsorbPhaseRoot(0, proof.Messages.PhaseRoots[0]);
        transcript.DrawPhaseChallenges(0);
        transcript.AbsorbPhaseRoot(1, proof.Messages.PhaseRoots[1]);
        transcript.AbsorbBusSums(proof.Messages.BusSums.AsSpan());
        transcript.DrawPhaseChallenges(1);
        transcript.DrawConstraintChallenge();
        transcript.AbsorbQuotientRoot(proof.Messages.QuotientRoot);
        int first = proof.Queries.Commitments[0].Plan.Positions(shape.CodewordLog2)[0];
        return (TraceDomain.CosetShift * Fri.Point(shape.CodewordLog2, first), transcript.DrawOutOfDomainPoint());
    }

    /// <summary>The polynomial of degree below n that is one on the active rows and zero on the tail rows.</summary>
    private static Quintic OneOnActiveRows(TraceDomain domain, Quintic point)
    {
        Quintic sum = Quintic.Zero;
        for (int row = 0; row < domain.ActiveRows; row++)
        {
            KoalaBear root = domain.Generator.Pow((ulong)row);
            sum += (point - root).Inverse() * root;
        }

        return sum * (point.Pow((ulong)domain.Rows) - Quintic.One) * KoalaBear.From(domain.Rows).Inverse();
    }

    /// <summary>The points of a random set of queries, and the next rows' points where the quotient reads them.</summary>
    private static KoalaBear[] QueriedPoints(int queries, int seed, bool withNextRow)
    {
        var random = new Random(seed);
        const int log = LogHeight + BlowupLog2;
        IEnumerable<int> indices = Enumerable.Range(0, 1 << log).OrderBy(_ => random.Next()).Take(queries);
        IEnumerable<KoalaBear> points = indices.Select(index => TraceDomain.CosetShift * Fri.Point(log, index));
        if (withNextRow) points = points.SelectMany(x => new[] { x, x * KoalaBear.RootOfUnity(LogHeight) });
        return [.. points.Distinct()];
    }

    /// <summary>For each tail row: what one unit in it adds to the column's values at the points, at z and at z·ω.</summary>
    private static List<KoalaBear[]> TailToValues(int tailRows, KoalaBear[] points, Quintic z)
    {
        var domain = new TraceDomain(LogHeight, tailRows);
        Quintic[] all = [.. points.Select(x => new Quintic(x)), z, z * domain.Generator];
        var columns = new List<KoalaBear[]>();
        for (int row = domain.ActiveRows; row < domain.Rows; row++)
        {
            KoalaBear root = domain.Generator.Pow((ulong)row);
            Quintic[] lagrange = [.. all.Select(x => (x.Pow((ulong)domain.Rows) - Quintic.One) * root * (x - root).Inverse())];
            columns.Add([.. lagrange.Take(points.Length).Select(value => value.C0), .. lagrange.Skip(points.Length).SelectMany(Coordinates)]);
        }

        return columns;
    }

    /// <summary>What X^power in t_t adds to the three pieces at the points: base-field values where the point is in the base field.</summary>
    private static KoalaBear[] PieceValues(TraceDomain domain, int t, int power, Quintic[] points)
    {
        var values = new List<KoalaBear>();
        using var pieces = new Matrix(domain.Rows, QuotientPieces.Width);
        pieces[domain.ActiveRows + power, t * Quintic.Degree] = KoalaBear.One;
        pieces[power, (t + 1) * Quintic.Degree] = -KoalaBear.One;
        foreach (Quintic point in points)
        {
            for (int piece = 0; piece < QuotientPieces.Count; piece++)
            {
                Quintic value = Quintic.Zero;
                for (int row = domain.Rows - 1; row >= 0; row--) value = value * point + pieces[row, piece * Quintic.Degree];
                if (point.IsBase) values.Add(value.C0);
                else values.AddRange(Coordinates(value));
            }
        }

        return [.. values];
    }

    private static IEnumerable<KoalaBear> Coordinates(Quintic value) => Enumerable.Range(0, Quintic.Degree).Select(i => value[i]);
}
