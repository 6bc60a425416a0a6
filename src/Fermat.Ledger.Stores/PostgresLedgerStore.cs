using System.Buffers.Binary;
using System.Globalization;
using Fermat.Ledger.Log;
using Npgsql;
using NpgsqlTypes;

namespace Fermat.Ledger.Stores;

/// <summary>
/// A ledger in a schema of a PostgreSQL 15 database: the same tables as in SQLite. An advisory lock, held by the connection, sees to it that one process has the ledger; each block is one transaction, which the
/// server has on its disk when it says so (<c>synchronous_commit = on</c> is set by the connection; a server with <c>fsync = off</c> is refused).
/// </summary>
public sealed class PostgresLedgerStore : ILedgerStore
{
    /// <summary>The version of the tables.</summary>
    public const int Version = 1;

    private readonly NpgsqlConnection connection;
    private readonly string schema;

    private PostgresLedgerStore(NpgsqlConnection connection, string schema)
    {
        this.connection = connection;
        this.schema = schema;
    }

    /// <inheritdoc/>
    public long BlockCount { get; private set; }

    /// <summary>Opens a ledger in a database, or makes it.</summary>
    /// <param name="connectionString">Where the server is and who asks, as Npgsql has it.</param>
    /// <param name="schema">The ledger's schema: lower-case letters, digits and underscores, beginning with a letter.</param>
    /// <exception cref="LedgerStoreException">The server cannot be reached, does not keep what it is told, the ledger is in use, or of another version.</exception>
    public static PostgresLedgerStore Open(string connectionString, string schema = "fermat") => Open(connectionString, schema, store => store.Prepare());

    /// <summary>Opens a ledger that there is to be read, whether or not a process writes it: the blocks that are durable now.</summary>
    /// <param name="connectionString">Where the server is and who asks, as Npgsql has it; who may only read is enough.</param>
    /// <param name="schema">The ledger's schema.</param>
    /// <exception cref="LedgerStoreException">The server cannot be reached, or there is no such ledger of this version.</exception>
    public static ILedgerReader OpenToRead(string connectionString, string schema = "fermat") => Open(connectionString, schema, store => store.PrepareToRead());

