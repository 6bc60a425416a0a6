using System.Text;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

public class CsvBookTests
{
    internal const string Columns = "account,owner_key,nonce,mode,asset,equity,debt,loan,margin,portfolio\n";

    internal static readonly byte[] Header = Encoding.UTF8.GetBytes("""
        { "format": "fermat-book-v1", "venue": "v", "height": "0", "quoteAsset": "USDT", "assets": [
          { "symbol": "btc", "amountScale": 2, "indexPrice": "5", "reserve": "0", "loan": [], "margin": [], "portfolio": [] },
          { "symbol": "eth", "amountScale": 2, "indexPrice": "5", "reserve": "0", "loan": [], "margin": [], "portfolio": [] } ],
          "reservesSource": "test", "insuranceFund": "0", "buffer": "0" }
        """);

    [Theory]
    [InlineData("a,,0,cross,btc,1.5,0,0,0,0\na,,,,eth,2,0,0,0,0\nb,,7,cross,,,,,,\n", 2, 2)]
    [InlineData("a,,0,cross,btc,1.5,0,0,0,0\r\n\r\nb,,7,cross,,,,,,", 2, 1)]
    [InlineData("\"a\",\"\",\"0\",cross,btc,1,0,0,0,0", 1, 1)]
    [InlineData("", 0, 0)]
    public void Good_rows_read(string rows, int accounts, int items)
    {
        (Book? book, IReadOnlyList<BookError> errors) = ReadRows(rows);
        Assert.Empty(errors);
        Assert.Equal((accounts, items), (book!.Accounts.Count, book.Accounts.Sum(a => a.Balances.Count)));
    }

    [Theory]
    [InlineData("a,,0,cross,btc,1,0,0,0,0\na,,0,cross,eth,1,0,0,0,0", BookErrorCode.DuplicateAccount, 3, 1, "twice")]
    [InlineData("a,,0,cross,,,,,,\nb,,0,cross,,,,,,\na,,0,cross,,,,,,", BookErrorCode.DuplicateAccount, 4, 1, "twice")]
    [InlineData("a,,,,btc,1,0,0,0,0", BookErrorCode.NotANumber, 2, 4, "nonce")]
    [InlineData("a,,0,cross,btc,1,0,0,0,0\na,,,,btc,1,0,0,0,0", BookErrorCode.NotSorted, 3, 6, "twice")]
    [InlineData("a,,0,cross,eth,1,0,0,0,0\na,,,,btc,1,0,0,0,0", BookErrorCode.NotSorted, 3, 6, "comes after")]
    [InlineData("a,,0,cross,btc,1,0,0,0,0\na,,,,,,,,,", BookErrorCode.UnknownAsset, 3, 6, "\"\"")]
    [InlineData("a,,0,cross,btc,,0,0,0,0", BookErrorCode.NotANumber, 2, 16, "equity")]
    [InlineData("a,,0,cross,btc,1.555,0,0,0,0", BookErrorCode.TooManyDecimals, 2, 16, "equity")]
    [InlineData("a,,0,cross,btc,1,0,0.5,0.5,0.01", BookErrorCode.OverPledged, 2, 12, "pledges 1.01 btc but holds 1")]
    [InlineData("a,,0,cross,btc,0,0,0,0,0", BookErrorCode.EmptyItem, 2, 12, "all zero")]
    [InlineData("a,xyz,0,cross,,,,,,", BookErrorCode.BadName, 2, 3, "owner key")]
    [InlineData("a,,0,isolated,,,,,,", BookErrorCode.BadName, 2, 6, "isolated")]
    [InlineData("a b,,0,cross,,,,,,", BookErrorCode.BadName, 2, 1, "not an account id")]
    [InlineData("a,,0,cross,btc,1,0,0,0", BookErrorCode.WrongFormat, 2, 23, "9 cells")]
    [InlineData("a,,0,cross,btc,1,0,0,0,0,0", BookErrorCode.WrongFormat, 2, 26, "11 cells")]
    [InlineData("a,,0,cross,btc,\"1,0,0,0,0", BookErrorCode.Syntax, 2, 26, "inside a quoted cell")]
    [InlineData("a,,0,cross,b\"tc,1,0,0,0,0", BookErrorCode.Syntax, 2, 13, "quote inside")]
    [InlineData("a,,0,cross,\"btc\"x,1,0,0,0,0", BookErrorCode.Syntax, 2, 17, "after the closing quote")]
    [InlineData("a,,0,cross,b\0c,1,0,0,0,0", BookErrorCode.Syntax, 2, 13, "control character 0")]
    public void Each_mistake_is_named_at_its_place(string rows, BookErrorCode code, long line, long column, string message)
    {
        (Book? book, IReadOnlyList<BookError> errors) = ReadRows(rows);
        Assert.Null(book);
        Assert.Equal((code, "accounts.csv", line, column), (errors[0].Code, errors[0].File, errors[0].Line, errors[0].Column));
        Assert.Contains(message, errors[0].Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("account,owner_key,nonce,mode,asset,equity,debt,loan,margin\n")]
    [InlineData("account,owner_key,nonce,mode,asset,equity,debt,loan,portfolio,margin\n")]
    public void Other_columns_are_refused(string header) =>
        Assert.Equal(BookErrorCode.WrongFormat, Assert.Single(Read.Csv(Header, Encoding.UTF8.GetBytes(header)).Errors).Code);

    [Fact]
    public void A_byte_order_mark_before_a_csv_is_skipped() =>
        Assert.Empty(Read.Csv(Header, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Columns)]).Errors);

    [Fact]
    public void Accounts_in_both_files_are_refused()
    {
        byte[] header = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Header).TrimEnd().TrimEnd('}') + ", \"accounts\": [] }");
        Assert.Contains("both here and in a CSV file", Assert.Single(Read.Csv(header, Encoding.UTF8.GetBytes(Columns)).Errors).Message);
    }

    private static (Book?, IReadOnlyList<BookError>) ReadRows(string rows) => Read.Csv(Header, Encoding.UTF8.GetBytes(Columns + rows));
}
