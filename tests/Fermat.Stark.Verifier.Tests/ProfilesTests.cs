using Fermat.Hashing;
using static Fermat.Stark.Tests.SoundnessFixtures;

namespace Fermat.Stark.Tests;

public sealed class ProfilesTests
{
    public static TheoryData<ProofProfile, int, int> Cases
    {
        get
        {
            var data = new TheoryData<ProofProfile, int, int>();
            foreach (ProofProfile profile in Enum.GetValues<ProofProfile>())
            {
                foreach (int tallest in new[] { 11, 15, 19, 21 }) data.Add(profile, Profiles.StandardBits, tallest);
                data.Add(profile, Profiles.HighBits, 12);
            }
            return data;
        }
    }

    private static CircuitShape Shape(int bits, int tallest) => bits == Profiles.HighBits ? Plain(tallest) : Book(tallest);

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_options_prove_the_bits_and_one_query_less_does_not(ProofProfile profile, int bits, int tallest)
    {
        CircuitShape shape = Shape(bits, tallest);
        ProofOptions options = Profiles.Select(profile, bits, shape);
        Assert.Null(options.Validate(shape.LogHeights));
        Assert.Equal((int)profile, options.BlowupLog2);
        Assert.True(Soundness.Compute(new SoundnessInput(shape, options)).Meets(bits));
        Assert.False(Soundness.Compute(new SoundnessInput(shape, options with { Queries = options.Queries - 1 })).Meets(bits));
        Assert.True(options.TailRows > ProofOptions.MinimumTailRows(options.Queries) && options.TailRows % 16 == 0); // more than hide, by a little
        Assert.Equal(0, (shape.LogHeights.Min() - options.FinalPolynomialLog2) % 3);
    }

    [Fact]
    public void Lower_rates_need_fewer_queries()
    {
        int[] queries = [.. Enum.GetValues<ProofProfile>().Select(profile => Profiles.Select(profile, 100, Book(19)).Queries)];
        Assert.True(queries[0] > queries[1] && queries[1] > queries[2]);
    }

    [Fact]
    public void An_algebraic_hash_cannot_give_128_bits()
    {
        Assert.False(Profiles.TrySelect(ProofProfile.Balanced, 128, Plain(14), CommitmentHash.Poseidon, out ProofOptions? options, out string? failure));
        Assert.Null(options);
        Assert.Contains("124", failure, StringComparison.Ordinal);
        Assert.True(Profiles.TrySelect(ProofProfile.Balanced, 100, Plain(14), CommitmentHash.Poseidon, out options, out _));
        Assert.Equal(CommitmentHash.Poseidon, options.Hash);
    }

    /// <summary>One of several proofs of a statement proves more than the whole does, past what is assumed of the hash; the hash must be good for the whole only.</summary>
    [Theory]
    [InlineData(ProofProfile.Fast, 1)]
    [InlineData(ProofProfile.Balanced, 2)]
    [InlineData(ProofProfile.Compact, 3)]
    public void Extra_bits_are_proven_and_not_asked_of_the_hash(ProofProfile profile, int extra)
    {
        (ProofOptions options, CircuitShape shape) = Profiles.Fit(profile, Profiles.HighBits, Plain(11), [100], extraOracleBits: extra);
        SoundnessReport report = Soundness.Compute(new SoundnessInput(shape, options));
        Assert.True(report.Meets(Profiles.HighBits + extra, Profiles.HighBits));
        Assert.False(report.Meets(Profiles.HighBits + extra));
        Assert.False(Soundness.Compute(new SoundnessInput(shape, options with { Queries = options.Queries - 1 })).Meets(Profiles.HighBits + extra, Profiles.HighBits));
        Assert.Throws<ArgumentException>(() => Profiles.Fit(profile, Profiles.HighBits, Plain(11), [100], CommitmentHash.Poseidon, extra));
        Assert.Throws<ArgumentOutOfRangeException>(() => Profiles.Fit(profile, Profiles.HighBits, Plain(11), [100], extraOracleBits: 33));
        Assert.Throws<ArgumentOutOfRangeException>(() => Profiles.Fit(profile, Profiles.HighBits, Plain(11), [100], extraOracleBits: -1));
    }

