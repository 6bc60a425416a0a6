using System.Buffers.Binary;
using System.Text;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;

namespace Fermat.Ledger.Log;

/// <summary>
/// A block of the log, little-endian: magic <c>FRMTBLK1</c>; number (8 bytes); height of its first event (8); number of events (4); bytes of events (4); digest of the block before (32; zeros before the first); the
/// events; digest (32): BLAKE3 derive-key, context "fermat 2026 ledger block v1", of all bytes before it. An event is the length of its refusal's code (1; 0 when it was applied), the code, the length of its bytes (4), its bytes.
/// </summary>
/// <remarks>The digest is checksum and chain at once: that of the last block binds every byte of the log.</remarks>
internal static class LogBlock
{
    public const int HeaderLength = 64, MinLength = HeaderLength + Digest.Length, MaxRefusalLength = 64;

    private const string Context = "fermat 2026 ledger block v1";

    private static ReadOnlySpan<byte> Magic => "FRMTBLK1"u8;

    /// <summary>Puts a block together.</summary>
    public static byte[] Write(long number, ulong first, int count, ReadOnlySpan<byte> events, Digest previous, out Digest digest)
    {
        byte[] block = new byte[MinLength + events.Length];
        Magic.CopyTo(block);
        BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(8), number);
        BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(16), first);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(24), count);
        BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(28), events.Length);
        previous.CopyTo(block.AsSpan(32));
        events.CopyTo(block.AsSpan(HeaderLength));
        digest = DigestOf(block.AsSpan(0, block.Length - Digest.Length));
        digest.CopyTo(block.AsSpan(block.Length - Digest.Length));
        return block;
    }

    /// <summary>Takes a block out of a store, checks it and reads its events.</summary>
    /// <param name="store">The store.</param>
    /// <param name="number">The block's number.</param>
    /// <param name="first">The height that it must begin with; null for whichever it says.</param>
    /// <param name="previous">The digest that it must name; null for whichever it says.</param>
    /// <param name="digest">Its digest.</param>
    /// <exception cref="LedgerStoreException">The store fails, or it is not the block that was written.</exception>
    public static List<LedgerEntry> Read(ILedgerReader store, long number, ulong? first, Digest? previous, out Digest digest)
    {
        byte[] block = store.ReadBlock(number) ?? throw new LedgerStoreException(LedgerStoreFailure.CorruptBlock, $"Block {number} of the log is missing. Restore the store from a copy; every block before it is whole.", number);
        return Read(block, number, first, previous, out digest);
    }

    /// <summary>Checks a block and reads its events.</summary>
    /// <param name="block">The bytes.</param>
    /// <param name="number">The number that it must have.</param>
    /// <param name="first">The height that it must begin with; null for whichever it says.</param>
    /// <param name="previous">The digest that it must name; null for whichever it says.</param>
    /// <param name="digest">Its digest.</param>
    /// <exception cref="LedgerStoreException">It is not the block that was written.</exception>
    public static List<LedgerEntry> Read(ReadOnlyMemory<byte> block, long number, ulong? first, Digest? previous, out Digest digest)
    {
        ReadOnlySpan<byte> bytes = block.Span;
        if (bytes.Length < MinLength || !bytes.StartsWith(Magic)) throw Corrupt(number, "it does not begin as a block does");
        digest = Digest.FromBytes(bytes[^Digest.Length..]);
        if (digest != DigestOf(bytes[..^Digest.Length])) throw Corrupt(number, "its digest is not that of its bytes");
        long says = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        ulong height = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        if (says != number) throw Corrupt(number, $"it says that it is block {says}");
        if (first is { } expected && height != expected) throw Corrupt(number, $"it begins at height {height}, not {expected}");
        if (previous is { } before && Digest.FromBytes(bytes.Slice(32, Digest.Length)) != before) throw Corrupt(number, "it does not follow the block before it");
        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]) != bytes.Length - MinLength || count <= 0 || count > bytes.Length) throw Corrupt(number, "its lengths do not agree");
        var entries = new List<LedgerEntry>(count);
        ReadOnlyMemory<byte> rest = block[HeaderLength..^Digest.Length];
        for (int i = 0; i < count; i++) entries.Add(ReadEntry(ref rest, number, height + (ulong)i));
        return rest.IsEmpty ? entries : throw Corrupt(number, "there are bytes after its events");
    }

    /// <summary>Appends an event to the bytes of a block.</summary>
    public static void Add(EventBytesWriter events, ReadOnlySpan<byte> eventBytes, string? refusal)
    {
        if (refusal is not null && !Identifiers.IsValid(refusal, MaxRefusalLength)) throw new ArgumentException($"\"{refusal}\" is not the code of a refusal: it has 1 to {MaxRefusalLength} characters, {Identifiers.AllowedCharacters}.", nameof(refusal));
        events.Byte((byte)(refusal?.Length ?? 0));
        if (refusal is not null) events.Raw(Encoding.ASCII.GetBytes(refusal));
        events.Int32(eventBytes.Length);
        events.Raw(eventBytes);
    }

    private static LedgerEntry ReadEntry(ref ReadOnlyMemory<byte> rest, long number, ulong height)
    {
        string? refusal = null;
        int code = rest.IsEmpty ? -1 : rest.Span[0];
        if (code < 0 || rest.Length < 1 + code + sizeof(int)) throw Corrupt(number, "it ends inside an event");
        if (code > 0) refusal = Encoding.Latin1.GetString(rest.Span.Slice(1, code));
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span[(1 + code)..]);
        rest = rest[(1 + code + sizeof(int))..];
        if (length < 0 || length > rest.Length) throw Corrupt(number, "it ends inside an event");
        if (!EventBytes.TryRead(rest[..length], out LedgerEvent? value, out EventError? error)) throw Corrupt(number, $"event {height} cannot be read: {error}");
        rest = rest[length..];
        return new LedgerEntry(height, value, refusal);
    }

    private static Digest DigestOf(ReadOnlySpan<byte> bytes) => Blake3Hasher.ForContext(Context).Update(bytes).Finish();

    private static LedgerStoreException Corrupt(long number, string how) =>
        new(LedgerStoreFailure.CorruptBlock, $"Block {number} of the log is not what was written: {how}. Restore the store from a copy; every block before it is whole.", number);
}
