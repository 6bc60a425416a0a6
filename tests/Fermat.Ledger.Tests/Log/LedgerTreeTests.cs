using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Ledger.Stores;
using Fermat.Ledger.Tests.State;
using Fermat.Ledger.Tree;

namespace Fermat.Ledger.Tests.Log;

/// <summary>The tree of a living ledger against a tree built from nothing.</summary>
public sealed class LedgerTreeTests : IDisposable
{
    private const int Depth = 9;
    private readonly string folder = Directory.CreateTempSubdirectory("fermat-tree-").FullName;
    private readonly SaltDeriver salts = new(new VenueSecret(new byte[VenueSecret.Length]));

    private string Path => System.IO.Path.Combine(folder, "ledger.db");

    public void Dispose()
    {
        salts.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_root_is_that_of_a_tree_built_from_nothing_and_does_not_depend_on_batches()
    {
        var roots = new Dictionary<ulong, Digest>();
        foreach (int batch in new[] { 1, 7, 50 })
        {
            using SqliteLedgerStore store = SqliteLedgerStore.Open(Path + batch);
            var venue = new TestVenue();
            LedgerTree tree = Open(venue.State, store);
            int events = 0;
            foreach (LedgerChange change in Changes(venue, 300))
            {
                tree.Note(change);
                if (++events % batch != 0) continue;
                Digest root = tree.Update();
                Assert.Equal(FromNothing(venue.State), root);
                if (roots.TryGetValue(tree.Height, out Digest other)) Assert.Equal(other, root);
                roots[tree.Height] = root;
            }
        }
        Assert.True(roots.Count > 120);
    }

    [Fact]
    public void Every_account_opens_at_every_kept_height()
    {
        using SqliteLedgerStore store = SqliteLedgerStore.Open(Path);
        var venue = new TestVenue();
        LedgerTree tree = Open(venue.State, store, kept: 8);
        var states = new Dictionary<ulong, (Digest Root, AccountState[] Accounts)>();
        int events = 0;
        foreach (LedgerChange change in Changes(venue, 400))
        {
            tree.Note(change);
            if (++events % 23 == 0) states[venue.State.Height] = (tree.Update(), [.. venue.State.Accounts]);
        }
        tree.Update();
        Assert.Equal(9, tree.Heights.Count);
        int opened = 0, absent = 0, pledged = 0;
        foreach (ulong height in tree.Heights.SkipLast(1))
        {
            for (int i = 0; i < tree.Count; i++)
            {
                AccountOpening? opening = tree.OpenAccount(i, height);
                if (i >= states[height].Accounts.Length)
                {
                    Assert.Null(opening);
                    absent++;
                    continue;
                }
                Assert.NotNull(opening);
                Assert.Equal(states[height].Root, opening.Root);
                Assert.Equal(opening.Root, opening.Opening.RootFrom(LeafSponge.Hash(opening.Leaf)));
                Assert.Equal(Describe(states[height].Accounts[i]), Describe(opening.Account));
                opened++;
                if (opening.Account.Pledged > 0) pledged++;
            }
        }
        Assert.True(opened > 50 && absent > 0 && pledged > 0, $"{opened} opened, {absent} absent, {pledged} with a pledge");
        Assert.Null(tree.OpenAccount(0, states.Keys.Min()));
        Assert.Null(tree.OpenAccount(tree.Count, tree.Height));
    }

    [Fact]
    public void A_tree_opened_again_has_its_history_and_a_gap_ends_it()
    {
        var venue = new TestVenue();
        IReadOnlyList<ulong> heights;
        using SqliteLedgerStore store = SqliteLedgerStore.Open(Path);
        LedgerTree tree = Open(venue.State, store);
        int events = 0;
        foreach (LedgerChange change in Changes(venue, 100))
        {
            tree.Note(change);
            if (++events % 10 == 0) tree.Update();
        }
        tree.Update();
        heights = tree.Heights;
        AccountOpening before = tree.OpenAccount(2, heights[1])!;
        LedgerTree again = Open(venue.State, store);
        Assert.Equal(heights, again.Heights);
        Assert.Equal(tree.Root, again.Root);
        Assert.Equal(before.Opening.Siblings, again.OpenAccount(2, heights[1])!.Opening.Siblings);

        venue.Do(venue.Deposit("alice", "USD", "1"));                                         // an event that the tree never heard of
        LedgerTree after = Open(venue.State, store);
        Assert.Equal([venue.State.Height], after.Heights);
        Assert.Equal(FromNothing(venue.State), after.Root);
        Assert.Empty(store.Heights(StoredKind.TreeUpdate));
    }

    [Fact]
    public void Updates_of_another_version_are_forgotten_and_history_begins_anew()
    {
        var venue = new TestVenue();
        using SqliteLedgerStore store = SqliteLedgerStore.Open(Path);
        LedgerTree tree = Open(venue.State, store);
        tree.Note(venue.Do(venue.Deposit("alice", "USD", "1")));
        tree.Update();
        ulong height = Assert.Single(store.Heights(StoredKind.TreeUpdate));
        List<byte[]> parts = [.. store.Read(StoredKind.TreeUpdate, height)];
        store.Write(StoredKind.TreeUpdate, height, [parts[0].AsMemory(1), .. parts.Skip(1).Select(part => (ReadOnlyMemory<byte>)part)]); // before it had a version
        LedgerTree again = Open(venue.State, store);
        Assert.Equal((venue.State.Height, tree.Root), (Assert.Single(again.Heights), again.Root));
        Assert.Empty(store.Heights(StoredKind.TreeUpdate));
    }

    [Fact]
    public void Events_are_noted_in_order_and_refused_ones_touch_no_leaf()
    {
        using SqliteLedgerStore store = SqliteLedgerStore.Open(Path);
        var venue = new TestVenue();
        LedgerTree tree = Open(venue.State, store);
        Digest root = tree.Root;
        LedgerChange refused = venue.State.Prepare(venue.Deposit("alice", "USD", "1")).Change!;
        venue.State.CommitRejected(refused);
        tree.Note(refused, applied: false);
        Assert.Equal(root, tree.Update());
        Assert.Equal(venue.State.Height, tree.Height);
        LedgerChange next = venue.Do(venue.Deposit("alice", "USD", "1")), later = venue.Do(venue.Deposit("alice", "USD", "1"));
        Assert.Throws<InvalidOperationException>(() => tree.Note(later));
        tree.Note(next);
        tree.Note(later);
        Assert.NotEqual(root, tree.Update());
    }

    /// <summary>Events that are possible, with new accounts among them.</summary>
    private static IEnumerable<LedgerChange> Changes(TestVenue venue, int count)
    {
        var events = new RandomEvents(venue, 21);
        for (int i = 0; i < count; i++)
        {
            LedgerEvent cause = i % 10 == 0 ? new AccountOpened(venue.NextId(), venue.Now, new($"new{i}"), default, MarginMode.Cross) : events.Next();
            if (venue.State.Prepare(cause).Change is not { } change) continue;
            venue.State.Commit(change);
            yield return change;
        }
    }

    private LedgerTree Open(LedgerState state, ILedgerStore store, int kept = 1000) => LedgerTree.Open(state, store, salts, Encode, new LedgerTreeOptions(Depth, kept));

    private Digest FromNothing(LedgerState state) =>
        StateTree.FromLeaves([.. state.Accounts.Select(account => LeafSponge.Hash(Encode(account, salts.Derive(account.Id, account.Height))))], Depth).Root;

    private static string Describe(AccountState account) => $"{account.Index} {account.Id} {account.Owner} {account.Mode} {account.Nonce} {account.Height} {account.Pledged} {account.PledgedTo} {string.Join(",", account.Balances.ToArray())} {string.Join(",", account.Positions.ToArray())}";

    /// <summary>A leaf for tests: salt, a hash of everything in the account.</summary>
    internal static KoalaBear[] Encode(AccountState account, ReadOnlySpan<KoalaBear> salt) => [.. salt, .. FieldConstants.Derive(Describe(account), LeafSponge.BlockLength)];
}
