using System.Diagnostics;
using System.Text;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

/// <summary>Damaged books: never a crash, never a hang, never a wrong book, and always a message that says what and where.</summary>
public class BookMutationTests
{
    private const int Mutants = 1000;

    [Fact]
    public void A_thousand_damaged_json_books()
    {
        Book book = Make.RandomBook(new Random(3), 6);
        byte[] json = Read.WriteJson(book);
        int refused = Try(json, mutant => Read.Json(mutant), accepted => Read.Json(Read.WriteJson(accepted)));
        Assert.InRange(refused, Mutants * 7 / 10, Mutants);
    }

    [Fact]
    public void A_thousand_damaged_csv_books()
    {
        Book book = Make.RandomBook(new Random(4), 12);
        (byte[] header, byte[] accounts) = Read.WriteCsv(book);
        int refused = Try(accounts, mutant => Read.Csv(header, mutant), accepted => Read.Csv(Read.WriteCsv(accepted).Header, Read.WriteCsv(accepted).Accounts));
        Assert.InRange(refused, Mutants / 2, Mutants);
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(6);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = new byte[random.Next(0, 400)];
            random.NextBytes(bytes);
            Assert.NotEmpty(Read.Json(bytes).Errors);
            Assert.NotEmpty(Read.Csv(bytes, bytes).Errors);
        }
    }

    private static int Try(byte[] good, Func<byte[], (Book? Book, IReadOnlyList<BookError> Errors)> read, Func<Book, (Book? Book, IReadOnlyList<BookError> Errors)> again)
    {
        var random = new Random(20260702);
        int refused = 0;
        for (int round = 0; round < Mutants; round++)
        {
            byte[] mutant = Mutate(good, random);
            var watch = Stopwatch.StartNew();
            (Book? book, IReadOnlyList<BookError> errors) = read(mutant);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), "it hangs");
            if (book is null)
            {
                refused++;
                Assert.InRange(errors.Count, 1, 100);
                int lines = mutant.Count(b => b == '\n') + 1;
                foreach (BookError error in errors)
                {
                    Assert.InRange(error.Line, 1, lines);
                    Assert.InRange(error.Column, 1, mutant.Length + 1);
                    Assert.NotEmpty(error.Message);
                    Assert.NotEmpty(error.File);
                }
            }
            else
            {
                // Some damage makes another good book (a digit for a digit); then it is one in every respect.
                Assert.Empty(errors);
                Assert.All(book.Accounts, account => Assert.Null(account.Problem(book.Assets.Count)));
                Assert.Equal(book.Accounts.Count, book.Accounts.Select(a => a.Id).Distinct().Count());
                Assert.Empty(RiskParameters.Problems(book.Assets));
                MarginEvaluator.Totals(RiskParameters.Create(book.Assets), book.Accounts);
                Read.AssertEqual(book, again(book).Book);
            }
        }
        return refused;
    }

    private static byte[] Mutate(byte[] good, Random random)
    {
        byte[] mutant = [.. good];
        for (int times = random.Next(1, 4); times > 0 && mutant.Length > 0; times--)
        {
            int at = random.Next(mutant.Length), length = Math.Min(random.Next(1, 30), mutant.Length - at);
            mutant = random.Next(8) switch
            {
                0 => [.. mutant[..at], (byte)random.Next(256), .. mutant[(at + 1)..]],
                1 => [.. mutant[..at], (byte)"0123456789.,:\"{}[]-e\n "[random.Next(22)], .. mutant[(at + 1)..]],
                2 => [.. mutant[..at], .. mutant[(at + length)..]],                         // a piece missing
                3 => [.. mutant[..(at + length)], .. mutant[at..]],                         // a piece twice
                4 => mutant[..at],                                                          // cut off
                5 => SwapLines(mutant, random),
                6 => [.. mutant[..at], .. Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]), .. mutant[at..]],
                _ => RepeatLine(mutant, random),
            };
        }
        return mutant;
    }

    private static readonly string[] Words = ["null", "\"\"", "\u00e9", "-", "1e9", "0", "99999999999999999999999999", "[", "{\"a\":", "\\ud800", "\"asset\": \"a0\", ", "\0"];

    private static byte[] SwapLines(byte[] text, Random random)
    {
        string[] lines = Encoding.Latin1.GetString(text).Split('\n');
        int one = random.Next(lines.Length), other = random.Next(lines.Length);
        (lines[one], lines[other]) = (lines[other], lines[one]);
        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private static byte[] RepeatLine(byte[] text, Random random)
    {
        List<string> lines = [.. Encoding.Latin1.GetString(text).Split('\n')];
        lines.Insert(random.Next(lines.Count), lines[random.Next(lines.Count)]);
        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }
}
