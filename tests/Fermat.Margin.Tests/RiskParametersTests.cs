using System.Collections.Immutable;
using System.Numerics;

namespace Fermat.Margin.Tests;

public class RiskParametersTests
{
    [Fact]
    public void A_ladder_becomes_intervals_with_exact_bounds()
    {
        // 3 units of value per unit of amount; tiers meet at values 10 and 20, which no multiple of 3 hits.
        RiskParameters parameters = RiskParameters.Create([Make.Asset("x", 0, new Price(3, 0), TierLadder.Create((10, 100), (20, 50)))]);
        ImmutableArray<TierInterval> pieces = parameters.Intervals(0, CollateralKind.Loan);
        Assert.Equal(
            [new TierInterval(0, 3, 300, 0, 0), new TierInterval(4, 6, 150, 500, 1), new TierInterval(7, BookLimits.MaxAmount, 0, 1500, -1)],
            pieces);
    }

    [Fact]
    public void The_empty_ladder_keeps_nothing() =>
        Assert.Equal(
            [new TierInterval(0, BookLimits.MaxAmount, 0, 0, -1)],
            RiskParameters.Create([Make.Asset("x", 8, new Price(1, 0), TierLadder.Empty)]).Intervals(0, CollateralKind.Portfolio));

    [Fact]
    public void A_tier_that_no_amount_falls_into_is_left_out()
    {
        RiskParameters parameters = RiskParameters.Create([Make.Asset("x", 0, new Price(1000, 0), TierLadder.Create((1, 100), (2, 90), (5000, 10)))]);
        Assert.Equal([0, 2, -1], parameters.Intervals(0, CollateralKind.Loan).Select(p => p.Tier));
    }

    [Fact]
    public void Intervals_agree_with_rational_tiers_on_random_ladders_and_at_every_edge()
    {
        var random = new Random(20260701);
        for (int round = 0; round < 300; round++)
        {
            Asset[] assets = [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => Make.RandomAsset(random, $"a{i}"))];
            RiskParameters parameters = RiskParameters.Create(assets);
            for (int asset = 0; asset < assets.Length; asset++)
                for (int kind = 0; kind < Asset.Kinds; kind++)
                    CheckLadder(parameters, asset, (CollateralKind)kind, random);
        }
    }

    [Fact]
    public void A_unit_worth_too_much_is_refused_with_the_asset_named()
    {
        IReadOnlyList<(int Asset, string Problem)> problems = RiskParameters.Problems(
            [Make.Asset("coarse", 0, new Price(60_000, 0), TierLadder.Empty), Make.Asset("fine", 18, new Price(1, 18), TierLadder.Empty)]);
        (int asset, string problem) = Assert.Single(problems);
        Assert.Equal(0, asset);
        Assert.Contains("coarse", problem);
        Assert.Contains("2^81", problem);
    }

    private static void CheckLadder(RiskParameters parameters, int asset, CollateralKind kind, Random random)
    {
        ImmutableArray<TierInterval> pieces = parameters.Intervals(asset, kind);
        Assert.Equal(0ul, pieces[0].Low);
        Assert.Equal(BookLimits.MaxAmount, pieces[^1].High);
        for (int i = 0; i < pieces.Length; i++)
        {
            if (i > 0) Assert.Equal(pieces[i - 1].High + 1, pieces[i].Low);
            Assert.InRange(pieces[i].Slope, BigInteger.Zero, BigInteger.One << 88);
            Assert.InRange(pieces[i].Offset, BigInteger.Zero, BigInteger.One << 160);
            ulong span = pieces[i].High - pieces[i].Low;
            ulong inside = pieces[i].Low + (span == 0 ? 0 : (ulong)random.NextInt64() % span);
            foreach (ulong amount in new[] { pieces[i].Low, pieces[i].High, inside })
                Assert.Equal(Reference.Counted100(parameters.Assets[asset], kind, amount, parameters.ValueScale), MarginEvaluator.Counted100(parameters, asset, kind, amount));
        }
    }
}
