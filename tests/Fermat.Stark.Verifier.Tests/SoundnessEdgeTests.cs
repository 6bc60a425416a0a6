using Fermat.Air;
using Fermat.Hashing;
using static Fermat.Stark.Tests.SoundnessFixtures;

namespace Fermat.Stark.Tests;

/// <summary>What a mutation of the soundness code showed that no other test noticed: ends of ranges, ties, zero, and the direction of rounding.</summary>
public sealed class SoundnessEdgeTests
{
    private static readonly TableShape Table = new("t", 14, 1, 0, 0, 3, []);

    private static SoundnessReport Report(TableShape table, params RandomPointIdentity[] identities) =>
        Soundness.Compute(new SoundnessInput(new CircuitShape([table], identities), Options(2, 90)));

    [Fact]
    public void Zero_absorbs_products_is_neutral_in_sums_and_below_everything()
    {
        Assert.True(Magnitude.Of(0).IsZero);
        Assert.True((Magnitude.Zero * Magnitude.Of(3)).IsZero);
        Assert.True((Magnitude.Of(3) * Magnitude.Zero).IsZero);
        Assert.Equal(3, (Magnitude.Zero + Magnitude.Of(3)).ToDouble());
        Assert.Equal(3, (Magnitude.Of(3) + Magnitude.Zero).ToDouble());
        Assert.True(Magnitude.Zero < Magnitude.PowerOfTwo(-100));
        Assert.True(Magnitude.PowerOfTwo(-100) > Magnitude.Zero);
        Assert.Equal(0, Magnitude.Zero.CompareTo(Magnitude.Zero));
        Assert.Equal(double.PositiveInfinity, Magnitude.Zero.FractionalBits);
        Assert.Equal(0, Magnitude.Zero.ToDouble());
    }

    [Fact]
    public void Nothing_is_above_or_below_itself()
    {
        Magnitude value = Magnitude.Of(0.3);
        Assert.False(value < Magnitude.Of(0.3));
        Assert.False(value > Magnitude.Of(0.3));
        Assert.True(value < Magnitude.Of(0.31) && Magnitude.Of(0.31) > value);
        Assert.True(value < Magnitude.One && Magnitude.One > value);
    }

    [Theory]
    [InlineData(-1022, 2.2250738585072014e-308)]
    [InlineData(-1023, 0)]
    [InlineData(1023, 8.98846567431158e307)]
    [InlineData(1024, double.PositiveInfinity)]
    [InlineData(1025, double.PositiveInfinity)]
    [InlineData(5000, double.PositiveInfinity)]
    public void The_doubles_range_ends_where_IEEE_says(int exponent, double expected) => Assert.Equal(expected, Magnitude.PowerOfTwo(exponent).ToDouble());

