using Fermat.Air;
using Fermat.Hashing;
using FsCheck;
using FsCheck.Fluent;
using static Fermat.Stark.Tests.SoundnessFixtures;

namespace Fermat.Stark.Tests;

public sealed class SoundnessPropertyTests
{
    private static Gen<SoundnessInput> Inputs =>
        from blowup in Gen.Choose(1, 3)
        from queries in Gen.Choose(20, 240)
        from grinding in Gen.Choose(0, 24)
        from tallest in Gen.Choose(15, 20)
        select new SoundnessInput(Book(tallest), Options(blowup, queries, grinding));

    private static void ForAll(Func<SoundnessInput, bool> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(5, 21), Prop.ForAll(Inputs.ToArbitrary(), property));

    private static (int Unique, int Johnson) Bits(SoundnessInput input)
    {
        SoundnessReport report = Soundness.Compute(input);
        return (report.UniqueDecoding.Bits, report.Johnson.Bits);
    }

    private static bool NoMore(SoundnessInput weaker, SoundnessInput stronger)
    {
        (int unique, int johnson) = Bits(weaker);
        (int uniqueMore, int johnsonMore) = Bits(stronger);
        return unique <= uniqueMore && johnson <= johnsonMore;
    }

    private static SoundnessInput With(SoundnessInput input, Func<ProofOptions, ProofOptions> change) => input with { Options = change(input.Options) };

    private static SoundnessInput WithTable(SoundnessInput input, Func<TableShape, TableShape> change) =>
        input with { Shape = input.Shape with { Tables = [.. input.Shape.Tables.Select(change)] } };

    [Fact]
    public void More_queries_never_prove_less() => ForAll(input => NoMore(
        input,
        With(input, options => options with { Queries = options.Queries + 7, TailRows = ProofOptions.MinimumTailRows(options.Queries + 7) })));

    [Fact]
    public void More_grinding_never_proves_less() => ForAll(input => NoMore(
        input, With(input, options => options with { QueryGrindingBits = options.QueryGrindingBits + 3 })));

    [Fact]
    public void Taller_tables_never_prove_more() => ForAll(input => NoMore(
        WithTable(input, table => table with { LogHeight = table.LogHeight + 1 }), input));

    [Fact]
    public void More_messages_wider_messages_and_more_constraints_never_prove_more() => ForAll(input =>
        NoMore(WithTable(input, table => table with { MessageWidths = [.. table.MessageWidths, 5] }), input)
        && NoMore(WithTable(input, table => table with { MessageWidths = [.. table.MessageWidths.Select(width => width + 4)] }), input)
        && NoMore(WithTable(input, table => table with { Constraints = table.Constraints * 100 }), input));

    [Fact]
    public void An_identity_of_higher_degree_never_proves_more() => ForAll(input => NoMore(
        input with { Shape = input.Shape with { RandomPoints = [new("large", 0, 1L << 40)] } }, input));

    [Fact]
    public void The_sum_is_below_the_weakest_term_and_above_it_by_no_more_than_the_number_of_terms() => ForAll(input =>
    {
        SoundnessReport report = Soundness.Compute(input);
        return new[] { report.UniqueDecoding, report.Johnson }.All(regime =>
            regime.Bits <= regime.Weakest.Bits && regime.Bits >= Math.Floor(regime.Weakest.Bits - Math.Log2(regime.Terms.Count)) - 1);
    });

    [Fact]
    public void The_multiplicity_is_the_best_one() => ForAll(input =>
    {
        RegimeReport best = Soundness.Compute(input).Johnson;
        int[] others = [3, 4, 8, 16, 32, 64, 128, 256, 512, best.Multiplicity + 1, Math.Max(3, best.Multiplicity - 1)];
        return others.All(m => Soundness.ComputeJohnson(input, m).Bits <= best.Bits);
    });

    [Fact]
    public void The_report_is_the_same_every_time() => ForAll(input => Soundness.Compute(input).ToText() == Soundness.Compute(input).ToText());

    /// <summary>The fold is charged at the length before it; the theorem asks for the length after it, whose reduced rate is smaller.</summary>
    [Fact]
    public void Charging_the_length_before_the_fold_is_never_less()
    {
        for (int blowup = 1; blowup <= 5; blowup++)
        {
            foreach (int m in new[] { 3, 10, 59, 400 })
            {
                ProximityGap[] gaps = [new UniqueDecodingGap(blowup), new JohnsonGap(blowup, m)];
                foreach (ProximityGap gap in gaps)
                {
                    for (int log = blowup + 2; log <= 24; log++)
                    {
                        for (int arity = 1; arity <= Math.Min(3, log - blowup - 1); arity++)
                            Assert.False(gap.BadOnLine(log) < gap.BadOnLine(log - arity), $"{gap.Regime} m {m} blowup {blowup} log {log} arity {arity}");
                    }
                }
            }
        }
    }
}
