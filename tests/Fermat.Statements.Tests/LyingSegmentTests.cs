using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests;

/// <summary>Provers that lie about what crosses between segments. Each lie breaks a constraint or a bus, by name.</summary>
public sealed class LyingSegmentTests
{
    // Accounts by leaf of the first segment, rows of totals of the tiny book: btc, usdt, then the five sums of the book.
    private const int Btc = 0, Claims = 2, Accounts = 4;

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    public void The_truth_of_each_segment_breaks_nothing(bool reveal, int segment)
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny(), reveal, segmentDepth: 1, segment: segment);
        Assert.Empty(scene.Checker().CheckAll());
        Assert.Empty(Checked(scene, _ => { }));
    }

    [Fact]
    public void A_first_boundary_that_is_not_the_bounds_is_not_the_verifiers() =>
        Breaks(0, "digest", witness => witness.Before[Claims] += 1);

    [Fact]
    public void A_remainder_other_than_the_one_passed_on_is_not_in_the_commitment() =>
        Breaks(1, "digest", witness => witness.Before[Btc] += 1);

    [Fact]
    public void A_total_moved_to_the_next_segment_is_not_what_this_ones_accounts_add_up_to() =>
        Breaks(0, "total", witness => witness.AddedAfter[Claims] = 100);

    [Fact]
    public void A_total_moved_to_another_row_is_not_what_this_ones_accounts_add_up_to() => Breaks(0, "total", witness =>
    {
        witness.AddedAfter[Btc] = 1;
        witness.AddedAfter[Claims] = -1;
    });

    [Fact]
    public void A_remainder_that_wraps_around_is_not_what_the_accounts_add_up_to() =>
        Breaks(1, "total", witness => witness.Before[Claims] = 0);

    [Fact]
    public void The_shift_left_in_the_last_segment_is_noticed() => Breaks(1, "total", witness =>
    {
        for (int row = 0; row < witness.AddedAfter.Length; row++) witness.AddedAfter[row] = SegmentBoundary.Shift;
    });

    [Fact]
    public void The_shift_taken_away_early_is_noticed() => Breaks(0, "total", witness =>
    {
        for (int row = 0; row < witness.AddedAfter.Length; row++) witness.AddedAfter[row] = -SegmentBoundary.Shift;
    });

    [Fact]
    public void A_bound_exceeded_only_in_the_last_segment_is_noticed_there()
    {
        using Scene truth = Scene.Of(SampleBooks.Tiny(), segmentDepth: 1, segment: 1);
        BigInteger left = truth.Chain.Remainders(2)[Btc];
        Assert.True(left.Sign >= 0);
        Assert.Contains(Checked(truth, witness => witness.Before[Btc] -= left + 1), breach => breach is { Table: null, Name: "total" });
    }

    [Fact]
    public void A_boundary_of_another_salt_is_not_the_statements() =>
        Breaks(1, "digest", witness => ChangeHeader(witness, 1, header => header[0] += KoalaBear.One));

    [Fact]
    public void A_boundary_under_an_accounts_index_is_no_boundary() => Breaks(0, "digest", witness =>
        witness.Boundaries[0] = witness.Boundaries[0] with { Index = 1 });

    [Fact]
    public void A_boundary_left_out_leaves_the_totals_without_blocks() => Breaks(0, "block", witness => witness.Boundaries.RemoveAt(1));

    [Fact]
    public void A_boundary_given_twice_gives_a_digest_that_nothing_takes() => Breaks(0, "digest", witness => witness.Boundaries.Add(witness.Boundaries[1]));

    [Fact]
    public void Boundaries_exchanged_are_not_what_the_totals_take() => Breaks(0, "digest", witness =>
        (witness.Boundaries[0], witness.Boundaries[1]) = (witness.Boundaries[0] with { After = true }, witness.Boundaries[1] with { After = false }));

    [Fact]
    public void A_block_after_the_last_total_is_taken_by_nothing() => Breaks(0, "block", witness =>
        witness.Boundaries[1] = witness.Boundaries[1] with { Extra = new KoalaBear[8] });

    [Fact]
    public void An_account_row_cannot_take_a_boundarys_block() => Breaks(0, "block", witness => witness.Accounts.Add(new AccountRow(2, 0, 0)));

    [Fact]
    public void An_item_row_cannot_take_a_boundarys_blocks() => Breaks(0, "block", witness =>
        witness.Items.Add(new ItemRow(2, Start: true, 0, new Balance(0, 0, 0, 0, 0, 0))));

    [Fact]
    public void An_empty_leaf_cannot_stand_for_a_boundary() => Breaks(0, "digest", witness =>
    {
        witness.Boundaries.RemoveAt(1);
        witness.Empties[0] = 3;
    });

    [Fact]
    public void A_node_cannot_take_the_boundaries() => Breaks(0, "digest", witness => witness.Nodes.Add(new NodeSlot(1, 1)));

    [Fact]
    public void An_account_of_another_segment_is_not_under_this_ones_root()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny(), segmentDepth: 1, segment: 0);
        using Scene other = scene.At(1);
        Witness elsewhere = Witness.Of(other);
        IReadOnlyList<Breach> breaches = Checked(scene, witness =>
        {
            witness.Items.Clear();
            witness.Items.AddRange(elsewhere.Items);
            witness.Accounts.Clear();
            witness.Accounts.AddRange(elsewhere.Accounts);
            witness.Leaves.Clear();
            witness.Leaves.AddRange(elsewhere.Leaves);
        });
        Assert.Contains(breaches, breach => breach is { Table: null, Name: "digest" });
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public void A_remainders_digit_above_255_is_no_byte(string which) => BreaksOneOf(["bytes"], c => (which == "before" ? c.Totals.Before : c.Totals.After)[1], Accounts, honest => honest + 256);

    [Fact]
    public void A_carry_of_a_total_outside_its_range_is_no_23_bit_number() => BreaksOneOf(["tops"], c => c.Totals.CarryHigh[3], Claims, honest => honest + 128);

    private static void ChangeHeader(Witness witness, int side, Action<KoalaBear[]> change)
    {
        KoalaBear[] header = [.. witness.Boundaries[side].Header];
        change(header);
        witness.Boundaries[side] = witness.Boundaries[side] with { Header = header };
    }

    private static void Breaks(int segment, string bus, Action<Witness> change)
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny(), segmentDepth: 1, segment: segment);
        Assert.Contains(Checked(scene, change), breach => breach.Table is null && breach.Name == bus);
    }

    private static void BreaksOneOf(string[] names, Func<SolvencyCircuit, Expr> column, int row, Func<long, long> change)
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny(), segmentDepth: 1, segment: 0);
        var lie = new Lie(scene.Circuit.Totals.Table, column(scene.Circuit).ColumnInfo, row, change);
        Assert.Contains(Checked(scene, _ => { }, lie), breach => names.Contains(breach.Name));
    }

    private static IReadOnlyList<Breach> Checked(Scene scene, Action<Witness> change, Lie? lie = null)
    {
        Witness witness = Witness.Of(scene);
        change(witness);
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
