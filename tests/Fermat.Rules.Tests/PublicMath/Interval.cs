using System.Numerics;

namespace Fermat.Rules.Tests.PublicMath;

/// <summary>An interval of numbers over 2^320 with outward rounding: what it holds after an operation, the true result lies in. Nothing here is shared with the kernel.</summary>
internal readonly record struct Interval(BigInteger Low, BigInteger High)
{
    public const int Bits = 320;

    public static Interval Ratio(BigInteger n, BigInteger d) => new(Floor(n << Bits, d), Floor(n << Bits, d) + 1);

    public static Interval operator +(Interval a, Interval b) => new(a.Low + b.Low, a.High + b.High);

    public static Interval operator -(Interval a) => new(-a.High, -a.Low);

    public static Interval operator -(Interval a, Interval b) => a + -b;

    public static Interval operator *(Interval a, Interval b)
    {
        BigInteger[] corners = [a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High];
        return new(corners.Min() >> Bits, (corners.Max() >> Bits) + 1);
    }

    public static Interval operator /(Interval a, Interval b)
    {
        Assert.True(b.Low.Sign > 0);
        BigInteger[] low = [Floor(a.Low << Bits, b.Low), Floor(a.Low << Bits, b.High)], high = [Floor(a.High << Bits, b.Low), Floor(a.High << Bits, b.High)];
        return new(low.Min(), high.Max() + 1);
    }

    public Interval Widen(BigInteger by) => new(Low - by, High + by);

    public static Interval Whole(int n) => new((BigInteger)n << Bits, (BigInteger)n << Bits);

    /// <summary>Taylor; once |x| is below half of the index, the remainder is below the last term in magnitude.</summary>
    public static Interval Exp(Interval x)
    {
        Interval sum = Whole(1), term = sum;
        BigInteger size = BigInteger.Max(BigInteger.Abs(x.Low), BigInteger.Abs(x.High));
        for (int n = 1; ; n++)
        {
            term = term * x / Whole(n);
            sum += term;
            BigInteger last = BigInteger.Max(BigInteger.Abs(term.Low), BigInteger.Abs(term.High));
            if (2 * size < (BigInteger)n << Bits && last < 4) return sum.Widen(last + 4);
        }
    }

    /// <summary>ln(a/b) = 2·artanh(z), z = (a−b)/(a+b) in [0, 1/2]: the remainder is below twice the last term.</summary>
    public static Interval Ln(int a, int b)
    {
        Interval z = Ratio(a - b, a + b), power = z, sum = Whole(0);
        for (int k = 1; power.High > 4; k += 2, power = power * z * z) sum += power / Whole(k);
        return (sum + sum).Widen(64);
    }

    /// <summary>1/√(2π) from Gauss' arctangents: π/4 = 12·arctan(1/18) + 8·arctan(1/57) − 5·arctan(1/239); the kernel takes Machin's.</summary>
    public static Interval InverseRootTwoPi()
    {
        Interval quarter = Whole(12) * Arctan(18) + Whole(8) * Arctan(57) - Whole(5) * Arctan(239);
        Interval square = Whole(1) / (Whole(8) * quarter);
        return new(Root(square.Low << Bits), Root(square.High << Bits) + 1);

        static Interval Arctan(int q)
        {
            Interval power = Ratio(1, q), sum = Whole(0);
            for (int k = 1; power.High > 4; k += 2, power /= Whole(q * q)) sum = k % 4 == 1 ? sum + power / Whole(k) : sum - power / Whole(k);
            return sum.Widen(8);
        }
    }

    /// <summary>Φ(i/32) by the alternating series 1/2 + Σ (−1)^k x^(2k+1)/(2^k·k!·(2k+1))/√(2π); the kernel takes the one with positive terms.</summary>
    public static Interval Cumulative(int i, Interval inverseRoot)
    {
        Interval x = Ratio(i, 32), half = x * x / Whole(2), power = x, sum = x;
        for (int k = 1; 1024 * k < i * i || power.High > 4; k++)
        {
            power = power * half / Whole(k);
            sum = k % 2 == 0 ? sum + power / Whole(2 * k + 1) : sum - power / Whole(2 * k + 1);
        }
        return Ratio(1, 2) + inverseRoot * sum.Widen(8);
    }

    private static BigInteger Floor(BigInteger n, BigInteger d) => n.Sign >= 0 ? n / d : -((-n + d - 1) / d);

    /// <summary>The floor of a root by bisection on bits.</summary>
    private static BigInteger Root(BigInteger n)
    {
        BigInteger root = 0;
        for (int bit = (int)n.GetBitLength() / 2 + 1; bit >= 0; bit--)
        {
            BigInteger next = root | (BigInteger.One << bit);
            if (next * next <= n) root = next;
        }
        return root;
    }
}
