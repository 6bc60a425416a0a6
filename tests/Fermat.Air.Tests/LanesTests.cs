using System.Numerics;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Air.Tests;

/// <summary>The unreduced sums at the ends of their bounds, against exact integers.</summary>
public sealed class LanesTests
{
    private const ulong P = KoalaBear.Modulus;

    /// <summary>Words whose products and halves are extreme.</summary>
    private static readonly uint[] Extremes = [0, 1, (uint)P - 1, (uint)P - 2, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7f000000, 0x7eff8000, 0x7eff7fff, 1 << 30];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(37)]
    [InlineData(256)]
    public void SumsOfTheLargestProductsReduce(int count)
    {
        // p itself occurs as a factor: it stands for the negation of zero.
        foreach ((uint x, uint y) in new[] { ((uint)P, (uint)P - 1), ((uint)P - 1, (uint)P - 1), (1U, 1U), (0x7effffffU, 0x7f000000U) })
        {
            Vector256<ulong> sum = default;
            for (int i = 0; i < count; i++)
            {
                sum += WideLanes.Mul(Vector256.Create(x), Vector256.Create(y));
                if (i >= 2 && ((i & 1) != 0 || i == count - 1))
                    sum = WideLanes.Step(sum);
            }
            Assert.Equal(Montgomery((BigInteger)x * y * count), WideLanes.Reduce(sum, sum)[3]);
        }
    }

    [Fact]
    public void AStepLeavesTheHighHalfBelowItsBound()
    {
        ulong[] sums = [0, ulong.MaxValue, (P << 32) - 1, P << 32, ((P + (1 << 25)) << 32) - 1, 1, uint.MaxValue, 1UL << 63];
        foreach (ulong sum in sums)
        {
            ulong stepped = WideLanes.Step(Vector256.Create(sum))[2];
            Assert.True(stepped >> 32 < P + (1 << 25));
            Assert.Equal((BigInteger)sum % P, (BigInteger)stepped % P);
            Assert.Equal(Montgomery(sum), WideLanes.Reduce(Vector256.Create(stepped), Vector256.Create(stepped))[4]);
        }
    }

    [Fact]
    public void SmallSumsReduce()
    {
        var random = new Random(5);
        ulong[] sums = [0, P - 1, P, P + 1, (1UL << 43) - 1, (1UL << 43) / P * P, ((1UL << 43) / P * P) - 1, .. Enumerable.Range(0, 1000).Select(_ => (ulong)random.NextInt64(1L << 43))];
        foreach (ulong sum in sums)
        {
            Vector256<uint> reduced = WideLanes.ReduceSmall(Vector256.Create(sum), Vector256.Create(sums[1]));
            Assert.Equal((uint)(sum % P), reduced[0]);
            Assert.Equal((uint)(P - 1), reduced[7]);
        }
    }

    [Fact]
    public void PairsOfHalvesSumUpToTheirBound()
    {
        foreach (uint x in Extremes)
        {
            foreach (uint y in Extremes)
            {
                foreach ((int k0, int k1) in new[] { (1, 0), (0, 1), (1, 1), (-1, 3), (256, 256), (-256, -256), (512, 0), (0, -512), (-101, 67) })
                {
                    Vector256<uint> k = Vector256.Create((uint)PairLanes.Pack(k0, k1));
                    Vector256<uint> first = Vector256.Create(x), second = Vector256.Create(y);
                    uint sum = PairLanes.Reduce(
                        PairLanes.MultiplyAdd(PairLanes.Low(first, second), k), PairLanes.MultiplyAdd(PairLanes.High(first, second), k))[5];
                    BigInteger expected = (((BigInteger)x * k0) + ((BigInteger)y * k1)) % P;
                    Assert.Equal((uint)(expected < 0 ? expected + P : expected), sum);
                }
            }
        }
    }

    [Fact]
    public unsafe void ExtensionProductsOfExtremesAgreeWithTheScalarOnes()
    {
        var random = new Random(6);
        uint* x = stackalloc uint[40], y = stackalloc uint[40], d = stackalloc uint[40];
        for (int round = 0; round < 200; round++)
        {
            for (int i = 0; i < 40; i++)
                (x[i], y[i]) = (Extremes[random.Next(Extremes.Length)], Extremes[random.Next(Extremes.Length)]);
            QuinticLanes.Multiply(QuinticLanes.Pointers.Strided(x, 8), 0, QuinticLanes.Pointers.Strided(y, 8), 0, QuinticLanes.Pointers.Strided(d, 8), 0);
            for (int lane = 0; lane < 8; lane++)
                Assert.Equal(Element(x + lane) * Element(y + lane), Element(d + lane));
        }
    }

    [Fact]
    public unsafe void LanesInvertTogether()
    {
        var values = new TestValues(8);
        uint* words = stackalloc uint[40];
        Quintic[] elements = values.Extensions(8);
        for (int i = 0; i < 40; i++)
            words[i] = elements[i % 8][i / 8].Raw;
        LaneInverse.Invert(words);
        for (int lane = 0; lane < 8; lane++)
            Assert.Equal(elements[lane].Inverse(), Element(words + lane));
        for (int c = 0; c < 5; c++)
            words[(8 * c) + 3] = 0;
        Assert.Throws<InvalidOperationException>(() => InvertCopy(words));

        static void InvertCopy(uint* words) => LaneInverse.Invert(words);
    }

    private static unsafe Quintic Element(uint* words) => new(
        KoalaBear.FromRaw(words[0]), KoalaBear.FromRaw(words[8]), KoalaBear.FromRaw(words[16]), KoalaBear.FromRaw(words[24]), KoalaBear.FromRaw(words[32]));

    /// <summary>sum · 2^−32 mod p.</summary>
    private static uint Montgomery(BigInteger sum) => (uint)(sum * BigInteger.ModPow(BigInteger.Pow(2, 32), P - 2, P) % P);
}
