using System.Numerics;
using Fermat.Margin;

namespace Fermat.Statements.Tests.Books;

/// <summary>Small solvent books with amounts, prices and ladders at and around the limits of rules/exchange_sample.risk.</summary>
internal static class RandomBooks
{
    /// <summary>Decimals and bits of the rulebook's Amount and Price.</summary>
    private const int AmountScale = 8, AmountBits = 63, PriceScale = 16, PriceBits = 79;

    /// <summary>Steps between tiers are below this many bits, so that five of them stay below the 127 bits of Value with its 24 decimals.</summary>
    private const int TierBits = 44;

    /// <summary>The book of a seed.</summary>
    public static Book Make(int seed)
    {
        var random = new Random(seed);
        Asset[] assets = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i => NextAsset(random, i))];
        while (RiskParameters.Problems(assets).Count > 0) assets = [.. assets.Select((_, i) => NextAsset(random, i))];
        RiskParameters parameters = RiskParameters.Create(assets);
        Account[] accounts = [.. Enumerable.Range(0, random.Next(0, 12)).Select(i => NextAccount(random, parameters, i))];
        return Solvent(assets, parameters, accounts, random);
    }

    /// <summary>One account that holds and owes the most there can be of 512 assets, each worth as much as can be.</summary>
    public static Book Heaviest(bool owing)
    {
        var ladder = TierLadder.Create((null, 100));
        Asset[] assets = [.. Enumerable.Range(0, BookLimits.MaxAssets).Select(i => new Asset($"a{i:000}", AmountScale, new Price(MostPrice(0), 0), ladder, ladder, ladder))];
        RiskParameters parameters = RiskParameters.Create(assets);
        ulong most = MostAmount(AmountScale), third = most / 3;
        Balance[] balances = [.. Enumerable.Range(0, assets.Length).Select(i => owing ? new Balance(i, 0, most, 0, 0, 0) : new Balance(i, most, 0, third, third, most - 2 * third))];
        return Solvent(assets, parameters, [new Account(new AccountId("heavy"), OwnerKey.None, 0, AccountMode.Cross, balances)], new Random(1));
    }

    /// <summary>The largest amount of an asset of so many decimals.</summary>
    private static ulong MostAmount(int scale) => (ulong)(((BigInteger.One << AmountBits) - 1) / BigInteger.Pow(10, AmountScale - scale));

    /// <summary>The largest mantissa of a price of so many decimals.</summary>
    private static ulong MostPrice(int scale) => (ulong)(((BigInteger.One << PriceBits) - 1) / BigInteger.Pow(10, PriceScale - scale));

    private static Book Solvent(Asset[] assets, RiskParameters parameters, Account[] accounts, Random random)
    {
        BookTotals totals = MarginEvaluator.Totals(parameters, accounts);
        BigInteger[] reserves = [.. totals.Net.Select(net => BigInteger.Max(net, 0) + (random.Next(2) == 0 ? 0 : random.Next(1000)))];
        BigInteger missing = totals.PositiveNetEquity - BookTotals.ReserveValue(parameters, reserves);
        int dearest = Enumerable.Range(0, assets.Length).MaxBy(parameters.Weight);
        if (missing.Sign > 0) reserves[dearest] += missing / parameters.Weight(dearest) + 1;
        BigInteger buffer = random.Next(2) == 0 ? 0 : BookTotals.ReserveValue(parameters, reserves) - totals.PositiveNetEquity;
        var header = new BookHeader("random venue", (ulong)random.NextInt64(), "USDT", assets, reserves, "made up", totals.Shortfall, BigInteger.Min(buffer, BookLimits.MoneyEnd - 1));
        return new Book(header, accounts);
    }

    private static Asset NextAsset(Random random, int index)
    {
        int priceScale = random.Next(0, 9);
        ulong mantissa = random.Next(4) switch { 0 => 1, 1 => MostPrice(priceScale), 2 => (ulong)random.NextInt64(1, 1L << 40), _ => (ulong)random.Next(1, 1000) };
        return new Asset($"a{index}", random.Next(0, AmountScale + 1), new Price(Math.Min(mantissa, MostPrice(priceScale)), priceScale), NextLadder(random), NextLadder(random), NextLadder(random));
    }

    private static TierLadder NextLadder(Random random)
    {
        var steps = new List<(ulong?, int)>();
        ulong upper = 0;
        int percent = 100;
        for (int tiers = random.Next(0, 5); tiers > 0; tiers--)
        {
            upper += random.Next(3) switch { 0 => 1, 1 => (ulong)random.Next(1, 100_000), _ => (ulong)random.NextInt64(1, 1L << TierBits) };
            percent = random.Next(0, percent + 1);
            steps.Add((tiers == 1 && random.Next(2) == 0 ? null : upper, percent));
        }
        return TierLadder.Create([.. steps]);
    }

    private static Account NextAccount(Random random, RiskParameters parameters, int index)
    {
        var balances = new List<Balance>();
        for (int asset = 0; asset < parameters.Assets.Length; asset++)
        {
            if (random.Next(3) == 0) continue;
            ulong equity = NextAmount(random, parameters, asset), debt = random.Next(2) == 0 ? 0 : NextAmount(random, parameters, asset);
            ulong loan = Part(random, equity), margin = Part(random, equity - loan), portfolio = Part(random, equity - loan - margin);
            var balance = new Balance(asset, equity, debt, loan, margin, portfolio);
            if (!balance.IsZero) balances.Add(balance);
        }
        byte[] owner = new byte[OwnerKey.Length];
        if (random.Next(2) == 0) random.NextBytes(owner);
        return new Account(new AccountId($"account-{index}"), OwnerKey.FromBytes(owner), (ulong)random.NextInt64() * 2, AccountMode.Cross, balances);
    }

    /// <summary>Nothing, everything, any number of bits, or an end of one of the asset's intervals.</summary>
    private static ulong NextAmount(Random random, RiskParameters parameters, int asset)
    {
        ulong most = MostAmount(parameters.Assets[asset].AmountScale);
        switch (random.Next(6))
        {
            case 0: return 0;
            case 1: return most;
            case 2:
                TierInterval interval = parameters.Intervals(asset, (CollateralKind)random.Next(3))[0];
                return Math.Min(most, interval.High + (ulong)random.Next(2));
            default: return Math.Min(most, (ulong)random.NextInt64() >> random.Next(1, 63));
        }
    }

    private static ulong Part(Random random, ulong whole) => random.Next(3) switch { 0 => 0, 1 => whole, _ => whole / (ulong)random.Next(1, 5) };
}
