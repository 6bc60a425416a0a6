namespace Fermat.Ledger.Log;

/// <summary>What a store keeps besides the log; all but <see cref="Identity"/> can be rebuilt from the log.</summary>
public enum StoredKind
{
    /// <summary>The whole state at a height.</summary>
    Snapshot = 1,

    /// <summary>What an update of the state tree replaced.</summary>
    TreeUpdate = 2,

    /// <summary>What the venue was opened with, at height 0: bytes to the store, which their writer reads.</summary>
    Identity = 3,
}

/// <summary>The key of an event's name in a store: the first 16 bytes of the BLAKE3 hash of the name, as a little-endian number.</summary>
/// <param name="Key">The key.</param>
/// <param name="Height">The event's height.</param>
public readonly record struct EventKey(UInt128 Key, ulong Height);

/// <summary>
/// A ledger's log to be read, as it was when it was opened: the blocks that were durable then, and their events. Of a store that is opened to read any number can be open while a process writes it, which they do not keep from it. Every method throws
/// <see cref="LedgerStoreException"/> when the store fails, and nothing else.
/// </summary>
public interface ILedgerReader : IDisposable
{
    /// <summary>How many blocks there are; they are numbered from 0.</summary>
    long BlockCount { get; }

    /// <summary>A block's bytes; null when there is no such block.</summary>
    byte[]? ReadBlock(long number);

    /// <summary>Finds an event by the key of its name: in which block it is, and at which height.</summary>
    bool TryFindEvent(UInt128 key, out long block, out ulong height);
}

/// <summary>
/// Where a ledger is kept. A store is opened by one process at a time, which it sees to itself; it is used by one thread at a time. Every method throws <see cref="LedgerStoreException"/> when the store fails, and
/// nothing else. It knows no events: blocks and parts are bytes to it.
/// </summary>
public interface ILedgerStore : ILedgerReader
{
    /// <summary>Appends a block and the keys of its events, all or nothing. When it returns, they survive the end of the process, of the system and of the power.</summary>
    /// <param name="number">The block's number: <see cref="ILedgerReader.BlockCount"/>.</param>
    /// <param name="block">Its bytes.</param>
    /// <param name="keys">The keys of its events.</param>
    void Append(long number, ReadOnlyMemory<byte> block, IReadOnlyList<EventKey> keys);

    /// <summary>The keys of all events, in any order.</summary>
    IEnumerable<UInt128> EventKeys();

    /// <summary>Writes something at a height, part by part, all or nothing and as durable as a block; what was there is replaced.</summary>
    void Write(StoredKind kind, ulong height, IEnumerable<ReadOnlyMemory<byte>> parts);

    /// <summary>The heights at which there is something, rising.</summary>
    IReadOnlyList<ulong> Heights(StoredKind kind);

    /// <summary>The parts written at a height, one at a time; none when there is nothing.</summary>
    IEnumerable<byte[]> Read(StoredKind kind, ulong height);

    /// <summary>Removes what was written at a height.</summary>
    void Delete(StoredKind kind, ulong height);
}
