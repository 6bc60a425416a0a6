using System.Numerics;

namespace Fermat.Margin.Tests;

/// <summary>The rule written as the venue states it: rational numbers, a loop over tiers, nothing derived beforehand.</summary>
internal static class Reference
{
    /// <summary>100 · Σ_tiers kept · (part of the value inside the tier), in units of 10^−<paramref name="scale"/>; fails unless that is an integer.</summary>
    public static BigInteger Counted100(Asset asset, CollateralKind kind, ulong amount, int scale)
    {
        // The value is numerator / denominator quote units.
        BigInteger numerator = (BigInteger)amount * asset.IndexPrice.Mantissa;
        BigInteger denominator = BigInteger.Pow(10, asset.AmountScale + asset.IndexPrice.Scale);
        BigInteger counted = 0;                                                             // over 100 · denominator
        foreach (Tier tier in asset.Ladder(kind).Tiers)
        {
            BigInteger from = BigInteger.Min(numerator, tier.Lower * denominator);
            BigInteger to = tier.Upper is { } upper ? BigInteger.Min(numerator, upper * denominator) : numerator;
            counted += (to - from) * tier.KeptPercent;
        }
        BigInteger scaled = BigInteger.DivRem(counted * BigInteger.Pow(10, scale), denominator, out BigInteger remainder);
        Assert.Equal(BigInteger.Zero, remainder);
        return scaled;
    }

    /// <summary>100 · debt, 100 · counted collateral, and net equity, in units of 10^−<paramref name="scale"/>.</summary>
    public static (BigInteger Debt100, BigInteger Collateral100, BigInteger NetEquity) Margin(IReadOnlyList<Asset> assets, Account account, int scale)
    {
        BigInteger debt = 0, collateral = 0, net = 0;
        foreach (Balance balance in account.Balances)
        {
            Asset asset = assets[balance.Asset];
            BigInteger price = asset.IndexPrice.Mantissa * BigInteger.Pow(10, scale - asset.AmountScale - asset.IndexPrice.Scale);
            debt += price * balance.Debt * 100;
            net += ((BigInteger)balance.Equity - balance.Debt) * price;
            foreach (CollateralKind kind in Enum.GetValues<CollateralKind>()) collateral += Counted100(asset, kind, balance.Collateral(kind), scale);
        }
        return (debt, collateral, net);
    }
}
