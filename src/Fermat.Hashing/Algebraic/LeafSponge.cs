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
}
