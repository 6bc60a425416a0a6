using System.Text;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

public class BookReaderTests
{
    private const string Good = """
        {
          "format": "fermat-book-v1",
          "venue": "v",
          "height": "7",
          "quoteAsset": "USDT",
          "assets": [
            { "symbol": "btc", "amountScale": 8, "indexPrice": "65100.22", "reserve": "2.5", "loan": [{ "upTo": "10000", "keptPercent": 100 }], "margin": [], "portfolio": [{ "keptPercent": 5 }] },
            { "symbol": "eth", "amountScale": 8, "indexPrice": "3620.5", "reserve": "0", "loan": [], "margin": [], "portfolio": [] }
          ],
          "reservesSource": "test",
          "insuranceFund": "0.0000000001",
          "buffer": "100",
          "accounts": [
            { "id": "alice", "balances": [
              { "asset": "btc", "equity": "1.5", "debt": "0.2", "loan": "0.3" },
              { "asset": "eth", "debt": "2" } ] },
            { "id": "bob", "nonce": "3", "mode": "cross", "balances": [] }
          ]
        }
        """;

    [Fact]
    public void A_good_book_reads()
    {
        (Book? book, IReadOnlyList<BookError> errors) = Read.Json(Good);
        Assert.Empty(errors);
        Assert.NotNull(book);
        Assert.Equal(7ul, book.Height);
        Assert.Equal(1, book.InsuranceFund);
        Assert.Equal([250_000_000, 0], book.Reserves);
        Assert.Equal(new Balance(0, 150_000_000, 20_000_000, 30_000_000, 0, 0), book.Accounts[0].Balances[0]);
        Assert.Equal("[0-10000:100]", book.Assets[0].Loan.ToString());
        Assert.Equal(3ul, book.Accounts[1].Nonce);
    }

