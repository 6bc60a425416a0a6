using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Fermat.Margin.Tests;

public class ExactDecimalTests
{
    private static readonly BigInteger Large = BigInteger.Pow(10, 60);

    /// <summary>64-bit numbers of every length, many of them ending in zeros.</summary>
    private static readonly Gen<ulong> Values =
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        from shift in Gen.Choose(0, 63)
        from unit in Gen.Elements<ulong>(1, 10, 1000, 100_000_000)
        select (((ulong)high << 33) | (uint)low) >> shift is var value ? value - value % unit : 0;

    [Fact]
    public void What_is_printed_parses_back_at_every_scale() =>
        Prop.ForAll(Values.ToArbitrary(), Gen.Choose(0, 18).ToArbitrary(), (value, scale) =>
        {
            string text = ExactDecimal.Format(value, scale);
            Assert.Equal(ExactDecimal.Format((BigInteger)value, scale), text);
            Assert.Equal(DecimalFault.None, ExactDecimal.TryParseUInt64(text, scale, ulong.MaxValue, out ulong narrow));
            Assert.Equal(DecimalFault.None, ExactDecimal.TryParse(text, scale, Large, out BigInteger wide));
            Assert.Equal(value, narrow);
            Assert.Equal(value, wide);
            Assert.Equal(text, ExactDecimal.Canonicalize(text));
        }).Check(Seeded.WithMaxTest(2000));

    [Fact]
    public void A_text_that_parses_is_printed_back_as_it_was() =>
        Prop.ForAll(Gen.Elements("0", "1", "9", "00", "10", ".", "", "5", "-", "e", " ").ListOf(6).ToArbitrary(), parts =>
        {
            string text = string.Concat(parts);
            DecimalFault narrowFault = ExactDecimal.TryParseUInt64(text, 8, ulong.MaxValue, out ulong narrow);
            DecimalFault wideFault = ExactDecimal.TryParse(text, 8, (BigInteger)ulong.MaxValue + 1, out BigInteger wide);
            Assert.Equal(wideFault, narrowFault);
            Assert.Equal(wide, narrow);
            if (wideFault == DecimalFault.None) Assert.Equal(text, ExactDecimal.Format(wide, 8));
        }).Check(Seeded.WithMaxTest(2000));

    [Theory]
    [InlineData("", DecimalFault.NotANumber)]
    [InlineData(".", DecimalFault.NotANumber)]
    [InlineData(".5", DecimalFault.NotANumber)]
    [InlineData("-1", DecimalFault.NotANumber)]
    [InlineData("+1", DecimalFault.NotANumber)]
    [InlineData(" 1", DecimalFault.NotANumber)]
    [InlineData("1e3", DecimalFault.NotANumber)]
    [InlineData("1.2.3", DecimalFault.NotANumber)]
    [InlineData("1,000", DecimalFault.NotANumber)]
    [InlineData("NaN", DecimalFault.NotANumber)]
    [InlineData("\u0661", DecimalFault.NotANumber)]                                         // an Arabic-Indic digit one
    [InlineData("01", DecimalFault.NotCanonical)]
    [InlineData("00", DecimalFault.NotCanonical)]
    [InlineData("1.", DecimalFault.NotCanonical)]
    [InlineData("1.50", DecimalFault.NotCanonical)]
    [InlineData("0.0", DecimalFault.NotCanonical)]
    [InlineData("0.001", DecimalFault.TooManyDecimals)]
    [InlineData("184467440737095516.16", DecimalFault.TooLarge)]
    [InlineData("184467440737095516.15", DecimalFault.None)]
    [InlineData("0", DecimalFault.None)]
    [InlineData("0.01", DecimalFault.None)]
    public void Each_fault_is_told_apart(string text, DecimalFault fault) =>
        Assert.Equal(fault, ExactDecimal.TryParseUInt64(text, 2, ulong.MaxValue, out _));

    [Fact]
    public void A_very_long_number_is_too_large_and_not_looked_at_further() =>
        Assert.Equal(DecimalFault.TooLarge, ExactDecimal.TryParse(new string('9', 1_000_000), 2, Large, out _));

    [Theory]
    [InlineData("065100.22000000", "65100.22")]
    [InlineData("0.0", "0")]
    [InlineData("000", "0")]
    [InlineData("1.000", "1")]
    [InlineData("10", "10")]
    [InlineData("-1", null)]
    [InlineData("1.", null)]
    [InlineData(".5", null)]
    [InlineData("", null)]
    [InlineData("1e5", null)]
    public void Other_spellings_can_be_made_canonical(string text, string? canonical) => Assert.Equal(canonical, ExactDecimal.Canonicalize(text));

    [Theory]
    [InlineData(-150, 2, "-1.5")]
    [InlineData(-5, 3, "-0.005")]
    [InlineData(0, 5, "0")]
    [InlineData(1200, 0, "1200")]
    public void Totals_may_be_negative(long value, int scale, string text) => Assert.Equal(text, ExactDecimal.Format(value, scale));

    private static Config Seeded => Config.QuickThrowOnFailure.WithReplay(20260701, 1);
}
