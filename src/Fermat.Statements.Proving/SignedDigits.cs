namespace Fermat.Statements.Proving;

/// <summary>
/// Brings a sum of byte products to the digits that statement S commits. Coefficients A_l stand for Σ A_l · 256^l; the value is written as magnitude
/// digits with a sign, value = magnitude or −(magnitude + 1), and carries with A_l + carry_(l−1) − V_l = 256 · carry_l.
/// </summary>
internal static class SignedDigits
{
    /// <summary>Writes magnitude digits and carries of a value that fits so many digits.</summary>
    /// <param name="coefficients">A_0, A_1, …</param>
    /// <param name="magnitude">As many digits.</param>
    /// <param name="carries">One fewer.</param>
    /// <returns>Whether the value is negative.</returns>
    /// <exception cref="InvalidOperationException">The value does not fit, which valid books rule out.</exception>
    public static bool Write(ReadOnlySpan<long> coefficients, Span<byte> magnitude, Span<int> carries)
    {
        long carry = 0;
        for (int l = 0; l < magnitude.Length; l++)
        {
            long sum = coefficients[l] + carry;
            magnitude[l] = (byte)sum;               // the floor's digit: the value in two's complement
            carry = sum >> 8;
        }
        if (carry is not (0 or -1)) throw new InvalidOperationException($"a value does not fit {magnitude.Length} bytes");
        bool negative = carry < 0;
        if (negative)
            for (int l = 0; l < magnitude.Length; l++) magnitude[l] = (byte)~magnitude[l];
        long taken = 0;
        for (int l = 0; l < carries.Length; l++)
        {
            long digit = negative ? -magnitude[l] - (l == 0 ? 1 : 0) : magnitude[l];
            taken = (coefficients[l] - digit + taken) / 256;
            carries[l] = (int)taken;
        }
        return negative;
    }
}