    [Theory]
    [InlineData("\"venue\": \"v\",", "\"venue\": \"v\", \"venu\": 1,", BookErrorCode.UnknownField, 3, 17, "\"venu\"")]
    [InlineData("\"venue\": \"v\",", "\"venue\": \"v\", \"venue\": \"v\",", BookErrorCode.DuplicateField, 3, 17, "\"venue\" twice")]
    [InlineData("  \"venue\": \"v\",\n", "", BookErrorCode.MissingField, 1, 1, "\"venue\"")]
    [InlineData("\"venue\": \"v\"", "\"venue\": \"\"", BookErrorCode.BadName, 3, 12, "venue is empty")]
    [InlineData("\"venue\": \"v\"", "\"venue\": \"a\\u0007\"", BookErrorCode.BadName, 3, 12, "control characters")]
    [InlineData("fermat-book-v1", "fermat-book-v2", BookErrorCode.WrongFormat, 2, 13, "fermat-book-v2")]
    [InlineData("\"height\": \"7\"", "\"height\": 7", BookErrorCode.WrongType, 4, 13, "height is a number, not a text")]
    [InlineData("\"height\": \"7\"", "\"height\": \"18446744073709551616\"", BookErrorCode.OutOfRange, 4, 13, "too large")]
    [InlineData("\"amountScale\": 8, \"indexPrice\": \"3", "\"amountScale\": 19, \"indexPrice\": \"3", BookErrorCode.OutOfRange, 8, 39, "more than 18")]
    [InlineData("\"amountScale\": 8, \"indexPrice\": \"3", "\"amountScale\": 8.0, \"indexPrice\": \"3", BookErrorCode.NotCanonical, 8, 39, "not a plain integer")]
    [InlineData("\"amountScale\": 8, \"indexPrice\": \"3", "\"amountScale\": \"8\", \"indexPrice\": \"3", BookErrorCode.WrongType, 8, 39, "a text, not a number")]
    [InlineData("3620.5", "3620.50", BookErrorCode.NotCanonical, 8, 56, "canonical")]
    [InlineData("3620.5", "0", BookErrorCode.OutOfRange, 8, 56, "not positive")]
    [InlineData("\"symbol\": \"eth\"", "\"symbol\": \"btc\"", BookErrorCode.NotSorted, 8, 5, "twice")]
    [InlineData("\"symbol\": \"eth\"", "\"symbol\": \"Eth\"", BookErrorCode.NotSorted, 8, 5, "comes after")]
    [InlineData("\"symbol\": \"eth\"", "\"symbol\": \"e h\"", BookErrorCode.BadName, 8, 17, "not a symbol")]
    [InlineData("\"reserve\": \"2.5\"", "\"reserve\": \"-2.5\"", BookErrorCode.NotANumber, 7, 79, "-2.5")]
    [InlineData("\"reserve\": \"2.5\"", "\"reserve\": \"193428131138340668\"", BookErrorCode.OutOfRange, 7, 79, "too large")]
    [InlineData("\"keptPercent\": 100", "\"keptPercent\": 101", BookErrorCode.OutOfRange, 7, 129, "more than 100")]
    [InlineData("\"keptPercent\": 5", "\"percent\": 5, \"keptPercent\": 5", BookErrorCode.UnknownField, 7, 167, "\"percent\"")]
    [InlineData("\"upTo\": \"10000\"", "\"upTo\": \"0\"", BookErrorCode.BadLadder, 7, 94, "not above its beginning")]
    [InlineData("\"upTo\": \"10000\"", "\"upTo\": \"18446744073709551615\"", BookErrorCode.BadLadder, 7, 94, "without bound")]
    [InlineData("[{ \"keptPercent\": 5 }]", "[{ \"keptPercent\": 5 }, { \"keptPercent\": 5 }]", BookErrorCode.BadLadder, 7, 164, "no upper bound")]
    [InlineData("\"insuranceFund\": \"0.0000000001\"", "\"insuranceFund\": \"0.00000000001\"", BookErrorCode.TooManyDecimals, 11, 20, "more than 10 decimals")]
    [InlineData("\"buffer\": \"100\"", "\"buffer\": null", BookErrorCode.WrongType, 12, 13, "null, not a text")]
    [InlineData("\"id\": \"bob\"", "\"id\": \"alice\"", BookErrorCode.DuplicateAccount, 17, 13, "\"alice\" is there twice")]
    [InlineData("\"id\": \"bob\"", "\"id\": \"b b\"", BookErrorCode.BadName, 17, 13, "not an account id")]
    [InlineData("\"id\": \"bob\", ", "", BookErrorCode.MissingField, 17, 5, "\"id\"")]
    [InlineData("\"mode\": \"cross\"", "\"mode\": \"isolated\"", BookErrorCode.BadName, 17, 42, "isolated")]
    [InlineData("\"nonce\": \"3\"", "\"nonce\": \"03\"", BookErrorCode.NotCanonical, 17, 29, "\"03\"")]
    [InlineData("\"nonce\": \"3\"", "\"ownerKey\": \"3\"", BookErrorCode.BadName, 17, 32, "not 32 bytes")]
    [InlineData("\"asset\": \"eth\"", "\"asset\": \"doge\"", BookErrorCode.UnknownAsset, 16, 18, "\"doge\"")]
    [InlineData("\"asset\": \"eth\"", "\"asset\": \"btc\"", BookErrorCode.NotSorted, 16, 7, "twice")]
    [InlineData("\"asset\": \"btc\"", "\"asset\": \"eth\"", BookErrorCode.NotSorted, 16, 7, "twice")]
    [InlineData("\"asset\": \"eth\", \"debt\": \"2\"", "\"asset\": \"eth\", \"debt\": \"0\"", BookErrorCode.EmptyItem, 16, 7, "all zero")]
    [InlineData("\"asset\": \"eth\", ", "", BookErrorCode.MissingField, 16, 7, "\"asset\"")]
    [InlineData("\"equity\": \"1.5\"", "\"equity\": \"1.50\"", BookErrorCode.NotCanonical, 15, 35, "canonical")]
    [InlineData("\"equity\": \"1.5\"", "\"equity\": \"1.123456789\"", BookErrorCode.TooManyDecimals, 15, 35, "more than 8 decimals")]
    [InlineData("\"equity\": \"1.5\"", "\"equity\": \"92233720368.54775808\"", BookErrorCode.OutOfRange, 15, 35, "too large")]
    [InlineData("\"equity\": \"1.5\"", "\"equity\": \"0.2\"", BookErrorCode.OverPledged, 15, 7, "pledges 0.3 btc but holds 0.2")]
    [InlineData("\"equity\": \"1.5\"", "\"equity\": 1.5", BookErrorCode.WrongType, 15, 35, "a number, not a text")]
    [InlineData("\"equity\": \"1.5\"", "\"equity\": { \"a\": [1, {}] }", BookErrorCode.WrongType, 15, 35, "an object, not a text")]
    [InlineData("\"balances\": []", "\"balances\": {}", BookErrorCode.WrongType, 17, 63, "an object, not an array")]
    [InlineData("\"balances\": []", "\"balances\": [3]", BookErrorCode.WrongType, 17, 64, "a number, not an object")]
    [InlineData("\n  ]\n}", "\n  ], \"buffer\": \"1\"\n}", BookErrorCode.FieldOrder, 18, 6, "after \"accounts\"")]
    [InlineData("\n  ]\n}", "\n  ]\n} x", BookErrorCode.Syntax, 19, 3, "after the end")]
    [InlineData("\n  ]\n}", "\n  ]\n", BookErrorCode.Syntax, 19, 1, "expected a comma or }")]
    public void Each_mistake_is_named_at_its_place(string good, string bad, BookErrorCode code, long line, long column, string message)
    {
        Assert.Contains(good, Good);
        int at = Good.IndexOf(good, StringComparison.Ordinal);
        (Book? book, IReadOnlyList<BookError> errors) = Read.Json(Good[..at] + bad + Good[(at + good.Length)..]);
        Assert.Null(book);
        BookError error = errors[0];
        Assert.Equal((code, line, column), (error.Code, error.Line, error.Column));
        Assert.Contains(message, error.Message);
        Assert.Equal("book.json", error.File);
        Assert.Single(errors);
    }

