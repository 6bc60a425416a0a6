using System.Numerics;
using Fermat.Margin;
using Fermat.Margin.Books;

namespace Fermat.Statements.Tests.Books;

/// <summary>Books for tests.</summary>
internal static class SampleBooks
{
    private static readonly Lazy<Book> LazyExample = new(() =>
    {
        using BookSource source = BookSource.Open(Path.Combine(AppContext.BaseDirectory, "exchange-sample.json"));
        return source.ReadToEnd() ?? throw new InvalidOperationException(string.Join("\n", source.Errors));
    });

    /// <summary>The converted exchange sample: 185 accounts, 4 assets.</summary>
    public static Book Example => LazyExample.Value;

    /// <summary>A generated book; bankrupt accounts are covered by the insurance fund.</summary>
    public static Book Generated(int accounts, ulong seed = 1, int items = 4, int bankruptPerMillion = 0)
    {
        var options = new BookGeneratorOptions(accounts) { Seed = seed, ItemsPerAccount = items, BankruptPerMillion = bankruptPerMillion };
        return new BookGenerator(options).ToBook();
    }

    /// <summary>A hand-made book of three accounts in two assets: one healthy, one liquidatable, one bankrupt, all small numbers.</summary>
    public static Book Tiny()
    {
        TierLadder ladder = TierLadder.Create((100, 100), (1000, 50), (null, 10));
        Asset[] assets =
        [
            new("btc", 2, new Price(50, 0), ladder, ladder, TierLadder.Empty),
            new("usdt", 2, new Price(1, 0), ladder, ladder, ladder),
        ];
        Account[] accounts =
        [
            new(new AccountId("alice"), Owner(1), 7, AccountMode.Cross, [new Balance(0, 1000, 10, 500, 200, 300), new Balance(1, 5000, 0, 0, 2500, 0)]),
            new(new AccountId("bob"), OwnerKey.None, 0, AccountMode.Cross, [new Balance(1, 100_000, 60_000, 50_000, 0, 0)]),
            new(new AccountId("carol"), Owner(3), ulong.MaxValue, AccountMode.Cross, [new Balance(0, 0, 100, 0, 0, 0), new Balance(1, 1000, 0, 10, 10, 10)]),
            new(new AccountId("dave"), Owner(4), 1UL << 40, AccountMode.Cross, []),
        ];
        var header = new BookHeader("tiny venue", 42, "USDT", assets, [2000, 100_000], "made up", 100_000, 1000);
        return new Book(header, accounts);
    }

    /// <summary>The same book with other accounts.</summary>
    public static Book With(this Book book, IEnumerable<Account> accounts) => book with { Accounts = [.. accounts] };

    /// <summary>The same book with other reserves.</summary>
    public static Book WithReserves(this Book book, Func<int, BigInteger, BigInteger> change) =>
        book with { Header = book.Header with { Reserves = [.. book.Reserves.Select((reserve, asset) => change(asset, reserve))] } };

    private static OwnerKey Owner(byte fill) => OwnerKey.FromBytes([.. Enumerable.Repeat(fill, OwnerKey.Length)]);
}
