using System.Numerics;
using Fermat.Margin;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using FsCheck;
using FsCheck.Fluent;

namespace Fermat.Statements.Tests;

/// <summary>The bounds that keep sums from wrapping the field, and the digits that sums are brought to.</summary>
public sealed class ArithmeticTests
{
    public static TheoryData<string> Bounds() => [.. LimbBounds.All.Select(bound => bound.Bound)];

    [Theory]
    [MemberData(nameof(Bounds))]
    [Trait("Pitfall", "signed sums that wrap")]
    public void Every_bound_holds(string bound) => Assert.True(LimbBounds.All.Single(b => b.Bound == bound).Holds);

    [Fact]
    public void The_bounds_are_the_ones_worked_out_by_hand()
    {
        Assert.Equal(8 * 255 * 255, LimbBounds.ProductCoefficient);
        Assert.Equal(512 * (24 * 65025 + 765), LimbBounds.SurplusCoefficient);               // 799 418 880
        Assert.Equal(256L << 21, LimbBounds.TotalCoefficient);
        Assert.Equal(799_418_880L + 256 + (1 << 22) + (256L << 22), LimbBounds.AccountIdentity);
        Assert.InRange(LimbBounds.AccountIdentity, 0, LimbBounds.Modulus - 1);
        Assert.InRange(LimbBounds.TotalIdentity, 0, LimbBounds.Modulus - 1);
        Assert.True(SolvencyLimits.MaxAssets * 2 * (24L * 65025 + 765) + (257L << 22) > LimbBounds.Modulus, "twice the assets would wrap: the limit is a real one");
        Assert.Equal(22, LimbBounds.RandomPointDegree);
    }

    [Fact]
    public void The_limits_of_books_are_within_those_of_the_circuit()
    {
        Assert.Equal(63, BookLimits.AmountBits);
        Assert.True(100 * BookLimits.MaxWeight < BigInteger.One << (8 * SolvencyLimits.SlopeBytes));
        Assert.True(100 * BookLimits.MoneyEnd <= BigInteger.One << (8 * SolvencyLimits.TotalBytes));
        Assert.True(100 * SolvencyLimits.MaxAssets * BookLimits.ReserveEnd * BookLimits.MaxWeight <= BigInteger.One << (8 * SolvencyLimits.TotalBytes));
        Assert.True(BookLimits.MaxAssets <= SolvencyLimits.MaxAssets);
        Assert.True(SolvencyLimits.MaxAssets <= Aggregates.Claims);
    }

    [Fact]
    [Trait("Pitfall", "signed sums that wrap")]
    public void The_largest_coefficients_have_digits_and_carries_in_range()
    {
        long most = LimbBounds.SurplusCoefficient, least = -LimbBounds.NetCoefficient;
        foreach (long[] coefficients in (long[][])[Fill(most, 17), Fill(least, 17), Alternate(most, least), Alternate(least, most)]) Check(coefficients);

        static long[] Fill(long value, int count) => [.. Enumerable.Range(0, SolvencyLimits.AccountBytes).Select(l => l < count ? value : 0)];

        static long[] Alternate(long even, long odd) => [.. Enumerable.Range(0, SolvencyLimits.AccountBytes).Select(l => l < 17 ? l % 2 == 0 ? even : odd : 0)];
    }

    [Fact]
    public void Digits_and_carries_are_those_of_the_value()
    {
        Gen<long[]> coefficients = Gen.Choose(-800_000_000, 800_000_000).Select(x => (long)x).ArrayOf(17)
            .Select(random => (long[])[.. random, .. new long[SolvencyLimits.AccountBytes - 17]]);
        Prop.ForAll(coefficients.ToArbitrary(), Check).Check(Config.QuickThrowOnFailure.WithReplay(20261, 17));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(255)]
    [InlineData(-255)]
    [InlineData(-256)]
    [InlineData(-257)]
    [InlineData(256)]
    public void Small_values_have_one_form(long value) => Check([value, .. new long[SolvencyLimits.AccountBytes - 1]]);

    private static void Check(long[] coefficients)
    {
        var magnitude = new byte[SolvencyLimits.AccountBytes];
        var carries = new int[SolvencyLimits.AccountBytes - 1];
        bool negative = SignedDigits.Write(coefficients, magnitude, carries);

        BigInteger value = coefficients.Reverse().Aggregate(BigInteger.Zero, (sum, c) => 256 * sum + c);
        var digits = new BigInteger(magnitude, isUnsigned: true);
        Assert.Equal(value.Sign < 0, negative);
        Assert.Equal(value, negative ? -digits - 1 : digits);
        for (int l = 0; l < coefficients.Length; l++)
        {
            long digit = negative ? -magnitude[l] - (l == 0 ? 1 : 0) : magnitude[l];
            long carryIn = l == 0 ? 0 : carries[l - 1], carryOut = l < carries.Length ? carries[l] : 0;
            Assert.Equal(256 * carryOut, coefficients[l] - digit + carryIn);
            Assert.InRange(carryOut, -LimbBounds.Carry, LimbBounds.Carry - 1);
        }
    }
}
