using System.Buffers;
using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// BLAKE3 trees. All three functions are BLAKE3 key derivation: leaf in the context "fermat v1 merkle leaf" over salt ‖ row, elements being
/// canonical little-endian u32; node in "fermat v1 merkle node" over left ‖ right; mix in "fermat v1 merkle mix" over entry ‖ leaf.
/// </summary>
internal sealed unsafe class Blake3MerkleHasher : MerkleHasher
{
    internal static readonly Blake3MerkleHasher Instance = new();

    private const uint SingleBlock = Blake3Core.DeriveKeyMaterial | Blake3Core.ChunkStart | Blake3Core.ChunkEnd | Blake3Core.Root;

    internal static readonly uint[] LeafKey = Key("fermat v1 merkle leaf");
    internal static readonly uint[] NodeKey = Key("fermat v1 merkle node");
    internal static readonly uint[] MixKey = Key("fermat v1 merkle mix");

    private Blake3MerkleHasher()
    {
    }

    internal override Digest Leaf(ReadOnlySpan<byte> salt, ReadOnlySpan<KoalaBear> row)
    {
        uint[] words = ArrayPool<uint>.Shared.Rent(row.Length);
        for (int i = 0; i < row.Length; i++) words[i] = row[i].Value;
        var hasher = new Blake3Hasher(LeafKey, Blake3Core.DeriveKeyMaterial);
        Digest digest = hasher.Update(salt).Update(MemoryMarshal.AsBytes(words.AsSpan(0, row.Length))).Finish();
        ArrayPool<uint>.Shared.Return(words);
        return digest;
    }

    internal override Digest Node(Digest left, Digest right) => Pair(NodeKey, left, right);

    internal override Digest Mix(Digest entry, Digest leaf) => Pair(MixKey, entry, leaf);

    internal override void Leaves(LeafRows rows, int start, int end, Digest* digests)
    {
        int whole = Blake3Lanes.IsActive ? (end - start) / Blake3Lanes.Lanes * Blake3Lanes.Lanes : 0;
        if (whole > 0)
        {
            using var messages = new LeafMessages(rows, [], Blake3Core.BlockLength);
            using var salts = new LeafSalts(rows, start, whole);
            for (int i = 0; i < whole; i += Blake3Lanes.Lanes)
            {
                messages.Fill(start + i, salts.At(i));
                Blake3Lanes.Hash(messages.Message(0), messages.Pitch, messages.Length, LeafKey, Blake3Core.DeriveKeyMaterial, digests + i);
            }
        }

        base.Leaves(rows, start + whole, end, digests + whole);
    }

    internal override void Nodes(Digest* children, Digest* parents, int count)
    {
        int whole = Blake3Lanes.IsActive ? count / Blake3Lanes.Lanes * Blake3Lanes.Lanes : 0;
        for (int i = 0; i < whole; i += Blake3Lanes.Lanes)
        {
            Blake3Lanes.Hash((byte*)(children + (2 * i)), Blake3Core.BlockLength, Blake3Core.BlockLength, NodeKey, Blake3Core.DeriveKeyMaterial, parents + i);
        }

        base.Nodes(children + (2 * whole), parents + whole, count - whole);
    }

    internal override void Mixes(Digest* entries, Digest* leaves, int count)
    {
        int whole = Blake3Lanes.IsActive ? count / Blake3Lanes.Lanes * Blake3Lanes.Lanes : 0;
        Digest* pairs = stackalloc Digest[2 * Blake3Lanes.Lanes];
        for (int i = 0; i < whole; i += Blake3Lanes.Lanes)
        {
            for (int lane = 0; lane < Blake3Lanes.Lanes; lane++)
            {
                pairs[2 * lane] = entries[i + lane];
                pairs[(2 * lane) + 1] = leaves[i + lane];
            }

            Blake3Lanes.Hash((byte*)pairs, Blake3Core.BlockLength, Blake3Core.BlockLength, MixKey, Blake3Core.DeriveKeyMaterial, entries + i);
        }

        base.Mixes(entries + whole, leaves + whole, count - whole);
    }

    private static Digest Pair(uint[] key, Digest left, Digest right)
    {
        Span<uint> block = stackalloc uint[16];
        Span<uint> cv = stackalloc uint[8];
        left.CopyWordsTo(block);
        right.CopyWordsTo(block[8..]);
        key.CopyTo(cv);
        Blake3Core.CompressInPlace(cv, block, 0, Blake3Core.BlockLength, SingleBlock);
        return Digest.FromWords(cv);
    }

    private static uint[] Key(string context)
    {
        var words = new uint[8];
        Blake3Hasher.ContextKey(context, words);
        return words;
    }
}
