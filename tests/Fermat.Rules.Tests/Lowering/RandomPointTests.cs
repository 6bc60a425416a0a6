using Fermat.Algebra;
using Fermat.Rules.Lowering;

namespace Fermat.Rules.Tests.Lowering;

public sealed class RandomPointTests
{
    private static readonly Quintic R = Quintic.From([KoalaBear.From(11), KoalaBear.From(-5), KoalaBear.From(1 << 30), KoalaBear.From(7), KoalaBear.From(123456789)]);

    [Theory]
    [InlineData(1, 8)]
    [InlineData(14, 8)]
    [InlineData(27, 23)]
    [InlineData(256, 24)]
    [InlineData(256, 29)]
    [InlineData(40, 62)]
    public void Polynomials_at_r_and_at_its_opposite_are_those_of_Horner(int count, int bits)
    {
        var random = new Random(count * 64 + bits);
        var at = new RandomPoint(R, Quintic.One);
        for (int trial = 0; trial < 50; trial++)
        {
            long[] coefficients = [.. Enumerable.Range(0, count).Select(_ => random.Next(5) switch
            {
                0 => 0,
                1 => 1L << bits,
                2 => -(1L << bits),
                _ => random.NextInt64(-(1L << bits), (1L << bits) + 1),
            })];
            Assert.Equal(Horner(coefficients, R), at.At(coefficients));
            Assert.Equal(Horner(coefficients, -R), at.AtMirror(coefficients));
        }
    }

    [Fact]
    public void The_largest_small_coefficients_do_not_overflow()
    {
        long[] coefficients = new long[256];
        var at = new RandomPoint(R, Quintic.One);
        foreach (long most in (long[])[1 << 23, -(1 << 23), (1 << 23) + 1, -(1 << 23) - 1])
        {
            Array.Fill(coefficients, most);
            Assert.Equal(Horner(coefficients, R), at.At(coefficients));
        }
    }

    private static Quintic Horner(long[] coefficients, Quintic at)
    {
        Quintic sum = Quintic.Zero;
        foreach (long one in coefficients.Reverse()) sum = sum * at + Quintic.FromBase(KoalaBear.From(one));
        return sum;
    }
}
