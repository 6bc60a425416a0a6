using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Fermat.Hashing;
using Fermat.Ledger.Formats;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;

namespace Fermat.Ledger.Tree;

/// <summary>Between which heights and roots an update leads.</summary>
internal readonly record struct TreeUpdateKey(ulong Before, ulong After, Digest RootBefore, Digest RootAfter);

/// <summary>
/// What an update of the tree replaced, in parts, little-endian. Part 0: the version (1), heights before and after (8 each), roots before and after (32 each). Part 1: number of accounts (4), and of each its index (4), whether it
/// existed (1), and if so its bytes as in a snapshot. Part 2 + ℓ, for each level ℓ from the leaves to the root: the indices of the nodes, rising (4 each), then their digests (32 each).
/// </summary>
internal sealed class TreeUpdate(ulong before, ulong after, Digest rootBefore)
{
    private const byte Version = 3;                                                              // of the accounts in part 1, as snapshots have them since their version 3; what has none is of version 2
    private const int KeyLength = 1 + (2 * sizeof(ulong)) + (2 * Digest.Length), NodeLength = sizeof(int) + Digest.Length;
    private readonly List<(int Index, AccountState? Account)> accounts = [];
    private readonly List<(List<int> Indices, List<Digest> Digests)> nodes = [];
    private List<byte[]> levels = [];

    public Digest RootAfter { get; set; }

    public TreeUpdateKey Key => new(before, after, rootBefore, RootAfter);

    public void AddAccount(int index, AccountState? old) => accounts.Add((index, old));

    public void AddNode(int level, int index, Digest old)
    {
        while (nodes.Count <= level) nodes.Add(([], []));
        nodes[level].Indices.Add(index);
        nodes[level].Digests.Add(old);
    }

    public IEnumerable<ReadOnlyMemory<byte>> Parts()
    {
        var writer = new EventBytesWriter();
        writer.Byte(Version);
        writer.UInt64(before);
        writer.UInt64(after);
        writer.Raw(rootBefore.ToArray());
        writer.Raw(RootAfter.ToArray());
        yield return writer.Written.ToArray();
        writer.Clear();
        writer.Int32(accounts.Count);
        foreach ((int index, AccountState? account) in accounts)
        {
            writer.Int32(index);
            if (writer.Flag("existed", account is not null)) StateSnapshot.WriteAccount(writer, account!);
        }
        yield return writer.Written.ToArray();
        foreach ((List<int> indices, List<Digest> digests) in nodes)
        {
            writer.Clear();
            foreach (int index in indices) writer.Int32(index);
            Span<byte> bytes = stackalloc byte[Digest.Length];
            foreach (Digest digest in digests)
            {
                digest.CopyTo(bytes);
                writer.Raw(bytes);
            }
            yield return writer.Written.ToArray();
        }
    }

    public static bool TryReadKey(ILedgerStore store, ulong height, out TreeUpdateKey key)
    {
        key = default;
        byte[]? part = store.Read(StoredKind.TreeUpdate, height).FirstOrDefault();
        if (part is not { Length: KeyLength } || part[0] != Version) return false;
        key = KeyOf(part);
        return key.After == height;
    }

    /// <summary>Reads what an update replaced.</summary>
    /// <exception cref="LedgerStoreException">It is not what was written.</exception>
    public static TreeUpdate Read(ILedgerStore store, ulong height)
    {
        List<byte[]> parts = [.. store.Read(StoredKind.TreeUpdate, height)];
        try
        {
            if (parts is not [{ Length: KeyLength } first, ..] || first[0] != Version) throw new ArgumentException("it is of another version");
            TreeUpdateKey key = KeyOf(first);
            var update = new TreeUpdate(key.Before, key.After, key.RootBefore) { RootAfter = key.RootAfter, levels = parts[2..] };
            var reader = new EventBytesReader(parts[1]);
            for (int i = reader.Count(); i > 0; i--)
            {
                int index = reader.Int32();
                update.accounts.Add((index, reader.Flag("existed", false) ? StateSnapshot.ReadAccount(reader, index) : null));
            }
            return update;
        }
        catch (Exception e) when (e is EventFormatException or ArgumentException)
        {
            throw new LedgerStoreException(LedgerStoreFailure.Damaged, $"What the tree's update to height {height} replaced cannot be read. Openings before it can be had from the log.", null, e);
        }
    }

    public bool TryAccount(int index, out AccountState? account)
    {
        int at = accounts.BinarySearch((index, null), Comparer<(int Index, AccountState?)>.Create((a, b) => a.Index.CompareTo(b.Index)));
        account = at >= 0 ? accounts[at].Account : null;
        return at >= 0;
    }

    public bool TryNode(int level, int index, [MaybeNullWhen(false)] out Digest digest)
    {
        digest = default;
        if (level >= levels.Count) return false;
        ReadOnlySpan<byte> part = levels[level];
        int count = part.Length / NodeLength, low = 0, high = count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1, key = BinaryPrimitives.ReadInt32LittleEndian(part[(sizeof(int) * middle)..]);
            if (key == index)
            {
                digest = Digest.FromBytes(part.Slice(sizeof(int) * count + Digest.Length * middle, Digest.Length));
                return true;
            }
            if (key < index) low = middle + 1;
            else high = middle - 1;
        }
        return false;
    }

    private static TreeUpdateKey KeyOf(ReadOnlySpan<byte> part) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(part[1..]), BinaryPrimitives.ReadUInt64LittleEndian(part[9..]), Digest.FromBytes(part.Slice(17, Digest.Length)), Digest.FromBytes(part.Slice(17 + Digest.Length, Digest.Length)));
}
