using System.Runtime.CompilerServices;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>Sums of words and of products of words in 64 bits, reduced once at the end.</summary>
internal static class WideWords
{
    /// <summary>p^−1 mod 2^32.</summary>
    private const uint ModulusInverse = 0x81000001;

    /// <summary>2^32 mod p = 2^25 − 2.</summary>
    private const uint RModP = (1 << 25) - 2;

    private const uint Low31 = 0x7FFFFFFF;

    /// <summary>A value congruent modulo p and below 2^57 + 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Fold(ulong sum) => ((sum >> 32) * RModP) + (uint)sum;

    /// <summary>sum / 2^32 mod p: an inner product of Montgomery words becomes a Montgomery word.</summary>
    /// <param name="sum">Below p · 2^32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static KoalaBear MontgomeryReduce(ulong sum)
    {
        uint quotient = (uint)sum * ModulusInverse;
        uint difference = (uint)(sum >> 32) - (uint)(((ulong)quotient * KoalaBear.Modulus) >> 32); // in (−p, p); the low halves agree
        return KoalaBear.FromRaw(Math.Min(difference, difference + KoalaBear.Modulus));
    }

    /// <summary>sum mod p: a sum of Montgomery words becomes a Montgomery word.</summary>
    /// <param name="sum">Below 2^40. As 2^31 = 2^24 − 1 modulo p, one step leaves less than 2^34, a second one less than 2^31 + 2^27 &lt; 2p.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static KoalaBear Reduce(ulong sum)
    {
        sum = (sum & Low31) + ((sum >> 31) * ((1 << 24) - 1));
        uint word = (uint)((sum & Low31) + ((sum >> 31) * ((1 << 24) - 1)));
        return KoalaBear.FromRaw(Math.Min(word, word - KoalaBear.Modulus));
    }
}
