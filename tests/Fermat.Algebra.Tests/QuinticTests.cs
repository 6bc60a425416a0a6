using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fermat.Algebra.Tests;

public sealed class QuinticTests
{
    [Fact]
    public void TwentyBytes() => Assert.Equal(20, Unsafe.SizeOf<Quintic>());

    /// <summary>
    /// Rabin's test for the prime degree 5: X^(p^5) = X, and X^p − X is a unit, so the polynomial has no factor of degree 1.
    /// </summary>
    [Fact]
    public void DefiningPolynomialIsIrreducible()
    {
        // Done with schoolbook polynomials over the integers modulo p, independent of the type under test.
        BigInteger p = KoalaBear.Modulus;
        BigInteger[] x = [0, 1, 0, 0, 0];
        BigInteger[] power = x;
        for (int k = 0; k < 5; k++)
        {
            BigInteger[] previous = power;
            power = SchoolbookPow(power, p);
            if (k == 0)
            {
                BigInteger[] difference = [.. previous.Zip(power, (a, b) => (b - a + p) % p)];
                Assert.Equal(0, GreatestCommonDivisorDegree([p - 1, 0, 1, 0, 0, 1], difference, p));
            }
        }

        Assert.Equal(x, power);
    }

    [Fact]
    public void XSatisfiesItsPolynomial() => Assert.Equal(Quintic.Zero, Quintic.X.Pow(5) + Quintic.X.Square() - Quintic.One);

    [Fact]
    public void MultiplicationAgreesWithSchoolbook()
    {
        var random = new Random(2);
        KoalaBear top = -KoalaBear.One;
        Quintic largest = new(top, top, top, top, top);
        for (int i = 0; i < 500; i++)
        {
            Quintic a = i == 0 ? largest : TestValues.Quintic(random), b = i < 2 ? largest : TestValues.Quintic(random);
            BigInteger[] expected = Schoolbook(Integers(a), Integers(b), KoalaBear.Modulus);
            Assert.Equal(expected, Integers(a * b));
        }

        // The largest Montgomery words exercise the accumulation bounds.
        KoalaBear raw = KoalaBear.FromRaw(KoalaBear.Modulus - 1);
        Quintic rawLargest = new(raw, raw, raw, raw, raw);
        Assert.Equal(Schoolbook(Integers(rawLargest), Integers(rawLargest), KoalaBear.Modulus), Integers(rawLargest * rawLargest));
    }

    [Fact]
    public void FieldLaws()
    {
        var random = new Random(3);
        for (int i = 0; i < 100; i++)
        {
            Quintic a = TestValues.Quintic(random), b = TestValues.Quintic(random), c = TestValues.Quintic(random);
            KoalaBear s = TestValues.Base(random);
            Assert.Equal(a * (b + c), (a * b) + (a * c));
            Assert.Equal((a * b) * c, a * (b * c));
            Assert.Equal(a - b, a + (-b));
            Assert.Equal(a * new Quintic(s), a * s);
            Assert.Equal(a * s, s * a);
            Assert.Equal(a + new Quintic(s), a + s);
            Assert.Equal(a - new Quintic(s), a - s);
            Assert.Equal(Quintic.One, a * a.Inverse());
            Assert.Equal(a * a * a * a * a, a.Pow(5));
        }

        Assert.Throws<DivideByZeroException>(() => Quintic.Zero.Inverse());
        Assert.Equal(new Quintic(KoalaBear.From(7).Inverse()), Quintic.From(7).Inverse());
    }

    [Fact]
    public void FrobeniusIsThePthPowerAndHasOrderFive()
    {
        var random = new Random(4);
        Quintic a = TestValues.Quintic(random), b = TestValues.Quintic(random);
        Assert.Equal(a.Pow(KoalaBear.Modulus), a.Frobenius(1));
        Assert.Equal(a.Frobenius(1).Frobenius(1), a.Frobenius(2));
        Assert.Equal(a, a.Frobenius(5));
        Assert.Equal((a * b).Frobenius(3), a.Frobenius(3) * b.Frobenius(3));
    }

    [Fact]
    public void CoefficientsRoundTrip()
    {
        Quintic a = TestValues.Quintic(new Random(5));
        var words = new KoalaBear[5];
        a.CopyTo(words);
        Assert.Equal(a, Quintic.From(words));
        Assert.Equal(words, Enumerable.Range(0, 5).Select(i => a[i]));
        Assert.Throws<ArgumentOutOfRangeException>(() => a[5]);
        Assert.Throws<ArgumentException>(() => Quintic.From(new KoalaBear[4]));
    }

    private static BigInteger[] Integers(Quintic a) => [a.C0.Value, a.C1.Value, a.C2.Value, a.C3.Value, a.C4.Value];

    private static BigInteger[] Schoolbook(BigInteger[] a, BigInteger[] b, BigInteger p)
    {
        var product = new BigInteger[9];
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
                product[i + j] += a[i] * b[j];
        }

        for (int k = 8; k >= 5; k--)
        {
            product[k - 5] += product[k]; // X^5 = 1 − X^2
            product[k - 3] -= product[k];
        }

        return [.. product.Take(5).Select(c => ((c % p) + p) % p)];
    }

    private static BigInteger[] SchoolbookPow(BigInteger[] a, BigInteger p)
    {
        BigInteger[] result = [1, 0, 0, 0, 0];
        for (int bit = (int)p.GetBitLength() - 1; bit >= 0; bit--)
        {
            result = Schoolbook(result, result, p);
            if (!((p >> bit) & 1).IsZero)
                result = Schoolbook(result, a, p);
        }

        return result;
    }

    private static int GreatestCommonDivisorDegree(BigInteger[] a, BigInteger[] b, BigInteger p)
    {
        List<BigInteger> u = [.. a], v = [.. b];
        Trim(u);
        Trim(v);
        while (v.Count > 0)
        {
            BigInteger inverse = BigInteger.ModPow(v[^1], p - 2, p);
            while (u.Count >= v.Count)
            {
                BigInteger factor = u[^1] * inverse % p;
                int offset = u.Count - v.Count;
                for (int i = 0; i < v.Count; i++)
                    u[offset + i] = (((u[offset + i] - (factor * v[i])) % p) + p) % p;
                Trim(u);
            }

            (u, v) = (v, u);
        }

        return u.Count - 1;

        static void Trim(List<BigInteger> polynomial)
        {
            while (polynomial.Count > 0 && polynomial[^1].IsZero)
                polynomial.RemoveAt(polynomial.Count - 1);
        }
    }
}