    [Fact]
    public void The_largest_double_is_taken_and_a_subnormal_refused()
    {
        Assert.Equal(double.MaxValue, Magnitude.Of(double.MaxValue).ToDouble());
        Assert.Contains("subnormal", Assert.Throws<ArgumentOutOfRangeException>(() => Magnitude.Of(double.Epsilon)).Message, StringComparison.Ordinal);
        Assert.Contains("not negative", Assert.Throws<ArgumentOutOfRangeException>(() => Magnitude.Of(-1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Magnitude.One.Power(-1));
        Assert.Equal(1, Magnitude.Of(7).Power(0).ToDouble());
    }

    /// <summary>A sum of very different numbers is still above the larger one: what is too small to be seen is not forgotten.</summary>
    [Theory]
    [InlineData(52)]
    [InlineData(60)]
    [InlineData(61)]
    [InlineData(2000)]
    public void A_small_summand_still_raises_the_bound(int exponent)
    {
        Assert.Equal(Math.BitIncrement(exponent == 52 ? Math.BitIncrement(1.0) : 1.0), (Magnitude.One + Magnitude.PowerOfTwo(-exponent)).ToDouble());
        Assert.True(Magnitude.PowerOfTwo(-exponent) + Magnitude.One > Magnitude.One);
    }

    [Fact]
    public void A_product_with_a_power_of_two_is_exact_and_any_other_is_rounded_up()
    {
        Assert.Equal(0.6, (Magnitude.Of(0.3) * Magnitude.Of(2)).ToDouble());
        Assert.Equal(0.6, (Magnitude.Of(2) * Magnitude.Of(0.3)).ToDouble());
        Assert.Equal(Math.BitIncrement(1.5 * 1.5), (Magnitude.Of(1.5) * Magnitude.Of(1.5)).ToDouble());
    }

    /// <summary>An affine space has up to q/(q − 1) as many bad points as a line: the factor is above one.</summary>
    [Fact]
    public void The_error_on_a_line_is_charged_for_affine_spaces()
    {
        foreach (ProximityGap gap in new ProximityGap[] { new UniqueDecodingGap(2), new JohnsonGap(2, 20), new JohnsonGap(3, 59) })
            Assert.True(gap.ErrorOnLine(18) > gap.BadOnLine(18) * ProximityGap.PerChallenge, $"{gap.Regime}");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    [InlineData(-1)]
    public void The_theorem_begins_at_m_3(int multiplicity) => Assert.Throws<ArgumentOutOfRangeException>(() => new JohnsonGap(2, multiplicity));

    [Fact]
    public void A_code_of_dimension_1_has_no_Johnson_bound()
    {
        Assert.Contains(
            "dimension 1", Assert.Throws<ArgumentOutOfRangeException>(() => new JohnsonGap(2, 3).BadOnLine(2)).Message, StringComparison.Ordinal);
        Assert.True(new JohnsonGap(2, 3).BadOnLine(3).ToDouble() > 0);
    }

    /// <summary>Every factor of the bound where it weighs: small m, few rows. The bound is above the formula by rounding alone, and above the theorem.</summary>
    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(2, 3, 3)]
    [InlineData(3, 3, 4)]
    [InlineData(2, 4, 6)]
    [InlineData(5, 17, 12)]
    [InlineData(1, 2048, 24)]
    public void The_Johnson_bound_is_the_formula_to_the_last_digits(int blowupLog2, int m, int logLength)
    {
        double n = Math.Pow(2, logLength - blowupLog2), length = Math.Pow(2, logLength), rate = Math.Pow(2, -blowupLog2);
        double reduced = (n - 1) / length, half = m + 0.5, delta = Math.Max(0, 1 - Math.Sqrt(rate) * (1 + 1.0 / m));
        double Bad(double inner) => (2 * Math.Pow(half, 5) + inner) / (3 * Math.Pow(reduced, 1.5)) * length + half / Math.Sqrt(reduced);
        double bound = new JohnsonGap(blowupLog2, m).BadOnLine(logLength).ToDouble();
        double formula = Bad(3 * half * rate);
        Assert.InRange(bound, formula * (1 - 1e-14), formula * (1 + 1e-13));
        Assert.True(bound >= Bad(3 * half * delta * reduced));
        double agreement = Math.Min(1, Math.Sqrt(rate) * (1 + 1.0 / m));
        Assert.InRange(new JohnsonGap(blowupLog2, m).Agreement, agreement, agreement * (1 + 1e-14));
    }

    /// <summary>Correctly rounded operations only, each rounded towards fewer bits: these are the bits of the doubles on every machine.</summary>
    [Theory]
    [InlineData(1, 59, 20, 0x4314F42339A67593L, 0x3FE702CC799715C7L)]
    [InlineData(2, 59, 20, 0x432DA20EC01F81E9L, 0x3FE0456C797DD49FL)]
    [InlineData(2, 3, 16, 0x41A5F0D907E7A764L, 0x3FE5555555555559L)]
    [InlineData(2, 20, 6, 0x41D449676B21B8FCL, 0x3FE0CCCCCCCCCCD0L)]
    [InlineData(3, 59, 20, 0x4344F42EF33A3A4AL, 0x3FD702CC799715C7L)]
    [InlineData(4, 3, 6, 0x4140DB67722C301EL, 0x3FD5555555555559L)]
    [InlineData(5, 100, 7, 0x42EBB84DF4DD90C8L, 0x3FC6DA8B811F39DAL)]
    public void The_Johnson_bound_has_the_same_bits_everywhere(int blowupLog2, int m, int logLength, long bad, long agreement)
    {
        var gap = new JohnsonGap(blowupLog2, m);
        Assert.Equal((bad, agreement), (BitConverter.DoubleToInt64Bits(gap.BadOnLine(logLength).ToDouble()), BitConverter.DoubleToInt64Bits(gap.Agreement)));
    }

    /// <summary>One query of error near the agreement outweighs all that grows with m: the search goes on to its end.</summary>
    [Fact]
    public void The_search_for_m_ends_at_2048() =>
        Assert.Equal(2048, Soundness.Compute(new SoundnessInput(new CircuitShape([Table], []), Options(2, 1, grinding: 0))).Johnson.Multiplicity);

    [Fact]
    public void A_hash_without_an_assumption_has_no_bits() =>
        Assert.Contains("unknown hash", Assert.Throws<ArgumentOutOfRangeException>(() => Soundness.HashBits((CommitmentHash)9)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(-1, 0, 0, 3)]
    [InlineData(1, -1, 0, 3)]
    [InlineData(1, 0, -1, 3)]
    [InlineData(1, 0, 0, -1)]
    [InlineData(1, 0, 0, 4)]
    public void Each_count_is_checked(int atPoint, int atNext, int constraints, int degree)
    {
        TableShape wrong = Table with { OpenedAtPoint = atPoint, OpenedAtNext = atNext, Constraints = constraints, ConstraintDegree = degree };
        Assert.Contains("table t", Assert.Throws<ArgumentException>(() => Report(wrong)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Soundness.ComputeJohnson(new SoundnessInput(new CircuitShape([wrong], []), Options(2, 90)), 3));
    }

    [Fact]
    public void Nothing_at_all_is_a_count_too()
    {
        SoundnessReport report = Report(Table with { OpenedAtPoint = 0, ConstraintDegree = 0, MessageWidths = [0] }, new RandomPointIdentity("none", 0, 0));
        Assert.Equal(double.PositiveInfinity, report.Best.Terms.Single(term => term.Name == "constraints").Bits);
        Assert.Equal(double.PositiveInfinity, report.Best.Terms.Single(term => term.Name == "random point: none").Bits);
        Assert.Contains("degree -5", Assert.Throws<ArgumentException>(() => Report(Table, new RandomPointIdentity("n", 0, -5))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Report(Table with { MessageWidths = [3, -1, 3] }));
    }

    [Fact]
    public void Columns_are_counted_over_all_tables_and_heights_match_them()
    {
        CircuitShape shape = new([Table with { OpenedAtPoint = 40 }, Table with { OpenedAtPoint = 25 }], []);
        Assert.Equal(65, shape.OpenedColumns);
        Assert.Equal([9, 8], shape.WithLogHeights([9, 8]).LogHeights);
        Assert.Contains("1 heights for 2 tables", Assert.Throws<ArgumentException>(() => shape.WithLogHeights([9])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => shape.WithLogHeights(null!));
        Assert.Throws<ArgumentNullException>(() => Soundness.Compute(null!));
    }

    [Fact]
    public void Each_step_is_charged_in_protocol_order_to_the_result_that_bounds_it()
    {
        CircuitShape shape = new([Table with { Name = "short", LogHeight = 12 }, Table with { LogHeight = 16, MessageWidths = [2] }], [new("r", 0, 3)]);
        SoundnessReport report = Soundness.Compute(new SoundnessInput(shape, Options(2, 90)));
        const string Unique = "BCIKS, ePrint 2020/654, Theorems 1.4 and 1.5";
        Assert.Equal(
            [
                "random point: r [Schwartz–Zippel]",
                "lookup, 65536 messages [Haböck, ePrint 2022/1530; Schwartz–Zippel]",
                "constraints [Schwartz–Zippel]",
                "out-of-domain point [DEEP, ePrint 2019/336; Haböck, ePrint 2022/1216, Theorem 8]",
                $"batching at 2^16 rows [{Unique}; affine spaces by a random line]",
                $"batching at 2^12 rows [{Unique}; affine spaces by a random line]",
                $"fold 2^18 by 8 [{Unique}]",
                $"fold 2^15 by 2 [{Unique}]",
                $"roll-in of 2^12 rows [{Unique}]",
                $"fold 2^14 by 8 [{Unique}]",
                $"fold 2^11 by 8 [{Unique}]",
                "90 queries, 20 bits of grinding [independent samples]",
            ],
            report.UniqueDecoding.Terms.Select(term => $"{term.Name} [{term.Theorem}]"));
        Assert.Equal("BCHKS, ePrint 2025/2055, Theorem 4.6", report.Johnson.Terms.First(term => term.Name == "fold 2^18 by 8").Theorem);
        Assert.Equal((ProximityRegime.UniqueDecoding, 0), (report.UniqueDecoding.Regime, report.UniqueDecoding.Multiplicity));
        Assert.Equal(ProximityRegime.Johnson, report.Johnson.Regime);
    }

    [Theory]
    [InlineData(90, 91, 91, ProximityRegime.Johnson)]
    [InlineData(91, 90, 91, ProximityRegime.UniqueDecoding)]
    [InlineData(90, 90, 90, ProximityRegime.UniqueDecoding)]   // the simpler argument, where both prove as much
    public void The_better_regime_counts(int unique, int johnson, int bits, ProximityRegime regime)
    {
        SoundnessReport report = Made(unique, johnson);
        Assert.Equal(regime, report.Best.Regime);
        Assert.Equal(bits, report.OracleBits);
        Assert.True(report.Meets(bits));
        Assert.False(report.Meets(bits + 1));
        Assert.False((report with { HashBits = bits - 1 }).Meets(bits));
        Assert.Equal(0, (report with { Violations = ["no"] }).OracleBits);
    }

    [Fact]
    public void The_text_is_the_report_line_by_line()
    {
        string expected = """
            proven 91 bits; Blake3 collisions assumed 128 bits
            UniqueDecoding: 90 bits (distance 0.3750)
                90.00  weak [theorem]
               100.25  strong [other]
            Johnson: 91 bits (distance 0.4900, m = 7)
                91.50  weak [theorem]

            """;
        SoundnessReport report = Made(90, 91);
        Assert.Equal(expected.ReplaceLineEndings("\n"), report.ToText());
        Assert.Contains("\nnot proven: reason\n", (report with { Violations = ["reason"] }).ToText(), StringComparison.Ordinal);
        Assert.Equal("weak", report.UniqueDecoding.Weakest.Name);
    }

    private static SoundnessReport Made(int unique, int johnson) => new(
        new RegimeReport(ProximityRegime.UniqueDecoding, 0, 0.375, 1, [new("weak", "theorem", unique), new("strong", "other", 100.25)], unique),
        new RegimeReport(ProximityRegime.Johnson, 7, 0.49, 28, [new("weak", "theorem", johnson + 0.5)], johnson),
        CommitmentHash.Blake3,
        128,
        []);
}
