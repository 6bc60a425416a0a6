using System.Text.RegularExpressions;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

public sealed class ExchangeSampleImporterTests : IDisposable
{
    private const string Assets = "symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio\n"
        + "btc,065100.22000000,\"[0-10000:100, 10000-20000:90]\",[0-18446744073709551615:80],\nada,0.50,,,[]\n";

    private const string Columns = "rn,id,e_btc,d_btc,btc,vl_btc,m_btc,pm_btc,e_ada,d_ada,ada,vl_ada,m_ada,pm_ada,total_net_balance_usdt\n";
    private const string GoodRow = "0,aa,1.50,0.2,junk,0.3,0,0,0,7,0,0,0,0,-99\n";

    private readonly string directory = Directory.CreateTempSubdirectory("fermat-import-").FullName;

    [Fact]
    public void The_sample_has_15_inconsistent_users_each_named_by_row_column_and_reason()
    {
        ImportResult result = ExchangeSampleImporter.Import(Sample("assets_sample.csv", skip: false));
        Assert.Null(result.Book);
        Assert.Empty(result.Skipped);
        Assert.Equal(15, result.Errors.Select(e => e.Hint).Distinct().Count());             // the hint names the user
        BookError first = result.Errors.First(e => e.Message.Contains("e_btc", StringComparison.Ordinal));
        Assert.Equal("columns vl_btc + m_btc + pm_btc add up to 359.17808745, more than the 287.34246996 in e_btc", first.Message);
        Assert.Equal((2, 107), (first.Line, first.Column));
        Assert.EndsWith("sample_users0.csv", first.File);
        Assert.All(result.Errors, e => Assert.Equal(BookErrorCode.OverPledged, e.Code));
    }

    [Fact]
    public void The_rest_of_the_sample_is_the_example_book()
    {
        ImportResult result = ExchangeSampleImporter.Import(Sample("assets_sample.csv", skip: true));
        Assert.Empty(result.Errors);
        Assert.Equal(15, result.Skipped.Count);
        Assert.All(result.Skipped, user => Assert.NotEmpty(user.Reasons));
        using BookSource example = BookSource.Open(SharedData.ExampleBook);
        Read.AssertEqual(example.ReadToEnd()!, result.Book);
    }

    [Fact]
    public void The_same_users_make_a_book_over_all_483_assets()
    {
        ImportResult result = ExchangeSampleImporter.Import(Sample("assets_483.csv", skip: true));
        Assert.Empty(result.Errors);
        Assert.Equal((483, 185, 15), (result.Book!.Assets.Count, result.Book.Accounts.Count, result.Skipped.Count));
        RiskParameters parameters = RiskParameters.Create(result.Book.Assets);
        BookTotals totals = MarginEvaluator.Totals(parameters, result.Book.Accounts);
        Assert.Equal((185, 0, 0, 24), (totals.Accounts, totals.Liquidatable, totals.Bankrupt, parameters.ValueScale));
        Assert.Empty(totals.Insolvencies(parameters, result.Book.Header));
        (Book? read, IReadOnlyList<BookError> errors) = Read.Json(Read.WriteJson(result.Book));
        Assert.Empty(errors);
        Read.AssertEqual(result.Book, read);
    }

