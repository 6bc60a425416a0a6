using System.Buffers;
using System.Runtime.InteropServices;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Keccak-256 trees: leaf = Keccak-256(0x00 ‖ salt ‖ row), elements being canonical little-endian u32; node = Keccak-256(0x01 ‖ left ‖ right);
/// mix = Keccak-256(0x02 ‖ entry ‖ leaf).
/// </summary>
internal sealed unsafe class KeccakMerkleHasher : MerkleHasher
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

    internal override void Leaves(LeafRows rows, int start, int end, Digest* digests)
    {
        const int batch = LeafMessages.Leaves;
        int whole = KeccakLanes.IsActive ? (end - start) / batch * batch : 0;
        if (whole > 0)
        {
            using var messages = new LeafMessages(rows, [LeafPrefix], Keccak256.Rate);
            using var salts = new LeafSalts(rows, start, whole);
            int blocks = KeccakLanes.Blocks(messages.Length);
            for (int i = 0; i < whole; i += batch)
            {
                messages.Fill(start + i, salts.At(i));
                for (int lane = 0; lane < batch; lane++) KeccakLanes.Pad(messages.Message(lane), messages.Length);
                for (int lane = 0; lane < batch; lane += KeccakLanes.Lanes)
                    KeccakLanes.Hash(messages.Message(lane), messages.Pitch, blocks, digests + i + lane);
            }
        }

        base.Leaves(rows, start + whole, end, digests + whole);
    }

    internal override void Nodes(Digest* children, Digest* parents, int count)
    {
        int whole = KeccakLanes.IsActive ? count / KeccakLanes.Lanes * KeccakLanes.Lanes : 0;
        byte* messages = stackalloc byte[KeccakLanes.Lanes * Keccak256.Rate];
        ClearPairs(messages, NodePrefix);
        for (int i = 0; i < whole; i += KeccakLanes.Lanes)
        {
            for (int lane = 0; lane < KeccakLanes.Lanes; lane++)
                Buffer.MemoryCopy(children + (2 * (i + lane)), messages + (lane * Keccak256.Rate) + 1, 2 * Digest.Length, 2 * Digest.Length);
            KeccakLanes.Hash(messages, Keccak256.Rate, 1, parents + i);
        }

        base.Nodes(children + (2 * whole), parents + whole, count - whole);
    }

    internal override void Mixes(Digest* entries, Digest* leaves, int count)
    {
        int whole = KeccakLanes.IsActive ? count / KeccakLanes.Lanes * KeccakLanes.Lanes : 0;
        byte* messages = stackalloc byte[KeccakLanes.Lanes * Keccak256.Rate];
        ClearPairs(messages, MixPrefix);
        for (int i = 0; i < whole; i += KeccakLanes.Lanes)
        {
            for (int lane = 0; lane < KeccakLanes.Lanes; lane++)
            {
                byte* pair = messages + (lane * Keccak256.Rate) + 1;
                Buffer.MemoryCopy(entries + i + lane, pair, Digest.Length, Digest.Length);
                Buffer.MemoryCopy(leaves + i + lane, pair + Digest.Length, Digest.Length, Digest.Length);
            }

            KeccakLanes.Hash(messages, Keccak256.Rate, 1, entries + i);
        }

        base.Mixes(entries + whole, leaves + whole, count - whole);
    }

    /// <summary>Four padded one-block messages of a prefix and two digests, the digests still to be written.</summary>
    private static void ClearPairs(byte* messages, byte prefix)
    {
        new Span<byte>(messages, KeccakLanes.Lanes * Keccak256.Rate).Clear();
        for (int lane = 0; lane < KeccakLanes.Lanes; lane++)
        {
            byte* message = messages + (lane * Keccak256.Rate);
            message[0] = prefix;
            KeccakLanes.Pad(message, 1 + (2 * Digest.Length));
        }
    }

    private static Digest Pair(byte prefix, Digest left, Digest right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Digest.Length)];
        input[0] = prefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Digest.Length)..]);
        return Keccak256.Hash(input);
    }
}
