using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Ledger.Tests;

/// <summary>Leaves for trees: salt, id, owner key, nonce, then a block for each balance. What leaves of a venue hold is the rulebook's, not the tree's.</summary>
internal static class TestLeaves
{
    /// <summary>An account's blocks.</summary>
    public static KoalaBear[] Blocks(Account account, ulong height, SaltDeriver salts)
    {
        byte[] owner = new byte[OwnerKey.Length];
        account.OwnerKey.CopyTo(owner);
        return
        [
            .. salts.Derive(account.Id, height), .. AccountDigests.OfId(account.Id.Value), .. AccountDigests.OfOwner(owner), .. Block((uint)account.Nonce & 0xffffff),
            .. account.Balances.SelectMany(balance => Block((uint)balance.Asset, (uint)balance.Equity & 0xffffff, (uint)balance.Debt & 0xffffff)),
        ];
    }

    /// <summary>The tree of accounts in segments, as <see cref="SegmentLayout"/> cuts them; one segment where the depths are equal.</summary>
    public static SegmentedTree Segmented(IReadOnlyList<Account> accounts, ulong height, SaltDeriver salts, int segmentDepth, int depth)
    {
        var builder = new SegmentedTreeBuilder();
        SegmentLayout? layout = segmentDepth == depth ? null : new SegmentLayout(segmentDepth);
        var part = new List<Account>();
        foreach (Account account in accounts)
        {
            if (layout?.Place(account.Balances.Count) == true)
            {
                Add();
                builder.NextSegment();
                part.Clear();
            }
            part.Add(account);
        }
        Add();
        return builder.Build(segmentDepth, depth);

        void Add() => builder.Add(part.Count, leaf => Blocks(part[leaf], height, salts));
    }

    /// <summary>The tree of accounts in one segment.</summary>
    public static StateTree Tree(IReadOnlyList<Account> accounts, ulong height, SaltDeriver salts, int? depth = null)
    {
        int levels = depth ?? StateTree.DepthFor(accounts.Count);
        return Segmented(accounts, height, salts, levels, levels).Segments[0];
    }

    private static KoalaBear[] Block(params ReadOnlySpan<uint> numbers)
    {
        var block = new KoalaBear[LeafSponge.BlockLength];
        for (int i = 0; i < numbers.Length; i++) block[i] = KoalaBear.From(numbers[i]);
        return block;
    }
}
