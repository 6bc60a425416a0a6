using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>The reference: each lane through the scalar operators.</summary>
public readonly struct ScalarLanes : ILanes
{
    /// <inheritdoc/>
    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b) => Map(a, b, static (x, y) => x + y);

    /// <inheritdoc/>
    public static Vector256<uint> Sub(Vector256<uint> a, Vector256<uint> b) => Map(a, b, static (x, y) => x - y);

    /// <inheritdoc/>
    public static Vector256<uint> Mul(Vector256<uint> a, Vector256<uint> b)
    {
        Span<uint> words = stackalloc uint[Vector256<uint>.Count];
        for (int i = 0; i < words.Length; i++)
            words[i] = KoalaBear.MontgomeryReduce((ulong)a[i] * b[i]); // < 2^32 · p, as one operand is reduced
        return Vector256.Create<uint>(words);
    }

    /// <inheritdoc/>
    public static Vector256<uint> MulConstant(Vector256<uint> a, Vector256<uint> w, Vector256<uint> wPre)
    {
        Span<uint> words = stackalloc uint[Vector256<uint>.Count];
        for (int i = 0; i < words.Length; i++)
            words[i] = (uint)((ulong)a[i] * w[i] % KoalaBear.Modulus);
        return Vector256.Create<uint>(words);
    }

    /// <inheritdoc/>
    public static Vector256<uint> Cube(Vector256<uint> a) => Map(a, a, static (x, _) => x * x * x);

    /// <inheritdoc/>
    public static Vector256<ulong> WideEven(Vector256<uint> a, Vector256<uint> b)
    {
        Span<ulong> products = stackalloc ulong[Vector256<ulong>.Count];
        for (int i = 0; i < products.Length; i++)
            products[i] = (ulong)a[2 * i] * b[2 * i];
        return Vector256.Create<ulong>(products);
    }

    /// <inheritdoc/>
    public static Vector256<uint> OddToEven(Vector256<uint> a) => Vector256.Create(a[1], 0, a[3], 0, a[5], 0, a[7], 0);

    private static Vector256<uint> Map(Vector256<uint> a, Vector256<uint> b, Func<KoalaBear, KoalaBear, KoalaBear> operation)
    {
        Span<uint> words = stackalloc uint[Vector256<uint>.Count];
        for (int i = 0; i < words.Length; i++)
            words[i] = operation(KoalaBear.FromRaw(a[i]), KoalaBear.FromRaw(b[i])).Raw;
        return Vector256.Create<uint>(words);
    }
}
