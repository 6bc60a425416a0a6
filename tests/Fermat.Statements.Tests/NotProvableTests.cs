using Fermat.Margin;
using Fermat.Statements.Proving;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests;

/// <summary>Books that have no proof are answered with the predicate they break, before any work on one.</summary>
public sealed class NotProvableTests
{
    private static readonly Dictionary<SolvencyPredicate, Func<Book>> Cases = new()
    {
        [SolvencyPredicate.ParametersValid] = () => WithHeader(header => header with { Assets = [header.Assets[1], header.Assets[0]] }),
        [SolvencyPredicate.InputsInRange] = () => WithHeader(header => header with { InsuranceFund = BookLimits.MoneyEnd }),
        [SolvencyPredicate.AccountValid] = () => SampleBooks.Tiny().With([SampleBooks.Tiny().Accounts[1], SampleBooks.Tiny().Accounts[1]]),
        [SolvencyPredicate.ReservesCoverAsset] = () => SampleBooks.Tiny().WithReserves((asset, reserve) => asset == 0 ? 889 : reserve * 10),
        [SolvencyPredicate.ReservesCoverClaims] = () => WithHeader(header => header with { Buffer = 1_000_000 }),
        [SolvencyPredicate.InsuranceCoversShortfall] = () => WithHeader(header => header with { InsuranceFund = 0 }),
    };

    /// <summary>All but the size of the book, which would take a book of two million items, and what only rulebooks speak of.</summary>
    public static TheoryData<SolvencyPredicate> Predicates() => [.. Enum.GetValues<SolvencyPredicate>().Where(p => p is not (SolvencyPredicate.BookFitsCircuit or SolvencyPredicate.NetSizeIsZero))];

    [Theory]
    [MemberData(nameof(Predicates))]
    public void The_broken_predicate_is_named(SolvencyPredicate predicate)
    {
        Assert.True(Cases.TryGetValue(predicate, out Func<Book>? book), $"{predicate} has no test");
        var answer = Assert.IsType<NotProvable>(SolvencyProver.Prove(book(), ProveVerifyTests.Salts, ProveVerifyTests.Quick));
        Assert.Equal(predicate, Assert.Single(answer.Reasons).Predicate);
        Assert.NotEmpty(answer.Reasons[0].Message);
        Assert.StartsWith("not provable because ", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_broken_predicates_are_named_at_once()
    {
        Book book = SampleBooks.Tiny().WithReserves((_, _) => 0);
        var answer = Assert.IsType<NotProvable>(SolvencyProver.Prove(book, ProveVerifyTests.Salts));
        Assert.Equal(
            [SolvencyPredicate.ReservesCoverAsset, SolvencyPredicate.ReservesCoverAsset, SolvencyPredicate.ReservesCoverClaims],
            answer.Reasons.Select(reason => reason.Predicate));
        Assert.Equal(["btc", "usdt", null], answer.Reasons.Select(reason => reason.Subject));
    }

    [Fact]
    public void Proving_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var progress = new CancelAt(SolvencyStage.Proving, cancel);
        Assert.ThrowsAny<OperationCanceledException>(() => SolvencyProver.Prove(SampleBooks.Tiny(), ProveVerifyTests.Salts, ProveVerifyTests.Quick, progress, cancel.Token));
    }

    private static Book WithHeader(Func<BookHeader, BookHeader> change)
    {
        Book book = SampleBooks.Tiny();
        return book with { Header = change(book.Header) };
    }

    private sealed class CancelAt(SolvencyStage stage, CancellationTokenSource cancel) : IProgress<SolvencyProgress>
    {
        public void Report(SolvencyProgress value)
        {
            if (value.Stage == stage) cancel.Cancel();
        }
    }
}
