using System.Buffers.Binary;
using Fermat.Ledger.Log;
using Microsoft.Data.Sqlite;

namespace Fermat.Ledger.Stores;

/// <summary>
/// A ledger in one SQLite file, which a venue can copy: write-ahead log, synchronous FULL (one wait for the disk at each block), opened by one process at a time to write, of mode 0600. The application id is <c>FRMT</c>, the
/// user version that of the tables. Who writes holds a lock on an empty file beside it, <c>-lock</c>, so that others can read meanwhile (<see cref="OpenToRead"/>).
/// </summary>
public sealed class SqliteLedgerStore : ILedgerStore
{
    /// <summary>The version of the tables.</summary>
    public const int Version = 1;

    private const int ApplicationId = 0x46524D54;
    private const int Full = 13, Corrupt = 11, NotADatabase = 26, Busy = 5, Locked = 6;

    private static readonly string[] Tables =
    [
        "CREATE TABLE block (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
        "CREATE TABLE event (key BLOB PRIMARY KEY, block INTEGER NOT NULL, height INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE record (kind INTEGER NOT NULL, height INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (kind, height, part))",
        $"PRAGMA application_id = {ApplicationId}",
        $"PRAGMA user_version = {Version}",
    ];

    private readonly SqliteConnection connection;
    private readonly SqliteConnection? writing;
    private readonly SqliteCommand insertBlock, insertEvent, findEvent;

