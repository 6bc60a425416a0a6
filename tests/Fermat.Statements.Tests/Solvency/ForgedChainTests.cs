using System.Numerics;
using Fermat.Air;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>
/// Provers that make the whole chain of commitments fit their lie: statement, boundaries and hashes agree with each other, and each segment takes over what the one before says it left. Nothing but
/// the sums of the lying segments is left to give them away, and it does, in those segments and no other.
/// </summary>
public sealed class ForgedChainTests
{
    private const int Btc = 0, Usdt = 1, Claims = 2, Shortfall = 3, Bankrupt = 6;

    private static readonly SolvencyScene Two = SolvencyScene.Of(SolvencyScene.UnderExchangeSample(SampleBooks.Tiny()), segmentDepth: 1);

    [Fact]
    public void The_true_chain_breaks_nothing() => Assert.Equal(["", ""], Breaches(Two, _ => { }));

    [Fact]
    public void Claims_left_out_of_the_first_segment_are_missed_there() => Assert.Equal(["bus total", ""], Breaches(Two, totals => totals[0][Claims]--));

    [Fact]
    public void An_assets_claims_left_out_of_the_last_segment_are_missed_there() => Assert.Equal(["", "bus total"], Breaches(Two, totals => totals[1][Usdt]--));

    [Fact]
    public void A_bankrupt_account_hidden_with_its_shortfall_is_missed() => Assert.Equal(["", "bus total"], Breaches(Two, totals =>
    {
        Assert.Equal(1, totals[1][Bankrupt]);
        (totals[1][Bankrupt], totals[1][Shortfall]) = (0, 0);
    }));

    [Fact]
    public void Claims_moved_to_the_next_segment_are_missed_in_one_and_too_many_in_the_other() => Assert.Equal(["bus total", "bus total"], Breaches(Two, totals =>
    {
        totals[0][Claims] -= 7;
        totals[1][Claims] += 7;
    }));

    [Fact]
    public void Claims_moved_to_another_row_are_missed_in_one_and_too_many_in_the_other() => Assert.Equal(["bus total", ""], Breaches(Two, totals =>
    {
        totals[0][Btc] -= 1;
        totals[0][Usdt] += 1;
    }));

    [Fact]
    public void A_segment_of_negative_claims_cannot_pay_for_another() => Assert.Equal(["", "bus total"], Breaches(Two, totals => totals[1][Claims] = -totals[0][Claims]));

    [Fact]
    public void The_shift_taken_away_in_the_first_segment_and_not_in_the_last_is_noticed_in_both() => Assert.Equal(["bus total", "bus total"], Breaches(Two, totals =>
    {
        totals[0][Btc] += SegmentBoundary.Shift;
        totals[1][Btc] -= SegmentBoundary.Shift;
    }));

    /// <summary>Ways to write down a remainder below zero.</summary>
    public static TheoryData<int> Wraps() => [8 * SolvencyLimits.TotalBytes - 1, 8 * SolvencyLimits.TotalBytes];

    [Theory]
    [MemberData(nameof(Wraps))]
    public void A_reserve_that_does_not_cover_its_claims_cannot_wrap_around_in_the_last_segment(int bits) =>
        Assert.Equal(["", "bus total"], Breaches(Two, totals => totals[1][Btc] -= BigInteger.One << bits, TooFewReserves()));

    [Fact]
    public void A_reserve_that_does_not_cover_its_claims_cannot_borrow_in_an_earlier_segment() =>
        Assert.Equal(["bus total", ""], Breaches(Two, totals => totals[0][Btc] -= 1_000_000_000, TooFewReserves()));

