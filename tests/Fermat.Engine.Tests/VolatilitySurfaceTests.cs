using System.Numerics;
using Fermat.Rules.PublicMath;

namespace Fermat.Engine.Tests;

/// <summary>Option marks from a surface. The reference values are of mpmath with 50 digits: interpolation by the formulas of docs/ORACLES.md, then Black (1976).</summary>
public sealed class VolatilitySurfaceTests
{
    private const long Now = 1_700_000_000_000, Day = 86_400_000, Point = 10_000;

    private static readonly VolatilitySurface Surface = Of(
        new VolatilitySmile(Now + 7 * Day, [new(2_800_000, 7_000 * Point), new(3_000_000, 5_500 * Point), new(3_400_000, 6_200 * Point)]),
        new VolatilitySmile(Now + 35 * Day, [new(2_500_000, 6_800 * Point), new(3_000_000, 6_000 * Point), new(4_000_000, 6_500 * Point)]));

    [Theory]
    [InlineData(OptionKind.Call, 30500, 30000, 7, 55000000, 119050)]
    [InlineData(OptionKind.Put, 30500, 30000, 7, 55000000, 69050)]
    [InlineData(OptionKind.Call, 30500, 29001, 3, 62492500, 167146)]
    [InlineData(OptionKind.Call, 31000, 33333, 14, 61355171, 64682)]
    [InlineData(OptionKind.Put, 31000, 33333, 14, 61355171, 297982)]
    [InlineData(OptionKind.Put, 30000, 26000, 21, 67013431, 45806)]
    [InlineData(OptionKind.Call, 30000, 45000, 60, 65000000, 25812)]
    [InlineData(OptionKind.Put, 30000, 28000, 35, 63200000, 139910)]
    public void Volatility_and_mark_are_those_of_the_reference(OptionKind kind, int forward, int strike, int days, long volatility, long mark)
    {
        Assert.Equal(volatility, Surface.Volatility(strike * 100, Now + days * Day, Now));
        Assert.Equal(mark, Mark(Surface, kind, forward * 100, strike * 100, Now + days * Day));
    }

    [Fact]
    public void Between_expiries_the_total_variance_is_linear()
    {
        VolatilitySurface flat = Of(new VolatilitySmile(Now + 10 * Day, [new(1, 3_000 * Point)]), new VolatilitySmile(Now + 30 * Day, [new(1, 5_000 * Point)]));
        Assert.Equal(45_825_756, flat.Volatility(100, Now + 20 * Day, Now));                      // √((0.09 · 10 + 0.25 · 30) / 2 / 20) = √0.21
    }

    [Fact]
    public void Calls_and_puts_differ_by_forward_less_strike_to_the_unit_unless_one_of_them_is_worth_no_more_than_a_unit()
    {
        int exact = 0;
        for (int strike = 2_400_000; strike <= 4_200_000; strike += 123_457)
            for (int days = 1; days <= 50; days += 7)
            {
                BigInteger call = Mark(Surface, OptionKind.Call, 3_050_000, strike, Now + days * Day), put = Mark(Surface, OptionKind.Put, 3_050_000, strike, Now + days * Day);
                if (call == 1 || put == 1) Assert.InRange(call - put - (3_050_000 - strike), -1, 1);
                else Assert.Equal(3_050_000 - strike, call - put);
                exact += call > 1 && put > 1 ? 1 : 0;
            }
        Assert.InRange(exact, 100, 120);
    }

    [Fact]
    public void At_expiry_the_mark_is_what_the_option_pays_and_never_less_than_a_unit()
    {
        Assert.Equal(50_000, Mark(Surface, OptionKind.Call, 3_050_000, 3_000_000, Now));
        Assert.Equal(1, Mark(Surface, OptionKind.Put, 3_050_000, 3_000_000, Now));
        Assert.Equal(1, Mark(Surface, OptionKind.Call, 3_000_000, 30_000_000, Now + Day));
    }

    [Fact]
    public void An_expiry_that_has_passed_does_not_count()
    {
        long later = Now + 8 * Day;
        Assert.Equal(6_000 * Point, Surface.Volatility(3_000_000, later + Day, later));
        Assert.Null(Surface.Volatility(3_000_000, Now + 60 * Day, Now + 35 * Day));
        Assert.Equal(PublicMathError.Undefined, Surface.Mark(OptionKind.Call, 1, 1, Now + 60 * Day, Now + 35 * Day).Error);
        Assert.Equal(PublicMathError.ArgumentNotPositive, Surface.Mark(OptionKind.Call, 0, 1, Now + Day, Now).Error);
        Assert.Equal(PublicMathError.ArgumentNotPositive, Surface.Mark(OptionKind.Call, 1, 0, Now + Day, Now).Error);
        Assert.Throws<ArgumentOutOfRangeException>(() => Surface.Mark(OptionKind.Call, 1, 1, Now - 1, Now));
        Assert.Throws<ArgumentOutOfRangeException>(() => Surface.Volatility(1, Now, Now));
    }

    [Fact]
    public void What_is_no_surface_is_told()
    {
        Wrong("at least one expiry");
        Wrong("no strike", new VolatilitySmile(Now, []));
        Wrong("not positive", new VolatilitySmile(Now, [new(0, 1)]));
        Wrong("strike 5 is not above", new VolatilitySmile(Now, [new(5, 1), new(5, 1)]));
        Wrong("volatility outside", new VolatilitySmile(Now, [new(5, -1)]));
        Wrong("volatility outside", new VolatilitySmile(Now, [new(5, VolatilitySurface.MaxVolatility + 1)]));
        Wrong("is not after", new VolatilitySmile(Now, [new(5, 1)]), new VolatilitySmile(Now, [new(5, 1)]));
        Assert.Null(VolatilitySurface.Create(19, [new VolatilitySmile(Now, [new(5, 1)])], out string? problem));
        Assert.Contains("19 decimals", problem, StringComparison.Ordinal);
    }

    private static void Wrong(string words, params VolatilitySmile[] smiles)
    {
        Assert.Null(VolatilitySurface.Create(2, smiles, out string? problem));
        Assert.Contains(words, problem, StringComparison.Ordinal);
    }

    private static VolatilitySurface Of(params VolatilitySmile[] smiles)
    {
        VolatilitySurface? surface = VolatilitySurface.Create(2, smiles, out string? problem);
        Assert.Null(problem);
        return surface!;
    }

    private static BigInteger Mark(VolatilitySurface surface, OptionKind kind, BigInteger forward, BigInteger strike, long expiry)
    {
        PublicMathResult mark = surface.Mark(kind, forward, strike, expiry, Now);
        Assert.Equal(PublicMathError.None, mark.Error);
        return mark.Value;
    }
}
