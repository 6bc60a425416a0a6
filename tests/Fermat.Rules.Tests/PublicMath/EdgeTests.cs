using System.Numerics;
using Fermat.Rules.PublicMath;

namespace Fermat.Rules.Tests.PublicMath;

public sealed class EdgeTests
{
    private static Black76Input Option(int forward, int strike, int vol, int seconds) => new(forward, strike, 0, vol, 2, seconds, 31_536_000, 9, 1);

    [Theory]
    [InlineData(100, 90, 0, 1000, 9, 0)]
    [InlineData(90, 100, 50, 0, 0, 9)]
    [InlineData(100, 0, 50, 1000, 90, 0)]
    [InlineData(0, 100, 50, 1000, 0, 90)]
    [InlineData(100, 70, 2400, 31_536_000, 90, 63)]
    public void Limits_of_an_option(int forward, int strike, int vol, int seconds, int call, int put)
    {
        Assert.Equal(PublicMathResult.Of(call), Black76.Price(OptionKind.Call, Option(forward, strike, vol, seconds), 0));
        Assert.Equal(PublicMathResult.Of(put), Black76.Price(OptionKind.Put, Option(forward, strike, vol, seconds), 0));
    }

    [Fact]
    public void Put_call_parity_holds_to_the_unit()
    {
        for (int strike = 1; strike < 300; strike += 7)
        {
            Black76Input option = Option(100, strike, 80, 3_000_000);
            BigInteger difference = Black76.Price(OptionKind.Call, option, 18).Value - Black76.Price(OptionKind.Put, option, 18).Value;
            Assert.Equal((100 - strike) * 9 * BigInteger.Pow(10, 17), difference);
        }
    }

    [Fact]
    public void Distribution_is_symmetric_rising_and_within_zero_and_one()
    {
        BigInteger one = BigInteger.Pow(10, 18), last = 0;
        for (int x = -14_000; x <= 14_000; x += 13)
        {
            BigInteger value = PublicFunctions.NormalCdf(x, 3, 18).Value;
            Assert.InRange(value, last, one);
            Assert.Equal(one - value, PublicFunctions.NormalCdf(-x, 3, 18).Value);
            last = value;
        }
    }

    [Fact]
    public void What_has_no_value_says_why()
    {
        Assert.Equal(PublicMathError.ScaleOutOfRange, PublicFunctions.Exp(1, 25, 0).Error);
        Assert.Equal(PublicMathError.ScaleOutOfRange, PublicFunctions.Exp(1, 0, -1).Error);
        Assert.Equal(PublicMathError.ArgumentTooLarge, PublicFunctions.Ln(BigInteger.One << 300, 0, 0).Error);
        Assert.Equal(PublicMathError.ArgumentNotPositive, PublicFunctions.Ln(0, 0, 0).Error);
        Assert.Equal(PublicMathError.ArgumentNotPositive, PublicFunctions.Sqrt(-1, 0, 0, Rounding.Down).Error);
        Assert.Equal(PublicMathError.ResultTooLarge, PublicFunctions.Exp(129, 0, 0).Error);
        Assert.Equal(PublicMathError.ResultTooLarge, PublicFunctions.Pow(1000, 0, 100, 0, 0).Error);
        Assert.Equal(PublicMathError.Undefined, Black76.Gamma(Option(100, 100, 0, 1), 6).Error);
        Assert.Equal(PublicMathError.VolatilityTooSmall, Black76.Delta(OptionKind.Call, Option(100, 100, 1, 1) with { VolatilityScale = 12 }, 6).Error);
        Assert.Equal(PublicMathError.ResultTooLarge, Black76.Price(OptionKind.Call, Option(2_000_000, 1, 1, 1), 18).Error);
        Assert.Equal(PublicMathError.ArgumentNotPositive, Black76.Price(OptionKind.Call, Option(-1, 1, 1, 1), 6).Error);
    }

    [Theory]
    [InlineData(7, Rounding.Up, 4)]
    [InlineData(-7, Rounding.Up, -3)]
    [InlineData(7, Rounding.Down, 3)]
    [InlineData(-7, Rounding.Down, -4)]
    [InlineData(7, Rounding.Nearest, 4)]
    [InlineData(-7, Rounding.Nearest, -4)]
    [InlineData(-7, Rounding.Truncate, -3)]
    public void Halves_round_as_named(int numerator, Rounding rounding, int expected) => Assert.Equal(expected, RoundedDivision.Divide(numerator, 2, rounding));

    [Fact]
    public void Roots_are_exact()
    {
        for (int n = 0; n < 2000; n++)
        {
            BigInteger down = PublicFunctions.Sqrt(n, 0, 3, Rounding.Down).Value, up = PublicFunctions.Sqrt(n, 0, 3, Rounding.Up).Value;
            BigInteger nearest = PublicFunctions.Sqrt(n, 0, 3, Rounding.Nearest).Value, square = n * BigInteger.Pow(10, 6);
            Assert.True(down * down <= square && (down + 1) * (down + 1) > square && up * up >= square && (up == 0 || (up - 1) * (up - 1) < square));
            Assert.True((2 * nearest - 1) * (2 * nearest - 1) <= 4 * square + 1 && 4 * square < (2 * nearest + 1) * (2 * nearest + 1));
        }
    }

    [Fact]
    public void Correlations_are_checked_exactly()
    {
        Assert.Equal((CorrelationError.None, -1), Check("100 100 100|100 100 100|100 100 100"));
        Assert.Equal((CorrelationError.None, -1), Check("100 60 80|60 100 0|80 0 100"));
        Assert.Equal((CorrelationError.NotPositiveSemidefinite, 2), Check("100 60 81|60 100 0|81 0 100"));
        Assert.Equal((CorrelationError.NotPositiveSemidefinite, 2), Check("100 100 50|100 100 40|50 40 100"));
        Assert.Equal((CorrelationError.Symmetry, 1), Check("100 60|61 100"));
        Assert.Equal((CorrelationError.Diagonal, 1), Check("100 60|60 99"));
        Assert.Equal((CorrelationError.Range, 0), Check("100 101|101 100"));
        Assert.Equal((CorrelationError.Shape, 0), Check("100 10"));

        static (CorrelationError Error, int Row) Check(string text)
            => CorrelationMatrix.Check([.. text.Split('|').Select(r => (IReadOnlyList<BigInteger>)[.. r.Split(' ').Select(e => (BigInteger)int.Parse(e, System.Globalization.CultureInfo.InvariantCulture))])], 2);
    }

    [Fact]
    public void Tables_interpolate_between_knots_and_stay_flat_outside()
    {
        InterpolationTable table = InterpolationTable.Create([(0, 0), (3, 10), (5, 4)], out _)!;
        Assert.Equal([0, 3, 4, 10, 7, 4], [table.Evaluate(-9, Rounding.Up), table.Evaluate(1, Rounding.Down), table.Evaluate(1, Rounding.Up), table.Evaluate(3, Rounding.Up), table.Evaluate(4, Rounding.Up), table.Evaluate(9, Rounding.Up)]);
        Assert.Null(InterpolationTable.Create([(0, 0), (0, 1)], out int wrong));
        Assert.Equal(1, wrong);
    }
}