    [Fact]
    public void Without_a_lie_there_is_no_chain_for_too_few_reserves() => Assert.Throws<ArgumentOutOfRangeException>(() => SegmentChain.Of(Two, statement: TooFewReserves()));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_revealed_total_that_is_too_low_is_missed_where_it_is_left_out(int segment)
    {
        SolvencyTotals revealed = SolvencyTotals.From(Two.Sums);
        string[] expected = segment == 0 ? ["bus total", ""] : ["", "bus total"];
        Assert.Equal(expected, Breaches(Two, totals => totals[segment][Claims]--, Two.Statement with { Revealed = revealed with { Claims = revealed.Claims - 1 } }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_book_may_be_cut_anywhere_and_a_lie_about_any_segment_is_noticed_there_alone(int seed)
    {
        var random = new Random(seed);
        Margin.Book book = RandomBooks.Make(seed);
        SolvencyScene scene = SolvencyScene.Cut(SolvencyScene.UnderExchangeSample(book), Sizes(random, book.Accounts.Count), segmentDepth: 2, depth: 6, reveal: random.Next(2) == 0);
        int count = scene.Statement.Segments.Count;
        Assert.Equal(Enumerable.Repeat("", count), Breaches(scene, _ => { }));
        if (scene.Statement.Revealed is not null) Assert.All(SegmentChain.Of(scene).Remainders(count), remainder => Assert.Equal(0, remainder));

        int liar = random.Next(count);
        Assert.Equal(Enumerable.Range(0, count).Select(i => i == liar ? "bus total" : ""), Breaches(scene, totals => totals[liar][^5]--, scene.Statement with { Revealed = null }));
    }

    [Fact]
    public void The_proofs_of_a_forged_chain_are_rejected_in_the_segment_that_lies()
    {
        Assert.True(Proven(_ => { }).Accepted);
        SolvencyVerification result = Proven(totals => totals[1][Claims]--);
        Assert.Equal(StatementRejectionCode.ProofRejected, result.Rejection!.Code);
        Assert.Equal(1, result.RejectedSegment);
        Assert.True(result.Segments[0].Accepted);
        Assert.Equal(RejectionCode.BusSumsNotZero, result.Proof!.Rejection!.Code);
    }

    /// <summary>Tiny's claims of 890 hundredths of btc against 100.</summary>
    private static SolvencyPublicInputs TooFewReserves() => Two.Statement with { Reserves = Two.Statement.Reserves.SetItem(Btc, 100_000_000) };

    /// <summary>Up to four accounts a segment, and empty segments in between.</summary>
    private static List<int> Sizes(Random random, int accounts)
    {
        List<int> sizes = [0];
        for (int left = accounts; left > 0; left -= sizes[^1]) sizes.Add(random.Next(Math.Min(left, 4) + 1));
        return sizes;
    }

    /// <summary>What breaks in each segment, joined.</summary>
    private static string[] Breaches(SolvencyScene scene, Action<BigInteger[][]> change, SolvencyPublicInputs? statement = null)
    {
        SegmentChain chain = SegmentChain.Of(scene, change, statement);
        return [.. Enumerable.Range(0, chain.Segments).Select(segment => string.Join(", ", Forged(chain, segment).Breaches()))];
    }

    /// <summary>The witness of a segment that leaves what the forged chain says.</summary>
    private static SegmentWitness Forged(SegmentChain chain, int segment)
    {
        var witness = new SegmentWitness(chain, segment);
        BigInteger[] totals = SolvencyBounds.Sums(chain.Scene.Book.Rulebook.Solvency!, chain.Scene.SegmentSums[segment]);
        BigInteger shift = segment == chain.Segments - 1 ? SegmentBoundary.Shift : 0;
        for (int row = 0; row < totals.Length; row++)
            witness.AddedAfter[row] = chain.Remainders(segment + 1)[row] - (chain.Remainders(segment)[row] - totals[row] - shift);
        return witness;
    }

    private static SolvencyVerification Proven(Action<BigInteger[][]> change)
    {
        SegmentChain chain = SegmentChain.Of(Two, change);
        return LyingProof.Verify(chain, [.. Enumerable.Range(0, chain.Segments).Select(segment => Forged(chain, segment))]);
    }
}
