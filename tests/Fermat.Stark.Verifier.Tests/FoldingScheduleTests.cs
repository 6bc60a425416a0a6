using Fermat.Hashing;
using FsCheck;
using FsCheck.Fluent;

namespace Fermat.Stark.Tests;

public sealed class FoldingScheduleTests
{
    private static ProofOptions Options(int folding, int final) => new(CommitmentHash.Blake3, 2, 1, 0, folding, final, 16);

    [Fact]
    public void Heights_are_met_exactly_and_the_remainder_is_folded_last()
    {
        IReadOnlyList<FoldingRound> rounds = FoldingSchedule.Of(Options(3, 6), [15, 19, 11, 15]);
        Assert.Equal(
            [
                new FoldingRound(21, 3, null),   // 19 → 16
                new FoldingRound(18, 1, 15),     // 16 → 15, where two tables join
                new FoldingRound(17, 3, null),   // 15 → 12
                new FoldingRound(14, 1, 11),     // 12 → 11
                new FoldingRound(13, 3, null),   // 11 → 8
                new FoldingRound(10, 2, null),   // 8 → 6
            ],
            rounds);
    }

    [Fact]
    public void Tables_of_the_final_polynomials_height_join_without_more_rounds()
    {
        Assert.Equal([new FoldingRound(12, 3, null), new FoldingRound(9, 1, 6)], FoldingSchedule.Of(Options(3, 6), [6, 10]));
        Assert.Empty(FoldingSchedule.Of(Options(3, 6), [6, 6]));
    }

    [Fact]
    public void Heights_that_do_not_suit_are_refused() =>
        Assert.Throws<ArgumentException>(() => FoldingSchedule.Of(Options(3, 6), [5, 10]));

    [Fact]
    public void Every_height_joins_once_and_lengths_chain() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(11, 13),
        Prop.ForAll(
            (from folding in Gen.Choose(1, 3)
             from final in Gen.Choose(1, 6)
             from heights in Gen.NonEmptyListOf(Gen.Choose(6, 22))
             select (folding, final, heights)).ToArbitrary(),
            input =>
            {
                IReadOnlyList<FoldingRound> rounds = FoldingSchedule.Of(Options(input.folding, input.final), [.. input.heights]);
                int log = input.heights.Max();
                var joined = new List<int> { log };
                foreach (FoldingRound round in rounds)
                {
                    if (round.LogLength != log + 2 || round.ArityLog2 < 1 || round.ArityLog2 > input.folding) return false;
                    log -= round.ArityLog2;
                    if (round.RollInLogHeight is { } height) joined.Add(height);
                    if (round.RollInLogHeight is { } at && at != log) return false;
                }
                return log == input.final && joined.SequenceEqual(input.heights.Distinct().OrderDescending());
            }));
}
