namespace Fermat.Algebra.Tests;

public sealed class BatchInverseTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(5000)]
    public void EveryElementIsInverted(int count)
    {
        var random = new Random(count);
        Quintic[] values = [.. Enumerable.Range(0, count).Select(_ => TestValues.Quintic(random))];
        Quintic[] inverses = [.. values];
        BatchInverse.Invert(inverses);
        Assert.All(values.Zip(inverses), pair => Assert.Equal(Quintic.One, pair.First * pair.Second));
        KoalaBear[] bases = [.. values.Select(v => v.C0)];
        KoalaBear[] baseInverses = [.. bases];
        BatchInverse.Invert(baseInverses);
        Assert.All(bases.Zip(baseInverses), pair => Assert.Equal(KoalaBear.One, pair.First * pair.Second));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1499)]
    public void ZeroIsRefused(int position)
    {
        var values = new KoalaBear[1500];
        Array.Fill(values, KoalaBear.One);
        values[position] = KoalaBear.Zero;
        Assert.Throws<DivideByZeroException>(() => BatchInverse.Invert(values));
        Assert.Throws<DivideByZeroException>(() => BatchInverse.Invert(new Quintic[3]));
    }
}
