using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>A constant factor of eight words: word ← word · value mod p, for any 32-bit words.</summary>
internal readonly struct LaneFactor(KoalaBear factor)
{
    private static readonly KoalaBear R = KoalaBear.From(1UL << 32);

    private readonly uint _value = factor.Value;
    private readonly uint _companion = KoalaBearVector.Precompute(factor);

    /// <summary>R = 2^32 mod p: from canonical words to Montgomery words.</summary>
    internal static LaneFactor ToMontgomery { get; } = new(R);

    /// <summary>1/R: from Montgomery words to canonical words.</summary>
    internal static LaneFactor ToCanonical { get; } = new(R.Inverse());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<uint> Multiply(Vector256<uint> words) =>
        KoalaBearVector.MulConstant(words, Vector256.Create(_value), Vector256.Create(_companion));
}
