using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Statements.Accounts;

namespace Fermat.Statements.Proving.Accounts;

/// <summary>A run of the opening table.</summary>
/// <param name="Tag">0 for the leaf, else one of the numbers of <see cref="ClaimTable"/>.</param>
/// <param name="Blocks">Its blocks.</param>
/// <param name="Index">The leaf's slot.</param>
/// <param name="Path">Of the leaf, the siblings upward; empty for tags.</param>
internal sealed record OpeningRun(int Tag, KoalaBear[] Blocks, long Index, IReadOnlyList<Digest> Path)
{
    public int Rows => Blocks.Length / LeafSponge.BlockLength + Path.Count;
}

/// <summary>What the tables of a statement about one account are filled from.</summary>
internal sealed record AccountWitness
{
    /// <summary>The account's rows in the rulebook's tables: one account.</summary>
    public required IReadOnlyList<AccountData> Accounts { get; init; }

    /// <summary>Its nonce.</summary>
    public required ulong Nonce { get; init; }

    /// <summary>What is hashed.</summary>
    public required IReadOnlyList<OpeningRun> Runs { get; init; }

    /// <summary>The private blocks of the claim, in the order of its columns: salt, id, owner, and of health secret, commitment, signer.</summary>
    public required IReadOnlyList<KoalaBear[]> Blocks { get; init; }

    /// <summary>The witness of an honest prover.</summary>
    /// <param name="opening">The account.</param>
    /// <param name="claim">What is claimed.</param>
    /// <param name="height">The height.</param>
    /// <param name="owner">The owner's secret, for health.</param>
    public static AccountWitness Of(AccountOpening opening, AccountClaim claim, ulong height, OwnerSecret? owner)
    {
        const int block = LeafSponge.BlockLength;
        KoalaBear[] leaf = opening.Blocks();
        (KoalaBear[] salt, KoalaBear[] id, KoalaBear[] key) = (leaf[..block], leaf[block..(2 * block)], leaf[(2 * block)..(3 * block)]);
        var runs = new List<OpeningRun> { new(0, leaf, opening.LeafIndex, opening.Path) };
        List<KoalaBear[]> blocks = [salt, id, key];
        if (claim is AccountClaim.Health health)
        {
            KoalaBear[] secret = [.. (owner ?? throw new ArgumentNullException(nameof(owner))).Secret], signer = OwnerIdentity.SignerBlock(owner.Signer.AsSpan()), commitment = new KoalaBear[block];
            owner.Commitment.TryToFields(commitment);
            runs.Add(Tag(ClaimTable.OwnerKey, OwnerIdentity.OwnerBlocks(owner.Commitment, signer)));
            runs.Add(Tag(ClaimTable.Commitment, OwnerIdentity.CommitmentBlocks(secret)));
            runs.Add(Tag(ClaimTable.Pseudonym, OwnerIdentity.PseudonymBlocks(secret, AccountDigests.OfVerifier(health.Verifier, health.Scope))));
            blocks.AddRange([secret, commitment, signer]);
        }
        else
        {
            runs.Add(Tag(ClaimTable.Nullifier, LeafNullifier.Blocks(salt, id, height)));
        }
        return new AccountWitness { Accounts = [opening.Account], Nonce = opening.Account.Nonce, Runs = runs, Blocks = blocks };
    }

    /// <summary>A run of a tag.</summary>
    public static OpeningRun Tag(int tag, KoalaBear[] blocks) => new(tag, blocks, 0, []);
}