    private static PostgresLedgerStore Open(string connectionString, string schema, Action<PostgresLedgerStore> prepare)
    {
        ArgumentException.ThrowIfNullOrEmpty(schema);
        if (schema.Length > 48 || !char.IsAsciiLetterLower(schema[0]) || !schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            throw new ArgumentException($"\"{schema}\" is not the name of a schema: lower-case letters, digits and underscores.", nameof(schema));
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            var store = new PostgresLedgerStore(connection, schema);
            store.Guarded(() =>
            {
                connection.Open();
                prepare(store);
                return 0;
            });
            return store;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Prepare()
    {
        if (Text("SHOW fsync") != "on") throw new LedgerStoreException(LedgerStoreFailure.Unavailable, "The server runs with fsync = off and loses what it acknowledged when the power fails. Turn it on.");
        Run("SET synchronous_commit = on");
        using (NpgsqlCommand locking = Command("SELECT pg_try_advisory_lock(hashtextextended('fermat ledger ' || $1, 0))", schema))
            if (locking.ExecuteScalar() is not true) throw new LedgerStoreException(LedgerStoreFailure.InUse, $"Another process has the ledger \"{schema}\" open. Stop it first.");
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        Run($"CREATE SCHEMA IF NOT EXISTS {schema}");
        Run($"CREATE TABLE IF NOT EXISTS {schema}.version (version integer NOT NULL)");
        Run($"INSERT INTO {schema}.version SELECT {Version} WHERE NOT EXISTS (SELECT 1 FROM {schema}.version)");
        CheckVersion();
        Run($"CREATE TABLE IF NOT EXISTS {schema}.block (number bigint PRIMARY KEY, bytes bytea NOT NULL)");
        Run($"CREATE TABLE IF NOT EXISTS {schema}.event (key bytea PRIMARY KEY, block bigint NOT NULL, height bigint NOT NULL)");
        Run($"CREATE TABLE IF NOT EXISTS {schema}.record (kind integer NOT NULL, height bigint NOT NULL, part bigint NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (kind, height, part))");
        transaction.Commit();
        CountBlocks();
    }

    private void PrepareToRead()
    {
        Run("SET default_transaction_read_only = on");
        using (NpgsqlCommand there = Command("SELECT to_regclass($1) IS NOT NULL", $"{schema}.version"))
            if (there.ExecuteScalar() is not true) throw new LedgerStoreException(LedgerStoreFailure.WrongFormat, $"There is no ledger \"{schema}\". Name another one.");
        CheckVersion();
        CountBlocks();
    }

    private void CheckVersion()
    {
        string version = Text($"SELECT string_agg(version::text, ',') FROM {schema}.version");
        if (version != Version.ToString(CultureInfo.InvariantCulture)) throw new LedgerStoreException(LedgerStoreFailure.WrongFormat, $"The ledger \"{schema}\" is of version {version}, and this program knows {Version}.");
    }

    private void CountBlocks()
    {
        using NpgsqlCommand count = Command($"SELECT coalesce(max(number) + 1, 0) FROM {schema}.block");
        BlockCount = (long)count.ExecuteScalar()!;
    }

    /// <inheritdoc/>
    public void Append(long number, ReadOnlyMemory<byte> block, IReadOnlyList<EventKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (number != BlockCount) throw new ArgumentException($"The next block is {BlockCount}, not {number}.", nameof(number));
        Guarded(() =>
        {
            using NpgsqlTransaction transaction = connection.BeginTransaction();
            using (NpgsqlCommand insert = Command($"INSERT INTO {schema}.block (number, bytes) VALUES ($1, $2)", number, block.ToArray())) insert.ExecuteNonQuery();
            using (NpgsqlBinaryImporter copy = connection.BeginBinaryImport($"COPY {schema}.event (key, block, height) FROM STDIN (FORMAT BINARY)"))
            {
                foreach (EventKey key in keys)
                {
                    copy.StartRow();
                    copy.Write(Bytes(key.Key), NpgsqlDbType.Bytea);
                    copy.Write(number, NpgsqlDbType.Bigint);
                    copy.Write((long)key.Height, NpgsqlDbType.Bigint);
                }
                copy.Complete();
            }
            transaction.Commit();
            return 0;
        });
        BlockCount++;
    }

    /// <inheritdoc/>
    public byte[]? ReadBlock(long number) => number >= BlockCount ? null : Guarded(() =>
    {
        using NpgsqlCommand select = Command($"SELECT bytes FROM {schema}.block WHERE number = $1", number);
        return select.ExecuteScalar() as byte[];
    });

    /// <inheritdoc/>
    public bool TryFindEvent(UInt128 key, out long block, out ulong height)
    {
        (long? foundBlock, long foundHeight) = Guarded(() =>
        {
            using NpgsqlCommand select = Command($"SELECT block, height FROM {schema}.event WHERE key = $1", Bytes(key));
            using NpgsqlDataReader reader = select.ExecuteReader();
            return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : ((long?)null, 0L);
        });
        (block, height) = (foundBlock ?? 0, (ulong)foundHeight);
        return foundBlock < BlockCount;                                                             // what came after this was opened to be read is not there
    }

    /// <inheritdoc/>
    public IEnumerable<UInt128> EventKeys()
    {
        using NpgsqlCommand select = Command($"SELECT key FROM {schema}.event");
        using NpgsqlDataReader reader = Guarded(() => select.ExecuteReader());
        while (Guarded(reader.Read)) yield return BinaryPrimitives.ReadUInt128LittleEndian(reader.GetFieldValue<byte[]>(0));
    }

    /// <inheritdoc/>
    public void Write(StoredKind kind, ulong height, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Guarded(() =>
        {
            using NpgsqlTransaction transaction = connection.BeginTransaction();
            using (NpgsqlCommand remove = Command($"DELETE FROM {schema}.record WHERE kind = $1 AND height = $2", (int)kind, (long)height)) remove.ExecuteNonQuery();
            long part = 0;
            foreach (ReadOnlyMemory<byte> bytes in parts)
            {
                using NpgsqlCommand insert = Command($"INSERT INTO {schema}.record (kind, height, part, bytes) VALUES ($1, $2, $3, $4)", (int)kind, (long)height, part++, bytes.ToArray());
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
            return 0;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<ulong> Heights(StoredKind kind) => Guarded(() =>
    {
        using NpgsqlCommand select = Command($"SELECT DISTINCT height FROM {schema}.record WHERE kind = $1 ORDER BY height", (int)kind);
        using NpgsqlDataReader reader = select.ExecuteReader();
        var heights = new List<ulong>();
        while (reader.Read()) heights.Add((ulong)reader.GetInt64(0));
        return heights;
    });

    /// <inheritdoc/>
    public IEnumerable<byte[]> Read(StoredKind kind, ulong height)
    {
        // Part by part, so that the connection is free for others in between.
        for (long part = 0; ; part++)
        {
            byte[]? bytes = Guarded(() =>
            {
                using NpgsqlCommand select = Command($"SELECT bytes FROM {schema}.record WHERE kind = $1 AND height = $2 AND part = $3", (int)kind, (long)height, part);
                return select.ExecuteScalar() as byte[];
            });
            if (bytes is null) yield break;
            yield return bytes;
        }
    }

    /// <inheritdoc/>
    public void Delete(StoredKind kind, ulong height) => Guarded(() =>
    {
        using NpgsqlCommand remove = Command($"DELETE FROM {schema}.record WHERE kind = $1 AND height = $2", (int)kind, (long)height);
        return remove.ExecuteNonQuery();
    });

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private static byte[] Bytes(UInt128 key)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, key);
        return bytes;
    }

    private NpgsqlCommand Command(string text, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (object value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private void Run(string text)
    {
        using NpgsqlCommand command = Command(text);
        command.ExecuteNonQuery();
    }

    private string Text(string text)
    {
        using NpgsqlCommand command = Command(text);
        return (string)command.ExecuteScalar()!;
    }

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (PostgresException e)
        {
            throw e.SqlState switch
            {
                PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory => new LedgerStoreException(LedgerStoreFailure.Full, $"The server has no room: {e.MessageText}. Make room and open the ledger again: what was acknowledged is in it.", null, e),
                PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => new LedgerStoreException(LedgerStoreFailure.Damaged, $"The server's data are damaged: {e.MessageText}. Restore them from a copy.", null, e),
                _ => new LedgerStoreException(LedgerStoreFailure.Unavailable, $"The server refuses: {e.MessageText} ({e.SqlState})", null, e),
            };
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException or IOException)
        {
            throw new LedgerStoreException(LedgerStoreFailure.Unavailable, $"The server cannot be reached: {e.Message}", null, e);
        }
    }
}
