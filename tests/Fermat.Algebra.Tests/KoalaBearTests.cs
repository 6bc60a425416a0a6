using System.Numerics;

namespace Fermat.Algebra.Tests;

public sealed class KoalaBearTests
{
    private const ulong P = KoalaBear.Modulus;
    private static readonly uint[] Edges = [0, 1, 2, 3, 126, 127, 1 << 24, (uint)P / 2, ((uint)P / 2) + 1, (uint)P - 2, (uint)P - 1];

    [Fact]
    public void ModulusIsPrimeWithTheStatedTwoAdicity()
    {
        Assert.Equal((1UL << 31) - (1UL << 24) + 1, P);
        for (ulong d = 2; d * d <= P; d++)
            Assert.NotEqual(0UL, P % d);
        Assert.Equal(127UL, (P - 1) >> KoalaBear.TwoAdicity);
    }

    [Fact]
    public void GeneratorGeneratesTheWholeGroup()
    {
        Assert.Equal(3U, KoalaBear.Generator.Value);
        Assert.NotEqual(KoalaBear.One, KoalaBear.Generator.Pow((P - 1) / 2));
        Assert.NotEqual(KoalaBear.One, KoalaBear.Generator.Pow((P - 1) / 127));
        Assert.Equal(KoalaBear.One, KoalaBear.Generator.Pow(P - 1));
    }

    [Fact]
    public void PublishedRootOfUnity() => Assert.Equal(0x6ac49f88U, KoalaBear.RootOfUnity(24).Value);

    [Fact]
    public void RootsOfUnityHaveTheirExactOrderAndSquareIntoEachOther()
    {
        Assert.Equal(KoalaBear.One, KoalaBear.RootOfUnity(0));
        Assert.Equal(-KoalaBear.One, KoalaBear.RootOfUnity(1));
        for (int k = 1; k <= KoalaBear.TwoAdicity; k++)
        {
            Assert.Equal(KoalaBear.RootOfUnity(k - 1), KoalaBear.RootOfUnity(k).Square());
            Assert.Equal(-KoalaBear.One, KoalaBear.RootOfUnity(k).Pow(1UL << (k - 1)));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => KoalaBear.RootOfUnity(25));
        Assert.Throws<ArgumentOutOfRangeException>(() => KoalaBear.RootOfUnity(-1));
    }

    [Fact]
    public void CubingIsAPermutation() => Assert.Equal(1UL, (ulong)BigInteger.GreatestCommonDivisor(3, P - 1));

    [Fact]
    public void OperationsAgreeWithIntegersOnEdgesAndRandomValues()
    {
        var random = new Random(1);
        uint[] values = [.. Edges, .. Enumerable.Range(0, 200).Select(_ => (uint)random.NextInt64((long)P))];
        foreach (uint a in values)
        {
            foreach (uint b in values)
            {
                KoalaBear x = KoalaBear.From(a), y = KoalaBear.From(b);
                Assert.Equal((uint)(((ulong)a + b) % P), (x + y).Value);
                Assert.Equal((uint)((a + P - b) % P), (x - y).Value);
                Assert.Equal((uint)((ulong)a * b % P), (x * y).Value);
            }

            Assert.Equal(a, KoalaBear.From(a).Value);
            Assert.Equal((uint)((P - a) % P), (-KoalaBear.From(a)).Value);
            Assert.Equal((uint)BigInteger.ModPow(a, 12345, P), KoalaBear.From(a).Pow(12345).Value);
            if (a != 0)
                Assert.Equal(KoalaBear.One, KoalaBear.From(a) * KoalaBear.From(a).Inverse());
        }
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    [InlineData(-2130706433L)]
    [InlineData(2130706433L)]
    public void SignedIntegersAreReduced(long value)
    {
        var expected = (uint)(((new BigInteger(value) % P) + P) % P);
        Assert.Equal(expected, KoalaBear.From(value).Value);
        if (value == (int)value)
            Assert.Equal(expected, KoalaBear.From((int)value).Value);
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(KoalaBear.Modulus)]
    public void UnsignedIntegersAreReducedAndNonCanonicalOnesRefused(uint value)
    {
        Assert.Equal(value % KoalaBear.Modulus, KoalaBear.From(value).Value);
        Assert.Equal((uint)(ulong.MaxValue % P), KoalaBear.From(ulong.MaxValue).Value);
        Assert.False(KoalaBear.TryFromCanonical(value, out KoalaBear element));
        Assert.Equal(KoalaBear.Zero, element);
    }

    [Fact]
    public void LargestCanonicalValueIsAccepted()
    {
        Assert.True(KoalaBear.TryFromCanonical(KoalaBear.Modulus - 1, out KoalaBear element));
        Assert.Equal(-KoalaBear.One, element);
    }

    [Fact]
    public void HalfAndZero()
    {
        Assert.Equal(KoalaBear.One, KoalaBear.Half + KoalaBear.Half);
        Assert.Throws<DivideByZeroException>(() => KoalaBear.Zero.Inverse());
        Assert.Equal(KoalaBear.One, KoalaBear.Zero.Pow(0));
        Assert.Equal(default, KoalaBear.Zero);
    }
}
