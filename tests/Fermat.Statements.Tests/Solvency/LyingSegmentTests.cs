using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Provers that lie about what crosses between segments. Each lie breaks a constraint or a bus, by name.</summary>
public sealed class LyingSegmentTests
{
    // Rows of totals of the tiny book: btc, usdt, then the five sums of the book.
    private const int Btc = 0, Usdt = 1, Claims = 2, Accounts = 4;

    private static readonly SolvencyScene Scene = SolvencyScene.Of(SolvencyScene.UnderExchangeSample(SampleBooks.Tiny()), segmentDepth: 1);
    private static readonly SegmentChain Chain = SegmentChain.Of(Scene), Revealing = SegmentChain.Of(Scene, statement: Scene.Statement with { Revealed = SolvencyTotals.From(Scene.Sums) });

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    public void The_truth_of_each_segment_breaks_nothing(bool reveal, int segment) => Assert.Empty(new SegmentWitness(reveal ? Revealing : Chain, segment).Breaches());

    /// <summary>The lying prover of these tests is an honest one where it does not lie: it writes what the fast one writes, cell for cell.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_truth_is_written_as_the_prover_writes_it(int segment)
    {
        var witness = new SegmentWitness(Chain, segment);
        Proving.SolvencyTraceBuilder builder = witness.Builder();
        int[] heights = SolvencyScene.LogHeights(builder, SegmentWitness.SpareRows);
        IReadOnlyList<TableTrace> slow = witness.Fill(builder, heights, SolvencyScene.TailRows), fast = builder.Build(heights, SolvencyScene.TailRows);
        foreach ((TableTrace one, TableTrace other) in slow.Zip(fast))
            for (int row = 0; row < one.ActiveRows; row++)
                Assert.True(one.Phase(0).Row(row).SequenceEqual(other.Phase(0).Row(row)), $"{one.Table.Name}, row {row}");
    }

    [Fact]
    public void A_first_boundary_that_is_not_the_bounds_is_not_the_verifiers() => BreaksAlone(0, "bus digest", witness => witness.Before[Claims] += 1);

    [Fact]
    public void A_remainder_other_than_the_one_passed_on_is_not_in_the_commitment() => BreaksAlone(1, "bus digest", witness => witness.Before[Btc] += 1);

    [Fact]
    public void A_total_moved_to_the_next_segment_is_not_what_this_ones_accounts_add_up_to() => Breaks(0, "bus total", witness => witness.AddedAfter[Claims] = 100);

    [Fact]
    public void A_total_moved_to_another_row_is_not_what_this_ones_accounts_add_up_to() => Breaks(0, "bus total", witness =>
    {
        witness.AddedAfter[Btc] = 1;
        witness.AddedAfter[Usdt] = -1;
    });

    [Fact]
    public void A_remainder_that_wraps_around_is_not_what_the_accounts_add_up_to() => Breaks(1, "bus total", witness => witness.Before[Usdt] = 0);

    [Fact]
    public void The_shift_left_in_the_last_segment_is_noticed() => Breaks(1, "bus total", witness => witness.AddedAfter.AsSpan().Fill(SegmentBoundary.Shift));

    [Fact]
    public void The_shift_taken_away_early_is_noticed() => Breaks(0, "bus total", witness => witness.AddedAfter.AsSpan().Fill(-SegmentBoundary.Shift));

    [Fact]
    public void A_bound_exceeded_only_in_the_last_segment_is_noticed_there()
    {
        BigInteger left = Chain.Remainders(2)[Btc];
        Assert.True(left.Sign >= 0);
        Breaks(1, "bus total", witness => witness.Before[Btc] -= left + 1);
    }

    [Fact]
    public void A_boundary_of_another_salt_is_not_the_statements() => BreaksAlone(1, "bus digest", witness => witness.Boundaries[1].Header[0] += KoalaBear.One);

    [Fact]
    public void A_boundary_of_another_domain_is_not_the_statements() => BreaksAlone(1, "bus digest", witness => witness.Boundaries[1].Header[8] += KoalaBear.One);

    [Fact]
    public void A_boundary_under_an_accounts_index_is_no_boundary() => Breaks(0, "bus digest", witness => witness.Boundaries[0] = witness.Boundaries[0] with { Index = 1 });

