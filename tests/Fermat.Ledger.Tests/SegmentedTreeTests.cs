using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Margin.Books;

namespace Fermat.Ledger.Tests;

public sealed class SegmentedTreeTests : IDisposable
{
    private const ulong Height = 9;
    private readonly SaltDeriver salts = new(new VenueSecret(new byte[VenueSecret.Length]));

    [Theory]
    [InlineData(10, 3, 5)]
    [InlineData(11, 1, 4)]
    [InlineData(60, 3, 8)]
    public void The_root_is_that_of_a_tree_with_every_account_in_its_slot(int accounts, int segmentDepth, int depth)
    {
        Account[] book = MakeAccounts(accounts);
        SegmentedTree tree = TestLeaves.Segmented(book, Height, salts, segmentDepth, depth);
        var leaves = new Digest[1 << depth];
        Array.Fill(leaves, StateTreeHash.Empty(0));
        for (int i = 0; i < accounts; i++) leaves[tree.Slot(i)] = LeafSponge.Hash(TestLeaves.Blocks(book[i], Height, salts));
        Assert.Equal(StateTree.FromLeaves(leaves, depth).Root, tree.Root);
        Assert.Equal(accounts, tree.Count);
        for (int i = 0; i < accounts; i++)
        {
            StateOpening opening = tree.Open(tree.Slot(i));
            Assert.Equal(depth, opening.Siblings.Count);
            Assert.Equal(tree.Root, opening.RootFrom(leaves[tree.Slot(i)]));
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 5)]
    [InlineData(4, 5)]
    [InlineData(5, 6)]
    [InlineData((1L << 20) + 1, 24)]
    public void The_least_depth_of_the_tree_has_room_for_the_segments(long segments, int depth)
    {
        Assert.Equal(depth, new SegmentLayout(3).TreeDepth(segments));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SegmentLayout(3).TreeDepth(0));
    }

    [Fact]
    public void One_segment_is_the_tree_itself()
    {
        Account[] book = MakeAccounts(9);
        SegmentedTree tree = TestLeaves.Segmented(book, Height, salts, 4, 4);
        Assert.Equal(TestLeaves.Tree(book, Height, salts).Root, tree.Root);
        Assert.Equal(8, tree.Slot(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Slot(9));
    }

    [Fact]
    public void A_tree_without_room_for_its_segments_is_refused() =>
        Assert.Throws<ArgumentException>(() => TestLeaves.Segmented(MakeAccounts(9), Height, salts, 1, 3));

    [Fact]
    public void A_segment_ends_at_its_accounts_or_items()
    {
        var layout = new SegmentLayout(4);      // 16 slots, two of them spare, 62 items
        Assert.Equal((14, 62), (layout.Accounts, layout.Items));
        Assert.Equal([14, 28], Starts(layout, Enumerable.Repeat(1, 30)));
        Assert.Equal([12], Starts(new SegmentLayout(4), Enumerable.Repeat(5, 20)));
        Assert.Equal([1, 2], Starts(new SegmentLayout(4), [100, 100, 1]));
    }

    [Fact]
    public void Salts_of_boundaries_are_unlike_each_other_and_leaves()
    {
        Digest one = StateTreeHash.Empty(1), other = StateTreeHash.Empty(2);
        KoalaBear[][] all = [salts.DeriveBoundary(one, 1), salts.DeriveBoundary(one, 2), salts.DeriveBoundary(other, 1), salts.Derive(new AccountId("a"), 1)];
        Assert.Equal(all.Length, all.Select(salt => Digest.FromFields(salt)).Distinct().Count());
        Assert.Equal(salts.DeriveBoundary(one, 1), all[0]);
    }

    /// <inheritdoc/>
    public void Dispose() => salts.Dispose();

    private static IEnumerable<int> Starts(SegmentLayout layout, IEnumerable<int> items) =>
        items.Select((count, i) => (next: layout.Place(count), i)).Where(place => place.next).Select(place => place.i).ToArray();

    private static Account[] MakeAccounts(int accounts) => [.. new BookGenerator(new BookGeneratorOptions(accounts) { ItemsPerAccount = 3 }).Accounts()];
}
