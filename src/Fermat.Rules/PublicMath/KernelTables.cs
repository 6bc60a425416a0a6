using System.Numerics;

namespace Fermat.Rules.PublicMath;

/// <summary>
/// The constants of the kernel, each correct to one ulp of 2^-96. They are computed once, from series with positive terms in 256-bit integers, so that no
/// table of unexplained digits has to be believed; a test encloses every entry by interval arithmetic.
/// </summary>
internal static class KernelTables
{
    private const int Wide = 256;

    /// <summary>exp(j/64) for j = −23 … 23, at index j + 23.</summary>
    public static readonly Int128[] Exp = [.. Enumerable.Range(-23, 47).Select(j => Narrow(WideExp(j, 64)))];

    /// <summary>Reciprocals of 1 + (2j+1)/128 to 16 bits, j = 0 … 63: exact numbers over 2^16.</summary>
    public static readonly int[] Reciprocal = [.. Enumerable.Range(0, 64).Select(j => (int)RoundedDivision.Divide(128 << 16, 128 + 2 * j + 1, Rounding.Nearest))];

    /// <summary>−ln of <see cref="Reciprocal"/>.</summary>
    public static readonly Int128[] Ln = [.. Reciprocal.Select(r => Narrow(WideLn(1 << 16, r)))];

    /// <summary>ln 2.</summary>
    public static readonly Int128 Ln2 = Narrow(WideLn(2, 1));

    /// <summary>1/√(2π).</summary>
    public static readonly Int128 InverseRootTwoPi = Narrow(WideInverseRootTwoPi());

    /// <summary>φ(i/32) for i = 0 … 384.</summary>
    public static readonly Int128[] Density = [.. Enumerable.Range(0, 385).Select(i => Narrow(WideDensity(i)))];

    /// <summary>Φ(i/32) for i = 0 … 384.</summary>
    public static readonly Int128[] Cumulative = [.. Enumerable.Range(0, 385).Select(i => Narrow(WideCumulative(i)))];

    private static Int128 Narrow(BigInteger wide) => (Int128)RoundedDivision.Divide(wide, BigInteger.One << (Wide - Fixed96.Bits), Rounding.Nearest);

    /// <summary>exp(n/d): Taylor; a negative argument as the reciprocal of the positive one.</summary>
    private static BigInteger WideExp(int n, int d)
    {
        BigInteger one = BigInteger.One << Wide, term = one, sum = one;
        for (int k = 1; !term.IsZero; k++) sum += term = term * Math.Abs(n) / ((BigInteger)d * k);
        return n >= 0 ? sum : (BigInteger.One << (2 * Wide)) / sum;
    }

    /// <summary>ln(a/b) = 2·artanh((a−b)/(a+b)).</summary>
    private static BigInteger WideLn(int a, int b)
    {
        BigInteger power = ((BigInteger)(a - b) << Wide) / (a + b), sum = 0;
        for (int k = 1; !power.IsZero; k += 2)
        {
            sum += power / k;
            power = power * (a - b) / (a + b) * (a - b) / (a + b);
        }
        return 2 * sum;
    }

    /// <summary>Machin: π = 16·arctan(1/5) − 4·arctan(1/239).</summary>
    private static BigInteger WideInverseRootTwoPi()
    {
        BigInteger pi = 16 * Arctan(5) - 4 * Arctan(239);
        return Fixed96.SquareRoot((BigInteger.One << (3 * Wide)) / (2 * pi));

        static BigInteger Arctan(int q)
        {
            BigInteger power = (BigInteger.One << Wide) / q, sum = 0;
            for (int k = 1; !power.IsZero; k += 2, power = -power / (q * q)) sum += power / k;
            return sum;
        }
    }

    private static BigInteger WideDensity(int i) => (WideInverseRootTwoPi() * WideExp(-i * i, 2048)) >> Wide;

    /// <summary>Φ(x) = 1/2 + φ(x)·Σ x^(2k+1)/(1·3·…·(2k+1)) (Abramowitz–Stegun 26.2.11): every term is positive.</summary>
    private static BigInteger WideCumulative(int i)
    {
        BigInteger term = ((BigInteger)i << Wide) / 32, sum = 0;
        for (int k = 1; !term.IsZero; k += 2)
        {
            sum += term;
            term = term * i * i / (1024 * (k + 2));
        }
        return (BigInteger.One << (Wide - 1)) + ((WideDensity(i) * sum) >> Wide);
    }
}
