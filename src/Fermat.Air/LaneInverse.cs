using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Inverts the eight extension elements of a vector with one field inversion.</summary>
internal static unsafe class LaneInverse
{
    private const int Lanes = KoalaBearVector.Lanes;

    /// <summary>Inverts in place: component c of lane l is the word 8c + l.</summary>
    /// <exception cref="InvalidOperationException">One of them is zero.</exception>
    public static void Invert(uint* words)
    {
        Span<Quintic> values = stackalloc Quintic[Lanes];
        Span<Quintic> prefixes = stackalloc Quintic[Lanes];
        Quintic product = Quintic.One;
        for (int lane = 0; lane < Lanes; lane++)
        {
            values[lane] = Read(words + lane);
            prefixes[lane] = product;
            product *= values[lane];
        }
        if (product.IsZero)
            throw new InvalidOperationException("the fingerprint of a message is zero; this happens by chance once in 2^155 messages, else an input is wrong");
        Quintic inverse = product.Inverse();
        for (int lane = Lanes - 1; lane >= 0; lane--)
        {
            Write(inverse * prefixes[lane], words + lane);
            inverse *= values[lane];
        }
    }

    private static Quintic Read(uint* words) => new(
        KoalaBear.FromRaw(words[0]),
        KoalaBear.FromRaw(words[Lanes]),
        KoalaBear.FromRaw(words[2 * Lanes]),
        KoalaBear.FromRaw(words[3 * Lanes]),
        KoalaBear.FromRaw(words[4 * Lanes]));

    private static void Write(Quintic value, uint* words)
    {
        words[0] = value.C0.Raw;
        words[Lanes] = value.C1.Raw;
        words[2 * Lanes] = value.C2.Raw;
        words[3 * Lanes] = value.C3.Raw;
        words[4 * Lanes] = value.C4.Raw;
    }
}
