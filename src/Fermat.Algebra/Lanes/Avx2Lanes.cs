using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra;

/// <summary>
/// Eight lanes with AVX2. <c>vpmuludq</c> multiplies the even lanes only, to 64-bit products; the odd lanes are first moved down by
/// duplicating them, and the high halves of both sets are put together again by a blend. Only on machines with AVX2.
/// </summary>
public readonly struct Avx2Lanes : ILanes
{
    /// <summary>Selects odd 32-bit lanes from the second operand of a blend.</summary>
    private const byte OddLanes = 0b10101010;

    private static Vector256<uint> P => Vector256.Create(KoalaBear.Modulus);

    private static Vector256<uint> Mu => Vector256.Create(KoalaBear.ModulusInverse);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b)
    {
        Vector256<uint> sum = Avx2.Add(a, b); // < 2p < 2^32
        return Avx2.Min(sum, Avx2.Subtract(sum, P)); // sum − p wraps above sum when sum < p
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Sub(Vector256<uint> a, Vector256<uint> b)
    {
        Vector256<uint> difference = Avx2.Subtract(a, b); // in (−p, p) modulo 2^32
        return Avx2.Min(difference, Avx2.Add(difference, P));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Mul(Vector256<uint> a, Vector256<uint> b)
    {
        Vector256<ulong> even = Avx2.Multiply(a, b); // < p · 2^32
        Vector256<ulong> odd = Avx2.Multiply(OddToEven(a), OddToEven(b));
        Vector256<uint> quotientEven = Avx2.Multiply(even.AsUInt32(), Mu).AsUInt32(); // the low 32 bits count
        Vector256<uint> quotientOdd = Avx2.Multiply(odd.AsUInt32(), Mu).AsUInt32();
        return Finish(even, odd, Avx2.Multiply(quotientEven, P), Avx2.Multiply(quotientOdd, P));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> MulConstant(Vector256<uint> a, Vector256<uint> w, Vector256<uint> wPre)
    {
        // a·wPre / 2^32 is at most a·w/p and more than a·w/p − 1, as wPre·p > w·2^32 − p and a < 2^32; rounded down, more than a·w/p − 2.
        Vector256<uint> even = OddToEven(Avx2.Multiply(a, wPre).AsUInt32());
        Vector256<uint> odd = Avx2.Multiply(OddToEven(a), wPre).AsUInt32(); // wPre is the same in all lanes
        Vector256<uint> quotient = Avx2.Blend(even, odd, OddLanes);
        Vector256<uint> remainder = Avx2.Subtract(Avx2.MultiplyLow(a, w), Avx2.MultiplyLow(quotient, P)); // in [0, 2p): fits the low halves
        return Avx2.Min(remainder, Avx2.Subtract(remainder, P));
    }

    /// <inheritdoc/>
    /// <remarks>The square stays in signed form, in (−p, p): |square · a| &lt; p², whose high half is within ±p/2.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Cube(Vector256<uint> a)
    {
        Vector256<int> evenBase = a.AsInt32(), oddBase = OddToEven(a).AsInt32(); // < p < 2^31: not negative
        Vector256<long> even = SignedSquare(evenBase), odd = SignedSquare(oddBase);
        even = Avx2.Multiply(Avx2.ShiftRightLogical(even, 32).AsInt32(), evenBase); // in (−p², p²)
        odd = Avx2.Multiply(Avx2.ShiftRightLogical(odd, 32).AsInt32(), oddBase);
        Vector256<int> quotientEven = Avx2.Multiply(even.AsInt32(), Mu.AsInt32()).AsInt32(); // the low 32 bits, read as signed
        Vector256<int> quotientOdd = Avx2.Multiply(odd.AsInt32(), Mu.AsInt32()).AsInt32();
        return Finish(
            even.AsUInt64(),
            odd.AsUInt64(),
            Avx2.Multiply(quotientEven, P.AsInt32()).AsUInt64(), // within ±p · 2^31, so its high half is within ±p/2
            Avx2.Multiply(quotientOdd, P.AsInt32()).AsUInt64());
    }

    /// <summary>a² · 2^−32 mod p in the high half of each 64-bit lane, signed, in (−p, p); the low half is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> SignedSquare(Vector256<int> a)
    {
        Vector256<long> square = Avx2.Multiply(a, a); // in [0, p²)
        Vector256<int> quotient = Avx2.Multiply(square.AsInt32(), Mu.AsInt32()).AsInt32();
        return Avx2.Subtract(square, Avx2.Multiply(quotient, P.AsInt32())); // a multiple of 2^32
    }

    /// <summary>
    /// The high halves of product − quotient·p, brought from (−p, p) to [0, p). The low halves of the two agree, so the 64-bit
    /// difference has its result in the high half and no borrow reaches it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Finish(
        Vector256<ulong> even, Vector256<ulong> odd, Vector256<ulong> evenMultiple, Vector256<ulong> oddMultiple)
    {
        Vector256<uint> evenHigh = OddToEven(Avx2.Subtract(even, evenMultiple).AsUInt32());
        Vector256<uint> oddHigh = Avx2.Subtract(odd, oddMultiple).AsUInt32();
        Vector256<uint> difference = Avx2.Blend(evenHigh, oddHigh, OddLanes); // in (−p, p) modulo 2^32
        return Avx2.Min(difference, Avx2.Add(difference, P));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<ulong> WideEven(Vector256<uint> a, Vector256<uint> b) => Avx2.Multiply(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> OddToEven(Vector256<uint> a) => Avx.DuplicateOddIndexed(a.AsSingle()).AsUInt32();
}
