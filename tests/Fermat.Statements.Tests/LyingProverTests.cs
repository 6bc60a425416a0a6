using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests;

/// <summary>
/// Provers that lie about an honest statement: they choose other rows, or replace a computed cell, and compute everything else so that it fits as well as it can. Each
/// lie breaks a constraint or a bus, by name.
/// </summary>
public sealed class LyingProverTests
{
    // Accounts of the tiny book, by leaf.
    private const int Alice = 0, Bob = 1, Carol = 2, Dave = 3;

    [Fact]
    public void The_truth_breaks_nothing() => Assert.Empty(Breaches(SampleBooks.Tiny(), _ => { }));

    [Fact]
    public void A_dropped_account_leaves_its_blocks_unread() => Breaks(SampleBooks.Tiny(), "block", witness => Drop(witness, Bob));

    [Fact]
    public void An_account_dropped_with_its_leaf_leaves_a_digest_missing() => Breaks(SampleBooks.Tiny(), "digest", witness =>
    {
        Drop(witness, Bob);
        witness.Leaves.RemoveAll(leaf => leaf.Index == Bob);
    });

    [Fact]
    public void An_empty_subtree_over_a_real_leaf_does_not_lead_to_the_root() => Breaks(SampleBooks.Tiny(), "digest", witness =>
    {
        Drop(witness, Dave);
        witness.Leaves.RemoveAll(leaf => leaf.Index == Dave);
        witness.Empties.Add(0, Dave);
    });

    [Fact]
    public void A_whole_side_of_the_tree_replaced_by_an_empty_subtree_does_not_lead_to_the_root() => Breaks(SampleBooks.Tiny(), "digest", witness =>
    {
        foreach (int leaf in (int[])[Carol, Dave])
        {
            Drop(witness, leaf);
            witness.Leaves.RemoveAll(l => l.Index == leaf);
        }
        witness.Nodes.RemoveAll(node => node is { Level: 1, Index: 1 });
        witness.Empties.Add(1, 1);
    });

    [Fact]
    public void A_duplicated_account_reads_blocks_that_were_sent_once() => Breaks(SampleBooks.Tiny(), "block", witness => Duplicate(witness, Alice));

    [Fact]
    public void An_account_duplicated_with_its_leaf_gives_a_digest_that_no_node_takes() => Breaks(SampleBooks.Tiny(), "digest", witness =>
    {
        Duplicate(witness, Alice);
        witness.Leaves.Add(witness.Leaves[Alice]);
    });

    [Fact]
    public void A_leaf_added_beside_the_tree_gives_a_digest_that_no_node_takes() => Breaks(SampleBooks.Tiny(), "digest", witness =>
    {
        witness.Leaves.Add(witness.Leaves[Dave] with { Index = 4 });
        witness.Accounts.Add(witness.Accounts[Dave] with { Leaf = 4 });
    });

    [Fact]
    public void A_node_that_poses_as_a_leaf_takes_digests_that_nobody_gives() =>
        Breaks(SampleBooks.Tiny(), "digest", witness => witness.Nodes.Add(new NodeSlot(0, 5)));

    [Fact]
    public void A_node_above_the_root_gives_a_digest_that_nobody_takes() =>
        Breaks(SampleBooks.Tiny(), "digest", witness => witness.Nodes.Add(new NodeSlot(3, 0)));

    [Fact]
    public void A_debt_left_out_is_not_what_the_leaf_holds() =>
        Breaks(SampleBooks.Tiny(), "block", witness => ChangeItem(witness, Carol, 0, item => item with { Balance = item.Balance with { Debt = 0 } }));

    [Fact]
    public void An_item_left_out_leaves_its_blocks_unread() =>
        Breaks(SampleBooks.Tiny(), "block", witness => witness.Items.RemoveAll(item => item is { Leaf: Carol, Position: 1 }));

    [Fact]
    public void An_item_booked_to_another_account_is_not_in_that_leaf() =>
        Breaks(SampleBooks.Tiny(), "block", witness => ChangeItem(witness, Bob, 0, item => item with { Leaf = Carol }));

    [Fact]
    public void An_items_asset_exchanged_for_a_dearer_one_is_not_what_the_leaf_holds() =>
        Breaks(SampleBooks.Tiny(), "block", witness => ChangeItem(witness, Bob, 0, item => item with { Balance = item.Balance with { Asset = 0 } }));

    [Fact]
    public void Items_split_over_two_runs_read_one_position_twice() => Breaks(SampleBooks.Tiny(), "block", witness =>
        ChangeItem(witness, Alice, 1, item => item with { Start = true, Position = 0 }));

    [Fact]
    public void Items_split_over_two_runs_cannot_start_in_the_middle() => Breaks(SampleBooks.Tiny(), "an account's items start at position 0", witness =>
        ChangeItem(witness, Alice, 1, item => item with { Start = true }));

    [Fact]
    public void A_bankrupt_account_shown_with_a_positive_sign_does_not_match_its_items() =>
        BreaksOneOf(SampleBooks.Tiny(), ["account sum"], c => (c.Accounts.Table, c.Accounts.Net.Sign, Carol, _ => 0));

