using System.Numerics;

namespace Fermat.Rules.Lowering;

/// <summary>The quotient and the rest of honest rows: digits of ⌊n / d⌋, then words of n − d · ⌊n / d⌋.</summary>
internal sealed class RowDivision(string name, LimbForm numerator, LimbForm denominator, DigitFormat quotient, int words)
{
    /// <summary>Words of the rest.</summary>
    public int Words => words;

    /// <summary>Writes both.</summary>
    public void Divide(WitnessRow row, Span<long> into)
    {
        Span<long> n = stackalloc long[numerator.Count], d = stackalloc long[denominator.Count];
        n.Clear();
        d.Clear();
        numerator.AddTo(row, n);
        denominator.AddTo(row, d);
        if (Limbs.TryNarrow(n, out Int128 narrow) && Limbs.TryNarrow(d, out Int128 by) && by > 0)
        {
            (Int128 q, Int128 rest) = Int128.DivRem(narrow, by);
            if (rest < 0) (q, rest) = (q - 1, rest + by);
            if (TryWrite(q, rest, into)) return;
        }
        (BigInteger over, BigInteger under) = (Limbs.ToInteger(n), Limbs.ToInteger(d));
        if (under.Sign <= 0) throw new InvalidOperationException($"{name}: division by {under}");
        BigInteger whole = BigInteger.DivRem(over, under, out BigInteger left);
        if (left.Sign < 0) (whole, left) = (whole - 1, left + under);
        bool wrap = row.Book.Lie is not null;
        Limbs.ToDigits(whole, into[..quotient.Count], quotient, wrap);
        Limbs.ToWords(left, into[quotient.Count..], wrap);
    }

    private bool TryWrite(Int128 q, Int128 rest, Span<long> into)
    {
        bool negative = q < 0;
        for (int i = 0; i < quotient.Count; i++, q >>= 8) into[i] = (long)(byte)q;
        if (q != (negative ? -1 : 0) || (quotient.IsSigned ? into[quotient.Count - 1] >= 128 != negative : negative)) return false;
        if (negative) into[quotient.Count - 1] -= 256;
        for (int i = quotient.Count; i < into.Length; i++, rest >>= 16) into[i] = (long)(ushort)rest;
        return rest == 0;
    }
}
