using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Poseidon2 trees. Leaves: as <see cref="PoseidonMerkleHasher"/>, but with the width 24: blocks of 16 elements, a capacity of eight at elements 16 … 23, and
/// the digest elements 0 … 7 of P(s) + s. Nodes and mixes: as there, with Poseidon2 of width 16. The constants are the same.
/// </summary>
internal sealed unsafe class Poseidon2MerkleHasher : MerkleHasher
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

    internal override void Leaves(LeafRows rows, int start, int end, Digest* digests)
    {
        const int lanes = Poseidon2Lanes.Lanes;
        int whole = Poseidon2Lanes.IsActive ? (end - start) / lanes * lanes : 0;
        if (whole > 0)
        {
            using var elements = new LeafElements(rows, Block);
            using var salts = new LeafSalts(rows, start, whole);
            Span<KoalaBear> capacity = stackalloc KoalaBear[8];
            AlgebraicLeaf.Capacity(PoseidonMerkleHasher.LeafIv, elements.Length, capacity);
            for (int i = 0; i < whole; i += lanes)
            {
                elements.Fill(start + i, salts.At(i));
                ChainEight(capacity, elements, digests + i);
            }
        }

        base.Leaves(rows, start + whole, end, digests + whole);
    }

    internal override void Nodes(Digest* children, Digest* parents, int count)
    {
        const int lanes = Poseidon2Lanes.Lanes;
        int whole = Poseidon2Lanes.IsActive ? count / lanes * lanes : 0;
        for (int i = 0; i < whole; i += lanes) CompressEight(children + (2 * i), children + (2 * i) + 1, 2, PoseidonMerkleHasher.NodeTag, parents + i);
        base.Nodes(children + (2 * whole), parents + whole, count - whole);
    }

    internal override void Mixes(Digest* entries, Digest* leaves, int count)
    {
        const int lanes = Poseidon2Lanes.Lanes;
        int whole = Poseidon2Lanes.IsActive ? count / lanes * lanes : 0;
        for (int i = 0; i < whole; i += lanes) CompressEight(entries + i, leaves + i, 1, PoseidonMerkleHasher.MixTag, entries + i);
        base.Mixes(entries + whole, leaves + whole, count - whole);
    }

    [SkipLocalsInit]
    private static void ChainEight(ReadOnlySpan<KoalaBear> capacity, LeafElements elements, Digest* digests)
    {
        Vector256<uint>* state = stackalloc Vector256<uint>[Poseidon2_24.Width];
        Vector256<uint>* input = stackalloc Vector256<uint>[8];
        for (int i = 0; i < 8; i++) state[Block + i] = KoalaBearVector.Broadcast(capacity[i]);
        for (int b = 0; b < elements.Blocks; b++)
        {
            uint* from = (uint*)elements.Memory + (Block * b);
            Transpose8.Load(from, elements.Pitch, state);
            Transpose8.Load(from + 8, elements.Pitch, state + 8);
            for (int i = 0; i < 8; i++) input[i] = state[i];
            Poseidon2_24.Eight.Permute(state);
        }

        AlgebraicLanes.StoreDigests(state, input, digests);
    }

    [SkipLocalsInit]
    private static void CompressEight(Digest* left, Digest* right, int step, ReadOnlySpan<KoalaBear> tag, Digest* digests)
    {
        Vector256<uint>* state = stackalloc Vector256<uint>[Poseidon2_16.Width];
        Vector256<uint>* input = stackalloc Vector256<uint>[8];
        AlgebraicLanes.LoadPairs(left, right, step, tag, state);
        for (int i = 0; i < 8; i++) input[i] = state[i];
        Poseidon2_16.Eight.Permute(state);
        AlgebraicLanes.StoreDigests(state, input, digests);
    }

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