    [Fact]
    public void A_liquidatable_account_shown_as_healthy_does_not_match_its_items() =>
        BreaksOneOf(SampleBooks.Tiny(), ["account sum"], c => (c.Accounts.Table, c.Accounts.Surplus.Sign, Bob, _ => 0));

    [Fact]
    public void Zero_has_no_negative_form() => BreaksOneOf(SampleBooks.Tiny(), ["account sum"], c => (c.Accounts.Table, c.Accounts.Net.Sign, Dave, _ => 1));

    [Fact]
    public void A_net_equity_off_by_one_does_not_match_its_items() =>
        BreaksOneOf(SampleBooks.Tiny(), ["account sum"], c => (c.Accounts.Table, c.Accounts.Net.Magnitude[0], Alice, honest => honest ^ 1));

    [Fact]
    public void A_total_off_by_one_does_not_match_the_accounts() =>
        BreaksOneOf(SampleBooks.Tiny(), ["total"], c => (c.Totals.Table, c.Totals.After[0], 2, honest => honest ^ 1));

    [Fact]
    public void A_carry_outside_its_range_is_no_23_bit_number() =>
        BreaksOneOf(SampleBooks.Tiny(), ["tops"], c => (c.Accounts.Table, c.Accounts.Surplus.CarryHigh[3], Alice, honest => honest + 128));

    [Fact]
    [Trait("Pitfall", "non-canonical limb or bit decompositions, missing range checks on inputs")]
    public void A_digit_above_255_is_no_byte() =>
        BreaksOneOf(SampleBooks.Tiny(), ["bytes"], c => (c.Accounts.Table, c.Accounts.Net.Magnitude[1], Alice, honest => honest + 256));

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_skipped_tier_is_not_where_the_amount_lies(int shift) =>
        Breaks(SampleBooks.Tiny(), "tier", witness => ChangeItem(witness, Bob, 0, item => item with { IntervalShift = shift }));

    [Fact]
    public void A_slope_of_no_ladder_is_not_in_the_table() =>
        BreaksOneOf(SampleBooks.Tiny(), ["tier"], c => (c.Items.Table, c.Items.Collateral[0].Slope, 0, honest => honest + 1));

    [Fact]
    public void A_price_that_is_not_the_statements_is_not_in_the_table() =>
        BreaksOneOf(SampleBooks.Tiny(), ["asset"], c => (c.Items.Table, c.Items.Weight, 0, honest => honest + 1));

    [Fact]
    public void The_capacity_of_a_leaf_cannot_be_replaced() =>
        BreaksOneOf(SampleBooks.Tiny(), ["slot 1: the capacity is passed on, element 0"], c => (c.Hash.Table, c.Hash.Slots[1].Input[8], 0, honest => honest + 1));

    [Fact]
    public void A_leaf_starts_from_its_constant() =>
        BreaksOneOf(SampleBooks.Tiny(), ["slot 0: a leaf starts from its constant, element 3"], c => (c.Hash.Table, c.Hash.Slots[0].Input[11], 0, honest => honest + 1));

    [Fact]
    public void A_leaf_cut_before_its_meta_block_is_no_leaf() => BreaksConstraint(SampleBooks.Tiny(), "a body follows the owner", witness =>
        witness.Leaves[Dave] = witness.Leaves[Dave] with { Blocks = witness.Leaves[Dave].Blocks[..24] });

    // Books that no importer accepts, whose leaves are nevertheless under the root.

    [Fact]
    public void More_pledged_than_held_cannot_be_balanced() =>
        Breaks(With(Bob, new Balance(1, 1000, 0, 1001, 0, 0)), "equity is what is pledged and what is not, limb 3");

    [Fact]
    [Trait("Pitfall", "non-canonical limb or bit decompositions, missing range checks on inputs")]
    public void An_amount_of_2_to_the_63_is_no_amount() =>
        Breaks(SampleBooks.Tiny(), "tops", witness => ChangeItem(witness, Bob, 0, item => item with { Balance = item.Balance with { Equity = 1UL << 63 } }));

    [Fact]
    public void An_asset_twice_in_one_account_leaves_a_negative_gap() =>
        Breaks(With(Bob, new Balance(1, 1000, 0, 0, 0, 0), new Balance(1, 0, 500, 0, 0, 0)), "range16");

    [Fact]
    public void Assets_in_falling_order_leave_a_negative_gap() =>
        Breaks(With(Bob, new Balance(1, 1000, 0, 0, 0, 0), new Balance(0, 0, 5, 0, 0, 0)), "range16");

    [Fact]
    public void An_asset_that_the_statement_does_not_have_has_no_weight() => Breaks(With(Bob, new Balance(2, 1000, 0, 0, 0, 0)), "asset");

