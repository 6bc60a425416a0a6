using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Margin.Books;

namespace Fermat.Ledger.Tests;

public sealed class StateTreeTests : IDisposable
{
    private readonly SaltDeriver salts = new(new VenueSecret(new byte[VenueSecret.Length]));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(1024, 10)]
    [InlineData(1025, 11)]
    public void The_smallest_depth_has_a_slot_for_each_account(int accounts, int depth) => Assert.Equal(depth, StateTree.DepthFor(accounts));

    [Fact]
    public void The_root_is_that_of_a_full_tree_built_by_the_definition()
    {
        // Leaves of many lengths, in more than one batch.
        Book few = MakeBook(150);
        var book = few with { Accounts = [.. few.Accounts.Select((account, i) => account with { Balances = [.. account.Balances.Take(i % 4)] })] };
        foreach (int depth in new[] { 8, 10 })
        {
            var nodes = new List<Digest>();
            foreach (Account account in book.Accounts) nodes.Add(LeafSponge.Hash(TestLeaves.Blocks(account, book.Height, salts)));
            while (nodes.Count < 1 << depth) nodes.Add(StateTreeHash.Empty(0));
            for (int level = 1; level <= depth; level++)
                nodes = [.. nodes.Chunk(2).Select(pair => StateTreeHash.Node(level, pair[0], pair[1]))];
            Assert.Equal(Assert.Single(nodes), TestLeaves.Tree(book.Accounts, book.Height, salts, depth).Root);
        }
    }

    [Fact]
    public void Every_slot_opens_to_the_root_and_to_no_other()
    {
        Book book = MakeBook(11);
        StateTree tree = TestLeaves.Tree(book.Accounts, book.Height, salts);
        Assert.Equal(4, tree.Depth);
        for (int slot = 0; slot < 16; slot++)
        {
            StateOpening opening = tree.Open(slot);
            Digest leaf = slot < 11 ? tree.Node(0, slot) : StateTreeHash.Empty(0);
            Assert.Equal(tree.Root, opening.RootFrom(leaf));
            if (slot < 11) Assert.NotEqual(tree.Root, (opening with { Index = slot ^ 1 }).RootFrom(leaf));
            Assert.NotEqual(tree.Root, opening.RootFrom(tree.Node(1, 0)));
        }
    }

    [Fact]
    public void A_hostile_opening_leads_nowhere()
    {
        StateTree tree = TestLeaves.Tree(MakeBook(4).Accounts, 1, salts);
        StateOpening opening = tree.Open(3);
        Digest leaf = tree.Node(0, 3), wide = Digest.Parse(new string('f', 64));
        Assert.Null((opening with { Index = 4 }).RootFrom(leaf));
        Assert.Null((opening with { Index = -1 }).RootFrom(leaf));
        Assert.Null((opening with { Siblings = [] }).RootFrom(leaf));
        Assert.Null((opening with { Siblings = [wide, opening.Siblings[1]] }).RootFrom(leaf));
        Assert.Null(opening.RootFrom(wide));
        Assert.Null((opening with { Siblings = [.. Enumerable.Repeat(leaf, 40)] }).RootFrom(leaf));
    }

    [Fact]
    public void The_root_does_not_depend_on_the_number_of_threads_or_batches()
    {
        Book book = MakeBook(500);
        Digest root = TestLeaves.Tree(book.Accounts, book.Height, salts).Root;
        int degree = Parallelism.Degree;
        try
        {
            Parallelism.Degree = 1;
            Assert.Equal(root, TestLeaves.Tree(book.Accounts, book.Height, salts).Root);
        }
        finally
        {
            Parallelism.Degree = degree;
        }
    }

    [Fact]
    public void The_root_changes_with_height_and_order()
    {
        Book book = MakeBook(3);
        Digest[] roots = [.. ((Account[][])[[.. book.Accounts], [.. book.Accounts.Reverse()]]).SelectMany(accounts => (ulong[])[book.Height, book.Height + 1], (accounts, height) => TestLeaves.Tree(accounts, height, salts).Root)];
        Assert.Equal(4, roots.Distinct().Count());
    }

    [Fact]
    public void Too_many_accounts_for_a_depth_are_refused() =>
        Assert.Throws<ArgumentException>(() => TestLeaves.Tree(MakeBook(5).Accounts, 1, salts, depth: 2));

    /// <inheritdoc/>
    public void Dispose() => salts.Dispose();

    private static Book MakeBook(int accounts) => new BookGenerator(new BookGeneratorOptions(accounts) { ItemsPerAccount = 3 }).ToBook();
}
