using System.Diagnostics;
using Fermat.Hashing;
using Fermat.Ledger.Log;
using Fermat.Ledger.Stores;
using Npgsql;

namespace Fermat.Ledger.Tests.Log;

/// <summary>The same ledger on a real PostgreSQL server, started for the tests: as another user when the tests run as root, as the server insists.</summary>
public sealed class PostgresTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public void A_ledger_opened_again_is_the_same_bit_for_bit_and_the_same_as_in_sqlite()
    {
        string connection = server.ConnectionString();
        byte[] before;
        Digest head;
        using (var ledger = DurableLedger.Open(PostgresLedgerStore.Open(connection, "same")))
        {
            LedgerScript.Run(ledger, 1, 500, blockEvery: 37);
            ledger.WriteSnapshot();
            LedgerScript.Run(ledger, 2, 100, blockEvery: 50);
            (before, head) = (DurableLedgerTests.Bytes(ledger), ledger.Head);
        }
        using (var ledger = DurableLedger.Open(PostgresLedgerStore.Open(connection, "same")))
        {
            using ILedgerReader reader = PostgresLedgerStore.OpenToRead(connection, "same");
            Assert.Equal(ledger.Read().Select(entry => (entry.Height, entry.Event.Id)), LedgerLog.Read(reader).Select(entry => (entry.Height, entry.Event.Id)));
            Assert.Equal(7UL, LedgerLog.Find(reader, ledger.Read(7).First().Event.Id)!.Height);
            Assert.NotEqual(0UL, ledger.Recovery.FromSnapshot);
            Assert.Equal(before, DurableLedgerTests.Bytes(ledger));
            Assert.Equal(head, ledger.Head);
            ledger.Verify();
            LedgerEntry last = ledger.Read(ledger.AcknowledgedHeight).Single();
            Assert.True(ledger.TryFind(last.Event.Id, out LedgerEntry found));
            Assert.Equal(last.Height, found.Height);
        }
        using (var ledger = DurableLedger.Open(PostgresLedgerStore.Open(connection, "same"), fromLog: true)) Assert.Equal(before, DurableLedgerTests.Bytes(ledger));
        string folder = Directory.CreateTempSubdirectory("fermat-pg-").FullName;
        try
        {
            using var other = DurableLedger.Open(SqliteLedgerStore.Open(System.IO.Path.Combine(folder, "ledger.db")));
            LedgerScript.Run(other, 1, 500, blockEvery: 37);
            LedgerScript.Run(other, 2, 100, blockEvery: 50);
            Assert.Equal(head, other.Head);
            Assert.Equal(before, DurableLedgerTests.Bytes(other));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void One_process_has_a_ledger()
    {
        string connection = server.ConnectionString();
        using (PostgresLedgerStore.Open(connection, "mine"))
        {
            Assert.Equal(LedgerStoreFailure.InUse, Assert.Throws<LedgerStoreException>(() => PostgresLedgerStore.Open(connection, "mine")).Failure);
            using ILedgerReader reader = PostgresLedgerStore.OpenToRead(connection, "mine");
            Assert.Equal(0, reader.BlockCount);
            Assert.Equal(LedgerStoreFailure.WrongFormat, Assert.Throws<LedgerStoreException>(() => PostgresLedgerStore.OpenToRead(connection, "nobodys")).Failure);
            PostgresLedgerStore.Open(connection, "yours").Dispose();
        }
        PostgresLedgerStore.Open(connection, "mine").Dispose();
    }

    [Fact]
    public void A_damaged_block_and_another_version_are_named()
    {
        string connection = server.ConnectionString();
        using (var ledger = DurableLedger.Open(PostgresLedgerStore.Open(connection, "damaged"))) LedgerScript.Run(ledger, 3, 200, blockEvery: 20);
        Sql(connection, "UPDATE damaged.block SET bytes = set_byte(bytes, 100, get_byte(bytes, 100) # 1) WHERE number = 4");
        var e = Assert.Throws<LedgerStoreException>(() => DurableLedger.Open(PostgresLedgerStore.Open(connection, "damaged")));
        Assert.Equal((LedgerStoreFailure.CorruptBlock, 4L), (e.Failure, e.Block));
        Sql(connection, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
        Sql(connection, "UPDATE damaged.version SET version = 9");
        Assert.Equal(LedgerStoreFailure.WrongFormat, Assert.Throws<LedgerStoreException>(() => PostgresLedgerStore.Open(connection, "damaged")).Failure);
    }

    [Fact]
    public void A_server_that_is_stopped_at_once_has_what_was_acknowledged()
    {
        ulong acknowledged = 0;
        using (var ledger = DurableLedger.Open(PostgresLedgerStore.Open(server.ConnectionString(), "crash")))
        {
            LedgerScript.Run(ledger, 4, 300, blockEvery: 10, acknowledge: height => acknowledged = height);
            server.Crash();
            Assert.Equal(LedgerStoreFailure.Unavailable, Assert.Throws<LedgerStoreException>(() => LedgerScript.Run(ledger, 5, 50, blockEvery: 5)).Failure);
            Assert.Equal(LedgerStoreFailure.Stopped, Assert.Throws<LedgerStoreException>(() => ledger.Flush()).Failure);
        }
        server.Start();
        using var again = DurableLedger.Open(PostgresLedgerStore.Open(server.ConnectionString(), "crash"));
        Assert.Equal(acknowledged, again.AcknowledgedHeight);
        again.Verify();
    }

    private static void Sql(string connectionString, string text)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using var command = new NpgsqlCommand(text, connection);
        command.ExecuteNonQuery();
    }
}

/// <summary>A PostgreSQL server of its own in a temporary folder, on a Unix socket there; absent where no server program is installed.</summary>
public sealed class PostgresServer : IDisposable
{
    private const string User = "postgres";
    private readonly string folder = Directory.CreateTempSubdirectory("fermat-pg-").FullName;
    private readonly string? programs = Programs();
    private readonly string missing;

    public PostgresServer()
    {
        missing = programs is null ? "no PostgreSQL server program (initdb, pg_ctl) is installed" : "";
        if (programs is null) return;
        if (Environment.UserName == "root" && Run("chown", User, folder) != 0) missing = "the tests run as root, and there is no user postgres to run a server as";
        else if (Run(Tool("initdb"), "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--no-instructions") != 0) missing = $"initdb failed: {lastOutput}";
        else Start();
    }

    private string Data => Path.Combine(folder, "data");

    private string lastOutput = "";

    /// <summary>Where the server is; skips the test, visibly, where there is none.</summary>
    public string ConnectionString()
    {
        Assert.SkipWhen(missing.Length > 0, missing);
        return $"Host={folder};Username={User};Database=postgres";
    }

    public void Start()
    {
        if (Run(Tool("pg_ctl"), "-D", Data, "-w", "-l", Path.Combine(folder, "log"), "-o", $"-k {folder} -c listen_addresses=''", "start") != 0) throw new InvalidOperationException($"The server does not start: {lastOutput}");
    }

    /// <summary>Stops the server as a crash would: without a checkpoint.</summary>
    public void Crash() => Run(Tool("pg_ctl"), "-D", Data, "-w", "-m", "immediate", "stop");

    public void Dispose()
    {
        if (missing.Length == 0) Run(Tool("pg_ctl"), "-D", Data, "-w", "-m", "immediate", "stop");
        Directory.Delete(folder, recursive: true);
    }

    private string Tool(string name) => Path.Combine(programs!, name);

    private static string? Programs()
    {
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(folder => folder.Length > 0);
        if (Directory.Exists("/usr/lib/postgresql")) folders = folders.Concat(Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")));
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));
    }

    private int Run(string program, params string[] arguments)
    {
        bool asUser = Environment.UserName == "root" && program != "chown";
        var start = new ProcessStartInfo(asUser ? "runuser" : program) { WorkingDirectory = "/", UseShellExecute = false, RedirectStandardError = true };
        string[] all = asUser ? ["-u", User, "--", program, .. arguments] : arguments;
        foreach (string argument in all) start.ArgumentList.Add(argument);
        start.Environment.Remove("DOTNET_STARTUP_HOOKS");
        try
        {
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            lastOutput = $"{program} {process.ExitCode}";
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            lastOutput = e.Message;
            return -1;
        }
    }
}
