using System.Numerics;

namespace Fermat.Margin.Tests;

/// <summary>Assets and ladders for tests.</summary>
internal static class Make
{
    public static Asset Asset(string symbol, int scale, Price price, TierLadder ladder) => new(symbol, scale, price, ladder, ladder, ladder);

    public static Asset RandomAsset(Random random, string symbol)
    {
        ulong mantissa = (ulong)random.NextInt64(1, 1L << random.Next(1, 28));
        return new Asset(symbol, random.Next(0, 9), new Price(mantissa, random.Next(0, 9)), RandomLadder(random), RandomLadder(random), RandomLadder(random));
    }

    public static TierLadder RandomLadder(Random random)
    {
        int count = random.Next(0, 12);
        int[] percents = [.. Enumerable.Range(0, count).Select(_ => random.Next(0, 101)).OrderDescending()];
        ulong bound = 0;
        int widthBits = random.Next(1, 58);
        var steps = new List<(ulong?, int)>();
        for (int i = 0; i < count; i++)
        {
            bound += (ulong)random.NextInt64(1, 1L << widthBits);
            steps.Add((i == count - 1 && random.Next(2) == 0 ? null : bound, percents[i]));
        }
        return TierLadder.Create([.. steps]);
    }

    public static Account Account(string id, params Balance[] balances) => new(new AccountId(id), OwnerKey.None, 0, AccountMode.Cross, balances);

    public static Account RandomAccount(Random random, string id, int assets)
    {
        var balances = new List<Balance>();
        for (int asset = 0; asset < assets; asset++)
        {
            if (random.Next(3) == 0) continue;
            ulong equity = (ulong)random.NextInt64() >> random.Next(1, 64), debt = (ulong)random.NextInt64() >> random.Next(1, 64);
            ulong loan = equity == 0 ? 0 : (ulong)random.NextInt64() % (equity + 1);
            ulong margin = equity == loan ? 0 : (ulong)random.NextInt64() % (equity - loan + 1);
            var item = new Balance(asset, equity, debt, loan, margin, equity - loan - margin);
            if (!item.IsZero) balances.Add(item);
        }
        byte[] key = new byte[OwnerKey.Length];
        if (random.Next(2) == 0) random.NextBytes(key);
        return new Account(new AccountId(id), OwnerKey.FromBytes(key), (ulong)random.NextInt64() >> random.Next(64), AccountMode.Cross, balances);
    }

    public static Book RandomBook(Random random, int accounts)
    {
        Asset[] assets = [.. Enumerable.Range(0, random.Next(1, 6)).Select(i => RandomAsset(random, $"a{i}"))];
        BigInteger[] reserves = [.. assets.Select(_ => (BigInteger)random.NextInt64() << random.Next(0, 21))];
        var header = new BookHeader("a \"venue\" \\ \u00fc \U0001f600", (ulong)random.NextInt64(), "USDT", assets, reserves, "made up \u2028", random.NextInt64(), (BigInteger)random.NextInt64() << 100);
        return new Book(header, [.. Enumerable.Range(0, accounts).Select(i => RandomAccount(random, $"u{i}", assets.Length))]);
    }
}
