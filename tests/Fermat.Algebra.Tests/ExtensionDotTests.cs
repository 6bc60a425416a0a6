namespace Fermat.Algebra.Tests;

/// <summary>Sums of weighted cells by lanes are those of the operators, under every kernel and at every length.</summary>
[Collection(KernelCollection.Name)]
public sealed class ExtensionDotTests
{
    [Theory]
    [MemberData(nameof(KernelCollection.All), MemberType = typeof(KernelCollection))]
    public void Sum_is_that_of_the_operators(KernelKind kernel) => KernelCollection.With(kernel, () =>
    {
        var random = new Random(11);
        for (int count = 0; count < 70; count++)
        {
            KoalaBear[] row = [.. Enumerable.Range(0, count).Select(i => i % 5 == 0 ? -KoalaBear.One : TestValues.Base(random))];
            Quintic[] weights = [.. row.Select(_ => TestValues.Quintic(random))];
            Quintic expected = Quintic.Zero;
            for (int j = 0; j < count; j++) expected += weights[j] * row[j];
            Assert.Equal(expected, new ExtensionDot(weights).Of(row));
        }
    });

    [Fact]
    public void Row_of_another_length_is_refused() => Assert.Throws<ArgumentException>(() => new ExtensionDot([Quintic.One, Quintic.X]).Of([KoalaBear.One]));
}
