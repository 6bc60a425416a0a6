using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Lies, one a mechanism, told as well as a prover can tell them, and what notices.</summary>
public sealed class LyingProverTests
{
    private const string Sum = "x = sum b in balances: b.amount";
    private const string Groups = "x = sum g in balances by asset.kind: abs(sum b in g: b.amount)";
    private const string Scenarios = "x = max s in Scenario: abs(cash) * s.shock else 0";

    [Fact]
    public void Sum_is_not_one_more()
    {
        using var prover = new LyingProver(Sum);
        prover["accounts", ": sum[0]", 0]++;
        Assert.Contains("bus balances of accounts: sums", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Part_of_a_sum_is_not_hidden_on_a_padding_row()
    {
        using var prover = new LyingProver(Sum);
        prover["accounts", ": sum[0]", 0] -= 5;
        prover["accounts", ": sum[0]", 2] += 5;
        Assert.Contains("padding: x, @", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_rows_of_items_add_nothing_to_a_sum()
    {
        // on a row without a denominator 0 = quotient · 0 + 0 holds for every quotient
        using var prover = new LyingProver("x = sum b in balances: down(cash / b.asset.index, Share)");
        prover["balances", ": rounded[0]", 5] += 5;
        prover["accounts", ": sum[0]", 0] += 5;
        Assert.Contains("padding: x, @", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Definitions_are_zero_on_padding_rows()
    {
        using var prover = new LyingProver(Sum);
        prover["accounts", ": sum[0]", 2] = 1;
        Assert.Contains("padding: x, @", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Group_does_not_lose_a_member()
    {
        using var prover = new LyingProver(Groups);
        prover["balances by kind", "number of balances", 0]--;
        Assert.Contains("bus balances of balances by kind: sums", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Item_does_not_join_another_group()
    {
        // account a: A and B are of kind 0, C of kind 1
        using var prover = new LyingProver(Groups);
        prover["balances by kind", "number of balances", 0]--;
        prover["balances by kind", "number of balances", 1]++;
        prover["balances by kind", ": sum[0]", 0] -= 9;
        prover["balances by kind", ": sum[0]", 1] += 9;
        Assert.Contains("bus balances of balances by kind: sums", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Group_is_not_split()
    {
        // the last group, {C: 7} of account b, twice, as if each had half; both rows cannot rise
        using var prover = new LyingProver(Groups);
        prover.CopyRow("balances by kind", 3, 4);
        prover["balances by kind", "number of balances", 4] = 0;
        prover["balances by kind", ": sum[0]", 4] = 0;
        prover["accounts", "number of balances by kind", 1]++;
        string verdict = prover.Verdict();
        Assert.Contains("balances by kind, row 3: rows rise", verdict, StringComparison.Ordinal);
        Assert.Contains("bus range16", verdict, StringComparison.Ordinal);
    }

    private const string TwoInEachRecord = "x = min s in Scenario: min(sum b in balances: b.amount * s.shock, sum b in balances: b.amount * (1 - s.shock)) else 0";
    private const string HeldInRecords = "x = max s in Scenario: (sum g in balances by asset.kind: (if (sum b in g: b.amount * s.shock) >= 1 then cash else 3 * cash) * (sum b in g: b.amount * s.shock)) else 0";

    [Theory]
    [InlineData("distance[1]", "it.carry")]
    [InlineData("distance #2[1]", "it #2.carry")]
    public void Smallest_of_a_record_is_not_beyond_an_element_whatever_free_carries_say(string distance, string carry)
    {
        // 65536 more between the second account and its first record; the carries of digits 1 and 2 are not range-checked
        using var prover = new LyingProver(TwoInEachRecord);
        prover["accounts × Scenario", distance, 3]++;
        long first = prover["accounts × Scenario", $"{carry}[1]", 3], second = prover["accounts × Scenario", $"{carry}[2]", 3], part = KoalaBear.From(256).Inverse().Value;
        foreach ((long one, long two) in new[] { (0, 0), (1, 0), (0, -part), (1, part), (-256, -1), (0L, -1L) })
        {
            prover["accounts × Scenario", $"{carry}[1]", 3] = first + one;
            prover["accounts × Scenario", $"{carry}[2]", 3] = second + two;
            string verdict = prover.Verdict();
            Assert.Contains("bus balances in accounts × Scenario: sums", verdict, StringComparison.Ordinal);
            Assert.DoesNotContain("bus range16", verdict, StringComparison.Ordinal);
        }
    }

    /// <summary>All sums in all records are one equation: what is too much in one is not made up for by another, of the same record or of the next.</summary>
    [Theory]
    [InlineData("distance #2[0]", 3)]
    [InlineData("distance #2[0]", 4)]
    [InlineData("distance[0]", 4)]
    public void Sums_in_records_do_not_make_up_for_each_other(string other, int row)
    {
        using var prover = new LyingProver(TwoInEachRecord);
        prover["accounts × Scenario", "distance[0]", 3]++;
        prover["accounts × Scenario", other, row]--;
        Assert.Contains("bus balances in accounts × Scenario: sums", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Smallest_in_records_is_selected_once_and_where_the_distance_is_zero()
    {
        using var prover = new LyingProver(TwoInEachRecord);
        int row = Enumerable.Range(3, 3).Single(r => prover["accounts × Scenario", "selected", r] + prover["accounts × Scenario", "selected #2", r] == 1);
        string right = prover["accounts × Scenario", "selected", row] == 1 ? "selected" : "selected #2", wrong = right == "selected" ? "selected #2" : "selected";
        prover["accounts × Scenario", wrong, row] = 1;
        string verdict = prover.Verdict();
        Assert.Contains("the selected element equals it", verdict, StringComparison.Ordinal);
        Assert.Contains("bus accounts × Scenario of accounts: sums", verdict, StringComparison.Ordinal);
        prover["accounts × Scenario", right, row] = 0;
        Assert.DoesNotContain("bus accounts × Scenario of accounts: sums", prover.Verdict(), StringComparison.Ordinal);
        Assert.Contains("the selected element equals it", prover.Verdict(), StringComparison.Ordinal);
        prover["accounts × Scenario", wrong, row] = 0;
        Assert.Contains("bus accounts × Scenario of accounts: sums", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Value_held_at_the_random_point_is_what_it_says()
    {
        using var prover = new LyingProver(HeldInRecords);
        prover.CopyPoint("balances by kind × Scenario", ": value", 0, 9);
        Assert.Contains("value is what it says", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Value_held_at_the_random_point_is_zero_on_padding()
    {
        using var prover = new LyingProver(HeldInRecords);
        prover.CopyPoint("balances by kind × Scenario", ": value", 0, 13);
        Assert.Contains("padding: ", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scenario_is_not_left_out()
    {
        using var prover = new LyingProver(Scenarios);
        prover["accounts × Scenario", "record", 1] = 0;
        string verdict = prover.Verdict();
        Assert.Contains("records count up", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Scenario_block_does_not_end_early()
    {
        using var prover = new LyingProver(Scenarios);
        prover["accounts × Scenario", "start", 2] = 1;
        prover["accounts × Scenario", "record", 2] = 0;
        Assert.Contains("a block goes on until the last record", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Smallest_is_not_below_every_element()
    {
        // distances made to fit; then no element can be selected
        using var prover = new LyingProver("x = min b in balances: b.amount else 0");
        Assert.Equal(1, prover["accounts", ": smallest[0]", 0]);
        prover["accounts", ": smallest[0]", 0] = 0;
        for (int row = 0; row < 3; row++) prover["balances", "distance[0]", row]++;
        Assert.Contains("the selected element equals it", prover.Verdict(), StringComparison.Ordinal);
        prover["balances", "selected", 2] = 0;
        Assert.Contains("bus balances of accounts: sums", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Remainder_does_not_reach_the_denominator()
    {
        using var prover = new LyingProver("x: Tenth = down(cash)");
        Assert.Equal((1, 7), (prover["accounts", ": rounded[0]", 0], prover["accounts", "rest[0]", 0]));
        prover["accounts", ": rounded[0]", 0] = 0;
        prover["accounts", "rest[0]", 0] = 17;
        Assert.Contains("the rest is below the denominator", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_unit_below_zero_does_not_become_zero()
    {
        using var prover = new LyingProver("x: Tenth = nearest(cash - 0.22)");
        Assert.Equal((255, 9), (prover["accounts", ": rounded[0]", 0], prover["accounts", "rest[0]", 0]));
        for (int i = 0; i < 4; i++) prover["accounts", $": rounded[{i}]", 0] = 0;
        prover["accounts", ": rounded.sign", 0] = 0;
        prover["accounts", "rest[0]", 0] = 0;
        prover["accounts", "slack[0]", 0] = 9;
        prover["accounts", "rest.carry[0]", 0] += 10; // of −1 it was −10, of 0 it is 0
        string verdict = prover.Verdict();
        Assert.Contains("accounts, row 0: x, @", verdict, StringComparison.Ordinal);
        Assert.Contains("half of it goes away from zero", verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("numerator = quotient", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Quotient_of_the_other_sign_is_not_taken()
    {
        // 0.17 is 0.2, with numerator 17 + 5 and rest 2; with a sign it would be 17 + 5 − 1, rest 1
        using var prover = new LyingProver("x: Tenth = nearest(cash)");
        Assert.Equal((2, 2), (prover["accounts", ": rounded[0]", 0], prover["accounts", "rest[0]", 0]));
        prover["accounts", ": rounded.sign", 0] = 1;
        prover["accounts", "rest[0]", 0] = 1;
        prover["accounts", "slack[0]", 0] = 8;
        Assert.Contains("numerator = quotient × denominator + rest", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Part_of_a_rounded_sum_is_not_hidden_on_a_padding_row()
    {
        // the sum has no digits of its own; what its quotient and its rest say is all that the account answers with
        using var prover = new LyingProver("quantity Long scale 1 bits 60 unit USD\nx: Long = down(sum b in balances: b.amount * 0.01 * b.asset.index)");
        prover["accounts", "rest[0]", 0] -= 3;
        prover["accounts", "slack[0]", 0] += 3;
        prover["accounts", "rest[0]", 2] += 3;
        Assert.Contains("has no rest", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rest_of_a_rounded_sum_is_not_another()
    {
        using var prover = new LyingProver("quantity Long scale 1 bits 60 unit USD\nx: Long = down(sum b in balances: b.amount * 0.01 * b.asset.index)");
        prover["accounts", "rest[0]", 0] -= 3;
        prover["accounts", "slack[0]", 0] += 3;
        Assert.Contains("bus balances of accounts: sums", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Number_is_not_of_another_tier()
    {
        // A at 12: 0.5 · 10 + 0.2 · 2. The first tier would be 0.5 · 12: its start is right, its end is not
        using var prover = new LyingProver("x = sum b in balances: tiered(b.asset.haircut, max(b.amount * b.asset.index, 0))");
        prover["balances", "above[0]", 0] = 1200;
        prover["balances", "below[0]", 0] = 0;
        string verdict = prover.Verdict();
        Assert.Contains("the piece it lies in", verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("bus range16", verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Value_is_not_that_of_another_record()
    {
        using var prover = new LyingProver("x = sum b in balances: b.amount * b.asset.index");
        Assert.Contains("satisfied", prover.Verdict(), StringComparison.Ordinal);
        prover.CopyPoint("balances", Looked(prover, isMirror: false), from: 1, to: 0);
        Assert.Contains("bus records of Asset for balances", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Value_at_the_opposite_point_is_not_that_of_another_record()
    {
        using var prover = new LyingProver("x = sum b in balances: down(cash / b.asset.index, Share)");
        prover.CopyPoint("balances", Looked(prover, isMirror: true), from: 1, to: 0);
        Assert.Contains("bus records of Asset for balances", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Value_passed_on_at_the_opposite_point_is_not_that_of_another_account()
    {
        using var prover = new LyingProver("x = sum b in balances: down(cash / b.asset.index, Share)");
        string mirror = prover.Columns("balances").Split("; ").First(c => c.Contains("passed on", StringComparison.Ordinal) && c.EndsWith("at -r", StringComparison.Ordinal));
        prover.CopyPoint("balances", mirror, from: 3, to: 0);
        Assert.Contains("bus balances of accounts: values", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Carry_is_not_another_one()
    {
        using var prover = new LyingProver("x = max(cash, 0)");
        prover["accounts", "x is its digits.carry[0]", 0]--;
        Assert.Contains("accounts, row 0: x is its digits", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Carry_of_three_integers_is_none_beyond_them()
    {
        using var prover = new LyingProver("x = max(cash, 0)");
        prover["accounts", "x is its digits.carry[0]", 0] = 3;
        Assert.Contains("carry[0] is 0, 1 or 2", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Carry_beyond_16_bits_has_digits_in_base_3()
    {
        using var prover = new LyingProver("quantity Long scale 2 bits 120 unit USD*coin\nx: Long = sum b in balances: b.amount * cash");
        string third = prover.Columns("accounts").Split("; ").First(c => c.EndsWith("third[0]", StringComparison.Ordinal));
        prover["accounts", third, 0] += 3;
        Assert.Contains("third[0] is 0, 1 or 2", prover.Verdict(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_of_two_bytes_in_a_message_is_a_byte()
    {
        // rest, slack and carry of one division: whichever share a message, each is looked up
        using var prover = new LyingProver("x: Tenth = down(cash)");
        foreach (string column in new[] { "rest[0]", "slack[0]", "quotient × denominator + rest.carry[0]" })
        {
            long honest = prover["accounts", column, 1];
            prover["accounts", column, 1] = honest + 256;
            Assert.Contains("bus bytes", prover.Verdict(), StringComparison.Ordinal);
            prover["accounts", column, 1] = honest;
        }
        Assert.Equal("satisfied", prover.Verdict());
    }

    [Fact]
    public void Carry_of_15_bits_has_no_more()
    {
        using var prover = new LyingProver("x = sum b in balances: down(cash / b.asset.index, Share)");
        prover["balances", "quotient × denominator + rest.carry[0].high", 0] += 128;
        Assert.Contains("bus tops", prover.Verdict(), StringComparison.Ordinal);
    }

    private static string Looked(LyingProver prover, bool isMirror) =>
        prover.Columns("balances").Split("; ").Single(c => c.Contains("expression", StringComparison.Ordinal) && c.EndsWith("at -r", StringComparison.Ordinal) == isMirror);
}
