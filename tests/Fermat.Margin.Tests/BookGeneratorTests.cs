using System.Numerics;
using System.Security.Cryptography;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

public class BookGeneratorTests
{
    [Fact]
    public void A_seed_gives_the_same_bytes_for_ever()
    {
        byte[] json = Read.WriteJson(new BookGenerator(new BookGeneratorOptions(200) { Seed = 42, BankruptPerMillion = 50_000 }).ToBook());
        Assert.Equal("ba07fe8ed7c884099deca0954e6841d261c60c1d350c11426201684454488749", Convert.ToHexStringLower(SHA256.HashData(json)));
    }

    [Fact]
    public void Accounts_do_not_depend_on_how_many_there_are()
    {
        Book small = new BookGenerator(new BookGeneratorOptions(10)).ToBook(), large = new BookGenerator(new BookGeneratorOptions(100)).ToBook();
        for (int i = 0; i < small.Accounts.Count; i++) Assert.Equal(small.Accounts[i].Balances, large.Accounts[i].Balances);
        Assert.NotEqual(small.Accounts[0].Balances, new BookGenerator(new BookGeneratorOptions(10) { Seed = 2 }).ToBook().Accounts[0].Balances);
    }

    [Theory]
    [InlineData(0, 4, 3, 0)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(5000, 4, 3, 0)]
    [InlineData(5000, 2, 20, 4000)]
    [InlineData(300, 9, 1000, 0)]
    [InlineData(300, 4, 0, 1_000_000)]
    public void Books_are_valid_solvent_and_as_asked_for(int accounts, int items, int liquidatablePerMille, int bankruptPerMillion)
    {
        var generator = new BookGenerator(new BookGeneratorOptions(accounts)
        {
            ItemsPerAccount = items,
            LiquidatablePerMille = liquidatablePerMille,
            BankruptPerMillion = bankruptPerMillion,
        });
        Book book = generator.ToBook();
        Assert.Equal(accounts, book.Accounts.Count);
        Assert.All(book.Accounts, account => Assert.Null(account.Problem(book.Assets.Count)));
        Assert.All(book.Accounts, account => Assert.Equal(Math.Min(items, book.Assets.Count), account.Balances.Count));
        RiskParameters parameters = RiskParameters.Create(book.Assets);
        BookTotals totals = MarginEvaluator.Totals(parameters, book.Accounts);
        Assert.Empty(totals.Insolvencies(parameters, book.Header));
        AssertNear(accounts * (long)bankruptPerMillion / 1_000_000, totals.Bankrupt);
        AssertNear(totals.Bankrupt + accounts * (long)liquidatablePerMille / 1000, totals.Liquidatable);
        (Book? read, IReadOnlyList<BookError> errors) = Read.Json(Read.WriteJson(book));
        Assert.Empty(errors);
        Read.AssertEqual(book, read);

        void AssertNear(long expected, long found) => Assert.InRange(found, expected - 5 * (long)Math.Sqrt(expected) - (expected == accounts ? 1 : 0), expected + 5 * (long)Math.Sqrt(expected));
    }

    [Fact]
    public void Sizes_have_a_heavy_tail()
    {
        RiskParameters parameters = RiskParameters.Create(BookGenerator.BuiltInAssets);
        BigInteger[] sizes = [.. new BookGenerator(new BookGeneratorOptions(10_000)).Accounts().Select(a => MarginEvaluator.Evaluate(parameters, a).NetEquity).OrderDescending()];
        BigInteger all = sizes.Aggregate(BigInteger.Add), top = sizes.Take(sizes.Length / 5).Aggregate(BigInteger.Add);
        Assert.InRange((int)(100 * top / all), 70, 97);
        Assert.True(sizes[0] > 1000 * sizes[sizes.Length / 2]);
    }

    [Fact]
    public void Higher_tiers_of_the_built_in_ladders_are_reached()
    {
        RiskParameters parameters = RiskParameters.Create(BookGenerator.BuiltInAssets);
        var hit = new HashSet<(int, CollateralKind, int)>();
        foreach (Account account in new BookGenerator(new BookGeneratorOptions(10_000)).Accounts())
            foreach (Balance item in account.Balances)
                foreach (CollateralKind kind in Enum.GetValues<CollateralKind>()) hit.Add((item.Asset, kind, parameters.IntervalIndex(item.Asset, kind, item.Collateral(kind))));
        Assert.InRange(hit.Count, 20, 48);
        Assert.Contains(hit, h => h.Item3 >= 2);
        Assert.All(Enumerable.Range(0, 4), asset => Assert.Contains((asset, CollateralKind.Portfolio, asset == 3 ? 0 : 1), hit));
    }

    [Fact]
    public void Assets_can_be_given()
    {
        var random = new Random(13);
        Asset[] assets = [.. Enumerable.Range(0, 40).Select(i => Make.RandomAsset(random, $"a{i:d2}"))];
        Book book = new BookGenerator(new BookGeneratorOptions(500) { Assets = assets, ItemsPerAccount = 6 }).ToBook();
        Assert.All(book.Accounts, account => Assert.Null(account.Problem(assets.Length)));
        Assert.Equal(assets.Length, book.Accounts.SelectMany(a => a.Balances).Select(b => b.Asset).Distinct().Count());
        RiskParameters parameters = RiskParameters.Create(assets);
        Assert.Empty(MarginEvaluator.Totals(parameters, book.Accounts).Insolvencies(parameters, book.Header));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BookGenerator(new BookGeneratorOptions(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BookGenerator(new BookGeneratorOptions(1) { ItemsPerAccount = 0 }));
        Assert.Throws<ArgumentException>(() => new BookGenerator(new BookGeneratorOptions(1) { LiquidatablePerMille = 1001 }));
        Assert.Throws<ArgumentException>(() => new BookGenerator(new BookGeneratorOptions(1) { BankruptPerMillion = -1 }));
    }

    [Fact]
    public void Making_can_be_cancelled() =>
        Assert.ThrowsAny<OperationCanceledException>(() => new BookGenerator(new BookGeneratorOptions(1_000_000), new CancellationToken(canceled: true)));
}
