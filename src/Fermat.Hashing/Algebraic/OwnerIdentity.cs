using System.Collections.Immutable;
using System.Security.Cryptography;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// What an account's owner is known by (docs/adr/012-owner-keys.md). A secret of eight elements gives a commitment, the commitment and an address that signs instructions give the owner key, and the secret with a verifier's name gives
/// a pseudonym. Each is the <see cref="LeafSponge"/> digest of four blocks, of which the first says what it is.
/// </summary>
public static class OwnerIdentity
{
    /// <summary>Bytes of an address that signs: those of Ethereum.</summary>
    public const int SignerLength = 20;

    private const int Block = LeafSponge.BlockLength, BytesPerElement = 3;

    /// <summary>The first block of an owner key: the elements derived from "fermat owner v1".</summary>
    public static ImmutableArray<KoalaBear> OwnerDomain { get; } = [.. FieldConstants.Derive("fermat owner v1", Block)];

    /// <summary>The first block of a commitment to a secret: the elements derived from "fermat owner secret v1".</summary>
    public static ImmutableArray<KoalaBear> SecretDomain { get; } = [.. FieldConstants.Derive("fermat owner secret v1", Block)];

    /// <summary>The first block of a pseudonym: the elements derived from "fermat pseudonym v1".</summary>
    public static ImmutableArray<KoalaBear> PseudonymDomain { get; } = [.. FieldConstants.Derive("fermat pseudonym v1", Block)];

    /// <summary>A new secret: eight uniform elements from the operating system's randomness.</summary>
    public static KoalaBear[] NewSecret()
    {
        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        var secret = new KoalaBear[Block];
        FieldConstants.Fill(Blake3Hasher.Keyed(seed).FinishXof(), secret);
        CryptographicOperations.ZeroMemory(seed);
        return secret;
    }

    /// <summary>What an owner shows beside its address where it signs natively; it says nothing of the secret.</summary>
    /// <param name="secret">Eight elements.</param>
    public static Digest Commitment(ReadOnlySpan<KoalaBear> secret) => LeafSponge.Hash(CommitmentBlocks(secret));

    /// <summary>The key that stands in an account's leaf.</summary>
    /// <param name="commitment">Of the secret.</param>
    /// <param name="signer">The address that signs the owner's instructions, 20 bytes; empty where nobody does.</param>
    /// <exception cref="ArgumentException">The commitment is no algebraic digest, or the address has another length.</exception>
    public static Digest OwnerKey(Digest commitment, ReadOnlySpan<byte> signer) => LeafSponge.Hash(OwnerBlocks(commitment, SignerBlock(signer)));

    /// <summary>What a verifier knows the owner by: the same whenever this verifier asks under this scope, unrelated to what others see.</summary>
    /// <param name="secret">Eight elements.</param>
    /// <param name="verifier">The verifier's block (<see cref="AccountDigests.OfVerifier"/>).</param>
    public static Digest Pseudonym(ReadOnlySpan<KoalaBear> secret, ReadOnlySpan<KoalaBear> verifier) => LeafSponge.Hash(PseudonymBlocks(secret, verifier));

    /// <summary>The blocks that make a commitment: domain, secret, zeros, zeros.</summary>
    public static KoalaBear[] CommitmentBlocks(ReadOnlySpan<KoalaBear> secret) => [.. SecretDomain, .. secret[..Block], .. new KoalaBear[2 * Block]];

    /// <summary>The blocks that make an owner key: domain, commitment, signer, zeros.</summary>
    public static KoalaBear[] OwnerBlocks(Digest commitment, ReadOnlySpan<KoalaBear> signer)
    {
        var elements = new KoalaBear[Block];
        if (!commitment.TryToFields(elements)) throw new ArgumentException("The commitment is not made of canonical field elements.", nameof(commitment));
        return [.. OwnerDomain, .. elements, .. signer[..Block], .. new KoalaBear[Block]];
    }

    /// <summary>The blocks that make a pseudonym: domain, secret, verifier, zeros.</summary>
    public static KoalaBear[] PseudonymBlocks(ReadOnlySpan<KoalaBear> secret, ReadOnlySpan<KoalaBear> verifier) => [.. PseudonymDomain, .. secret[..Block], .. verifier[..Block], .. new KoalaBear[Block]];

    /// <summary>An address as a block: three bytes an element, the first byte lowest, the last element zero; zeros without an address.</summary>
    /// <param name="signer">20 bytes, or none.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public static KoalaBear[] SignerBlock(ReadOnlySpan<byte> signer)
    {
        if (signer.Length is not 0 and not SignerLength) throw new ArgumentException($"An address has {SignerLength} bytes, not {signer.Length}.", nameof(signer));
        var block = new KoalaBear[Block];
        for (int i = 0; i < signer.Length; i++) block[i / BytesPerElement] += KoalaBear.From((uint)signer[i] << (8 * (i % BytesPerElement)));
        return block;
    }
}