    [Fact]
    public void A_boundary_left_out_leaves_the_totals_without_blocks() => Breaks(0, "bus block", witness => witness.Boundaries.RemoveAt(1));

    [Fact]
    public void A_boundary_given_twice_gives_a_digest_that_nothing_takes() => Breaks(0, "bus digest", witness => witness.Boundaries.Add(witness.Boundaries[1]));

    [Fact]
    public void Boundaries_exchanged_are_not_what_the_totals_take() => Breaks(0, "bus digest", witness =>
        (witness.Boundaries[0], witness.Boundaries[1]) = (witness.Boundaries[0] with { After = true }, witness.Boundaries[1] with { After = false }));

    [Fact]
    public void A_block_after_the_last_total_is_taken_by_nothing() => Breaks(0, "bus block", witness => witness.Boundaries[1] = witness.Boundaries[1] with { Extra = new KoalaBear[8] });

    [Fact]
    public void An_account_row_cannot_take_a_boundarys_block() => Breaks(0, "bus block", witness => witness.Accounts.Add(Scene.AccountsOf(1)[1]));

    [Fact]
    public void An_item_row_cannot_take_a_boundarys_blocks()
    {
        Assert.NotEmpty(Scene.AccountsOf(1)[0].Items[0]);
        Breaks(0, "bus block", witness => witness.Accounts.Add(Scene.AccountsOf(1)[0]));
    }

    [Fact]
    public void An_empty_leaf_cannot_stand_for_a_boundary() => Breaks(0, "bus digest", witness =>
    {
        witness.Boundaries.RemoveAt(1);
        witness.Empties[0] = 3;
    });

    [Fact]
    public void A_node_cannot_take_the_boundaries() => BreaksAlone(0, "bus digest", witness => witness.Nodes.Add(new NodeSlot(1, 1)));

    [Fact]
    public void An_account_of_another_segment_is_not_under_this_ones_root()
    {
        var elsewhere = new SegmentWitness(Chain, 1);
        Breaks(0, "bus digest", witness =>
        {
            witness.Accounts.Clear();
            witness.Accounts.AddRange(elsewhere.Accounts);
            witness.Leaves.Clear();
            witness.Leaves.AddRange(elsewhere.Leaves);
        });
    }

    /// <summary>A byte of 256 more and the next of one less are the same remainder, in the boundary and at r; nothing but the range tells.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_remainders_digit_above_255_is_no_byte(bool after) => BreaksAlone(0, "bus bytes", witness => witness.Change = traces =>
    {
        TotalsTable columns = Scene.Circuit.Totals;
        Matrix rows = traces[columns.Table].Phase(0);
        Expr[] digits = after ? columns.After : columns.Before;
        int byteAt = SolvencyLimits.TotalBytes - 2;
        rows[Accounts, digits[byteAt].Offset] += KoalaBear.From(256);
        rows[Accounts, digits[byteAt + 1].Offset] -= KoalaBear.One;
        int carry = (int)rows[Accounts, columns.CarryLow[byteAt].Offset].Value + ((int)rows[Accounts, columns.CarryHigh[byteAt].Offset].Value << 16) + (after ? 1 : -1);
        rows[Accounts, columns.CarryLow[byteAt].Offset] = KoalaBear.From(carry & 0xffff);
        rows[Accounts, columns.CarryHigh[byteAt].Offset] = KoalaBear.From(carry >> 16);
    });

    [Fact]
    public void A_carry_of_a_total_outside_its_range_is_no_23_bit_number() => Breaks(0, "bus tops", witness => witness.Change = traces =>
        traces[Scene.Circuit.Totals.Table].Phase(0)[Claims, Scene.Circuit.Totals.CarryHigh[3].Offset] += KoalaBear.From(128));

    private static void Breaks(int segment, string what, Action<SegmentWitness> change) => Assert.Contains(what, Breaches(segment, change));

    private static void BreaksAlone(int segment, string what, Action<SegmentWitness> change) => Assert.Equal([what], Breaches(segment, change));

    private static IReadOnlyList<string> Breaches(int segment, Action<SegmentWitness> change)
    {
        var witness = new SegmentWitness(Chain, segment);
        change(witness);
        return witness.Breaches();
    }
}
