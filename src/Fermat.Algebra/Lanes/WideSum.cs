using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// Sums T of 64-bit numbers kept as a pair: the sum modulo 2^64, and the sum of the high halves (each number divided by 2^32, rounded
/// down). The sum of the low halves is the first minus 2^32 times the second, exact for up to 2^32 numbers; so nothing is lost.
/// Both methods give the Montgomery reduction T · 2^−32 mod p, a reduced word.
/// </summary>
internal static class WideSum
{
    private const uint R = (uint)((1UL << 32) % KoalaBear.Modulus); // 2^25 − 2
    private const uint RSquared = (uint)((ulong)R * R % KoalaBear.Modulus);

    /// <summary>Reduces one sum.</summary>
    /// <param name="wrapped">The sum modulo 2^64.</param>
    /// <param name="high">The sum of high halves; its own high half W1 must be below 2^24.</param>
    public static KoalaBear Reduce(ulong wrapped, ulong high)
    {
        ulong low = wrapped - (high << 32);
        ulong whole = high + (low >> 32); // T = whole · 2^32 + (low mod 2^32)

        // whole = W1 · 2^32 + W0, so T ≡ 2^32 · (W1 · 2^32 + W0) + F ≡ W1 · R² + W0 · R + F: below 2^55 + 2^57 + 2^32 < p · 2^32.
        ulong folded = ((whole >> 32) * RSquared) + ((whole & uint.MaxValue) * R) + (low & uint.MaxValue);
        return KoalaBear.FromRaw(KoalaBear.MontgomeryReduce(folded));
    }

    /// <summary>Reduces four sums; the same bounds.</summary>
    /// <returns>The words in the low halves, zeros in the high halves.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> Reduce<TLanes>(Vector256<ulong> wrapped, Vector256<ulong> high)
        where TLanes : struct, ILanes
    {
        Vector256<ulong> low = wrapped - (high << 32);
        Vector256<ulong> whole = high + (low >> 32);
        Vector256<ulong> folded = TLanes.WideEven((whole >> 32).AsUInt32(), Vector256.Create(RSquared))
            + TLanes.WideEven(whole.AsUInt32(), Vector256.Create(R))
            + (low & Vector256.Create((ulong)uint.MaxValue));
        Vector256<uint> p = Vector256.Create(KoalaBear.Modulus);
        Vector256<ulong> quotient = TLanes.WideEven(folded.AsUInt32(), Vector256.Create(KoalaBear.ModulusInverse));
        Vector256<ulong> difference = (folded - TLanes.WideEven(quotient.AsUInt32(), p)) >> 32; // in (−p, p) modulo 2^32
        return Vector256.Min(difference.AsUInt32(), difference.AsUInt32() + p).AsUInt64(); // zero stays zero in the high halves
    }
}
