using Fermat.Margin;
using Fermat.Margin.Books;

namespace Fermat.Cli.Tests;

/// <summary>A large book is read from its files each time, and they must be the same each time. Here every book is large.</summary>
public sealed class BookLoadingTests : IDisposable
{
    private static readonly DateTime Written = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_large_book_is_read_as_often_as_it_is_asked_for(bool isCsv)
    {
        string path = Book(isCsv);
        (BookHeader header, IEnumerable<Account> accounts) = Stream(path);
        (Book whole, _) = BookLoading.Load(path, default);
        Assert.Equal(whole.Header.Venue, header.Venue);
        for (int pass = 0; pass < 2; pass++) Assert.Equal(whole.Accounts.Select(account => account.Id), accounts.Select(account => account.Id));
        // what is up to the bound is in memory, and the files may go
        (_, IEnumerable<Account> held) = BookLoading.LoadOrStream(path, default, new FileInfo(Accounts(path)).Length);
        File.Delete(Accounts(path));
        Assert.Equal(whole.Accounts.Count, held.Count());
    }

    /// <summary>Of another length, as old; as long, a tick later; none; and the file beside that of the accounts.</summary>
    [Theory]
    [InlineData(true, "longer")]
    [InlineData(false, "longer")]
    [InlineData(true, "later")]
    [InlineData(false, "later")]
    [InlineData(true, "gone")]
    [InlineData(false, "gone")]
    [InlineData(true, "assets")]
    public void A_file_that_is_swapped_between_passes_is_found(bool isCsv, string change)
    {
        string path = Book(isCsv);
        (_, IEnumerable<Account> accounts) = Stream(path);
        Assert.NotEmpty(accounts);
        Change(change == "assets" ? Path.Combine(path, BookSource.HeaderFile) : Accounts(path), change);
        Assert.Equal("book-changed", Code(() => _ = accounts.Count()));
    }

    [Theory]
    [InlineData(true, "longer")]
    [InlineData(false, "longer")]
    [InlineData(true, "later")]
    [InlineData(false, "later")]
    [InlineData(true, "torn")]
    [InlineData(false, "torn")]
    public void A_file_that_is_swapped_while_it_is_read_is_found(bool isCsv, string change)
    {
        string path = Book(isCsv, accounts: 10_000);
        using IEnumerator<Account> accounts = Stream(path).Accounts.GetEnumerator();
        Assert.True(accounts.MoveNext());
        Change(Accounts(path), change);
        Assert.Equal("book-changed", Code(() =>
        {
            while (accounts.MoveNext())
            {
            }
        }));
    }

    /// <summary>A proof is written beside the book, and a secret is made there.</summary>
    [Fact]
    public void Other_files_in_the_directory_may_come_and_go()
    {
        string path = Book(isCsv: true);
        (_, IEnumerable<Account> accounts) = Stream(path);
        File.WriteAllText(Path.Combine(path, "venue.secret"), "made meanwhile");
        Assert.NotEmpty(accounts);
    }

    private static (BookHeader Header, IEnumerable<Account> Accounts) Stream(string path) => BookLoading.LoadOrStream(path, default, largestInMemory: 0);

    private static string Code(Action read) => Assert.Single(Assert.Throws<CliFailure>(read).Problems).Code;

    private static string Accounts(string path) => Directory.Exists(path) ? Path.Combine(path, BookSource.AccountsFile) : path;

    private static void Change(string file, string change)
    {
        switch (change)
        {
            case "longer": File.AppendAllText(file, "\n"); break;
            case "torn": File.WriteAllText(file, File.ReadAllText(file)[..^20]); break;
            case "gone": File.Delete(file); return;
        }
        File.SetLastWriteTimeUtc(file, change == "later" || change == "assets" ? Written.AddTicks(1) : Written);
    }

    private string Book(bool isCsv, int accounts = 50)
    {
        string path = _directory[isCsv ? "book" : "book.json"];
        Assert.Equal(ExitCodes.Ok, Cli.Run("generate", "-n", $"{accounts}", "-o", path).ExitCode);
        foreach (string file in isCsv ? Directory.GetFiles(path) : [path]) File.SetLastWriteTimeUtc(file, Written);
        return path;
    }
}
