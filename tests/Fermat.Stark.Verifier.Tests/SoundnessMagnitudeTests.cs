using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Fermat.Stark.Tests;

/// <summary>The upward arithmetic against exact rationals.</summary>
public sealed class SoundnessMagnitudeTests
{
    private static Gen<double> Doubles =>
        from mantissa in Gen.Choose(1, int.MaxValue)
        from exponent in Gen.Choose(-200, 20)
        select Math.ScaleB(mantissa / 3.0, exponent);

    private static void ForAll(Func<double, double, bool> property) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(3, 99), Prop.ForAll(Doubles.ToArbitrary(), Doubles.ToArbitrary(), property));

    /// <summary>A double times 2^400, exactly; every double here is an integer multiple of 2^−400.</summary>
    private static BigInteger Exact(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        BigInteger mantissa = (bits & ((1L << 52) - 1)) | 1L << 52;
        return mantissa << ((int)(bits >> 52) - 1075 + 400);
    }

    /// <summary>A magnitude's double is exact here: exponents stay within a double's.</summary>
    private static BigInteger Exact(Magnitude value) => Exact(value.ToDouble());

    [Fact]
    public void Sums_are_upper_bounds_and_tight() => ForAll((a, b) =>
    {
        BigInteger sum = Exact(a) + Exact(b), bound = Exact(Magnitude.Of(a) + Magnitude.Of(b));
        return bound >= sum && (bound - sum) << 50 <= sum;
    });

    [Fact]
    public void Products_are_upper_bounds_and_tight() => ForAll((a, b) =>
    {
        if (a * b < 1e-60) return true;
        BigInteger product = Exact(a) * Exact(b), bound = Exact(Magnitude.Of(a) * Magnitude.Of(b)) << 400;
        return bound >= product && (bound - product) << 50 <= product;
    });

    [Fact]
    public void Order_is_that_of_the_numbers() => ForAll((a, b) =>
        Magnitude.Of(a) < Magnitude.Of(b) == a < b && Magnitude.Of(a).CompareTo(Magnitude.Of(a)) == 0);

    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(0.5, 1)]
    [InlineData(0.500001, 0)]
    [InlineData(0.26, 1)]
    [InlineData(0.25, 2)]
    [InlineData(3.0, 0)]
    public void Bits_are_rounded_down(double value, int bits) => Assert.Equal(bits, Magnitude.Of(value).Bits);

    [Fact]
    public void Powers_reach_far_below_a_double()
    {
        Magnitude tiny = Magnitude.Of(0.625).Power(10_000);
        Assert.Equal(6780.71, tiny.FractionalBits);   // 10000·0.678071905...
        Assert.Equal(0, tiny.ToDouble());
        Assert.Equal(100, (Magnitude.PowerOfTwo(-100) + Magnitude.Zero).Bits);
        Assert.Equal(99, (Magnitude.PowerOfTwo(-100) + tiny).Bits);
        Assert.Equal(int.MaxValue, Magnitude.Zero.Bits);
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_magnitude_is_refused(double value) => Assert.Throws<ArgumentOutOfRangeException>(() => Magnitude.Of(value));

    /// <summary>The bits of a known double, so that another machine that computed otherwise would be seen.</summary>
    [Fact]
    public void The_field_is_counted_exactly()
    {
        Assert.Equal(154, ProximityGap.PerChallenge.Bits);
        Assert.Equal(154.94, ProximityGap.PerChallenge.FractionalBits);
        BigInteger q = BigInteger.Pow(2130706433, 5);
        BigInteger inverse = (BigInteger.One << 400) / q;
        BigInteger bound = Exact(ProximityGap.PerChallenge);
        Assert.True(bound > inverse && (bound - inverse) << 45 < inverse);
    }
}
