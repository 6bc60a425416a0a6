using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>Folding of one coset against the definition, and of whole codewords.</summary>
public class FriTests
{
    public static TheoryData<int> Arities => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Arities))]
    public void Folding_a_coset_interpolates_it_at_the_challenge(int arityLog2)
    {
        var random = new Random(1);
        const int log = 6;
        for (int row = 0; row < 1 << (log - arityLog2); row++)
        {
            // A polynomial of degree below the arity is its own interpolation.
            Quintic[] coefficients = TestFields.Extensions(random, 1 << arityLog2);
            Quintic[] coset = [.. Enumerable.Range(row << arityLog2, 1 << arityLog2).Select(p => Fri.Evaluate(coefficients, Fri.Point(log, p)))];
            Quintic beta = TestFields.Extension(random);
            Quintic expected = Quintic.Zero;
            for (int i = coefficients.Length - 1; i >= 0; i--) expected = expected * beta + coefficients[i];

            Assert.Equal(expected, Fri.FoldCoset(coset, arityLog2, beta, Fri.CosetPoint(log, arityLog2, row).Inverse()));
        }
    }

    [Theory]
    [MemberData(nameof(Arities))]
    public void Folding_a_codeword_folds_its_coefficients(int arityLog2)
    {
        var random = new Random(2);
        const int log = 7, degreeLog = 5;
        Quintic[] coefficients = TestFields.Extensions(random, 1 << degreeLog);
        Quintic beta = TestFields.Extension(random);
        // f = Σ x^j·f_j(x^A): the coefficients of the fold are Σ β^j·c_(A·i + j).
        Quintic[] folded = [.. Enumerable.Range(0, 1 << (degreeLog - arityLog2)).Select(i => Enumerable.Range(0, 1 << arityLog2)
            .Aggregate(Quintic.Zero, (sum, j) => sum + beta.Pow((ulong)j) * coefficients[(i << arityLog2) + j]))];

        for (int row = 0; row < 1 << (log - arityLog2); row++)
        {
            Quintic[] coset = [.. Enumerable.Range(row << arityLog2, 1 << arityLog2).Select(p => Fri.Evaluate(coefficients, Fri.Point(log, p)))];
            Quintic value = Fri.FoldCoset(coset, arityLog2, beta, Fri.CosetPoint(log, arityLog2, row).Inverse());
            Assert.Equal(Fri.Evaluate(folded, Fri.Point(log - arityLog2, row)), value);
        }
    }

    [Fact]
    public void Positions_are_bit_reversed()
    {
        KoalaBear omega = KoalaBear.RootOfUnity(3);
        Assert.Equal(KoalaBear.One, Fri.Point(3, 0));
        Assert.Equal(omega.Pow(4), Fri.Point(3, 1));
        Assert.Equal(omega.Pow(2), Fri.Point(3, 2));
        Assert.Equal(omega.Pow(6), Fri.Point(3, 3));
        Assert.Equal(omega, Fri.Point(3, 4));
        Assert.Equal(omega.Pow(3), Fri.Point(3, 6));
        Assert.Equal(KoalaBear.One, Fri.CosetPoint(3, 3, 0));
    }
}
