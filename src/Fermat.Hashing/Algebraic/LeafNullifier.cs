using System.Collections.Immutable;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// What a statement about one account at one height is told apart by, without saying which account it is: the <see cref="LeafSponge"/> digest of domain, the leaf's salt, the leaf's id block, and the height. Who holds the opening
/// can compute it; nobody else can, since the salt is secret.
/// </summary>
public static class LeafNullifier
{
    private const int Block = LeafSponge.BlockLength, BitsPerElement = 24;

    /// <summary>The first block: the elements derived from "fermat nullifier v1".</summary>
    public static ImmutableArray<KoalaBear> Domain { get; } = [.. FieldConstants.Derive("fermat nullifier v1", Block)];

    /// <summary>The nullifier.</summary>
    /// <param name="salt">Block 0 of the leaf.</param>
    /// <param name="id">Block 1 of the leaf.</param>
    /// <param name="height">How many ledger events the state reflects.</param>
    public static Digest Of(ReadOnlySpan<KoalaBear> salt, ReadOnlySpan<KoalaBear> id, ulong height) => LeafSponge.Hash(Blocks(salt, id, height));

    /// <summary>The blocks: domain, salt, id, height.</summary>
    public static KoalaBear[] Blocks(ReadOnlySpan<KoalaBear> salt, ReadOnlySpan<KoalaBear> id, ulong height) => [.. Domain, .. salt[..Block], .. id[..Block], .. HeightBlock(height)];

    /// <summary>A height as a block: bits 0–23, 24–47, 48–63, and zeros.</summary>
    public static KoalaBear[] HeightBlock(ulong height)
    {
        var block = new KoalaBear[Block];
        for (int i = 0; i < 3; i++) block[i] = KoalaBear.From((uint)(height >> (BitsPerElement * i)) & ((1u << BitsPerElement) - 1));
        return block;
    }
}
