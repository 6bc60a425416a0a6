using Fermat.Algebra;
using FsCheck;
using FsCheck.Fluent;

namespace Fermat.Stark.Tests;

/// <summary>The prover's kernels against what the verifier's side says in plain words.</summary>
public class KernelTests
{
    [Theory]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(3, 3)]
    [InlineData(12, 3)]
    public void FoldingACodewordFoldsEachCoset(int log, int arityLog2)
    {
        Quintic[] codeword = Quintics(log, 1 << log);
        Quintic beta = Quintics(99, 1)[0];
        Quintic[] folded = FriFolder.Fold(codeword, arityLog2, beta, CancellationToken.None);
        Assert.Equal(codeword.Length >> arityLog2, folded.Length);
        for (int row = 0; row < folded.Length; row++)
        {
            Quintic expected = Fri.FoldCoset(
                codeword.AsSpan(row << arityLog2, 1 << arityLog2), arityLog2, beta, Fri.CosetPoint(log, arityLog2, row).Inverse());
            Assert.Equal(expected, folded[row]);
        }
    }

    [Theory]
    [InlineData(10, 4, 16)]
    [InlineData(6, 6, 0)]
    [InlineData(11, 0, 77)]
    public void BlocksOfInverseBasesAreThoseOfTheWhole(int log, int blockLog, int block)
    {
        const int arityLog2 = 2;
        var points = new KoalaBear[1 << blockLog];
        int first = block << blockLog;
        CosetPoints.FillInverseBases(log + arityLog2, arityLog2, first, points);
        for (int i = 0; i < points.Length; i++)
            Assert.Equal(Fri.CosetPoint(log + arityLog2, arityLog2, first + i).Inverse(), points[i]);
    }

    /// <summary>A polynomial of the quotient's degree comes back from its values on two cosets and the tail, in pieces that add up to it.</summary>
    [Theory]
    [InlineData(6, 8)]
    [InlineData(8, 64)]
    [InlineData(7, 24)]
    public void QuotientIsCutIntoPiecesThatAddUpToIt(int logHeight, int tailRows)
    {
        var domain = new TraceDomain(logHeight, tailRows);
        Quintic[] quotient = Quintics(5, 2 * domain.Rows + domain.TailRows);
        using Matrix pieces = Interpolate(quotient, domain, QuotientPieces.WidthWithMask);
        AssertPieces(quotient, pieces, domain);
        for (int row = domain.ActiveRows; row < domain.Rows; row++)
            Assert.All(pieces.Row(row).ToArray(), cell => Assert.True(cell.IsZero));

        // Re-randomising changes every piece, but not their sum; the mask is no piece.
        using Matrix before = pieces.Clone();
        ProverRandomness randomness = ProverRandomness.FromSeed(TestOptions.Seed(1));
        PieceRandomiser.Randomise(pieces, domain, 0, randomness);
        PieceRandomiser.WriteMask(pieces, 0, randomness, CancellationToken.None);
        AssertPieces(quotient, pieces, domain);
        for (int column = 0; column < QuotientPieces.WidthWithMask; column++)
            Assert.Contains(Enumerable.Range(0, domain.Rows), row => pieces[row, column] != before[row, column]);
    }

    [Fact]
    public void FirstBlocksOfACodewordAreTheQuotientsCosets()
    {
        const int logHeight = 5;
        using var trace = new Matrix(1 << logHeight, 1);
        for (int row = 0; row < trace.Rows; row++) trace[row, 0] = KoalaBear.From(row * row + 3);
        foreach (int blowupLog2 in new[] { 1, 2, 3, 4 })
        {
            using Matrix extended = Lde.Extend(trace, blowupLog2, TraceDomain.CosetShift);
            for (int coset = 0; coset < QuotientDomain.Cosets; coset++)
            {
                using Matrix expected = Lde.Extend(trace, 0, QuotientDomain.Shift(logHeight, coset));
                for (int row = 0; row < trace.Rows; row++) Assert.Equal(expected[row, 0], extended[coset * trace.Rows + row, 0]);
            }
        }
    }

    [Fact]
    public void RandomnessIsOneStreamForEachNameAndUniform()
    {
        ProverRandomness randomness = ProverRandomness.FromSeed(TestOptions.Seed(3));
        KoalaBear[] Draw(RandomPurpose purpose, int table, int phase, int block, int count = 100)
        {
            var drawn = new KoalaBear[count];
            randomness.Fill(purpose, table, phase, block, drawn);
            return drawn;
        }

        KoalaBear[] first = Draw(RandomPurpose.TailRow, 1, 2, 3);
        Assert.Equal(first, Draw(RandomPurpose.TailRow, 1, 2, 3));
        Assert.Equal(first, Draw(RandomPurpose.TailRow, 1, 2, 3, 1000)[..100]);
        KoalaBear[][] all =
        [
            first, Draw(RandomPurpose.Mask, 1, 2, 3), Draw(RandomPurpose.TailRow, 2, 2, 3), Draw(RandomPurpose.TailRow, 1, 3, 3), Draw(RandomPurpose.TailRow, 1, 2, 4),
        ];
        Assert.Equal(500, all.SelectMany(stream => stream).Distinct().Count());

        var buckets = new int[16];
        foreach (KoalaBear element in Draw(RandomPurpose.Mask, 0, 0, 0, 16_000)) buckets[(int)((ulong)element.Value * 16 / KoalaBear.Modulus)]++;
        Assert.InRange(ChiSquared.Of(buckets), 0, ChiSquared.Limit15);
    }

    /// <summary>The random polynomials that are tried have every length up to the bound.</summary>
    [Fact]
    public void AnyQuotientUpToTheBoundIsInterpolated() => Prop.ForAll(Gen.Choose(0, 2 * 64 + 8).ToArbitrary(), length =>
    {
        var domain = new TraceDomain(6, 8);
        Quintic[] quotient = Quintics(length, length);
        using Matrix pieces = Interpolate(quotient, domain, QuotientPieces.Width);
        Quintic z = Quintics(1234, 1)[0];
        return Evaluate(quotient, z) == Recombine(pieces, domain, z);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(17, 19));

    internal static Quintic[] Quintics(int seed, int count)
    {
        var random = new Random(seed);
        KoalaBear Next() => KoalaBear.From((uint)random.NextInt64(KoalaBear.Modulus));
        return [.. Enumerable.Range(0, count).Select(_ => new Quintic(Next(), Next(), Next(), Next(), Next()))];
    }

    private static Quintic Evaluate(ReadOnlySpan<Quintic> coefficients, Quintic point)
    {
        Quintic sum = Quintic.Zero;
        for (int i = coefficients.Length - 1; i >= 0; i--) sum = sum * point + coefficients[i];
        return sum;
    }

    private static Matrix Interpolate(Quintic[] quotient, TraceDomain domain, int width)
    {
        using var values = new Matrix(domain.Rows, QuotientDomain.Cosets * Quintic.Degree);
        for (int coset = 0; coset < QuotientDomain.Cosets; coset++)
        {
            for (int row = 0; row < domain.Rows; row++)
            {
                KoalaBear x = QuotientDomain.Shift(domain.LogHeight, coset) * domain.Generator.Pow(Ntt.ReverseBits((uint)row, domain.LogHeight));
                Evaluate(quotient, new Quintic(x)).CopyTo(values.Row(row).Slice(coset * Quintic.Degree, Quintic.Degree));
            }
        }

        using var tail = new Matrix(domain.TailRows, Quintic.Degree);
        for (int m = 0; m < domain.TailRows; m++)
            Evaluate(quotient, new Quintic(domain.Generator.Pow((ulong)(domain.ActiveRows + m)))).CopyTo(tail.Row(m));

        using Matrix tailSelectors = Air.Selectors.OverTail(domain.LogHeight, domain.TailRows);
        using Matrix cosetSelectors = Air.Selectors.OverCoset(domain.LogHeight, domain.TailRows, TraceDomain.CosetShift);
        return QuotientPolynomial.Pieces(domain, values, tail, tailSelectors, cosetSelectors, width, CancellationToken.None);
    }

    private static void AssertPieces(Quintic[] quotient, Matrix pieces, TraceDomain domain)
    {
        Quintic z = Quintics(77, 1)[0];
        Assert.Equal(Evaluate(quotient, z), Recombine(pieces, domain, z));
    }

    private static Quintic Recombine(Matrix pieces, TraceDomain domain, Quintic z)
    {
        var openings = new Quintic[QuotientPieces.Width];
        for (int column = 0; column < openings.Length; column++)
        {
            var coefficients = new Quintic[pieces.Rows];
            for (int row = 0; row < pieces.Rows; row++) coefficients[row] = new Quintic(pieces[row, column]);
            openings[column] = Evaluate(coefficients, z);
        }

        return QuotientPieces.Recombine(openings, z, domain.ActiveRows);
    }
}
