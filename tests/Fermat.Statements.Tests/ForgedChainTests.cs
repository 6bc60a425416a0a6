using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests;

/// <summary>
/// Provers that make the whole chain of commitments fit their lie: statement, boundaries and hashes agree with each other, and each segment takes over what the one before says it left. Nothing but
/// the sums of the lying segments is left to give them away, and it does, in those segments and no other.
/// </summary>
public sealed class ForgedChainTests
{
    private const int Btc = 0, Usdt = 1, Bits = 20;

    [Fact]
    public void The_true_chain_breaks_nothing() => Assert.Equal(["", ""], Breaches(Two(), _ => { }));

    [Fact]
    public void Claims_left_out_of_the_first_segment_are_missed_there() =>
        Assert.Equal(["bus total", ""], Breaches(Two(), totals => totals[0] = totals[0] with { PositiveNetEquity = totals[0].PositiveNetEquity - 1 }));

    [Fact]
    public void An_assets_claims_left_out_of_the_last_segment_are_missed_there() =>
        Assert.Equal(["", "bus total"], Breaches(Two(), totals => totals[1] = totals[1] with { Net = totals[1].Net.SetItem(Usdt, totals[1].Net[Usdt] - 1) }));

    [Fact]
    public void A_bankrupt_account_hidden_with_its_shortfall_is_missed() => Assert.Equal(["", "bus total"], Breaches(Two(), totals =>
    {
        Assert.Equal(1, totals[1].Bankrupt);
        totals[1] = totals[1] with { Bankrupt = 0, Shortfall = 0 };
    }));

    [Fact]
    public void Claims_moved_to_the_next_segment_are_missed_in_one_and_too_many_in_the_other() => Assert.Equal(["bus total", "bus total"], Breaches(Two(), totals =>
    {
        totals[0] = totals[0] with { PositiveNetEquity = totals[0].PositiveNetEquity - 7 };
        totals[1] = totals[1] with { PositiveNetEquity = totals[1].PositiveNetEquity + 7 };
    }));

    [Fact]
    public void A_segment_of_negative_claims_cannot_pay_for_another() =>
        Assert.Equal(["", "bus total"], Breaches(Two(), totals => totals[1] = totals[1] with { PositiveNetEquity = -totals[0].PositiveNetEquity }));

    [Fact]
    public void The_shift_taken_away_in_the_first_segment_and_not_in_the_last_is_noticed_in_both() => Assert.Equal(["bus total", "bus total"], Breaches(Two(), totals =>
    {
        totals[0] = totals[0] with { Net = totals[0].Net.SetItem(Btc, totals[0].Net[Btc] + SegmentBoundary.Shift) };
        totals[1] = totals[1] with { Net = totals[1].Net.SetItem(Btc, totals[1].Net[Btc] - SegmentBoundary.Shift) };
    }));

    /// <summary>Ways to write down a remainder below zero.</summary>
    public static TheoryData<int> Wraps() => [8 * SolvencyLimits.TotalBytes - 1, 8 * SolvencyLimits.TotalBytes];

    [Theory]
    [MemberData(nameof(Wraps))]
    public void A_reserve_that_does_not_cover_its_claims_cannot_wrap_around_in_the_last_segment(int bits)
    {
        using Scene scene = TooFewReserves();
        Assert.Equal(["", "bus total"], Breaches(scene, totals => Lower(ref totals[1], BigInteger.One << bits)));
    }

    [Fact]
    public void A_reserve_that_does_not_cover_its_claims_cannot_borrow_in_an_earlier_segment()
    {
        using Scene scene = TooFewReserves();
        Assert.Equal(["bus total", ""], Breaches(scene, totals => Lower(ref totals[0], 1000)));
    }

