using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>Deterministic field elements for tests.</summary>
internal static class TestFields
{
    public static KoalaBear Element(Random random) => KoalaBear.From((uint)random.NextInt64(KoalaBear.Modulus));

    public static Quintic Extension(Random random) =>
        new(Element(random), Element(random), Element(random), Element(random), Element(random));

    public static Quintic[] Extensions(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => Extension(random))];
}
