using System.Numerics;
using Fermat.Rules.PublicMath;

namespace Fermat.Rules.Tests.PublicMath;

/// <summary>
/// Bounds for all inputs, not for samples: every table entry is enclosed by intervals; on every cell of the reduced domain the truncation is bounded by the remainder
/// of the series and the rounding by a forward analysis of each operation over the whole cell. The three analyses below follow <see cref="Kernel"/> line by line.
/// </summary>
public sealed class KernelCertificate
{
    private static readonly BigInteger One = BigInteger.One << Bounded.Bits;

    private static BigInteger Power(int exponent) => One >> exponent;

    [Fact]
    public void Every_table_entry_is_within_an_ulp()
    {
        Interval root = Interval.InverseRootTwoPi();
        Within(root, KernelTables.InverseRootTwoPi);
        Within(Interval.Ln(2, 1), KernelTables.Ln2);
        for (int j = -23; j <= 23; j++) Within(Interval.Exp(Interval.Ratio(j, 64)), KernelTables.Exp[j + 23]);
        for (int j = 0; j < 64; j++) Within(Interval.Ln(1 << 16, KernelTables.Reciprocal[j]), KernelTables.Ln[j]);
        for (int i = 0; i <= 384; i++)
        {
            Interval positive = Interval.Exp(Interval.Ratio(i * i, 2048));
            Within(root / positive, KernelTables.Density[i]);
            Within(Interval.Cumulative(i, root), KernelTables.Cumulative[i]);
        }
    }

    [Fact]
    public void Exponential_is_within_two_to_minus_86_of_the_result()
    {
        // t over the whole cell |t| <= 2^-7, exact; the truncated series to t^12.
        Bounded t = Bounded.Exact(1, 128), sum = Bounded.Exact(1, 1);
        for (int n = 12; n >= 1; n--) sum = Bounded.Exact(1, 1) + t * sum / n;
        BigInteger truncation = 2 * Power(7 * 13) / Factorial(13);
        // The reduction: |k| <= 370 and |j| <= 22 (ln 2 / 2 + 2^-23 < 22.5 / 64).
        BigInteger reduction = 2 * 370 * Bounded.Ulp;
        for (int j = -22; j <= 22; j++)
        {
            Bounded table = new(((BigInteger)KernelTables.Exp[j + 23] << (Bounded.Bits - 96)) + Bounded.Ulp, Bounded.Ulp);
            Bounded product = table * new Bounded(sum.Size, sum.Error + truncation);
            // Relative to the smallest value of the mantissa: exp(-22/64 - 1/128) > 0.7.
            Assert.True(product.Error * 10 / 7 + reduction <= Power(86), $"cell {j}");
        }
    }

    [Fact]
    public void Logarithm_is_within_two_to_minus_86()
    {
        for (int j = 0; j < 64; j++)
        {
            // z = m*r - 1 at both ends of the cell 1 + j/64 <= m <= 1 + (j+1)/64; over 2^22.
            long left = (64L + j) * KernelTables.Reciprocal[j] - (1L << 22), right = (65L + j) * KernelTables.Reciprocal[j] - (1L << 22);
            BigInteger size = BigInteger.Max(Math.Abs(left), Math.Abs(right));
            // m itself is cut (one ulp), the shift cuts once more.
            Bounded z = (Bounded.Exact(size, 1 << 22) with { Error = Bounded.Ulp }).Cut(), sum = Bounded.Exact(0, 1);
            for (int i = 14; i >= 1; i--) sum = Bounded.Exact(1, i).Cut() + z * sum;
            Bounded product = z * sum;
            BigInteger truncation = 2 * BigInteger.Pow(size, 15) * One / (15 * BigInteger.Pow(1 << 22, 15)) + 1;
            Assert.True(2 * size < 1 << 22, "the tail is geometric with ratio below one half");
            Assert.True(product.Error + truncation + Bounded.Ulp + 512 * Bounded.Ulp <= Power(86), $"cell {j}");
        }
    }

    [Fact]
    public void Distribution_is_within_two_to_minus_90()
    {
        // Cramer: |phi * He_n| <= 0.4335 * sqrt(n!), so the n-th coefficient of phi is below 0.4335 / sqrt(n!); from n = 15 on, the ratio of terms is far below one half.
        BigInteger truncation = Power(6 * 16) / 16 / Sqrt(Factorial(15));
        for (int i = 0; i <= 384; i++)
        {
            Bounded h = Bounded.Exact(1, 64), slope = Bounded.Exact(i, 32 * 64).Cut(), square = h * h;
            Bounded before = Bounded.Exact(0, 1);
            Bounded term = new(((BigInteger)KernelTables.Density[i] << (Bounded.Bits - 96)) + Bounded.Ulp, Bounded.Ulp), sum = term;
            for (int n = 0; n < 14; n++)
            {
                Bounded next = (slope * term + square * before) / (n + 1);
                (before, term) = (term, next);
                sum += next / (n + 2);
            }
            Bounded result = h * sum;
            Assert.True(result.Error + truncation + Bounded.Ulp <= Power(90), $"cell {i}");
        }
        Assert.True(Interval.Cumulative(384, Interval.InverseRootTwoPi()).Low > (BigInteger.One << Interval.Bits) - (BigInteger.One << (Interval.Bits - 108)), "from 12 on it is 1");
    }

    [Fact]
    public void Distribution_rises_from_cell_to_cell()
    {
        for (int i = 0; i < 384; i++)
        {
            Int128 border = ((Int128)(2 * i + 1) << (96 - 6)) - 1;
            Assert.True(Int128.Abs(Kernel.Cdf(border + 1) - Kernel.Cdf(border)) <= 128, $"the two series that meet at border {i} agree to twice 2^-90");
        }
    }

    private static void Within(Interval truth, Int128 entry)
    {
        BigInteger ulp = BigInteger.One << (Interval.Bits - 96), value = entry * ulp;
        Assert.True(truth.High - truth.Low < ulp / 1024, "the enclosure is narrow");
        Assert.True(value - ulp <= truth.Low && truth.High <= value + ulp);
    }

    private static BigInteger Factorial(int n) => n == 0 ? 1 : n * Factorial(n - 1);

    private static BigInteger Sqrt(BigInteger n)
    {
        BigInteger root = 1;
        while ((root + 1) * (root + 1) <= n) root++;
        return root;
    }
}