    [Fact]
    public void The_largest_amount_is_taken()
    {
        (Book? book, _) = Read.Json(Good.Replace("\"1.5\"", "\"92233720368.54775807\"", StringComparison.Ordinal));
        Assert.Equal(BookLimits.MaxAmount, book!.Accounts[0].Balances[0].Equity);
    }

    [Fact]
    public void Many_errors_are_collected_up_to_a_hundred()
    {
        string accounts = string.Join(",", Enumerable.Range(0, 250).Select(i => $"{{ \"id\": \"x{i}\", \"nonce\": \"0{i}\" }}"));
        (Book? book, IReadOnlyList<BookError> errors) = Read.Json(Good[..Good.IndexOf("{ \"id\": \"alice\"", StringComparison.Ordinal)] + accounts + "]}");
        Assert.Null(book);
        Assert.Equal(100, errors.Count);
        Assert.All(errors, error => Assert.Equal(BookErrorCode.NotCanonical, error.Code));
    }

    [Fact]
    public void Accounts_before_other_fields_are_explained()
    {
        (Book? book, IReadOnlyList<BookError> errors) = Read.Json("{ \"format\": \"fermat-book-v1\", \"accounts\": [] }");
        Assert.Null(book);
        Assert.Equal(7, errors.Count);
        Assert.All(errors, error => Assert.Contains("before \"accounts\"", error.Hint));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"book\"")]
    [InlineData("null")]
    public void What_is_no_object_is_no_book(string json) => Assert.Equal(BookErrorCode.WrongType, Assert.Single(Read.Json(json).Errors).Code);

    [Fact]
    public void A_missing_file_or_directory_is_an_error_not_an_exception()
    {
        using BookSource missing = BookSource.Open(Path.Combine(Path.GetTempPath(), "no-such-book.json"));
        Assert.Equal(BookErrorCode.CannotRead, Assert.Single(missing.Errors).Code);
        DirectoryInfo empty = Directory.CreateTempSubdirectory("fermat-book-");
        using BookSource directory = BookSource.Open(empty.FullName);
        Assert.Equal(BookErrorCode.CannotRead, Assert.Single(directory.Errors).Code);
        Assert.Contains("assets.json", directory.Errors[0].Message);
        empty.Delete();
        using BookSource blank = BookSource.Open("");
        Assert.Equal(BookErrorCode.CannotRead, Assert.Single(blank.Errors).Code);
    }

    [Fact]
    public void A_source_gives_its_accounts_once()
    {
        using BookSource source = BookSource.OpenJson(new MemoryStream(Encoding.UTF8.GetBytes(Good)), "b");
        Assert.Equal(2, source.Accounts().Count());
        Assert.Throws<InvalidOperationException>(() => source.Accounts().Count());
    }

    [Fact]
    public void Codes_print_as_stable_words() =>
        Assert.Equal(
            ["book.cannot-read", "book.not-a-number", "book.duplicate-account"],
            new[] { BookErrorCode.CannotRead, BookErrorCode.NotANumber, BookErrorCode.DuplicateAccount }.Select(code => new BookError(code, "", "", 0, 0).CodeText));
}
