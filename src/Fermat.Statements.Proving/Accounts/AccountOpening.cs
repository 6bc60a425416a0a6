using System.Collections.Immutable;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Proving.Accounts;

/// <summary>One account, its leaf's salt and the path to the state root. It is secret: who holds it knows the account.</summary>
/// <param name="Rulebook">The rulebook, for its schema.</param>
/// <param name="Account">The account, its owner's key and nonce with it.</param>
/// <param name="Salt">Eight field elements that hide the leaf.</param>
/// <param name="LeafIndex">The leaf's slot, below 2^(path length).</param>
/// <param name="Path">The sibling digests from the leaf upward.</param>
public sealed record AccountOpening(VenueRulebook Rulebook, AccountData Account, Digest Salt, long LeafIndex, ImmutableArray<Digest> Path)
{
    /// <summary>The root that leaf and path lead to.</summary>
    /// <exception cref="ArgumentException">A digest is not made of field elements.</exception>
    public Digest Root
    {
        get
        {
            Digest digest = LeafSponge.Hash(Blocks());
            for (int level = 0; level < Path.Length; level++)
                digest = (LeafIndex >> level & 1) == 0 ? StateTreeHash.Node(level + 1, digest, Path[level]) : StateTreeHash.Node(level + 1, Path[level], digest);
            return digest;
        }
    }

    /// <summary>What an account holder's opening says, under the holder's rulebook.</summary>
    /// <param name="opening">An opening that its holder has verified.</param>
    /// <param name="rulebook">Of the opening's schema.</param>
    public static AccountOpening Of(InclusionOpening opening, VenueRulebook rulebook)
    {
        ArgumentNullException.ThrowIfNull(opening);
        return new AccountOpening(rulebook, opening.Account, opening.Salt, opening.LeafIndex, opening.Path);
    }

    /// <summary>The leaf's blocks, one after the other.</summary>
    /// <exception cref="ArgumentException">The salt is not made of field elements.</exception>
    public KoalaBear[] Blocks()
    {
        var salt = new KoalaBear[Digest.Words];
        return Salt.TryToFields(salt) ? RulebookLeaf.Blocks(Rulebook, Account, salt) : throw new ArgumentException("The salt is not made of canonical field elements.");
    }
}

/// <summary>What an owner keeps: the secret that proves health, and the address that signs its instructions.</summary>
/// <param name="Secret">Eight elements, uniform (<see cref="OwnerIdentity.NewSecret"/>).</param>
/// <param name="Signer">20 bytes, or empty where nobody signs.</param>
public sealed record OwnerSecret(ImmutableArray<KoalaBear> Secret, ImmutableArray<byte> Signer)
{
    /// <summary>What is shown with a signature.</summary>
    public Digest Commitment => OwnerIdentity.Commitment(Secret.AsSpan());

    /// <summary>The key that accounts name.</summary>
    public OwnerKey Key => OwnerKey.FromBytes(OwnerIdentity.OwnerKey(Commitment, Signer.AsSpan()).ToArray());
}
