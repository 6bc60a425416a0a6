using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Ledger;

/// <summary>
/// Hashes many leaves of the state tree side by side, so that the permutation can work on eight at once. The digests are those of <see cref="LeafSponge.Hash(ReadOnlySpan{KoalaBear})"/>; nodes are hashed by
/// <see cref="StateTreeHash.Parents"/>.
/// </summary>
internal static class TreeHasher
{
    /// <summary>How many leaves are hashed side by side: a multiple of the lanes, and small enough to stay in the cache.</summary>
    private const int Batch = 64;

    private const int Block = LeafSponge.BlockLength, Width = Poseidon16.Width;

    /// <summary>The digests of leaves given by their blocks, on all cores.</summary>
    /// <param name="count">How many leaves.</param>
    /// <param name="blocks">A leaf's blocks, one after the other; called from several threads.</param>
    /// <param name="cancel">Stops the work.</param>
    public static Digest[] Leaves(int count, Func<int, KoalaBear[]> blocks, CancellationToken cancel)
    {
        var digests = new Digest[count];
        Parallelism.ForRanges(count, Batch, (from, to) =>
        {
            var leaves = new KoalaBear[to - from][];
            for (int i = 0; i < leaves.Length; i++) leaves[i] = blocks(from + i);
            Leaves(leaves, digests.AsSpan(from..to));
        }, cancel);
        return digests;
    }

    /// <summary>The digests of at most <see cref="Batch"/> leaves, which may be of different lengths.</summary>
    private static void Leaves(KoalaBear[][] leaves, Span<Digest> digests)
    {
        int longest = leaves.Max(leaf => leaf.Length);
        var capacities = new KoalaBear[leaves.Length * Block];
        for (int i = 0; i < leaves.Length; i++) LeafSponge.Iv.AsSpan().CopyTo(capacities.AsSpan(i * Block));
        Span<KoalaBear> states = stackalloc KoalaBear[Batch * Width];
        Span<int> active = stackalloc int[Batch];
        for (int at = 0; at < longest; at += Block)
        {
            int count = 0;
            for (int i = 0; i < leaves.Length; i++)
            {
                if (at >= leaves[i].Length) continue;
                leaves[i].AsSpan(at, Block).CopyTo(states[(count * Width)..]);
                capacities.AsSpan(i * Block, Block).CopyTo(states[((count * Width) + Block)..]);
                active[count++] = i;
            }
            Poseidon16.PermuteMany(states[..(count * Width)]);
            for (int slot = 0; slot < count; slot++)
            {
                int i = active[slot];
                Span<KoalaBear> state = states.Slice(slot * Width, Width);
                state[Block..].CopyTo(capacities.AsSpan(i * Block));
                if (at + Block == leaves[i].Length) digests[i] = FeedForward(state, leaves[i].AsSpan(at, Block));
            }
        }
    }

    private static Digest FeedForward(ReadOnlySpan<KoalaBear> permuted, ReadOnlySpan<KoalaBear> input)
    {
        Span<KoalaBear> sum = stackalloc KoalaBear[Block];
        for (int i = 0; i < Block; i++) sum[i] = permuted[i] + input[i];
        return Digest.FromFields(sum);
    }
}
