namespace Fermat.Algebra.Tests;

/// <summary>Reproducible random elements and matrices.</summary>
internal static class TestValues
{
    public static KoalaBear Base(Random random) => KoalaBear.FromRaw((uint)random.NextInt64(KoalaBear.Modulus));

    public static Quintic Quintic(Random random) => new(Base(random), Base(random), Base(random), Base(random), Base(random));
}
