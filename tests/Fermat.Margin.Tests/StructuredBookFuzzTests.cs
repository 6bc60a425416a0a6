using System.Buffers.Binary;
using System.Text;
using Fermat.Fuzzing;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

/// <summary>
/// Fuzzing that knows the structure of books: a changed file is refused with messages that have a place, or is another good book in every respect; never an exception. ./test --fuzz runs it for
/// long (CONTRIBUTING.md).
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class StructuredBookFuzzTests
{
    private static readonly Book Book = Make.RandomBook(new Random(5), 8);
    private static readonly byte[] Json = Read.WriteJson(Book);
    private static readonly (byte[] Header, byte[] Accounts) Csv = Read.WriteCsv(Book);

    private static readonly string[] Cells =
    [
        "", "0", "-0", "-1", "+1", "1e3", "01", "1.", ".5", "99999999999999999999999999999999", "9223372036854775808", "18446744073709551616", "NaN", "\"", "\"\"", "\"1\"", "\"a,b\"", "\"a\nb\"", " 1", "1 ",
        "\u00e9", "\u200b", "\0", "cross", "Cross", "isolated", "a0", "0x10",
    ];

    [Fact]
    public void Changed_json_books() => FuzzRun.Rounds("book json", 2000, seed => JsonFuzz.Mutate(Json, new Random(seed)), (_, input) =>
        Check(Read.Json(input), input.Length, book => Read.Json(Read.WriteJson(book))));

    /// <summary>The input is the length of the header, the header, the accounts.</summary>
    [Fact]
    public void Changed_csv_books() => FuzzRun.Rounds("book csv", 2000, MutateCsv, (_, input) =>
    {
        int header = BinaryPrimitives.ReadInt32LittleEndian(input);
        Check(Read.Csv(input[4..(4 + header)], input[(4 + header)..]), input.Length, book =>
        {
            (byte[] Header, byte[] Accounts) written = Read.WriteCsv(book);
            return Read.Csv(written.Header, written.Accounts);
        });
    });

    private static void Check((Book? Book, IReadOnlyList<BookError> Errors) read, int length, Func<Book, (Book? Book, IReadOnlyList<BookError> Errors)> again)
    {
        if (read.Book is not { } book)
        {
            Assert.InRange(read.Errors.Count, 1, 100);
            Assert.All(read.Errors, error =>
            {
                Assert.InRange(error.Line, 1, length + 1);
                Assert.InRange(error.Column, 1, length + 1);
                Assert.NotEmpty(error.Message);
                Assert.NotEmpty(error.File);
                Assert.True(Enum.IsDefined(error.Code));
            });
            return;
        }

        Assert.Empty(read.Errors);
        Assert.All(book.Accounts, account => Assert.Null(account.Problem(book.Assets.Count)));
        Assert.Equal(book.Accounts.Count, book.Accounts.Select(account => account.Id).Distinct().Count());
        Assert.Empty(RiskParameters.Problems(book.Assets));
        MarginEvaluator.Totals(RiskParameters.Create(book.Assets), book.Accounts);
        Read.AssertEqual(book, again(book).Book);
    }

    private static byte[] MutateCsv(int seed)
    {
        var random = new Random(seed);
        byte[] header = random.Next(4) == 0 ? JsonFuzz.Mutate(Csv.Header, random) : Csv.Header;
        List<List<string>> rows = [.. Encoding.UTF8.GetString(Csv.Accounts).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split(',').ToList())];
        for (int changes = random.Next(1, 4); changes > 0 && rows.Count > 0; changes--) ChangeRows(rows, random);
        string end = random.Next(4) == 0 ? "\r\n" : random.Next(8) == 0 ? "\r" : "\n";
        byte[] accounts = Encoding.UTF8.GetBytes(string.Join(end, rows.Select(row => string.Join(random.Next(40) == 0 ? ";" : ",", row))) + (random.Next(3) == 0 ? "" : end));
        accounts = random.Next(12) switch
        {
            0 => accounts[..random.Next(accounts.Length + 1)],
            1 => [0xef, 0xbb, 0xbf, .. accounts],
            2 => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(accounts)),
            3 => [.. accounts, 0xc3],
            _ => accounts,
        };
        byte[] input = new byte[4 + header.Length + accounts.Length];
        BinaryPrimitives.WriteInt32LittleEndian(input, header.Length);
        header.CopyTo(input, 4);
        accounts.CopyTo(input, 4 + header.Length);
        return input;
    }

    private static void ChangeRows(List<List<string>> rows, Random random)
    {
        int at = random.Next(rows.Count), other = random.Next(rows.Count);
        List<string> row = rows[at];
        int cell = random.Next(Math.Max(1, row.Count)), place = Math.Min(cell, row.Count);
        switch (random.Next(11))
        {
            case 0: rows.RemoveAt(at); return;
            case 1: rows.Insert(other, [.. row]); return;
            case 2: (rows[at], rows[other]) = (rows[other], rows[at]); return;
            case 3: row.Insert(place, Cells[random.Next(Cells.Length)]); return;
            case 4 when row.Count > 0: row.RemoveAt(cell); return;
            case 5 when row.Count > 0: row[cell] = rows[other].Count > 0 ? rows[other][random.Next(rows[other].Count)] : ""; return;
            case 6 when row.Count > 0: row[cell] = string.Concat(Enumerable.Repeat(row[cell], random.Next(2, 400))); return;
            case 7: rows.Insert(at, random.Next(2) == 0 ? [] : [new string(',', random.Next(1, 50))]); return;
            case 8: foreach (List<string> each in rows) if (each.Count > cell) each.RemoveAt(cell); return; // a column
            case 9: foreach (List<string> each in rows) if (each.Count > 1) (each[0], each[^1]) = (each[^1], each[0]); return;
            default: if (row.Count > 0) row[cell] = Cells[random.Next(Cells.Length)]; return;
        }
    }
}
