using Fermat.Algebra;

namespace Fermat.Air.Tests;

/// <summary>Seeded field elements.</summary>
internal sealed class TestValues(int seed)
{
    private readonly Random _random = new(seed);

    public Random Random => _random;

    public KoalaBear Base() => KoalaBear.From((uint)_random.NextInt64(KoalaBear.Modulus));

    public Quintic Extension() => new(Base(), Base(), Base(), Base(), Base());

    public Quintic[] Extensions(int count) => [.. Enumerable.Range(0, count).Select(_ => Extension())];

    public void Fill(Matrix matrix)
    {
        for (int row = 0; row < matrix.Rows; row++)
        {
            foreach (ref KoalaBear cell in matrix.Row(row))
                cell = Base();
        }
    }
}
