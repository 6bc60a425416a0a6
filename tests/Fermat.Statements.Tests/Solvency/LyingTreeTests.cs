using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Provers that lie about what is hashed, what is under the root, and what it all adds up to. Each lie breaks a constraint or a bus, by name.</summary>
public sealed class LyingTreeTests
{
    // Accounts of the tiny book, by leaf.
    private const int Alice = 0, Bob = 1, Carol = 2, Dave = 3;

    private static readonly SolvencyScene Scene = SolvencyScene.Of(SolvencyScene.UnderExchangeSample(SampleBooks.Tiny()));
    private static readonly SegmentChain Chain = SegmentChain.Of(Scene);

    [Fact]
    public void The_truth_breaks_nothing() => Assert.Empty(Breaches(_ => { }));

    [Fact]
    public void The_last_account_dropped_with_its_leaf_leaves_a_digest_missing() => BreaksThere(["bus digest"], witness =>
    {
        witness.Accounts.RemoveAt(Dave);
        witness.Leaves.RemoveAt(Dave);
    });

    [Fact]
    public void An_account_dropped_with_its_leaf_leaves_a_digest_missing() => Breaks("bus digest", witness =>
    {
        witness.Accounts.RemoveAt(Bob);
        witness.Leaves.RemoveAt(Bob);
    });

    [Fact]
    public void An_empty_subtree_over_a_real_leaf_does_not_lead_to_the_root() => BreaksThere(["bus digest"], witness =>
    {
        witness.Accounts.RemoveAt(Dave);
        witness.Leaves.RemoveAt(Dave);
        witness.Empties.Add(0, Dave);
    });

    [Fact]
    public void A_whole_side_of_the_tree_replaced_by_an_empty_subtree_does_not_lead_to_the_root() => BreaksThere(["bus digest"], witness =>
    {
        witness.Accounts.RemoveRange(Carol, 2);
        witness.Leaves.RemoveRange(Carol, 2);
        witness.Nodes.RemoveAll(node => node is { Level: 1, Index: 1 });
        witness.Empties.Add(1, 1);
    });

    [Fact]
    public void An_account_duplicated_with_its_leaf_gives_a_digest_that_no_node_takes() => Breaks("bus digest", witness =>
    {
        witness.Accounts.Add(Scene.Accounts[Alice]);
        witness.Leaves.Add(witness.Leaves[Alice]);
    });

    [Fact]
    public void A_leaf_added_beside_the_tree_gives_a_digest_that_no_node_takes() => Breaks("bus digest", witness =>
    {
        witness.Accounts.Add(Scene.Accounts[Dave]);
        witness.Leaves.Add(witness.Leaves[Dave] with { Index = 4 });
    });

    [Fact]
    public void Two_leaves_that_change_places_do_not_lead_to_the_root() => BreaksThere(["bus digest"], witness =>
    {
        (witness.Accounts[Alice], witness.Accounts[Bob]) = (witness.Accounts[Bob], witness.Accounts[Alice]);
        (witness.Leaves[Alice], witness.Leaves[Bob]) = (witness.Leaves[Bob] with { Index = Alice }, witness.Leaves[Alice] with { Index = Bob });
    });

    [Fact]
    public void A_node_that_poses_as_a_leaf_takes_digests_that_nobody_gives() => BreaksThere(["bus digest"], witness => witness.Nodes.Add(new NodeSlot(0, 5)));

    [Fact]
    public void A_node_above_the_root_gives_a_digest_that_nobody_takes() => BreaksThere(["bus digest"], witness => witness.Nodes.Add(new NodeSlot(3, 0)));

    [Fact]
    public void A_node_hashed_twice_takes_digests_that_are_given_once() => BreaksThere(["bus digest"], witness => witness.Nodes.Add(witness.Nodes[0]));

    [Fact]
    public void An_empty_subtree_that_nothing_needs_gives_a_digest_that_no_node_takes() => BreaksThere(["bus digest"], witness => witness.Empties.Add(0, 4));

    [Fact]
    public void A_row_that_takes_the_root_offers_nothing() => Breaks("only empty subtrees are offered", witness => witness.Change = traces =>
        traces[Scene.Circuit.Tree.Table].Phase(0)[Scene.Tree.Depth + 1, Scene.Circuit.Tree.Offered.Offset] = KoalaBear.One);

    [Fact]
    public void The_capacity_of_a_leaf_cannot_be_replaced() => Breaks("slot 1: the capacity is passed on, element 0", witness =>
        witness.Leaves[Alice] = witness.Leaves[Alice] with { Input = (step, input) => input[8] += step == 1 ? KoalaBear.One : KoalaBear.Zero });

    [Fact]
    public void A_leaf_starts_from_its_constant() => Breaks("slot 0: a leaf starts from its constant, element 3", witness =>
        witness.Leaves[Alice] = witness.Leaves[Alice] with { Input = (step, input) => input[11] += step == 0 ? KoalaBear.One : KoalaBear.Zero });

