using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// The constants of one transform of size m = 2^k over the coset g·⟨ω_m⟩: for each layer s = 1..k and j &lt; 2^(s−1), the canonical
/// value of g^(m / 2^s) · ω_(2^s)^j at index 2^(s−1) + j, with the companion words of <see cref="KoalaBearVector.Precompute"/> in a
/// second array right after. Index 0 is not used. Both arrays have m entries (at least 8).
/// </summary>
internal static unsafe class TwiddleTable
{
    private static readonly KoalaBear[]?[] ForwardRoots = new KoalaBear[KoalaBear.TwoAdicity + 1][];
    private static readonly KoalaBear[]?[] InverseRoots = new KoalaBear[KoalaBear.TwoAdicity + 1][];

    /// <summary>The number of words a table takes, both arrays together.</summary>
    public static int Words(int log) => 2 * Length(log);

    /// <summary>The number of words of each of the two arrays.</summary>
    public static int Length(int log) => Math.Max(1 << log, KoalaBearVector.Lanes);

    /// <summary>Writes the table for the coset g·⟨ω⟩, or g·⟨ω^−1⟩ when <paramref name="inverse"/>.</summary>
    public static void Fill<TLanes>(uint* table, int log, KoalaBear g, bool inverse)
        where TLanes : struct, ILanes
    {
        KoalaBear[] roots = Roots(log, inverse);
        uint* companions = table + Length(log);
        KoalaBear power = g; // g^(m / 2^s), from the last layer to the first
        for (int layer = log; layer >= 1; layer--, power *= power)
        {
            int half = 1 << (layer - 1);
            if (half >= KoalaBearVector.Lanes)
            {
                FillVectors<TLanes>(table, companions, roots, half, power);
                continue;
            }

            for (int j = half; j < 2 * half; j++)
            {
                KoalaBear twiddle = power * roots[j];
                table[j] = twiddle.Value;
                companions[j] = KoalaBearVector.Precompute(twiddle);
            }
        }
    }

    private static void FillVectors<TLanes>(uint* table, uint* companions, KoalaBear[] roots, int half, KoalaBear power)
        where TLanes : struct, ILanes
    {
        Vector256<uint> factor = Vector256.Create(power.Value);
        Vector256<uint> factorPre = Vector256.Create(KoalaBearVector.Precompute(power));
        Vector256<uint> negatedInverse = Vector256.Create(unchecked(0 - KoalaBear.ModulusInverse));
        Vector256<uint> modulus = Vector256.Create(KoalaBear.Modulus);
        fixed (KoalaBear* source = roots)
        {
            for (int j = half; j < 2 * half; j += KoalaBearVector.Lanes)
            {
                // value · 2^32 = companion · p + word, and the word is not zero: value is the high half of companion · p, plus one.
                Vector256<uint> words = TLanes.MulConstant(KoalaBearVector.Load(source + j), factor, factorPre);
                Vector256<uint> pre = words * negatedInverse;
                Vector256<ulong> even = TLanes.WideEven(pre, modulus) >> 32, odd = TLanes.WideEven(TLanes.OddToEven(pre), modulus);
                Vector256<ulong> high = Vector256.Create(0xffff_ffff_0000_0000);
                ((even | (odd & high)).AsUInt32() + Vector256<uint>.One).Store(table + j);
                pre.Store(companions + j);
            }
        }
    }

    /// <summary>ω_(2^s)^±j at index 2^(s−1) + j, for all layers s up to <paramref name="log"/>.</summary>
    private static KoalaBear[] Roots(int log, bool inverse)
    {
        KoalaBear[]?[] cache = inverse ? InverseRoots : ForwardRoots;
        return Volatile.Read(ref cache[log]) ?? Compute(cache, log, inverse);
    }

    private static KoalaBear[] Compute(KoalaBear[]?[] cache, int log, bool inverse)
    {
        var roots = new KoalaBear[Length(log)];
        for (int layer = 1; layer <= log; layer++)
        {
            KoalaBear root = KoalaBear.RootOfUnity(layer);
            KoalaBear step = inverse ? root.Inverse() : root;
            KoalaBear power = KoalaBear.One;
            int half = 1 << (layer - 1);
            for (int j = 0; j < half; j++, power *= step)
                roots[half + j] = power;
        }

        Volatile.Write(ref cache[log], roots); // two threads may compute the same words; either array serves
        return roots;
    }
}
