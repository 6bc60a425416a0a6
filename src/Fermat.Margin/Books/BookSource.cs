namespace Fermat.Margin.Books;

/// <summary>
/// A book being read: its header at once, its accounts one after the other in memory that hardly grows with their number (48 bytes an account, to find duplicates).
/// What is wrong is collected in <see cref="Errors"/>, up to 100; a source with errors has given accounts that must not be used.
/// </summary>
/// <example><code>
/// using BookSource source = BookSource.Open(path);
/// if (source.Header is { } header)
///     foreach (Account account in source.Accounts(cancel)) ...
/// if (source.Errors.Count > 0) ...
/// </code></example>
public sealed class BookSource : IDisposable
{
    /// <summary>Name of the header in a directory that holds a book as CSV.</summary>
    public const string HeaderFile = "assets.json";

    /// <summary>Name of the accounts in a directory that holds a book as CSV.</summary>
    public const string AccountsFile = "accounts.csv";

    private readonly ErrorList errors = new();
    private readonly List<Stream> streams = [];
    private AccountReader? reader;
    private string accountsName = "";

    private BookSource()
    {
    }

    /// <summary>The header, or null when it has errors; then there are no accounts either.</summary>
    public BookHeader? Header { get; private set; }

    /// <summary>What was found wrong so far: complete when <see cref="Accounts"/> has ended.</summary>
    public IReadOnlyList<BookError> Errors => errors.Errors;

    /// <summary>Opens a book: a JSON file, or a directory with <c>assets.json</c> and <c>accounts.csv</c>. Never throws because of what the files hold or lack.</summary>
    public static BookSource Open(string path)
    {
        var source = new BookSource();
        source.Guard(path, () =>
        {
            if (Directory.Exists(path))
            {
                string headerPath = Path.Combine(path, HeaderFile), accountsPath = Path.Combine(path, AccountsFile);
                source.StartCsv(source.OpenFile(headerPath), headerPath, () => source.OpenFile(accountsPath), accountsPath);
            }
            else
            {
                source.StartJson(source.OpenFile(path), path);
            }
        });
        return source;
    }

    /// <summary>Reads a JSON book from a stream, which is disposed with the source. <paramref name="name"/> stands in errors.</summary>
    public static BookSource OpenJson(Stream json, string name)
    {
        var source = new BookSource();
        source.streams.Add(json);
        source.Guard(name, () => source.StartJson(json, name));
        return source;
    }

    /// <summary>Reads a CSV book from its two streams, which are disposed with the source. The names stand in errors.</summary>
    public static BookSource OpenCsv(Stream header, string headerName, Stream accounts, string accountsName)
    {
        var source = new BookSource();
        source.streams.AddRange([header, accounts]);
        source.Guard(headerName, () => source.StartCsv(header, headerName, () => accounts, accountsName));
        return source;
    }

    /// <summary>The accounts, in the file's order. Can be enumerated once. Ends early after an error that nothing can follow.</summary>
    public IEnumerable<Account> Accounts(CancellationToken cancel = default)
    {
        AccountReader? accounts = reader ?? (Header is null ? null : throw new InvalidOperationException("The accounts of a source can be read once; open it again."));
        reader = null;
        if (accounts is null) yield break;
        while (Next(accounts) is { } account)
        {
            cancel.ThrowIfCancellationRequested();
            yield return account;
        }
    }

    /// <summary>Reads the rest into memory; null when there are errors.</summary>
    public Book? ReadToEnd(CancellationToken cancel = default)
    {
        List<Account> accounts = [.. Accounts(cancel)];
        return Errors.Count == 0 && Header is { } header ? new Book(header, accounts) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Stream stream in streams) stream.Dispose();
    }

    private void StartJson(Stream json, string name)
    {
        var fields = new JsonFieldReader(new JsonTokenizer(json, name, errors), errors);
        accountsName = name;
        Header = new JsonHeaderReader(fields).Read(accountsFollow: true);
        if (Header is { } header) reader = new JsonAccountReader(fields, header);
    }

    private void StartCsv(Stream headerJson, string headerName, Func<Stream> accounts, string name)
    {
        accountsName = name;
        var fields = new JsonFieldReader(new JsonTokenizer(headerJson, headerName, errors), errors);
        BookHeader? header = new JsonHeaderReader(fields).Read(accountsFollow: false);
        if (header is null) return;
        fields.Tokens.Read();
        reader = new CsvAccountReader(new CsvReader(accounts(), name, errors), name, header, errors);
        Header = header;
    }

    private Account? Next(AccountReader accounts)
    {
        try
        {
            return accounts.Next();
        }
        catch (Exception e) when (Noted(e, accountsName))
        {
            return null;
        }
    }

    private FileStream OpenFile(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new IOException("the path is empty");
        var stream = new FileStream(path, new FileStreamOptions { Options = FileOptions.SequentialScan, BufferSize = 0 });
        streams.Add(stream);
        return stream;
    }

    private void Guard(string name, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (Noted(e, name))
        {
        }
    }

    /// <summary>Whether an exception is one that the files can cause; then it is in <see cref="Errors"/>.</summary>
    private bool Noted(Exception e, string name)
    {
        if (e is BookReadStopped) return true;
        if (e is not (IOException or UnauthorizedAccessException)) return false;
        if (Errors.Count < ErrorList.Limit - 1) errors.Add(BookErrorCode.CannotRead, new Place(name, 0, 0), e.Message);
        return true;
    }
}
