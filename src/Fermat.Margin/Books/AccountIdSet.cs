using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fermat.Margin.Books;

/// <summary>
/// Which account ids have been seen and on which line, in 24 bytes a slot and at most 48 bytes an account, whatever the length of the ids: what lets a million accounts
/// be checked for duplicates while they stream past. Ids are told apart by the first 128 bits of their SHA-256: two different ids would have to collide to be taken for one.
/// </summary>
internal sealed class AccountIdSet
{
    private UInt128[] keys = new UInt128[1024];     // 0 marks a free slot
    private uint[] lines = new uint[1024];
    private int count;

    /// <summary>Adds an id; null when it is new, otherwise the line it was first seen on.</summary>
    public long? Add(AccountId id, long line)
    {
        if (4L * count >= 3L * keys.Length) Grow();
        UInt128 key = Key(id);
        int slot = Find(keys, key);
        if (keys[slot] == key) return lines[slot];
        keys[slot] = key;
        lines[slot] = (uint)Math.Min(line, uint.MaxValue);
        count++;
        return null;
    }

    private static UInt128 Key(AccountId id)
    {
        Span<byte> text = stackalloc byte[BookLimits.MaxAccountIdLength];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.ASCII.GetBytes(id.Value, text)], digest);
        UInt128 key = BinaryPrimitives.ReadUInt128LittleEndian(digest);
        return key == 0 ? 1 : key;
    }

    private static int Find(UInt128[] keys, UInt128 key)
    {
        int mask = keys.Length - 1;
        int slot = (int)(ulong)key & mask;
        while (keys[slot] != 0 && keys[slot] != key) slot = (slot + 1) & mask;
        return slot;
    }

    private void Grow()
    {
        var moreKeys = new UInt128[2 * keys.Length];
        var moreLines = new uint[2 * lines.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] == 0) continue;
            int slot = Find(moreKeys, keys[i]);
            moreKeys[slot] = keys[i];
            moreLines[slot] = lines[i];
        }
        (keys, lines) = (moreKeys, moreLines);
    }
}
