namespace Fermat.Algebra.Tests;

[Collection(KernelCollection.Name)]
public sealed class BatchInverseTests
{
    public static TheoryData<KernelKind, int> Counts
    {
        get
        {
            var data = new TheoryData<KernelKind, int>();
            foreach (KernelKind kernel in Kernels.Available)
            {
                foreach (int count in new[] { 0, 1, 7, 8, 1023, 5000 })
                    data.Add(kernel, count);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void EveryElementIsInverted(KernelKind kernel, int count) => KernelCollection.With(kernel, () =>
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
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1499)]
    public void ZeroIsRefused(int position)
    {
        var values = new KoalaBear[1500];
        Array.Fill(values, KoalaBear.One);
        values[position] = KoalaBear.Zero;
        Assert.Throws<DivideByZeroException>(() => BatchInverse.Invert(values));
        var extended = new Quintic[1500];
        Array.Fill(extended, Quintic.X);
        extended[position] = Quintic.Zero;
        Assert.Throws<DivideByZeroException>(() => BatchInverse.Invert(extended));
    }
}