    [Fact]
    public void The_example_book_has_the_figures_that_its_readme_states()
    {
        using BookSource source = BookSource.Open(SharedData.ExampleBook);
        Book book = source.ReadToEnd()!;
        RiskParameters parameters = RiskParameters.Create(book.Assets);
        BookTotals totals = MarginEvaluator.Totals(parameters, book.Accounts);
        Assert.Equal((185, 15, 0, 740), (totals.Accounts, totals.Liquidatable, totals.Bankrupt, totals.Items));
        Assert.Empty(totals.Insolvencies(parameters, book.Header));
        Assert.Equal(ExchangeSampleImporter.ReservesSource, book.ReservesSource);
        string readme = File.ReadAllText(Path.Combine(SharedData.Root, "examples", "exchange-sample", "README.md"));
        Assert.Matches(new Regex(@"\b185 users\b"), readme);
        Assert.Contains($"| liquidatable | {totals.Liquidatable} |", readme);
        Assert.Contains($"| owed to users | {ExactDecimal.Format(totals.PositiveNetEquity, parameters.ValueScale)} USDT |", readme);
        for (int asset = 0; asset < book.Assets.Count; asset++)
            Assert.Contains($"| {book.Assets[asset].Symbol} | {book.Assets[asset].IndexPrice} | {ExactDecimal.Format(totals.Net[asset], 8)} | {ExactDecimal.Format(book.Reserves[asset], 8)} |", readme);
        Assert.Equal(185, MarginEvaluator.Totals(parameters, book.Accounts.Where(a => MarginEvaluator.Evaluate(parameters, a).NetEquity.Sign > 0)).Accounts);
    }

    [Fact]
    public void A_small_file_imports_as_the_format_says()
    {
        ImportResult result = Import(Assets, Columns + GoodRow + "1,bb,0,0,0,0,0,0,0,0,0,0,0,0,0\n");
        Assert.Empty(result.Errors);
        Assert.Equal(["ada", "btc"], result.Book!.Assets.Select(a => a.Symbol));
        Assert.Equal("[0-10000:100,10000-20000:90]", result.Book.Assets[1].Loan.ToString());
        Assert.Equal(new Tier(0, null, 80), Assert.Single(result.Book.Assets[1].Margin.Tiers));
        Assert.Empty(result.Book.Assets[1].Portfolio.Tiers);
        Assert.Equal(new Price(6510022, 2), result.Book.Assets[1].IndexPrice);
        Assert.Equal([new Balance(0, 0, 700_000_000, 0, 0, 0), new Balance(1, 150_000_000, 20_000_000, 30_000_000, 0, 0)], result.Book.Accounts[0].Balances);
        Assert.Empty(result.Book.Accounts[1].Balances);
        Assert.Equal([0, 130_000_000], result.Book.Reserves);                                // −7 ada: no reserve is below zero
    }

    [Theory]
    [InlineData("1,bb,1,0,0,0.5,0.6,0,0,0,0,0,0,0,0", BookErrorCode.OverPledged, 12, "vl_btc + m_btc + pm_btc add up to 1.1, more than the 1 in e_btc")]
    [InlineData("1,bb,-1,0,0,0,0,0,0,0,0,0,0,0,0", BookErrorCode.NotANumber, 6, "column e_btc: \"-1\"")]
    [InlineData("1,bb,1,x,0,0,0,0,0,0,0,0,0,0,0", BookErrorCode.NotANumber, 8, "column d_btc: \"x\"")]
    [InlineData("1,bb,1,,0,0,0,0,0,0,0,0,0,0,0", BookErrorCode.NotANumber, 8, "column d_btc: \"\"")]
    [InlineData("1,bb,1,0.123456789,0,0,0,0,0,0,0,0,0,0,0", BookErrorCode.TooManyDecimals, 8, "more than 8 decimals")]
    [InlineData("1,bb,92233720368.54775808,0,0,0,0,0,0,0,0,0,0,0,0", BookErrorCode.OutOfRange, 6, "too large")]
    [InlineData("1,aa,1,0,0,0,0,0,0,0,0,0,0,0,0", BookErrorCode.DuplicateAccount, 3, "\"aa\" is there twice")]
    [InlineData("1,b b,1,0,0,0,0,0,0,0,0,0,0,0,0", BookErrorCode.BadName, 3, "not an account id")]
    [InlineData("1,bb,1,0,0,0,0,0", BookErrorCode.WrongFormat, 17, "8 cells, not 15")]
    public void An_inconsistent_row_is_named_or_left_out(string row, BookErrorCode code, long column, string message)
    {
        ImportResult strict = Import(Assets, Columns + GoodRow + row + "\n");
        Assert.Null(strict.Book);
        BookError error = Assert.Single(strict.Errors);
        Assert.Equal((code, 3, column), (error.Code, error.Line, error.Column));
        Assert.Contains(message, error.Message);

        ImportResult skipping = Import(Assets, Columns + GoodRow + row + "\n", skip: true);
        Assert.Empty(skipping.Errors);
        Assert.Single(skipping.Book!.Accounts);
        Assert.Equal(error, Assert.Single(Assert.Single(skipping.Skipped).Reasons));
    }

