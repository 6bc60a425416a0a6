using System.Numerics;
using Fermat.Air;
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
