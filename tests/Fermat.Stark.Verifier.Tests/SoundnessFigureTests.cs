using static Fermat.Stark.Tests.SoundnessFixtures;

namespace Fermat.Stark.Tests;

/// <summary>
/// Figures obtained independently of this code (docs/protocol/SOUNDNESS.md, "Independent figures"): 2^18 rows, 400 columns, affine batching, folding by 8,
/// 20 bits of grinding before the queries; each is the weakest term, before summing.
/// </summary>
public sealed class SoundnessFigureTests
{
    private static SoundnessInput Input(int blowupLog2, int queries) => new(Plain(), Options(blowupLog2, queries));

    private static int WeakestBits(RegimeReport report) => (int)Math.Floor(report.Weakest.Bits);

    private static (int Multiplicity, int Bits) BestWeakest(int blowupLog2, int queries) =>
        Enumerable.Range(3, 300)
            .Select(m => (m, WeakestBits(Soundness.ComputeJohnson(Input(blowupLog2, queries), m))))
            .MaxBy(pair => pair.Item2);

    private static double FirstFold(RegimeReport report) => report.Terms.First(term => term.Name.StartsWith("fold ", StringComparison.Ordinal)).Bits;

    private static double QueryBits(RegimeReport report) => report.Terms.Single(term => term.Name.Contains("queries", StringComparison.Ordinal)).Bits;

    [Fact]
    public void Unique_decoding_at_rate_one_quarter_with_160_queries_gives_128_bits()
    {
        RegimeReport report = Soundness.Compute(Input(2, 160)).UniqueDecoding;
        Assert.Equal(128, WeakestBits(report));
        Assert.Equal(0.375, report.Distance, 12);
        Assert.Equal(128.49, report.Weakest.Bits);
        Assert.Equal(127, WeakestBits(Soundness.Compute(Input(2, 159)).UniqueDecoding));
    }

    [Fact]
    public void Johnson_at_rate_one_quarter_with_82_queries_gives_100_bits_at_m_59()
    {
        Assert.Equal(100, WeakestBits(Soundness.ComputeJohnson(Input(2, 82), 59)));
        Assert.Equal(99, WeakestBits(Soundness.ComputeJohnson(Input(2, 82), 57)));   // the queries fall short
        Assert.Equal(99, WeakestBits(Soundness.ComputeJohnson(Input(2, 82), 62)));   // the fold falls short
        Assert.Equal(99, BestWeakest(2, 81).Bits);
    }

    [Fact]
    public void Johnson_at_rate_one_half_with_166_queries_gives_100_bits()
    {
        Assert.Equal(100, BestWeakest(1, 166).Bits);
        Assert.Equal(99, BestWeakest(1, 165).Bits);
    }

    [Fact]
    public void Johnson_at_128_bits_with_111_queries_would_need_27_bits_of_grinding_at_the_fold()
    {
        RegimeReport report = Enumerable.Range(3, 300)
            .Select(m => Soundness.ComputeJohnson(Input(2, 111), m))
            .First(johnson => QueryBits(johnson) >= 128);
        Assert.InRange(report.Multiplicity, 50, 56);
        Assert.Equal(27, Math.Round(128 - FirstFold(report)));
        Assert.Equal(112, Soundness.Compute(Input(2, 111)).Johnson.Bits);   // what those queries do prove, summed, with the best m
    }

    [Fact]
    public void The_terms_are_summed_not_only_compared()
    {
        RegimeReport report = Soundness.ComputeJohnson(Input(2, 82), 59);
        double sum = report.Terms.Sum(term => Math.Pow(2, -term.Bits));
        Assert.InRange(-Math.Log2(sum), 98.9, 99.0);   // 2^-100.01 for the queries, 2^-100.24 for the first fold, ...
        Assert.Equal(98, report.Bits);
    }

    /// <summary>The fold of the independent figures by hand: 7·2·59.5^5·2^20/(3·(1/4)^1.5) of p^5 challenges.</summary>
    [Fact]
    public void The_fold_term_is_the_theorem_evaluated_by_hand()
    {
        double bad = 7 * (2 * Math.Pow(59.5, 5) / (3 * 0.125) * (1 << 20));
        double bits = 5 * Math.Log2(2130706433.0) - Math.Log2(bad);
        Assert.InRange(FirstFold(Soundness.ComputeJohnson(Input(2, 82), 59)), bits - 0.02, bits);
    }
}
