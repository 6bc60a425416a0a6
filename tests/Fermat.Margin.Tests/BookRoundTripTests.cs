using System.Text;
using Fermat.Margin.Books;

namespace Fermat.Margin.Tests;

public class BookRoundTripTests
{
    [Fact]
    public void Written_books_read_back_equal_as_json_and_as_csv()
    {
        var random = new Random(99);
        for (int round = 0; round < 100; round++)
        {
            Book book = Make.RandomBook(random, random.Next(0, 8));
            byte[] json = Read.WriteJson(book);
            (Book? fromJson, IReadOnlyList<BookError> errors) = Read.Json(json);
            Assert.Empty(errors);
            Read.AssertEqual(book, fromJson);
            Assert.Equal(json, Read.WriteJson(fromJson!));

            (byte[] header, byte[] accounts) = Read.WriteCsv(book);
            (Book? fromCsv, errors) = Read.Csv(header, accounts);
            Assert.Empty(errors);
            Read.AssertEqual(book, fromCsv);
            Assert.Equal(accounts, Read.WriteCsv(fromCsv!).Accounts);
        }
    }

    [Fact]
    public void Files_are_private_replaced_as_a_whole_and_open_by_path()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("fermat-book-");
        try
        {
            Book book = Make.RandomBook(new Random(1), 5);
            string json = Path.Combine(directory.FullName, "book.json"), csv = Path.Combine(directory.FullName, "csv");
            BookWriter.SaveJson(json, book.Header, book.Accounts);
            BookWriter.SaveCsv(csv, book.Header, book.Accounts);
            foreach (string path in new[] { json, csv })
            {
                using BookSource source = BookSource.Open(path);
                Read.AssertEqual(book, source.ReadToEnd());
            }
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(csv, BookSource.AccountsFile)));

            byte[] before = File.ReadAllBytes(json);
            Assert.Throws<InvalidOperationException>(() => BookWriter.SaveJson(json, book.Header, Failing()));
            Assert.Equal(before, File.ReadAllBytes(json));
            Assert.Equal(["book.json", "csv"], directory.EnumerateFileSystemInfos().Select(i => i.Name).Order());
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        static IEnumerable<Account> Failing()
        {
            yield return Make.Account("a");
            throw new InvalidOperationException("the disk is on fire");
        }
    }

    [Fact]
    public void The_example_of_the_repository_reads_and_is_what_the_writer_writes()
    {
        byte[] file = File.ReadAllBytes(SharedData.ExampleBook);
        (Book? book, IReadOnlyList<BookError> errors) = Read.Json(file);
        Assert.Empty(errors);
        Assert.Equal(Encoding.UTF8.GetString(file), Encoding.UTF8.GetString(Read.WriteJson(book!)));
    }

    [Fact]
    public void The_document_s_examples_are_one_book_in_two_forms()
    {
        string document = File.ReadAllText(Path.Combine(SharedData.Root, "docs", "BOOKS.md"));
        string json = Fence(document, "json"), csv = Fence(document, "csv");
        (Book? fromJson, IReadOnlyList<BookError> errors) = Read.Json(json);
        Assert.Empty(errors);
        string header = json[..json.IndexOf(",\n  \"accounts\"", StringComparison.Ordinal)] + "\n}\n";
        (Book? fromCsv, errors) = Read.Csv(Encoding.UTF8.GetBytes(header), Encoding.UTF8.GetBytes(csv));
        Assert.Empty(errors);
        Read.AssertEqual(fromJson!, fromCsv);
    }

    private static string Fence(string document, string language)
    {
        int start = document.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return document[start..document.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