    private SqliteLedgerStore(SqliteConnection connection, SqliteConnection? writing)
    {
        (this.connection, this.writing) = (connection, writing);
        insertBlock = Command("INSERT INTO block (number, bytes) VALUES ($a, $b)");
        insertEvent = Command("INSERT INTO event (key, block, height) VALUES ($a, $b, $c)");
        findEvent = Command("SELECT block, height FROM event WHERE key = $a");
        BlockCount = Convert.ToInt64(Scalar("SELECT coalesce(max(number) + 1, 0) FROM block"), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public long BlockCount { get; private set; }

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The most that the file may grow to; null for what the disk has. Beyond it a write fails as on a full disk.</param>
    /// <exception cref="LedgerStoreException">The file cannot be opened, is in use, or is no ledger of this version.</exception>
    public static SqliteLedgerStore Open(string path, long? maxBytes = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SqliteConnection? connection = null, writing = null;
        try
        {
            writing = Connect(path + "-lock", SqliteOpenMode.ReadWriteCreate);
            Run(writing, "BEGIN EXCLUSIVE");                                                        // until it is disposed of, or the process ends in whatever way
            connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
            Run(connection, "PRAGMA journal_mode = WAL");
            Run(connection, "PRAGMA synchronous = FULL");
            long application = Number(connection, "PRAGMA application_id"), version = Number(connection, "PRAGMA user_version"), pageSize = Number(connection, "PRAGMA page_size");
            if (maxBytes is { } most) Run(connection, $"PRAGMA max_page_count = {Math.Max(most / pageSize, 1)}");
            Run(connection, "BEGIN EXCLUSIVE");
            if (application == 0 && version == 0 && Number(connection, "SELECT count(*) FROM sqlite_schema") == 0)
                foreach (string statement in Tables) Run(connection, statement);
            else if (application != ApplicationId || version != Version)
                throw new LedgerStoreException(LedgerStoreFailure.WrongFormat, $"{path} is not a ledger of version {Version}. Name another file.");
            Run(connection, "COMMIT");
            return new SqliteLedgerStore(connection, writing);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            writing?.Dispose();
            throw Failure(e, path);
        }
        catch
        {
            connection?.Dispose();
            writing?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that there is to be read, whether or not a process writes it: the blocks that are durable now. Each block is read by itself, so that who writes is neither kept waiting nor kept from clearing its write-ahead log.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LedgerStoreException">The file cannot be opened, or is no ledger of this version.</exception>
    public static ILedgerReader OpenToRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SqliteConnection? connection = null;
        try
        {
            connection = Connect(path, SqliteOpenMode.ReadOnly);
            if (Number(connection, "PRAGMA application_id") != ApplicationId || Number(connection, "PRAGMA user_version") != Version)
                throw new LedgerStoreException(LedgerStoreFailure.WrongFormat, $"{path} is not a ledger of version {Version}. Name another file.");
            return new SqliteLedgerStore(connection, writing: null);
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw Failure(e, path);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        if (mode != SqliteOpenMode.ReadOnly && !OperatingSystem.IsWindows() && !File.Exists(path))
            new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Append(long number, ReadOnlyMemory<byte> block, IReadOnlyList<EventKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (number != BlockCount) throw new ArgumentException($"The next block is {BlockCount}, not {number}.", nameof(number));
        Guarded(() =>
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            Set(insertBlock, transaction, number, block.ToArray());
            insertBlock.ExecuteNonQuery();
            byte[] key = new byte[16];
            foreach (EventKey found in keys)
            {
                BinaryPrimitives.WriteUInt128LittleEndian(key, found.Key);
                Set(insertEvent, transaction, key, number, (long)found.Height);
                insertEvent.ExecuteNonQuery();
            }
            transaction.Commit();
            return 0;
        });
        BlockCount++;
    }

    /// <inheritdoc/>
    public byte[]? ReadBlock(long number) => number >= BlockCount ? null : Guarded(() =>
    {
        using SqliteCommand select = Command("SELECT bytes FROM block WHERE number = $a");
        Set(select, null, number);
        return select.ExecuteScalar() as byte[];
    });

    /// <inheritdoc/>
    public bool TryFindEvent(UInt128 key, out long block, out ulong height)
    {
        (long? foundBlock, long foundHeight) = Guarded(() =>
        {
            byte[] bytes = new byte[16];
            BinaryPrimitives.WriteUInt128LittleEndian(bytes, key);
            Set(findEvent, null, bytes);
            using SqliteDataReader reader = findEvent.ExecuteReader();
            return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : ((long?)null, 0L);
        });
        (block, height) = (foundBlock ?? 0, (ulong)foundHeight);
        return foundBlock < BlockCount;                                                             // what came after this was opened to be read is not there
    }

    /// <inheritdoc/>
    public IEnumerable<UInt128> EventKeys()
    {
        using SqliteCommand select = Command("SELECT key FROM event");
        using SqliteDataReader reader = Guarded(select.ExecuteReader);
        while (Guarded(reader.Read)) yield return BinaryPrimitives.ReadUInt128LittleEndian(reader.GetFieldValue<byte[]>(0));
    }

    /// <inheritdoc/>
    public void Write(StoredKind kind, ulong height, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Guarded(() =>
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            using SqliteCommand remove = Command("DELETE FROM record WHERE kind = $a AND height = $b"), insert = Command("INSERT INTO record (kind, height, part, bytes) VALUES ($a, $b, $c, $d)");
            Set(remove, transaction, (long)kind, (long)height);
            remove.ExecuteNonQuery();
            long part = 0;
            foreach (ReadOnlyMemory<byte> bytes in parts)
            {
                Set(insert, transaction, (long)kind, (long)height, part++, bytes.ToArray());
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
            return 0;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<ulong> Heights(StoredKind kind) => Guarded(() =>
    {
        using SqliteCommand select = Command("SELECT DISTINCT height FROM record WHERE kind = $a ORDER BY height");
        Set(select, null, (long)kind);
        using SqliteDataReader reader = select.ExecuteReader();
        var heights = new List<ulong>();
        while (reader.Read()) heights.Add((ulong)reader.GetInt64(0));
        return heights;
    });

    /// <inheritdoc/>
    public IEnumerable<byte[]> Read(StoredKind kind, ulong height)
    {
        using SqliteCommand select = Command("SELECT bytes FROM record WHERE kind = $a AND height = $b ORDER BY part");
        Set(select, null, (long)kind, (long)height);
        using SqliteDataReader reader = Guarded(select.ExecuteReader);
        while (Guarded(reader.Read)) yield return reader.GetFieldValue<byte[]>(0);
    }

    /// <inheritdoc/>
    public void Delete(StoredKind kind, ulong height) => Guarded(() =>
    {
        using SqliteCommand remove = Command("DELETE FROM record WHERE kind = $a AND height = $b");
        Set(remove, null, (long)kind, (long)height);
        return remove.ExecuteNonQuery();
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        insertBlock.Dispose();
        insertEvent.Dispose();
        findEvent.Dispose();
        connection.Dispose();
        writing?.Dispose();
    }

    private SqliteCommand Command(string text)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        for (char name = 'a'; text.Contains($"${name}", StringComparison.Ordinal); name++) command.Parameters.Add(new SqliteParameter($"${name}", null));
        return command;
    }

    private static void Set(SqliteCommand command, SqliteTransaction? transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
    }

    private object? Scalar(string text)
    {
        using SqliteCommand command = Command(text);
        return Guarded(command.ExecuteScalar);
    }

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw Failure(e, connection.DataSource);
        }
    }

    private static void Run(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return (long)command.ExecuteScalar()!;
    }

    private static LedgerStoreException Failure(Exception cause, string path) => (cause as SqliteException)?.SqliteErrorCode switch
    {
        Full => new LedgerStoreException(LedgerStoreFailure.Full, $"No room is left for {path}. Make room and open the ledger again: what was acknowledged is in it.", null, cause),
        Busy or Locked => new LedgerStoreException(LedgerStoreFailure.InUse, $"Another process has {path} open. Stop it first.", null, cause),
        Corrupt => new LedgerStoreException(LedgerStoreFailure.Damaged, $"{path} is damaged ({cause.Message}). Restore it from a copy.", null, cause),
        NotADatabase => new LedgerStoreException(LedgerStoreFailure.WrongFormat, $"{path} is not a ledger. Name another file.", null, cause),
        _ => new LedgerStoreException(LedgerStoreFailure.Unavailable, $"{path} cannot be used: {cause.Message}", null, cause),
    };
}
