using System.Numerics;
using Fermat.Air;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Books of docs/BOOKS.md under rules/exchange_sample.risk: their traces exist, and hold what <see cref="MarginEvaluator"/> says of them.</summary>
public sealed class BookTests
{
    [Fact]
    public void Random_books_satisfy_the_circuit_with_the_native_totals()
    {
        for (int seed = 1; seed <= 20; seed++) Agrees(RandomBooks.Make(seed), reveal: seed % 2 == 0, $"seed {seed}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_heaviest_account_satisfies_the_circuit(bool owing) => Agrees(RandomBooks.Heaviest(owing), reveal: true, "heaviest");

    [Fact]
    public void A_generated_book_over_many_assets_satisfies_the_circuit() => Agrees(SampleBooks.Generated(120, seed: 3, items: 7), reveal: false, "generated");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_example_book_satisfies_the_circuit(bool reveal) => Agrees(SampleBooks.Example, reveal, "example");

    /// <summary>Its segment would be taller than the padding says, and that would show.</summary>
    [Fact]
    public void A_book_whose_largest_account_does_not_fit_the_padded_segments_is_refused()
    {
        SolvencyBook book = SolvencyScene.UnderExchangeSample(RandomBooks.Heaviest(owing: false));
        using var secret = new VenueSecret(new byte[VenueSecret.Length]);
        using var salts = new SaltDeriver(secret);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => SolvencyProver.Prove(book, salts, new SolvencyProverOptions { ProvenBits = 30, SegmentDepth = 6, PadTo = new BookSize(1000, 4000) }));
        Assert.Contains("more than the 248", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Balances name assets by position, records of a market are in the order of their symbols.</summary>
    [Fact]
    public void Assets_out_of_order_are_refused()
    {
        Book book = SampleBooks.Example;
        BookHeader turned = book.Header with { Assets = [.. book.Assets.Reverse()] };
        Assert.Throws<ArgumentException>(() => SolvencyBook.Of(SolvencyScene.UnderExchangeSample(book).Rulebook, turned, book.Accounts));
    }

    private static void Agrees(Book book, bool reveal, string what)
    {
        SolvencyBook under = SolvencyScene.UnderExchangeSample(book);
        RuleInputs inputs = RuleInputs.Read(under.Rulebook.Schema, ("book", BookInputs.Write(book.Header, book.Accounts)));
        Assert.Empty(inputs.Errors);
        Assert.Equal(inputs.Accounts.Select(Shown), under.Accounts.Select(Shown));

        SolvencyScene scene = SolvencyScene.Of(under, reveal: reveal);
        var parameters = RiskParameters.Create(book.Assets);
        BookTotals native = MarginEvaluator.Totals(parameters, book.Accounts);
        BigInteger finer = BigInteger.Pow(10, under.Rulebook.Solvency!.NetEquity.Number.Scale - parameters.ValueScale);
        Assert.Equal(book.Assets.Select((asset, i) => native.Net[i] * BigInteger.Pow(10, scene.Statement.ReserveScale - asset.AmountScale)), scene.Sums.Total(0));
        Assert.Equal((native.PositiveNetEquity * finer, native.Shortfall * finer), (scene.Sums.Claims, scene.Sums.Shortfall));
        Assert.Equal((native.Accounts, native.Bankrupt), ((int)scene.Sums.Accounts, (int)scene.Sums.Bankrupt));
        CheckReport report = scene.Check();
        Assert.True(report.IsSatisfied, $"{what}: {report}");
    }

    private static string Shown(AccountData account) =>
        $"{account.Id} {account.OwnerKey} {account.Nonce} [{string.Join(' ', account.Scalars)}] {string.Join(" | ", account.Items.Select(items => string.Join(", ", items.Select(item => string.Join(' ', item)))))}";
}
