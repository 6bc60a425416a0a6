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
            foreach (Account account in book.Accounts) nodes.Add(LeafSponge.Hash(LeafHash.Blocks(account, salts.Derive(account.Id, book.Height))));
            while (nodes.Count < 1 << depth) nodes.Add(StateTreeHash.Empty(0));
            for (int level = 1; level <= depth; level++)
                nodes = [.. nodes.Chunk(2).Select(pair => StateTreeHash.Node(level, pair[0], pair[1]))];
            Assert.Equal(Assert.Single(nodes), StateTree.Build(book.Accounts, book.Height, salts, depth).Root);
        }
    }

    [Fact]
    public void Every_slot_opens_to_the_root_and_to_no_other()
    {
        Book book = MakeBook(11);
        StateTree tree = StateTree.Build(book.Accounts, book.Height, salts);
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
        StateTree tree = StateTree.Build(MakeBook(4).Accounts, 1, salts);
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
        Digest root = StateTree.Build(book.Accounts, book.Height, salts).Root;
        int degree = Parallelism.Degree;
        try
        {
            Parallelism.Degree = 1;
            Assert.Equal(root, StateTree.Build(book.Accounts, book.Height, salts).Root);
        }
        finally
        {
            Parallelism.Degree = degree;
        }
    }

    [Fact]
    public void The_root_changes_with_everything_an_account_has()
    {
        Book book = MakeBook(3);
        Account account = book.Accounts[1];
        Balance item = account.Balances[0];
        Account[] variants =
        [
            account, account with { Id = new AccountId("other") }, account with { OwnerKey = OwnerKey.None }, account with { Nonce = account.Nonce + (1UL << 60) },
            account with { Balances = [.. account.Balances.Skip(1)] }, WithItem(item with { Equity = item.Equity + 1 }), WithItem(item with { Debt = item.Debt + (1UL << 50) }),
            WithItem(item with { Loan = item.Loan ^ 1 }), WithItem(item with { Margin = item.Margin ^ 1 }), WithItem(item with { Portfolio = item.Portfolio ^ 1 }),
        ];
        Digest[] roots = [.. variants.Select(variant => StateTree.Build([book.Accounts[0], variant, book.Accounts[2]], book.Height, salts).Root)];
        Assert.Equal(roots.Length, roots.Distinct().Count());
        Assert.NotEqual(roots[0], StateTree.Build(book.Accounts, book.Height + 1, salts).Root);
        Assert.NotEqual(roots[0], StateTree.Build(book.Accounts.Reverse(), book.Height, salts).Root);

        Account WithItem(Balance changed) => account with { Balances = [changed, .. account.Balances.Skip(1)] };
    }

    [Fact]
    public void The_root_of_the_example_book_is_frozen()
    {
        DirectoryInfo root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Fermat.slnx"))) root = root.Parent!;
        using BookSource source = BookSource.Open(Path.Combine(root.FullName, "examples", "exchange-sample", "book.json"));
        StateTree tree = StateTree.Build(source.Accounts(), source.Header!.Height, salts);
        Assert.Empty(source.Errors);
        Assert.Equal((185, 8), (tree.Count, tree.Depth));
        Assert.Equal("98c8a3737983545237268b3dcbaccf5398518b647a586a386a72ee326a3eab40", tree.Root.ToString());
    }

    [Fact]
    public void Too_many_accounts_for_a_depth_are_refused() =>
        Assert.Throws<ArgumentException>(() => StateTree.Build(MakeBook(5).Accounts, 1, salts, depth: 2));

    /// <inheritdoc/>
    public void Dispose() => salts.Dispose();

    private static Book MakeBook(int accounts) => new BookGenerator(new BookGeneratorOptions(accounts) { ItemsPerAccount = 3 }).ToBook();
}
