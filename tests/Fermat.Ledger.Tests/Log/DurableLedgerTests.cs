using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Ledger.Stores;
using Fermat.Ledger.Tests.State;
using Microsoft.Data.Sqlite;

namespace Fermat.Ledger.Tests.Log;

/// <summary>The log in a SQLite file: what is acknowledged is there afterwards, and what is damaged is named.</summary>
public sealed class DurableLedgerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fermat-ledger-").FullName;

    private string Path => System.IO.Path.Combine(folder, "ledger.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_ledger_opened_again_is_the_same_bit_for_bit()
    {
        byte[] before;
        Digest head;
        using (DurableLedger ledger = Open())
        {
            LedgerScript.Run(ledger, 1, 1500, blockEvery: 37);
            (before, head) = (Bytes(ledger), ledger.Head);
            Assert.Empty(ledger.State.CheckSums());
        }
        using (DurableLedger ledger = Open())
        {
            Assert.Equal(before, Bytes(ledger));
            Assert.Equal(head, ledger.Head);
            Assert.Equal(0UL, ledger.Recovery.FromSnapshot);
            ledger.WriteSnapshot();
            LedgerScript.Run(ledger, 2, 200, blockEvery: 50);
            before = Bytes(ledger);
        }
        using (DurableLedger ledger = Open())
        {
            Assert.NotEqual(0UL, ledger.Recovery.FromSnapshot);
            Assert.Empty(ledger.Recovery.BadSnapshots);
            Assert.Equal(before, Bytes(ledger));
            ledger.Verify();
        }
        using DurableLedger rebuilt = DurableLedger.Open(SqliteLedgerStore.Open(Path), fromLog: true);
        Assert.Equal(before, Bytes(rebuilt));
    }

    [Fact]
    public void Refused_events_are_in_the_log_and_change_nothing_after_a_restart_either()
    {
        EventId id;
        using (DurableLedger ledger = Open())
        {
            LedgerScript.Run(ledger, 3, 10, blockEvery: 5);
            LedgerEvent refused = new Transfer(id = new EventId("refused"), ledger.State.Time, new("alice"), new("bob"), "USD", new Quantity(1), null);
            long balance = ledger.State.Accounts[2].Balance(0).Amount;
            ledger.Append(ledger.State.Prepare(refused).Change!, "engine.unhealthy");
            Assert.Equal(balance, ledger.State.Accounts[2].Balance(0).Amount);
            ledger.Flush();
        }
        using DurableLedger again = Open();
        Assert.True(again.TryFind(id, out LedgerEntry entry));
        Assert.Equal(("engine.unhealthy", again.State.Height), (entry.Refusal, entry.Height));
        Assert.Equal(entry.Height, again.Read(entry.Height).Single().Height);
        Assert.Equal(again.State.Height, (ulong)again.Read().Count());
    }

    [Fact]
    public void An_event_enters_the_log_once_whether_or_not_it_is_durable_yet()
    {
        LedgerEvent cause = LedgerScript.Opening()[0];
        using (DurableLedger ledger = Open())
        {
            Assert.False(ledger.TryFind(cause.Id, out _));
            ledger.Append(ledger.State.Prepare(cause).Change!);
            Assert.True(ledger.TryFind(cause.Id, out LedgerEntry waiting));
            Assert.Equal(1UL, waiting.Height);
            Assert.Equal(0UL, ledger.AcknowledgedHeight);
            Assert.Equal(1UL, ledger.Flush());
        }
        using DurableLedger again = Open();
        Assert.True(again.TryFind(cause.Id, out LedgerEntry entry));
        Assert.Equal(EventBytes.Write(cause), EventBytes.Write(entry.Event));
        LedgerEvent other = new AssetListed(cause.Id, cause.Time, "USD", 6);
        Assert.Throws<InvalidOperationException>(() => again.Append(again.State.Prepare(other).Change!));
        Assert.Equal(1UL, again.State.Height);
    }

    [Fact]
    public void A_full_block_is_written_without_being_asked()
    {
        using var ledger = DurableLedger.Open(SqliteLedgerStore.Open(Path), new LedgerOptions(MaxBlockBytes: 500));
        LedgerScript.Run(ledger, 4, 100, blockEvery: int.MaxValue);
        Assert.True(ledger.BlockCount > 5 && ledger.AcknowledgedHeight > ledger.State.Height - 30);
    }

    [Fact]
    public void What_was_not_flushed_is_gone_and_nothing_else()
    {
        ulong acknowledged;
        using (DurableLedger ledger = Open())
        {
            LedgerScript.Run(ledger, 5, 100, blockEvery: 10);
            acknowledged = ledger.Flush();
            ledger.Append(ledger.State.Prepare(new Deposit(new EventId("lost"), ledger.State.Time, new("alice"), "USD", new Quantity(1))).Change!);
            Assert.Equal(acknowledged + 1, ledger.State.Height);
        }
        using DurableLedger again = Open();
        Assert.Equal(acknowledged, again.State.Height);
        Assert.False(again.TryFind(new EventId("lost"), out _));
    }

    [Fact]
    public void A_damaged_block_is_named_at_opening_and_by_the_check()
    {
        using (DurableLedger ledger = Open()) LedgerScript.Run(ledger, 6, 300, blockEvery: 20);
        foreach (long number in new long[] { 0, 7 })
        {
            byte[] block = ReadBlock(number);
            for (int at = 0; at < block.Length; at += 37)
            {
                byte[] changed = [.. block];
                changed[at] ^= 4;
                WriteBlock(number, changed);
                Assert.Equal((LedgerStoreFailure.CorruptBlock, number), Failure());
            }
            WriteBlock(number, block[..^1]);
            Assert.Equal((LedgerStoreFailure.CorruptBlock, number), Failure());
            WriteBlock(number, []);
            Assert.Equal((LedgerStoreFailure.CorruptBlock, number), Failure());
            WriteBlock(number, ReadBlock(number + 1));
            Assert.Equal((LedgerStoreFailure.CorruptBlock, number), Failure());
            Sql("DELETE FROM block WHERE number = " + number);
            Assert.Equal((LedgerStoreFailure.CorruptBlock, number), Failure());
            Sql($"INSERT INTO block (number, bytes) VALUES ({number}, x'')");
            WriteBlock(number, block);
        }
        using (DurableLedger ledger = Open()) ledger.WriteSnapshot();
        WriteBlock(3, [.. ReadBlock(3).Reverse()]);
        using DurableLedger opened = Open();                                                  // the snapshot spares the reading of block 3
        var e = Assert.Throws<LedgerStoreException>(() => opened.Verify());
        Assert.Equal((LedgerStoreFailure.CorruptBlock, 3L), (e.Failure, e.Block));
    }

    /// <summary>A block with a right digest that somebody made: the chain and the bookkeeping still refuse it.</summary>
    [Fact]
    public void A_forged_block_does_not_follow()
    {
        using (DurableLedger ledger = Open()) LedgerScript.Run(ledger, 7, 100, blockEvery: 20);
        byte[] block = ReadBlock(2), next = ReadBlock(3);
        List<LedgerEntry> entries = LogBlock.Read(block, 2, null, null, out _);
        var events = new EventBytesWriter();
        foreach (LedgerEntry entry in entries) LogBlock.Add(events, EventBytes.Write(entry.Event), "forged");
        byte[] forged = LogBlock.Write(2, entries[0].Height, entries.Count, events.Written, Digest.FromBytes(block.AsSpan(32, 32)), out Digest digest);
        WriteBlock(2, forged);
        (LedgerStoreFailure failure, long? number) = Failure();
        Assert.True(failure is LedgerStoreFailure.CorruptBlock or LedgerStoreFailure.ImpossibleEvent && number >= 2, $"{failure} {number}");
        events.Clear();
        LogBlock.Add(events, EventBytes.Write(new Deposit(new EventId("gift"), 0, new("alice"), "USD", new Quantity(1))), null);
        WriteBlock(2, LogBlock.Write(2, entries[0].Height, 1, events.Written, Digest.FromBytes(block.AsSpan(32, 32)), out _));
        Assert.Equal((LedgerStoreFailure.ImpossibleEvent, 2L), Failure());
        Assert.NotEqual(digest, Digest.FromBytes(next.AsSpan(32, 32)));
    }

    [Fact]
    public void A_damaged_snapshot_is_passed_over_and_reported()
    {
        byte[] before;
        using (DurableLedger ledger = Open())
        {
            LedgerScript.Run(ledger, 8, 200, blockEvery: 20);
            ledger.WriteSnapshot();
            LedgerScript.Run(ledger, 9, 50, blockEvery: 20);
            ledger.WriteSnapshot();
            before = Bytes(ledger);
        }
        Sql("UPDATE record SET bytes = substr(bytes, 1, 40) || x'FF' || substr(bytes, 42) WHERE part = 1 AND height = (SELECT max(height) FROM record)");
        using (DurableLedger ledger = Open())
        {
            Assert.Single(ledger.Recovery.BadSnapshots);
            Assert.NotEqual(0UL, ledger.Recovery.FromSnapshot);
            Assert.Equal(before, Bytes(ledger));
        }
        Sql("DELETE FROM record WHERE part > 0");
        using DurableLedger rebuilt = Open();
        Assert.Equal(2, rebuilt.Recovery.BadSnapshots.Count);
        Assert.Equal(before, Bytes(rebuilt));
    }

    [Fact]
    public void A_snapshot_of_another_version_is_passed_over_and_the_log_read_instead()
    {
        byte[] before;
        using (DurableLedger ledger = Open())
        {
            LedgerScript.Run(ledger, 10, 300, blockEvery: 20);
            Assert.Contains(ledger.State.Accounts, account => account.Pledged > 0);
            ledger.WriteSnapshot();
            before = Bytes(ledger);
        }
        Sql("UPDATE record SET bytes = x'02' || substr(bytes, 2) WHERE part = 0");
        using DurableLedger again = Open();
        Assert.Contains("version 2", Assert.Single(again.Recovery.BadSnapshots), StringComparison.Ordinal);
        Assert.Equal(0UL, again.Recovery.FromSnapshot);
        Assert.Equal(before, Bytes(again));
    }

    [Fact]
    public void A_snapshot_in_which_a_pledge_is_to_nobody_is_passed_over()
    {
        using (DurableLedger ledger = Open())
        {
            LedgerScript.Run(ledger, 11, 0, blockEvery: 1);
            ledger.Append(ledger.State.Prepare(new CollateralPledged(new EventId("p"), 1, new("alice"), new("bob"), new Quantity(1), null)).Change!);
            ledger.Flush();
            foreach (AccountState account in ledger.State.Accounts) Assert.Equal(account.Id.Value == "alice", account is { Pledged: 1_000_000, PledgedTo: 3 });
            Assert.Empty(ledger.State.CheckSums());
        }
        var read = new LedgerState();
        read.Restore(new AccountState(0, new("alice"), default, 0, 0, 0, pledged: 1, pledgedTo: 1, [], []));
        Assert.Single(read.CheckSums());
        read.Restore(new AccountState(1, new("bob"), default, 0, 0, 0, pledged: 0, pledgedTo: -1, [], []));
        Assert.Empty(read.CheckSums());
        foreach ((long pledged, int to) in new[] { (0L, 0), (1L, -1), (-1L, 0), (1L, 2), (1L, 3) })
        {
            var wrong = new LedgerState();
            foreach (AccountState account in read.Accounts) wrong.Restore(account);
            wrong.Restore(new AccountState(2, new("carol"), default, 0, 0, 0, pledged, to, [], []));
            Assert.Single(wrong.CheckSums());
        }
    }

    /// <summary>The file's own log is cut or changed at many places, as a power cut would leave it: a beginning of what was written is there, and it is whole.</summary>
    [Fact]
    public void A_torn_tail_leaves_whole_blocks()
    {
        string torn = System.IO.Path.Combine(folder, "torn.db");
        byte[] file, wal;
        ulong height;
        using (DurableLedger ledger = Open())
        {
            LedgerScript.Run(ledger, 10, 400, blockEvery: 20);
            height = ledger.AcknowledgedHeight;
            file = ReadShared(Path);
            wal = ReadShared(Path + "-wal");
        }
        var random = new Random(11);
        var heights = new HashSet<ulong>();
        for (int round = 0; round < 60; round++)
        {
            File.WriteAllBytes(torn, file);
            byte[] cut = wal[..random.Next(wal.Length / 4, wal.Length + 1)];
            if (round % 2 == 1) cut[random.Next(32, cut.Length)] ^= 0x10;
            File.WriteAllBytes(torn + "-wal", cut);
            File.Delete(torn + "-shm");
            using var ledger = DurableLedger.Open(SqliteLedgerStore.Open(torn));
            Assert.Empty(ledger.State.CheckSums());
            Assert.True(ledger.AcknowledgedHeight <= height);
            ledger.Verify();
            heights.Add(ledger.AcknowledgedHeight);
        }
        Assert.True(heights.Count > 5, $"only {heights.Count} different heights");
    }

    [Fact]
    public void A_full_disk_stops_the_ledger_and_loses_nothing_acknowledged()
    {
        ulong acknowledged = 0;
        using (var ledger = DurableLedger.Open(SqliteLedgerStore.Open(Path, maxBytes: 300_000)))
        {
            var e = Assert.Throws<LedgerStoreException>(() =>
            {
                for (int round = 0; round < 1000; round++)
                {
                    LedgerScript.Run(ledger, 100 + round, 100, blockEvery: 25, acknowledge: height => acknowledged = height);
                }
            });
            Assert.Equal(LedgerStoreFailure.Full, e.Failure);
            Assert.Equal(LedgerStoreFailure.Stopped, Assert.Throws<LedgerStoreException>(() => ledger.Flush()).Failure);
        }
        Assert.True(acknowledged > 100);
        using DurableLedger again = Open();                                                   // with room again
        Assert.Equal(acknowledged, again.AcknowledgedHeight);
        again.Verify();
        LedgerScript.Run(again, 5000, 100, blockEvery: 25);
        Assert.True(again.AcknowledgedHeight > acknowledged);
    }

    [Fact]
    public void One_process_has_the_file_and_strangers_files_are_refused()
    {
        using (DurableLedger ledger = Open())
            Assert.Equal(LedgerStoreFailure.InUse, Assert.Throws<LedgerStoreException>(() => SqliteLedgerStore.Open(Path)).Failure);
        string stranger = System.IO.Path.Combine(folder, "stranger.db");
        File.WriteAllText(stranger, string.Concat(Enumerable.Repeat("this is not a database ", 400)));
        Assert.Equal(LedgerStoreFailure.WrongFormat, Assert.Throws<LedgerStoreException>(() => SqliteLedgerStore.Open(stranger)).Failure);
        Sql("PRAGMA user_version = 2");
        Assert.Equal(LedgerStoreFailure.WrongFormat, Assert.Throws<LedgerStoreException>(() => SqliteLedgerStore.Open(Path)).Failure);
        Assert.Equal(LedgerStoreFailure.Unavailable, Assert.Throws<LedgerStoreException>(() => SqliteLedgerStore.Open(System.IO.Path.Combine(folder, "no", "where.db"))).Failure);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void Readers_see_what_is_durable_while_somebody_writes()
    {
        using (DurableLedger ledger = Open())
        {
            LedgerScript.Run(ledger, 1, 300, blockEvery: 37);
            ledger.Flush();
            ulong then = ledger.AcknowledgedHeight;
            using ILedgerReader early = SqliteLedgerStore.OpenToRead(Path);
            LedgerScript.Run(ledger, 2, 300, blockEvery: 50);
            ledger.Flush();
            LedgerScript.Run(ledger, 3, 3, blockEvery: 1000);                                       // not durable yet
            using ILedgerReader late = SqliteLedgerStore.OpenToRead(Path);
            LedgerEntry[] log = [.. ledger.Read()];
            Assert.Equal(log.Take((int)then).Select(entry => (entry.Height, entry.Event.Id)), LedgerLog.Read(early).Select(entry => (entry.Height, entry.Event.Id)));
            Assert.Equal(log.Select(entry => (entry.Height, entry.Event.Id)), LedgerLog.Read(late).Select(entry => (entry.Height, entry.Event.Id)));
            Assert.Equal(ledger.AcknowledgedHeight, (ulong)log.Length);
            Assert.Equal((then, then + 1), (LedgerLog.Find(late, log[(int)then - 1].Event.Id)!.Height, LedgerLog.Find(late, log[(int)then].Event.Id)!.Height));
            Assert.Equal(then, LedgerLog.Find(early, log[(int)then - 1].Event.Id)!.Height);
            Assert.Null(LedgerLog.Find(early, log[(int)then].Event.Id));                            // it came later
            Assert.Null(early.ReadBlock(early.BlockCount));
            LedgerStoreException second = Assert.Throws<LedgerStoreException>(() => SqliteLedgerStore.Open(Path));
            Assert.Equal((LedgerStoreFailure.InUse, $"Another process has {Path} open. Stop it first."), (second.Failure, second.Message));
        }
        using (SqliteLedgerStore.OpenToRead(Path))
        using (DurableLedger again = Open()) again.Verify();                                        // who reads keeps nobody from opening it to write
        Assert.Equal(LedgerStoreFailure.Unavailable, Assert.Throws<LedgerStoreException>(() => SqliteLedgerStore.OpenToRead(System.IO.Path.Combine(folder, "none.db"))).Failure);
        Assert.False(File.Exists(System.IO.Path.Combine(folder, "none.db")));
        Sql("PRAGMA user_version = 2");
        Assert.Equal(LedgerStoreFailure.WrongFormat, Assert.Throws<LedgerStoreException>(() => SqliteLedgerStore.OpenToRead(Path)).Failure);
    }

    /// <summary>A reader between two blocks keeps nothing of the write-ahead log: it is written over and over, and does not grow.</summary>
    [Fact]
    public void A_reader_does_not_let_the_write_ahead_log_grow()
    {
        using SqliteLedgerStore store = SqliteLedgerStore.Open(Path);
        byte[] block = new byte[1 << 20];
        store.Append(0, block, []);
        using ILedgerReader reader = SqliteLedgerStore.OpenToRead(Path);
        for (int i = 1; i < 40; i++)
        {
            Assert.Equal(block.Length, reader.ReadBlock(0)!.Length);
            store.Append(i, block, []);
        }
        Assert.InRange(new FileInfo(Path + "-wal").Length, 1, 12 << 20);
    }

    private DurableLedger Open() => DurableLedger.Open(SqliteLedgerStore.Open(Path), new LedgerOptions(FilterBitsLog2: 16));

    internal static byte[] Bytes(DurableLedger ledger) => [.. StateSnapshot.Write(ledger.State, ledger.BlockCount, ledger.Head).SelectMany(part => part.ToArray())];

    private (LedgerStoreFailure, long?) Failure()
    {
        var e = Assert.Throws<LedgerStoreException>(() => Open().Dispose());
        return (e.Failure, e.Block);
    }

    private byte[] ReadBlock(long number)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT bytes FROM block WHERE number = {number}";
        return (byte[])command.ExecuteScalar()!;
    }

    private void WriteBlock(long number, byte[] bytes) => Sql($"UPDATE block SET bytes = x'{Convert.ToHexString(bytes)}' WHERE number = {number}");

    private void Sql(string text)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
