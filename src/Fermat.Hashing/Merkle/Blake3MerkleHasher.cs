using System.Buffers;
using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// BLAKE3 trees. All three functions are BLAKE3 key derivation: leaf in the context "fermat v1 merkle leaf" over salt ‖ row, elements being
/// canonical little-endian u32; node in "fermat v1 merkle node" over left ‖ right; mix in "fermat v1 merkle mix" over entry ‖ leaf.
/// </summary>
internal sealed class Blake3MerkleHasher : MerkleHasher
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
