using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Leaves;

namespace Fermat.Statements.Rulebooks;

/// <summary>The blocks of an account's leaf as field elements (<see cref="LeafLayout"/> says what they are).</summary>
public static class RulebookLeaf
{
    /// <summary>The leaf's blocks, one after the other.</summary>
    /// <param name="rulebook">The rulebook, for its schema.</param>
    /// <param name="account">An account of the schema.</param>
    /// <param name="salt">8 elements.</param>
    public static KoalaBear[] Blocks(VenueRulebook rulebook, AccountData account, ReadOnlySpan<KoalaBear> salt)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        const int block = LeafLayout.BlockSize;
        LeafLayout layout = rulebook.Leaves;
        var blocks = new KoalaBear[block * layout.Blocks(account)];
        salt[..block].CopyTo(blocks);
        AccountDigests.OfId(rulebook.SchemaDigest, account.Id).CopyTo(blocks, block);
        AccountDigests.OfOwnerV2(account.OwnerKey.ToArray()).CopyTo(blocks, 2 * block);
        var words = new uint[blocks.Length - LeafLayout.IdentityBlocks * block];
        layout.Write(account, words);
        for (int i = 0; i < words.Length; i++) blocks[LeafLayout.IdentityBlocks * block + i] = KoalaBear.From(words[i]);
        return blocks;
    }
}
