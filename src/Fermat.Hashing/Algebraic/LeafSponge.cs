using System.Collections.Immutable;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The hash of an account leaf: an overwrite-mode Poseidon chain over blocks of eight field elements. The state is (block ‖ capacity),
/// eight elements each. The first capacity is <see cref="Iv"/>; every later one is elements 8 … 15 of the permuted previous state. The digest is
/// elements 0 … 7 of P(s) + s for the last state s (feed-forward). There is no padding: the number of blocks must be fixed or stated
/// within the first blocks (account leaves state their item count in block 3).
/// </summary>
public static class LeafSponge
{
    /// <summary>Elements in a block, in a capacity and in a digest.</summary>
    public const int BlockLength = 8;

    /// <summary>The first capacity: <see cref="FieldConstants.Derive"/>("fermat account leaf v1").</summary>
    public static ImmutableArray<KoalaBear> Iv { get; } = [.. FieldConstants.Derive("fermat account leaf v1", BlockLength)];

    /// <summary>The digest of one or more whole blocks.</summary>
    /// <exception cref="ArgumentException">The input is empty or not made of whole blocks.</exception>
    public static Digest Hash(ReadOnlySpan<KoalaBear> blocks)
    {
        Span<KoalaBear> digest = stackalloc KoalaBear[BlockLength];
        Hash(blocks, digest);
        return Digest.FromFields(digest);
    }

    /// <summary>The digest of one or more whole blocks, as field elements.</summary>
    /// <exception cref="ArgumentException">The input is empty or not made of whole blocks.</exception>
    public static void Hash(ReadOnlySpan<KoalaBear> blocks, Span<KoalaBear> digest)
    {
        if (blocks.IsEmpty || blocks.Length % BlockLength != 0)
            throw new ArgumentException($"A leaf is made of one or more whole blocks of {BlockLength} elements, not of {blocks.Length} elements.", nameof(blocks));
        PoseidonChain.Hash(Iv.AsSpan(), blocks, digest);
    }

    /// <summary>The digests of many leaves, on all cores, eight leaves at a time where the machine can (best if neighbours are of similar length).</summary>
    /// <param name="blocks">The blocks of all leaves, one leaf after the other.</param>
    /// <param name="blockCounts">For each leaf its number of blocks, at least one.</param>
    /// <param name="digests">Room for a digest for each leaf.</param>
    /// <exception cref="ArgumentException">A leaf has no block, or the lengths do not fit together.</exception>
    public static unsafe void HashMany(ReadOnlySpan<KoalaBear> blocks, ReadOnlySpan<int> blockCounts, Span<Digest> digests)
    {
        if (digests.Length != blockCounts.Length) throw new ArgumentException($"{blockCounts.Length} leaves have as many digests, not {digests.Length}.", nameof(digests));
        var starts = new long[blockCounts.Length + 1];
        for (int i = 0; i < blockCounts.Length; i++)
        {
            if (blockCounts[i] < 1) throw new ArgumentException($"Leaf {i} has no block.", nameof(blockCounts));
            starts[i + 1] = starts[i] + blockCounts[i];
        }

        if (starts[^1] * BlockLength != blocks.Length)
            throw new ArgumentException($"{starts[^1]} blocks have {BlockLength} elements each, not {blocks.Length} in all.", nameof(blocks));

        fixed (KoalaBear* elements = blocks)
        fixed (Digest* output = digests)
        {
            KoalaBear* from = elements;
            Digest* to = output;
            Parallelism.ForRanges(digests.Length, 512, (start, end) => HashRange(from, starts, start, end, to));
        }
    }

    private static unsafe void HashRange(KoalaBear* elements, long[] starts, int start, int end, Digest* digests)
    {
        const int lanes = Poseidon16Lanes.Lanes;
        int i = start;
        KoalaBear** leaves = stackalloc KoalaBear*[lanes];
        int* counts = stackalloc int[lanes];
        for (; Poseidon16Lanes.IsActive && i + lanes <= end; i += lanes)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                leaves[lane] = elements + (starts[i + lane] * BlockLength);
                counts[lane] = (int)(starts[i + lane + 1] - starts[i + lane]);
            }

            PoseidonBatch.ChainLanes(Iv.AsSpan(), leaves, counts, digests + i);
        }

        for (; i < end; i++)
            digests[i] = Hash(new ReadOnlySpan<KoalaBear>(elements + (starts[i] * BlockLength), (int)(starts[i + 1] - starts[i]) * BlockLength));
    }
}
