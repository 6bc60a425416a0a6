using System.Numerics;

namespace Fermat.Rules.Batches;

/// <summary>Division by a fixed 64-bit number by two multiplications (Möller and Granlund, "Improved division by invariant integers", IEEE Trans. Computers 2011, algorithm 4).</summary>
internal readonly struct Reciprocal
{
    private readonly ulong _normalised;
    private readonly ulong _inverse;
    private readonly int _shift;

    /// <summary>The reciprocal of d ≥ 1.</summary>
    public Reciprocal(ulong divisor)
    {
        Divisor = divisor;
        _shift = BitOperations.LeadingZeroCount(divisor);
        _normalised = divisor << _shift;
        _inverse = (ulong)((UInt128.MaxValue / _normalised) - (UInt128.One << 64));
    }

    /// <summary>d.</summary>
    public ulong Divisor { get; }

    /// <summary>floor(n / d) and the remainder, for n below 2^127.</summary>
    public (UInt128 Quotient, ulong Remainder) Divide(UInt128 n)
    {
        ulong low = (ulong)n, high = (ulong)(n >> 64);
        if (high == 0)
        {
            (ulong quotient, ulong remainder) = Math.DivRem(low, Divisor);
            return (quotient, remainder);
        }
        // three words, shifted so that the divisor's top bit is set; the top word is below the divisor
        ulong top = _shift == 0 ? 0 : high >> (64 - _shift);
        ulong middle = _shift == 0 ? high : (high << _shift) | (low >> (64 - _shift));
        ulong q1 = Step(ref top, middle);
        ulong q0 = Step(ref top, low << _shift);
        return (new UInt128(q1, q0), top >> _shift);
    }

    /// <summary>(remainder, word) / d: the quotient; the remainder is replaced.</summary>
    private ulong Step(ref ulong remainder, ulong word)
    {
        UInt128 product = (UInt128)_inverse * remainder + new UInt128(remainder, word);
        ulong quotient = (ulong)(product >> 64) + 1, rest = word - quotient * _normalised;
        if (rest > (ulong)product)
        {
            quotient--;
            rest += _normalised;
        }
        if (rest >= _normalised)
        {
            quotient++;
            rest -= _normalised;
        }
        remainder = rest;
        return quotient;
    }
}
