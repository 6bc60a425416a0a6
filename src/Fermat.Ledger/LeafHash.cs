using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Ledger;

/// <summary>The blocks of an account's leaf as field elements, and their hash (<see cref="AccountLeaf"/> says what they are).</summary>
public static class LeafHash
{
    /// <summary>The leaf's blocks, one after the other: 8 · <see cref="AccountLeaf.Blocks"/> elements.</summary>
    /// <param name="account">A valid account.</param>
    /// <param name="salt">8 elements.</param>
    public static KoalaBear[] Blocks(Account account, ReadOnlySpan<KoalaBear> salt)
    {
        var blocks = new KoalaBear[AccountLeaf.BlockSize * AccountLeaf.Blocks(account.Balances.Count)];
        Write(account, salt, blocks);
        return blocks;
    }

    /// <summary>The digest of the leaf.</summary>
    /// <param name="account">A valid account.</param>
    /// <param name="salt">8 elements.</param>
    public static Digest Of(Account account, ReadOnlySpan<KoalaBear> salt)
    {
        int length = AccountLeaf.BlockSize * AccountLeaf.Blocks(account.Balances.Count);
        Span<KoalaBear> blocks = length <= 1024 ? stackalloc KoalaBear[length] : new KoalaBear[length];
        Write(account, salt, blocks);
        return LeafSponge.Hash(blocks);
    }

    private static void Write(Account account, ReadOnlySpan<KoalaBear> salt, Span<KoalaBear> blocks)
    {
        const int block = AccountLeaf.BlockSize;
        Span<byte> owner = stackalloc byte[OwnerKey.Length];
        account.OwnerKey.CopyTo(owner);
        salt[..block].CopyTo(blocks);
        AccountDigests.OfId(account.Id.Value).CopyTo(blocks[block..]);
        AccountDigests.OfOwner(owner).CopyTo(blocks[(2 * block)..]);

        Span<uint> words = stackalloc uint[AccountLeaf.BlocksPerItem * block];
        AccountLeaf.WriteMeta(account, words);
        Convert(words[..block], blocks[(3 * block)..]);
        for (int i = 0; i < account.Balances.Count; i++)
        {
            AccountLeaf.WriteItem(account.Balances[i], words);
            Convert(words, blocks[(block * AccountLeaf.Blocks(i))..]);
        }
    }

    private static void Convert(ReadOnlySpan<uint> words, Span<KoalaBear> into)
    {
        for (int i = 0; i < words.Length; i++) into[i] = KoalaBear.From(words[i]);
    }
}
