using System.Runtime.CompilerServices;

namespace Fermat.Algebra;

/// <summary>
/// Sums of 64-bit numbers kept as a pair: the sum modulo 2^64, and the sum of the high halves (each number divided by 2^32, rounded down).
/// The sum of the low halves is the first minus 2^32 times the second, exact as long as it is below 2^64: for up to 2^32 numbers.
/// </summary>
internal static class WideSum
{
    /// <summary>The Montgomery reduction of the sum, i.e. sum · 2^−32 mod p as a Montgomery word.</summary>
    /// <param name="wrapped">The sum modulo 2^64.</param>
    /// <param name="high">The sum of high halves, below 2^63.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KoalaBear Reduce(ulong wrapped, ulong high)
    {
        ulong low = wrapped - (high << 32);
        // sum · 2^−32 = high + low · 2^−32; low = lowHigh · 2^32 + lowLow.
        ulong whole = high + (low >> 32);
        var fraction = KoalaBear.FromRaw(KoalaBear.MontgomeryReduce((uint)low));
        return KoalaBear.FromRaw((uint)(whole % KoalaBear.Modulus)) + fraction;
    }
}