    /// <summary>Whatever is put into a leaf's permutations instead, with all that follows from it: salt, id, owner, body and capacity.</summary>
    [Fact]
    public void Nothing_that_is_hashed_can_be_something_else()
    {
        int steps = Scene.Book.Rulebook.Leaves.Blocks(Scene.Accounts[Alice]);
        for (int element = 0; element < Poseidon16.Width * steps; element += 7)
        {
            (int step, int at) = Math.DivRem(element, Poseidon16.Width);
            Assert.NotEmpty(Breaches(witness => witness.Leaves[Alice] = witness.Leaves[Alice] with { Input = (now, input) => input[at] += now == step ? KoalaBear.One : KoalaBear.Zero }));
        }
    }

    [Fact]
    public void A_leaf_cut_before_its_body_is_no_leaf() => BreaksNamed("a body follows the owner", witness => witness.Leaves[Dave] = witness.Leaves[Dave] with { Blocks = witness.Leaves[Dave].Blocks[..24] });

    [Fact]
    public void A_leaf_cut_short_does_not_lead_to_the_root() => Breaks("bus digest", witness => witness.Leaves[Alice] = witness.Leaves[Alice] with { Blocks = witness.Leaves[Alice].Blocks[..^8] });

    /// <summary>Everything in the rulebook's tables fits the leaf that is hashed; it is not the one under the root.</summary>
    [Fact]
    public void A_leaf_that_says_what_the_prover_likes_does_not_lead_to_the_root() => BreaksThere(["bus digest"], witness =>
    {
        Rules.Inputs.AccountData carol = Scene.Accounts[Carol];
        witness.Accounts[Carol] = carol with { Items = [[carol.Items[0][0].SetItem(2, carol.Items[0][0][2] - 1), .. carol.Items[0][1..]]] };
        witness.Leaves[Carol] = new LeafRun(Carol, Proving.BookTree.LeafBlocks(Scene.Book, SolvencyScene.Salts, witness.Accounts)(Carol));
    });

    [Fact]
    public void A_total_off_by_one_does_not_match_the_accounts() => Breaks("bus total", witness => witness.AddedAfter[2] = 1);

    [Fact]
    public void Claims_equal_to_the_reserves_leave_none() => Assert.Empty(new SegmentWitness(SegmentChain.Of(Scene, statement: Reserved(890_000_000)), 0).Breaches());

    [Fact]
    public void Claims_above_the_reserves_leave_a_negative_remainder() =>
        Assert.Contains("bus total", new SegmentWitness(SegmentChain.Exhausting(Scene, Reserved(889_999_999)), 0).Breaches());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_revealed_total_off_by_one_is_not_the_books(int which)
    {
        SolvencyTotals t = SolvencyTotals.From(Scene.Sums);
        Assert.Empty(new SegmentWitness(SegmentChain.Of(Scene, statement: Scene.Statement with { Revealed = t }), 0).Breaches());
        SolvencyTotals lie = which switch
        {
            0 => t with { Net = t.Net.SetItem(0, t.Net[0] - 1) },
            1 => t with { Claims = t.Claims - 1 },
            2 => t with { Shortfall = t.Shortfall - 1 },
            3 => t with { Accounts = t.Accounts - 1 },
            4 => t with { Liquidatable = t.Liquidatable - 1 },
            _ => t with { Bankrupt = t.Bankrupt - 1 },
        };
        Assert.Equal(["bus total"], new SegmentWitness(SegmentChain.Exhausting(Scene, Scene.Statement with { Revealed = lie }), 0).Breaches());
    }

    [Fact]
    public void What_a_revealed_total_leaves_is_nothing() => Assert.Contains(
        new SegmentWitness(SegmentChain.Of(Scene, statement: Scene.Statement with { Revealed = SolvencyTotals.From(Scene.Sums) }), 0)
        {
            Change = traces => traces[Scene.Circuit.Totals.Table].Phase(0)[2, Scene.Circuit.Totals.After[0].Offset] = KoalaBear.One,
        }.Breaches(),
        name => name == "a revealed total leaves no after[0]");

    [Fact]
    public void Another_root_is_not_what_the_leaves_lead_to()
    {
        Digest root = StateTreeHash.Empty(2);
        SolvencyPublicInputs another = Scene.Statement with { StateRoot = root, Segments = Scene.Statement.Segments with { Roots = [root] } };
        Assert.Equal(["bus digest"], new SegmentWitness(SegmentChain.Of(Scene, statement: another), 0).Breaches());
    }

    /// <summary>The scene's statement with other reserves of btc, of which 890 hundredths are owed.</summary>
    private static SolvencyPublicInputs Reserved(BigInteger btc) => Scene.Statement with { Reserves = Scene.Statement.Reserves.SetItem(0, btc) };

    private static void Breaks(string what, Action<SegmentWitness> change) => Assert.Contains(what, Breaches(change));

    private static void BreaksNamed(string part, Action<SegmentWitness> change) => Assert.Contains(Breaches(change), name => name.Contains(part, StringComparison.Ordinal));

    /// <summary>Nothing else breaks: what the prover changed fits everywhere but there.</summary>
    private static void BreaksThere(string[] what, Action<SegmentWitness> change) => Assert.Equal(what, Breaches(change));

    private static IReadOnlyList<string> Breaches(Action<SegmentWitness> change)
    {
        var witness = new SegmentWitness(Chain, 0);
        change(witness);
        return witness.Breaches();
    }
}
