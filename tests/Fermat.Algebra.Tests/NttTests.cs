namespace Fermat.Algebra.Tests;

public sealed class NttTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void ForwardEvaluatesAtThePowersOfTheRoot(int log)
    {
        var random = new Random(log);
        KoalaBear[] coefficients = [.. Enumerable.Range(0, 1 << log).Select(_ => TestValues.Base(random))];
        KoalaBear[] values = [.. coefficients];
        Ntt.Forward(values);
        KoalaBear root = KoalaBear.RootOfUnity(log);
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(TestValues.Evaluate(coefficients, new Quintic(root.Pow((ulong)i))), new Quintic(values[i]));
        Ntt.Inverse(values);
        Assert.Equal(coefficients, values);
    }

    [Fact]
    public void ExtensionTransformActsOnEachCoefficient()
    {
        var random = new Random(11);
        Quintic[] values = [.. Enumerable.Range(0, 16).Select(_ => TestValues.Quintic(random))];
        Quintic[] transformed = [.. values];
        Ntt.Forward(transformed);
        for (int c = 0; c < 5; c++)
        {
            KoalaBear[] component = [.. values.Select(v => v[c])];
            Ntt.Forward(component);
            Assert.Equal(component, transformed.Select(v => v[c]));
        }

        Ntt.Inverse(transformed);
        Assert.Equal(values, transformed);
    }

    [Theory]
    [InlineData(0U, 0, 0U)]
    [InlineData(1U, 1, 1U)]
    [InlineData(1U, 10, 512U)]
    [InlineData(0b1101U, 4, 0b1011U)]
    [InlineData(0x12345678U, 32, 0x1e6a2c48U)]
    public void ReverseBits(uint value, int bits, uint expected)
    {
        Assert.Equal(expected, Ntt.ReverseBits(value, bits));
        Assert.Equal(value, Ntt.ReverseBits(expected, bits));
    }

    [Fact]
    public void BitReverseOrder()
    {
        int[] order = [0, 1, 2, 3, 4, 5, 6, 7];
        Ntt.BitReverse<int>(order);
        Assert.Equal([0, 4, 2, 6, 1, 5, 3, 7], order);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void OtherLengthsAreRefused(int length)
    {
        Assert.Throws<ArgumentException>(() => Ntt.Forward(new KoalaBear[length]));
        Assert.Throws<ArgumentException>(() => Ntt.Inverse(new Quintic[length]));
    }
}
