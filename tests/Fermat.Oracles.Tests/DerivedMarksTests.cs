using System.Numerics;

namespace Fermat.Oracles.Tests;

public sealed class DerivedMarksTests
{
    [Fact]
    public void The_average_goes_the_elapsed_share_of_the_way()
    {
        BasisAverage average = BasisAverage.Of(0, 0).With(100, 30_000, 30_000);     // Δt = τ: half of the way
        Assert.Equal(50, average.Units);
        Assert.Equal(75, average.With(100, 60_000, 30_000).Units);
        Assert.Equal(average, average.With(1_000_000, 30_000, 30_000));              // no time, no weight
    }

    [Fact]
    public void The_average_rounds_down_on_both_sides_of_zero()
    {
        Assert.Equal(33, BasisAverage.Of(0, 0).With(100, 1, 2).Units);
        Assert.Equal(-34, BasisAverage.Of(0, 0).With(-100, 1, 2).Units);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(99)]
    public void The_average_stays_between_what_it_was_and_the_sample(int seed)
    {
        var random = new Random(seed);
        BasisAverage average = BasisAverage.Of(random.Next(-1000, 1000), 0);
        for (int i = 1; i <= 500; i++)
        {
            BigInteger sample = random.Next(-1000, 1000), before = average.Value;
            average = average.With(sample, average.Time + random.Next(0, 5000), 30_000);
            Assert.InRange(average.Value, BigInteger.Min(before, sample << 32), BigInteger.Max(before, sample << 32));
        }
    }

    [Fact]
    public void Time_does_not_fall_and_the_constant_is_positive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BasisAverage.Of(0, 10).With(1, 9, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BasisAverage.Of(0, 10).With(1, 10, 0));
    }

    [Fact]
    public void A_mark_is_index_plus_basis_and_positive()
    {
        Assert.Equal(1_012, DerivedMarks.Mark(1_000, BasisAverage.Of(12, 0)));
        Assert.Equal(1, DerivedMarks.Mark(1_000, BasisAverage.Of(-5_000, 0)));
    }

    [Fact]
    public void A_perpetual_s_mark_is_the_median_of_three()
    {
        // carried by funding: 1_000_000 · (1 + 0.0001 · 4/8) = 1_000_050
        Assert.Equal(1_000_050, DerivedMarks.PerpetualMark(1_000_000, BasisAverage.Of(-200, 0), 1_000_900, 10_000, 4, 8));
        Assert.Equal(999_990, DerivedMarks.PerpetualMark(1_000_000, BasisAverage.Of(-10, 0), 900_000, 10_000, 4, 8));
        Assert.Equal(1_000_020, DerivedMarks.PerpetualMark(1_000_000, BasisAverage.Of(-10, 0), 1_000_020, 10_000, 4, 8));
    }

    [Theory]
    [InlineData(100, 101, 102, 1_000_000)]      // bid above the index
    [InlineData(100, 98, 99, -1_000_000)]       // ask below it
    [InlineData(100, 99, 101, 0)]
    [InlineData(3, 2, 2, -33_333_334)]          // rounded down
    public void A_premium_is_what_impact_prices_leave_of_the_index(int index, int bid, int ask, int expected) => Assert.Equal(expected, DerivedMarks.Premium(index, bid, ask));

    [Fact]
    public void A_premium_needs_an_index() => Assert.Throws<ArgumentOutOfRangeException>(() => DerivedMarks.Premium(0, 1, 1));

    [Theory]
    [InlineData(0, 10_000, 10_000)]             // no premium: the interest
    [InlineData(20_000, 10_000, 10_000)]        // within the clamp: still the interest
    [InlineData(100_000, 10_000, 50_000)]       // beyond it: premium less the clamp
    [InlineData(-100_000, 10_000, -50_000)]
    [InlineData(9_000_000, 10_000, 750_000)]    // the cap
    public void Funding_is_premium_plus_clamped_interest(int premium, int interest, int expected) => Assert.Equal(expected, DerivedMarks.FundingRate(premium, interest, 50_000, 750_000));

    [Fact]
    public void An_average_premium_weighs_the_last_most()
    {
        Assert.Equal(4, DerivedMarks.AveragePremium([0, 0, 9]));                      // 27 / 6, rounded down
        Assert.Equal(-5, DerivedMarks.AveragePremium([0, 0, -9]));
        Assert.Throws<ArgumentException>(() => DerivedMarks.AveragePremium([]));
    }

    [Fact]
    public void A_price_has_a_range()
    {
        Assert.Null(DerivedMarks.ToPrice(0, 2));
        Assert.Null(DerivedMarks.ToPrice(BigInteger.One << 63, 2));
        Assert.Equal("1.5", DerivedMarks.ToPrice(150, 2)!.Value.ToString());
    }
}
