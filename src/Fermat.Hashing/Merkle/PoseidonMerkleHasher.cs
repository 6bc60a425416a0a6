using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Poseidon trees. A leaf is the salt (eight elements of 16 bits) followed by the row, n elements in all: the overwrite-mode chain of
/// <see cref="LeafSponge"/> with blocks of eight, the last filled with zeros, and first capacity <see cref="FieldConstants.Derive"/>("fermat v1 merkle leaf")
/// with n added to its element 0. A node has s = (left ‖ right + T), T = Derive("fermat v1 merkle node"), eight elements; a mix the same with
/// (entry ‖ leaf + T), T = Derive("fermat v1 merkle mix"); the digest is elements 0 … 7 of P(s) + s.
/// </summary>
internal sealed unsafe class PoseidonMerkleHasher : MerkleHasher
{
    internal static readonly PoseidonMerkleHasher Instance = new();

    internal static readonly KoalaBear[] LeafIv = FieldConstants.Derive("fermat v1 merkle leaf", 8);
    internal static readonly KoalaBear[] NodeTag = FieldConstants.Derive("fermat v1 merkle node", 8);
    internal static readonly KoalaBear[] MixTag = FieldConstants.Derive("fermat v1 merkle mix", 8);

    private PoseidonMerkleHasher()
    {
    }

    internal override bool IsDigest(Digest digest) => digest.IsCanonicalFields;

    internal override Digest Leaf(ReadOnlySpan<byte> salt, ReadOnlySpan<KoalaBear> row)
    {
        KoalaBear[] input = AlgebraicLeaf.Input(salt, row);
        Span<KoalaBear> capacity = stackalloc KoalaBear[8];
        AlgebraicLeaf.Capacity(LeafIv, input.Length, capacity);
        PoseidonChain.Hash(capacity, input, capacity);
        return Digest.FromFields(capacity);
    }

    internal override Digest Node(Digest left, Digest right) => Pair(NodeTag, left, right);

    internal override Digest Mix(Digest entry, Digest leaf) => Pair(MixTag, entry, leaf);

    internal override void Leaves(LeafRows rows, int start, int end, Digest* digests)
    {
        const int lanes = Poseidon16Lanes.Lanes;
        int whole = Poseidon16Lanes.IsActive ? (end - start) / lanes * lanes : 0;
        if (whole > 0)
        {
            using var elements = new LeafElements(rows, LeafSponge.BlockLength);
            using var salts = new LeafSalts(rows, start, whole);
            Span<KoalaBear> capacity = stackalloc KoalaBear[LeafSponge.BlockLength];
            AlgebraicLeaf.Capacity(LeafIv, elements.Length, capacity);
            for (int i = 0; i < whole; i += lanes)
            {
                elements.Fill(start + i, salts.At(i));
                PoseidonBatch.ChainEight(capacity, elements.Memory, elements.Pitch, elements.Blocks, digests + i);
            }
        }

        base.Leaves(rows, start + whole, end, digests + whole);
    }

    internal override void Nodes(Digest* children, Digest* parents, int count)
    {
        const int lanes = Poseidon16Lanes.Lanes;
        int whole = Poseidon16Lanes.IsActive ? count / lanes * lanes : 0;
        for (int i = 0; i < whole; i += lanes) PoseidonBatch.CompressEight(children + (2 * i), children + (2 * i) + 1, 2, NodeTag, parents + i);
        base.Nodes(children + (2 * whole), parents + whole, count - whole);
    }

    internal override void Mixes(Digest* entries, Digest* leaves, int count)
    {
        const int lanes = Poseidon16Lanes.Lanes;
        int whole = Poseidon16Lanes.IsActive ? count / lanes * lanes : 0;
        for (int i = 0; i < whole; i += lanes) PoseidonBatch.CompressEight(entries + i, leaves + i, 1, MixTag, entries + i);
        base.Mixes(entries + whole, leaves + whole, count - whole);
    }

    private static Digest Pair(ReadOnlySpan<KoalaBear> tag, Digest left, Digest right)
    {
        Span<KoalaBear> state = stackalloc KoalaBear[16];
        if (!AlgebraicLeaf.TryPair(left, right, tag, state)) throw new ArgumentException("A digest is not made of canonical field elements.");
        Span<KoalaBear> digest = stackalloc KoalaBear[8];
        Poseidon16.CompressState(state, digest);
        return Digest.FromFields(digest);
    }
}
