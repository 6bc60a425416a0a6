namespace Fermat.Algebra;

/// <summary>The Frobenius maps of <see cref="Quintic"/>: a(X) ↦ a(X^(p^k)), linear over the base field.</summary>
internal static class QuinticFrobenius
{
    /// <summary>Entry [k][i] is X^(i · p^k), the image of the basis element X^i.</summary>
    private static readonly Quintic[][] Images = ComputeImages();

    /// <summary>The <paramref name="power"/>-th Frobenius map.</summary>
    /// <param name="value">Any element.</param>
    /// <param name="power">0 to 4.</param>
    public static Quintic Apply(Quintic value, int power)
    {
        Quintic[] images = Images[power];
        return new Quintic(value.C0) + (images[1] * value.C1) + (images[2] * value.C2) + (images[3] * value.C3) + (images[4] * value.C4);
    }

    private static Quintic[][] ComputeImages()
    {
        var images = new Quintic[Quintic.Degree][];
        Quintic x = Quintic.X;
        for (int k = 0; k < Quintic.Degree; k++)
        {
            images[k] = new Quintic[Quintic.Degree];
            images[k][0] = Quintic.One;
            for (int i = 1; i < Quintic.Degree; i++)
                images[k][i] = images[k][i - 1] * x;
            x = x.Pow(KoalaBear.Modulus);
        }

        return images;
    }
}