    [Theory]
    [InlineData("rn,id,e_btc,d_btc,vl_btc,m_btc\n", BookErrorCode.MissingField, "\"pm_btc\"")]
    [InlineData("rn,e_btc,d_btc,vl_btc,m_btc,pm_btc\n", BookErrorCode.MissingField, "\"id\"")]
    [InlineData("rn,id\n", BookErrorCode.MissingField, "no columns of an asset")]
    [InlineData("id,e_btc,d_btc,vl_btc,m_btc,pm_btc,e_doge\n", BookErrorCode.UnknownAsset, "\"e_doge\"")]
    [InlineData("id,e_btc,d_btc,vl_btc,m_btc,pm_btc,what\n", BookErrorCode.UnknownField, "\"what\"")]
    [InlineData("id,e_btc,e_btc,d_btc,vl_btc,m_btc,pm_btc\n", BookErrorCode.DuplicateField, "\"e_btc\" is there twice")]
    [InlineData("", BookErrorCode.WrongFormat, "empty")]
    public void A_file_of_users_with_other_columns_is_refused_even_when_skipping(string header, BookErrorCode code, string message)
    {
        ImportResult result = Import(Assets, header, skip: true);
        Assert.Null(result.Book);
        Assert.Equal(code, result.Errors[0].Code);
        Assert.Contains(message, result.Errors[0].Message);
    }

    [Theory]
    [InlineData("symbol,usdt_price\nbtc,1\n", BookErrorCode.MissingField, "\"loan_tiers_ratio\"")]
    [InlineData("name,price\nbtc,1\n", BookErrorCode.WrongFormat, "neither")]
    [InlineData("symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio\nbtc,0,,,\n", BookErrorCode.OutOfRange, "not positive")]
    [InlineData("symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio\nbtc,1,[0-5:50,7-9:40],,\n", BookErrorCode.Syntax, "")]
    [InlineData("symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio\nbtc,1,\"[0-5:50,7-9:40]\",,\n", BookErrorCode.BadLadder, "begins at 7")]
    [InlineData("symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio\nbtc,1,,,\nbtc,2,,,\n", BookErrorCode.NotSorted, "twice")]
    [InlineData("symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio\n", BookErrorCode.MissingField, "no assets")]
    public void A_file_of_assets_that_is_none_is_refused(string assets, BookErrorCode code, string message)
    {
        ImportResult result = Import(assets, Columns + GoodRow, skip: true);
        Assert.Null(result.Book);
        if (code != BookErrorCode.Syntax) Assert.Equal(code, result.Errors[0].Code);
        Assert.Contains(message, result.Errors[0].Message);
    }

    [Fact]
    public void A_missing_file_is_an_error()
    {
        ImportResult result = ExchangeSampleImporter.Import(new ExchangeSampleOptions(Path.Combine(directory, "none.csv"), []));
        Assert.Equal(BookErrorCode.CannotRead, Assert.Single(result.Errors).Code);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(directory, recursive: true);

    private static ExchangeSampleOptions Sample(string assets, bool skip) =>
        new(SharedData.Sample(assets), [SharedData.Sample("sample_users0.csv"), SharedData.Sample("sample_users1.csv")]) { SkipInvalid = skip };

    private ImportResult Import(string assets, string users, bool skip = false)
    {
        string assetsFile = Path.Combine(directory, "assets.csv"), usersFile = Path.Combine(directory, "users.csv");
        File.WriteAllText(assetsFile, assets);
        File.WriteAllText(usersFile, users);
        return ExchangeSampleImporter.Import(new ExchangeSampleOptions(assetsFile, [usersFile]) { SkipInvalid = skip });
    }
}