    [Fact]
    public void Without_a_lie_there_is_no_chain_for_too_few_reserves()
    {
        using Scene scene = TooFewReserves();
        Assert.Throws<ArgumentOutOfRangeException>(() => scene.Claiming(_ => { }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_revealed_total_that_is_too_low_is_missed_where_it_is_left_out(int segment)
    {
        using Scene truth = Scene.Of(SampleBooks.Tiny(), reveal: true, segmentDepth: 1);
        SolvencyTotals revealed = truth.Inputs.Revealed!;
        using Scene scene = truth.Stating(truth.Inputs with { Revealed = revealed with { Claims = revealed.Claims - 1 } });
        string[] expected = segment == 0 ? ["bus total", ""] : ["", "bus total"];
        Assert.Equal(expected, Breaches(scene, totals => totals[segment] = totals[segment] with { PositiveNetEquity = totals[segment].PositiveNetEquity - 1 }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_book_may_be_cut_anywhere_and_a_lie_about_any_segment_is_noticed_there_alone(int seed)
    {
        var random = new Random(seed);
        Book book = RandomBooks.Make(seed);
        using Scene scene = Scene.Cut(book, Sizes(random, book.Accounts.Count), segmentDepth: 2, depth: 6, reveal: random.Next(2) == 0);
        int count = scene.Inputs.Segments.Count;
        Assert.Equal(Enumerable.Repeat("", count), Breaches(scene, _ => { }));
        if (scene.Inputs.Revealed is not null)
            Assert.All(scene.Chain.Remainders(count), remainder => Assert.Equal(0, remainder));

        int liar = random.Next(count);
        IEnumerable<string> expected = Enumerable.Range(0, count).Select(i => i == liar ? "bus total" : "");
        using Scene stated = scene.Stating(scene.Inputs with { Revealed = null });
        Assert.Equal(expected, Breaches(stated, totals => totals[liar] = totals[liar] with { PositiveNetEquity = totals[liar].PositiveNetEquity - 1 }));
    }

    [Fact]
    public void The_proofs_of_a_forged_chain_are_rejected_in_the_segment_that_lies()
    {
        using Scene scene = Two();
        Assert.True(Proven(scene, _ => { }).Accepted);
        SolvencyVerification result = Proven(scene, totals => totals[1] = totals[1] with { PositiveNetEquity = totals[1].PositiveNetEquity - 1 });
        Assert.Equal(StatementRejectionCode.ProofRejected, result.Rejection!.Code);
        Assert.Equal(1, result.RejectedSegment);
        Assert.True(result.Segments[0].Accepted);
        Assert.Equal(RejectionCode.BusSumsNotZero, result.Proof!.Rejection!.Code);
    }

    private static Scene Two() => Scene.Of(SampleBooks.Tiny(), segmentDepth: 1);

    /// <summary>Tiny's claims of 890 hundredths of btc against 100.</summary>
    private static Scene TooFewReserves()
    {
        using Scene truth = Two();
        return truth.Stating(truth.Inputs with { Reserves = truth.Inputs.Reserves.SetItem(Btc, 100) });
    }

    private static void Lower(ref BookTotals totals, BigInteger by) => totals = totals with { Net = totals.Net.SetItem(Btc, totals.Net[Btc] - by) };

    /// <summary>Up to four accounts a segment, and empty segments in between.</summary>
    private static List<int> Sizes(Random random, int accounts)
    {
        List<int> sizes = [0];
        for (int left = accounts; left > 0; left -= sizes[^1]) sizes.Add(random.Next(Math.Min(left, 4) + 1));
        return sizes;
    }

    /// <summary>What breaks in each segment, distinct, joined.</summary>
    private static string[] Breaches(Scene truth, Action<BookTotals[]> change)
    {
        using Scene forged = truth.Claiming(change);
        return [.. Enumerable.Range(0, forged.Inputs.Segments.Count).Select(segment =>
        {
            using Scene scene = forged.At(segment);
            IReadOnlyList<TableTrace> traces = WitnessFiller.Fill(scene, Forge(truth, scene));
            try
            {
                return string.Join(", ", new TraceChecker(scene.Circuit.Circuit, traces, Scene.Challenges).CheckAll().Select(breach => breach.ToString()).Distinct());
            }
            finally
            {
                foreach (TableTrace trace in traces) trace.Dispose();
            }
        })];
    }

    /// <summary>The witness of a segment that leaves what the forged chain says.</summary>
    private static Witness Forge(Scene truth, Scene forged)
    {
        Witness witness = Witness.Of(forged);
        for (int row = 0; row < witness.AddedAfter.Length; row++)
            witness.AddedAfter[row] = Difference(truth, forged.Segment, row) - Difference(forged, forged.Segment, row);
        return witness;
    }

    private static BigInteger Difference(Scene scene, int segment, int row) => scene.Chain.Remainders(segment)[row] - scene.Chain.Remainders(segment + 1)[row];

    private static SolvencyVerification Proven(Scene truth, Action<BookTotals[]> change)
    {
        using Scene forged = truth.Claiming(change);
        CircuitShape shape = CircuitShape.Of(forged.Circuit.Circuit, forged.LogHeights);
        (ProofOptions options, shape) = Profiles.Fit(ProofProfile.Fast, Bits + 1, shape, forged.ActiveRows);
        byte[][] proofs = [.. Enumerable.Range(0, forged.Inputs.Segments.Count).Select(segment =>
        {
            using Scene small = forged.At(segment);
            using Scene scene = small.ForProof(options.TailRows, shape.LogHeights);
            Witness witness = Forge(truth, scene);
            var context = new ProverContext { SkipSelfChecks = true, Seed = new byte[32] };
            return Prover.Prove(scene.Circuit.Circuit, WitnessFiller.Fill(scene, witness), scene.Publics, new Extender(scene, witness), options, context);
        })];
        return SolvencyStatement.Verify(forged.Inputs, SolvencyProofFile.Write(proofs), SolvencyAnchors.None, new VerifierPolicy(MinimumProvenBits: Bits));
    }

    private sealed class Extender(Scene scene, Witness witness) : ITraceExtender
    {
        public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces) =>
            WitnessFiller.FillItemsAt(challenges[0], scene, witness, traces);
    }
}
