using Fermat.Margin;
using Fermat.Margin.Books;

namespace Fermat.Cli;

/// <summary>Opens books for commands; what is wrong in them becomes one <see cref="CliFailure"/> with every place.</summary>
internal static class BookLoading
{
    /// <summary>After this many errors the reader of books stops (docs/BOOKS.md, Errors).</summary>
    private const int MostErrors = 100;

    /// <summary>Books of larger files are not held in memory but read twice.</summary>
    private const long LargestInMemory = 64 << 20;

    /// <summary>The whole book in memory, and its risk parameters.</summary>
    public static (Book Book, RiskParameters Parameters) Load(string path, CancellationToken cancel)
    {
        using BookSource source = Open(path);
        Book? book = source.ReadToEnd(cancel);
        if (book is null)
            throw Failure(source.Errors);
        return (book, RiskParameters.Create(book.Assets));
    }

    /// <summary>A book whose accounts are read anew from its files each time they are enumerated, if it is large; otherwise they are in memory.</summary>
    /// <param name="path">A JSON file, or a directory with the two files of a book.</param>
    /// <param name="cancel">Stops the reading.</param>
    /// <param name="largestInMemory">Bytes of accounts from which on a book is large.</param>
    public static (BookHeader Header, IEnumerable<Account> Accounts) LoadOrStream(string path, CancellationToken cancel, long largestInMemory = LargestInMemory)
    {
        string accounts = Directory.Exists(path) ? Path.Combine(path, BookSource.AccountsFile) : path;
        if (new FileInfo(accounts) is not { Exists: true, } file || file.Length <= largestInMemory)
        {
            (Book book, _) = Load(path, cancel);
            return (book.Header, book.Accounts);
        }

        string stamp = StampOf(path);
        using BookSource source = Open(path);
        return (source.Header!, Stream(path, stamp, cancel));
    }

    /// <summary>Sizes and times of a book's files, and of no others in their directory: each reading of a book must find those that its header was read with.</summary>
    private static string StampOf(string path) => string.Join(' ', (Directory.Exists(path) ? (string[])[BookSource.HeaderFile, BookSource.AccountsFile] : [""])
        .Select(name => new FileInfo(Path.Combine(path, name))).Select(file => file.Exists ? $"{file.Name}:{file.Length}:{file.LastWriteTimeUtc.Ticks}" : file.Name));

    private static void RequireSame(string path, string stamp)
    {
        if (StampOf(path) != stamp)
            throw CliFailure.BadInput("book-changed", "the book's files changed while they were read", path, "leave them alone until it is done, or take a copy of them");
    }

    private static IEnumerable<Account> Stream(string path, string stamp, CancellationToken cancel)
    {
        RequireSame(path, stamp);
        using BookSource source = Open(path);
        foreach (Account account in source.Accounts(cancel))
            yield return account;
        RequireSame(path, stamp);
        if (source.Errors.Count > 0)
            throw Failure(source.Errors);
    }

    /// <summary>A source whose header is readable; accounts stream.</summary>
    public static BookSource Open(string path)
    {
        if (path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && File.Exists(path))
            throw CliFailure.BadInput("not-a-book", "a CSV file of accounts is only a part of a book", path, "give the directory that holds assets.json and accounts.csv");
        BookSource source = BookSource.Open(path);
        if (source.Header is not null)
            return source;
        source.Dispose();
        throw Failure(source.Errors);
    }

    /// <summary>The errors of a book as a failure with exit code 2.</summary>
    public static CliFailure Failure(IReadOnlyList<BookError> errors)
    {
        List<Problem> problems = [.. errors.Select(e => new Problem(e.CodeText, e.Message, e.File, (int)e.Line, (int)e.Column, Hint: e.Hint))];
        if (problems.Count >= MostErrors)
            problems.Add(new Problem("book.more-errors", $"reading stopped after {MostErrors} errors; there may be more", errors[0].File, Hint: "correct these and check again"));
        return new CliFailure(ExitCodes.BadInput, problems);
    }
}
