using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Poseidon2 trees. Leaves: as <see cref="PoseidonMerkleHasher"/>, but with the width 24: blocks of 16 elements, a capacity of eight at elements 16 … 23, and
/// the digest elements 0 … 7 of P(s) + s. Nodes and mixes: as there, with Poseidon2 of width 16. The constants are the same.
/// </summary>
internal sealed class Poseidon2MerkleHasher : MerkleHasher
{
    internal static readonly Poseidon2MerkleHasher Instance = new();

    private const int Block = 16;

    private Poseidon2MerkleHasher()
    {
    }

    internal override bool IsDigest(Digest digest) => digest.IsCanonicalFields;

    internal override Digest Leaf(ReadOnlySpan<byte> salt, ReadOnlySpan<KoalaBear> row)
    {
        KoalaBear[] input = AlgebraicLeaf.Input(salt, row);
        Span<KoalaBear> state = stackalloc KoalaBear[Poseidon2_24.Width];
        AlgebraicLeaf.Capacity(PoseidonMerkleHasher.LeafIv, input.Length, state[Block..]);
        for (int start = 0; ; start += Block)
        {
            int take = Math.Min(Block, input.Length - start);
            input.AsSpan(start, take).CopyTo(state);
            state[take..Block].Clear();
            if (start + Block >= input.Length) break;
            Poseidon2_24.Permute(state);
        }

        Span<KoalaBear> digest = stackalloc KoalaBear[8];
        state[..8].CopyTo(digest);
        Poseidon2_24.Permute(state);
        for (int i = 0; i < 8; i++) digest[i] += state[i];
        return Digest.FromFields(digest);
    }

    internal override Digest Node(Digest left, Digest right) => Pair(PoseidonMerkleHasher.NodeTag, left, right);

    internal override Digest Mix(Digest entry, Digest leaf) => Pair(PoseidonMerkleHasher.MixTag, entry, leaf);

    private static Digest Pair(ReadOnlySpan<KoalaBear> tag, Digest left, Digest right)
    {
        Span<KoalaBear> state = stackalloc KoalaBear[16];
        if (!AlgebraicLeaf.TryPair(left, right, tag, state)) throw new ArgumentException("A digest is not made of canonical field elements.");
        Span<KoalaBear> digest = stackalloc KoalaBear[8];
        state[..8].CopyTo(digest);
        Poseidon2_16.Permute(state);
        for (int i = 0; i < 8; i++) digest[i] += state[i];
        return Digest.FromFields(digest);
    }
}