    /// <summary>The messages of all segments together are those of the book, so cutting a book that is too large for 128 bits does not bring it within reach.</summary>
    [Fact]
    public void Cutting_into_segments_does_not_bring_lookups_within_reach()
    {
        int whole = Tallest(0);
        Assert.InRange(whole, 16, 20);
        for (int extra = 1; extra <= 3; extra++) Assert.InRange(Tallest(extra) + extra, 16, whole);

        static int Tallest(int extra) => Enumerable.Range(13, 9).Last(log => Reaches(log, extra));
        static bool Reaches(int log, int extra)
        {
            try
            {
                Profiles.Fit(ProofProfile.Fast, Profiles.HighBits, Book(log), [0, 0, 0, 0, 0], extraOracleBits: extra);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void What_stands_in_the_way_is_named()
    {
        Assert.False(Profiles.TrySelect(ProofProfile.Fast, 128, Book(21), CommitmentHash.Blake3, out _, out string? lookups));
        Assert.Contains("lookup", lookups, StringComparison.Ordinal);
        Assert.False(Profiles.TrySelect(ProofProfile.Fast, 100, Plain(9), CommitmentHash.Blake3, out _, out string? tooShort));
        Assert.Contains("tail rows", tooShort, StringComparison.Ordinal);
        Assert.False(Profiles.TrySelect(ProofProfile.Compact, 100, Plain(22), CommitmentHash.Blake3, out _, out string? tooTall));
        Assert.Contains("too many", tooTall, StringComparison.Ordinal);
        Assert.False(Profiles.TrySelect(ProofProfile.Compact, 100, new CircuitShape([], []), CommitmentHash.Blake3, out _, out _));
        Assert.False(Profiles.TrySelect(ProofProfile.Compact, 100, Plain(0), CommitmentHash.Blake3, out _, out _));
        Assert.Throws<ArgumentException>(() => Profiles.Select(ProofProfile.Fast, 128, Book(21)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Profiles.Select(ProofProfile.Fast, 129, Book(15)));
        Assert.Throws<ArgumentOutOfRangeException>("bits", () => Profiles.Select(ProofProfile.Fast, 0, Book(15)));
    }

    [Theory]
    [InlineData(ProofProfile.Fast)]
    [InlineData(ProofProfile.Balanced)]
    [InlineData(ProofProfile.Compact)]
    public void Fit_finds_the_smallest_heights(ProofProfile profile)
    {
        CircuitShape shape = new([new TableShape("a", 0, 100, 5, 50, 3, [2]), new TableShape("b", 0, 60, 0, 20, 2, [2, 2])], []);
        (ProofOptions options, CircuitShape fitted) = Profiles.Fit(profile, 100, shape, [60_000, 0]);
        Assert.True(Soundness.Compute(new SoundnessInput(fitted, options)).Meets(100));
        Assert.Equal(16, fitted.Tables[0].LogHeight);
        Assert.True((1 << fitted.Tables[1].LogHeight) >= 4 * options.TailRows && (1 << fitted.Tables[1].LogHeight) < 8 * options.TailRows);

        int full = (1 << 16) - options.TailRows;
        Assert.Equal(16, Profiles.Fit(profile, 100, shape, [full, 0]).Shape.Tables[0].LogHeight);
        Assert.Equal(17, Profiles.Fit(profile, 100, shape, [full + 1, 0]).Shape.Tables[0].LogHeight);
    }

    [Theory]
    [InlineData(ProofProfile.Fast, CommitmentHash.Blake3, 20)]
    [InlineData(ProofProfile.Balanced, CommitmentHash.Keccak256, 20)]
    [InlineData(ProofProfile.Compact, CommitmentHash.Blake3, 27)]
    [InlineData(ProofProfile.Compact, CommitmentHash.Keccak256, 27)]
    [InlineData(ProofProfile.Compact, CommitmentHash.Poseidon2, 20)]
    public void A_profile_grinds_what_its_hash_can_afford(ProofProfile profile, CommitmentHash hash, int bits)
    {
        Assert.Equal(bits, Profiles.Fit(profile, 100, Plain(14), [5], hash).Options.QueryGrindingBits);
        Assert.Equal(12, Profiles.Fit(profile, 100, Plain(14), [5], hash, grindingBits: 12).Options.QueryGrindingBits);
    }

    /// <summary>Of two tables it is the one in the way that is spoken of.</summary>
    [Fact]
    public void What_stands_in_the_way_of_one_of_two_tables_is_named()
    {
        Assert.Equal("2^22 rows are too many for profile Compact", Failure(ProofProfile.Compact, Two(22, 11)));
        Assert.Equal("a table of log height 0 holds no tail rows", Failure(ProofProfile.Compact, Two(0, 12)));
        Assert.Contains("2 rows are fewer than 4 times", Failure(ProofProfile.Compact, Two(1, 12)), StringComparison.Ordinal);
        Assert.Equal("there are no tables", Failure(ProofProfile.Compact, new CircuitShape([], [])));
        Assert.EndsWith("multiplicities could wrap", Failure(ProofProfile.Fast, new CircuitShape([new TableShape("talker", 22, 100, 5, 50, 3, [.. Enumerable.Repeat(2, 600)])], [])), StringComparison.Ordinal);

        ArgumentException tall = Assert.Throws<ArgumentException>("activeRows", () => Profiles.Fit(ProofProfile.Compact, 100, Two(11, 11), [1 << 22, 5]));
        Assert.StartsWith("2^23 rows are too many for profile Compact", tall.Message, StringComparison.Ordinal);
        ArgumentException extra = Assert.Throws<ArgumentException>(() => Profiles.Fit(ProofProfile.Fast, 128, Two(21, 21), [5, 5], extraOracleBits: 3));
        Assert.StartsWith("131 bits are out of reach", extra.Message, StringComparison.Ordinal);

        static CircuitShape Two(int first, int second) => new([new TableShape("a", first, 100, 5, 50, 3, [2]), new TableShape("b", second, 60, 0, 20, 2, [2, 2])], []);

        static string? Failure(ProofProfile profile, CircuitShape shape)
        {
            Assert.False(Profiles.TrySelect(profile, 100, shape, CommitmentHash.Blake3, out _, out string? failure));
            return failure;
        }
    }

    [Fact]
    public void Heights_are_of_rows_that_there_are()
    {
        Assert.Throws<ArgumentOutOfRangeException>("activeRows", () => Profiles.LogHeight(-1, 8));
        Assert.Throws<ArgumentOutOfRangeException>("tailRows", () => Profiles.LogHeight(1, 0));
    }

    [Fact]
    public void Fit_keeps_given_heights_and_refuses_what_is_too_tall()
    {
        CircuitShape shape = new([new TableShape("a", 20, 100, 5, 50, 3, [])], []);
        Assert.Equal(20, Profiles.Fit(ProofProfile.Fast, 100, shape, [5]).Shape.Tables[0].LogHeight);
        Assert.Throws<ArgumentException>(() => Profiles.Fit(ProofProfile.Compact, 100, shape, [1 << 22]));
        ArgumentException two = Assert.Throws<ArgumentException>("activeRows", () => Profiles.Fit(ProofProfile.Compact, 100, shape, [5, 5]));
        Assert.StartsWith("2 row counts for 1 tables", two.Message, StringComparison.Ordinal);
        Assert.Equal(21, Profiles.Fit(ProofProfile.Compact, 100, shape, [1 << 20]).Shape.Tables[0].LogHeight); // the longest codeword there is
    }

    [Theory]
    [InlineData(0, 96, 9)]
    [InlineData(416, 96, 9)]
    [InlineData(417, 96, 10)]
    [InlineData(0, 128, 9)]
    [InlineData(0, 136, 10)]
    public void Heights_hold_active_and_tail_rows(int active, int tail, int log) => Assert.Equal(log, Profiles.LogHeight(active, tail));
}
