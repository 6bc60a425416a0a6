using System.Buffers;
using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Keccak-256 trees: leaf = Keccak-256(0x00 ‖ salt ‖ row), elements being canonical little-endian u32; node = Keccak-256(0x01 ‖ left ‖ right);
/// mix = Keccak-256(0x02 ‖ entry ‖ leaf).
/// </summary>
internal sealed class KeccakMerkleHasher : MerkleHasher
{
    internal static readonly KeccakMerkleHasher Instance = new();

    internal const byte LeafPrefix = 0, NodePrefix = 1, MixPrefix = 2;

    private KeccakMerkleHasher()
    {
    }

    internal override Digest Leaf(ReadOnlySpan<byte> salt, ReadOnlySpan<KoalaBear> row)
    {
        uint[] words = ArrayPool<uint>.Shared.Rent(row.Length);
        for (int i = 0; i < row.Length; i++) words[i] = row[i].Value;
        var sponge = new Keccak256Sponge();
        sponge.Update([LeafPrefix]);
        sponge.Update(salt);
        sponge.Update(MemoryMarshal.AsBytes(words.AsSpan(0, row.Length)));
        ArrayPool<uint>.Shared.Return(words);
        return sponge.Finish();
    }

    internal override Digest Node(Digest left, Digest right) => Pair(NodePrefix, left, right);

    internal override Digest Mix(Digest entry, Digest leaf) => Pair(MixPrefix, entry, leaf);

    private static Digest Pair(byte prefix, Digest left, Digest right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Digest.Length)];
        input[0] = prefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Digest.Length)..]);
        return Keccak256.Hash(input);
    }
}