    [Fact]
    public void A_leaf_that_states_fewer_items_than_it_has_does_not_match_its_sum() => Breaks(SampleBooks.Tiny(), "account sum", witness =>
    {
        // The leaf itself is made with the wrong count, so its blocks are read as they are; the root changes too, but the sum is what this is about.
        KoalaBear[] blocks = [.. witness.Leaves[Alice].Blocks];
        blocks[3 * 8 + 4] = KoalaBear.From(1);
        witness.Leaves[Alice] = witness.Leaves[Alice] with { Blocks = blocks };
        witness.Accounts[Alice] = witness.Accounts[Alice] with { Items = 1 };
    });

    [Fact]
    public void An_account_row_that_states_other_items_than_its_leaf_is_not_in_it() =>
        Breaks(SampleBooks.Tiny(), "block", witness => witness.Accounts[Alice] = witness.Accounts[Alice] with { Items = 1 });

    [Fact]
    public void Claims_above_the_reserves_leave_a_negative_slack() =>
        Breaks(SampleBooks.Tiny().WithReserves((asset, reserve) => asset == 0 ? 889 : reserve), "total");    // Σ (equity − debt) = 1000 − 10 − 100

    [Fact]
    public void Claims_equal_to_the_reserves_leave_none() =>
        Assert.Empty(Breaches(SampleBooks.Tiny().WithReserves((asset, reserve) => asset == 0 ? 890 : reserve), _ => { }));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_revealed_total_off_by_one_is_not_the_books(int which)
    {
        using Scene truth = Scene.Of(SampleBooks.Tiny(), reveal: true);
        SolvencyTotals t = truth.Inputs.Revealed!;
        SolvencyTotals lie = which switch
        {
            0 => t with { Net = t.Net.SetItem(0, t.Net[0] - 1) },
            1 => t with { Claims = t.Claims - 1 },
            2 => t with { Shortfall = t.Shortfall - 1 },
            3 => t with { Accounts = t.Accounts - 1 },
            4 => t with { Liquidatable = t.Liquidatable - 1 },
            _ => t with { Bankrupt = t.Bankrupt - 1 },
        };
        using Scene scene = truth.Stating(truth.Inputs with { Revealed = lie });
        Assert.Contains(Checked(scene, Witness.Of(scene)), breach => breach is { Table: null, Name: "total" });
    }

    [Fact]
    public void Another_root_is_not_what_the_leaves_lead_to()
    {
        using Scene truth = Scene.Of(SampleBooks.Tiny());
        using Scene scene = truth.Stating(truth.Inputs with { StateRoot = StateTreeHash.Empty(2), Segments = truth.Inputs.Segments with { Roots = [StateTreeHash.Empty(2)] } });
        Assert.Contains(Checked(scene, Witness.Of(scene)), breach => breach is { Table: null, Name: "digest" });
    }

    private static Book With(int leaf, params Balance[] balances)
    {
        Book book = SampleBooks.Tiny();
        return book.With(book.Accounts.Select((account, i) => i == leaf ? account with { Balances = balances } : account));
    }

    private static void Drop(Witness witness, int leaf)
    {
        witness.Items.RemoveAll(item => item.Leaf == leaf);
        witness.Accounts.RemoveAll(account => account.Leaf == leaf);
    }

    private static void Duplicate(Witness witness, int leaf)
    {
        witness.Items.AddRange([.. witness.Items.Where(item => item.Leaf == leaf)]);
        witness.Accounts.Add(witness.Accounts.Single(account => account.Leaf == leaf));
    }

    private static void ChangeItem(Witness witness, int leaf, int position, Func<ItemRow, ItemRow> change)
    {
        int row = witness.Items.FindIndex(item => item.Leaf == leaf && item.Position == position);
        witness.Items[row] = change(witness.Items[row]);
    }

    private static void Breaks(Book book, string name, Action<Witness>? change = null) =>
        Assert.Contains(Breaches(book, change ?? (_ => { })), breach => breach.Name == name);

    private static void BreaksConstraint(Book book, string part, Action<Witness> change) =>
        Assert.Contains(Breaches(book, change), breach => breach.Table is not null && breach.Name.Contains(part, StringComparison.Ordinal));

    private static void BreaksOneOf(Book book, string[] names, Func<SolvencyCircuit, (int Table, Expr Column, int Row, Func<long, long> Change)> choose)
    {
        using Scene scene = Scene.Of(book);
        (int table, Expr column, int row, Func<long, long> change) = choose(scene.Circuit);
        IReadOnlyList<Breach> breaches = Checked(scene, Witness.Of(scene), new Lie(table, column.ColumnInfo, row, change));
        Assert.Contains(breaches, breach => names.Contains(breach.Name));
    }

    private static IReadOnlyList<Breach> Breaches(Book book, Action<Witness> change)
    {
        using Scene scene = Scene.Of(book);
        Witness witness = Witness.Of(scene);
        change(witness);
        return Checked(scene, witness);
    }

    private static IReadOnlyList<Breach> Checked(Scene scene, Witness witness, Lie? lie = null)
    {
        IReadOnlyList<TableTrace> traces = WitnessFiller.Fill(scene, witness, lie);
        try
        {
            return new TraceChecker(scene.Circuit.Circuit, traces, Scene.Challenges).CheckAll();
        }
        finally
        {
            foreach (TableTrace trace in traces) trace.Dispose();
        }
    }
}
