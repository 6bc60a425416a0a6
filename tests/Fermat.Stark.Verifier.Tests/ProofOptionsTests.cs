using Fermat.Hashing;
using FsCheck;
using FsCheck.Fluent;

namespace Fermat.Stark.Tests;

public sealed class ProofOptionsTests
{
    private static readonly ProofOptions Good = new(CommitmentHash.Blake3, 2, 84, 20, 3, 7, 184);

    private static Gen<ProofOptions> ValidOptions =>
        from hash in Gen.Elements(Enum.GetValues<CommitmentHash>())
        from blowup in Gen.Choose(1, 5)
        from queries in Gen.Choose(1, 1024)
        from grinding in Gen.Choose(0, 40)
        from folding in Gen.Choose(1, 3)
        from final in Gen.Choose(1, 10)
        from extra in Gen.Choose(0, 100)
        from zk in Gen.Elements(true, false)
        select new ProofOptions(
            hash, blowup, queries, grinding, folding, final, (zk ? ProofOptions.MinimumTailRows(queries) : 8) + 8 * extra, zk);

    [Fact]
    public void Options_survive_their_encoding() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(2026, 7),
        Prop.ForAll(ValidOptions.ToArbitrary(), options =>
        {
            byte[] bytes = options.ToBytes();
            return bytes.Length == ProofOptions.EncodedLength
                && ProofOptions.TryParse(bytes, out ProofOptions? read, out _)
                && read == options;
        }));

    [Fact]
    public void No_two_byte_strings_mean_the_same_options() => Check.One(
        Config.QuickThrowOnFailure.WithReplay(2026, 9),
        Prop.ForAll(ValidOptions.ToArbitrary(), Gen.Choose(0, ProofOptions.EncodedLength * 8 - 1).ToArbitrary(), (options, bit) =>
        {
            byte[] bytes = options.ToBytes();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            return !ProofOptions.TryParse(bytes, out ProofOptions? read, out string? failure)
                ? failure.Length > 0
                : read != options && read.ToBytes().AsSpan().SequenceEqual(bytes);
        }));

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(13)]
    public void Other_lengths_are_not_read(int length)
    {
        Assert.False(ProofOptions.TryParse(new byte[length], out _, out string? failure));
        Assert.Equal($"{length} bytes instead of 12", failure);
    }

    [Theory]
    [InlineData(65_536, 0, 0, 1)]
    [InlineData(65_528, 0xf8, 0xff, 0)]
    public void Tail_rows_take_three_bytes_the_least_significant_first(int tailRows, byte first, byte second, byte third)
    {
        ProofOptions options = Good with { TailRows = tailRows };
        byte[] bytes = options.ToBytes();
        Assert.Equal([first, second, third], bytes[8..11]);
        Assert.True(ProofOptions.TryParse(bytes, out ProofOptions? read, out _));
        Assert.Equal(options, read);
    }

    public static TheoryData<string, ProofOptions> OutOfRange => new()
    {
        { "hash", Good with { Hash = (CommitmentHash)9 } },
        { "blowup", Good with { BlowupLog2 = 0 } },
        { "blowup", Good with { BlowupLog2 = 6 } },
        { "queries", Good with { Queries = 0 } },
        { "queries", Good with { Queries = 1025, TailRows = 4096 } },
        { "grinding", Good with { QueryGrindingBits = -1 } },
        { "grinding", Good with { QueryGrindingBits = 41 } },
        { "folding", Good with { FoldingLog2 = 0 } },
        { "folding", Good with { FoldingLog2 = 4 } },
        { "final polynomial", Good with { FinalPolynomialLog2 = 0 } },
        { "final polynomial", Good with { FinalPolynomialLog2 = 11 } },
        { "tail rows", Good with { TailRows = 0, ZeroKnowledge = false } },
        { "multiple of 8", Good with { TailRows = 188 } },
        { "tail rows", Good with { TailRows = 1 << 17 } },
        { "hide fewer", Good with { TailRows = 176 } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Each_bound_is_checked_and_named(string word, ProofOptions options)
    {
        Assert.Contains(word, options.Validate(), StringComparison.Ordinal);
        ArgumentException thrown = Assert.Throws<ArgumentException>(options.ToBytes);
        Assert.Contains(word, thrown.Message, StringComparison.Ordinal);
        Assert.StartsWith("proof options: ", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Everything is wrong at first; then one option after the other is put right, and the next is what is said.</summary>
    [Fact]
    public void Of_several_options_that_are_wrong_the_first_is_said()
    {
        var options = new ProofOptions((CommitmentHash)9, 6, 2000, 41, 4, 11, 4);
        Says("hash 9 is unknown");
        options = options with { Hash = CommitmentHash.Blake3 };
        Says("blowup log2 6 is outside 1..5");
        options = options with { BlowupLog2 = 2 };
        Says("queries 2000 is outside 1..1024");
        options = options with { Queries = 84 };
        Says("query grinding bits 41 is outside 0..40");
        options = options with { QueryGrindingBits = 20 };
        Says("folding log2 4 is outside 1..3");
        options = options with { FoldingLog2 = 3 };
        Says("final polynomial log2 11 is outside 1..10");
        options = options with { FinalPolynomialLog2 = 7 };
        Says("tail rows 4 is outside 8..65536");
        options = options with { TailRows = 12 };
        Says("tail rows 12 is not a multiple of 8");
        options = options with { TailRows = 16 };
        Says("tail rows 16 hide fewer values than 84 queries open; at least 184 are needed");
        options = options with { TailRows = 184 };
        Assert.Equal(Good, options);
        Assert.Null(options.Validate());

        void Says(string words) => Assert.Equal(words, options.Validate());
    }

    [Fact]
    public void Tail_rows_cover_each_query_twice_and_two_openings_of_five_values()
    {
        Assert.Null(Good.Validate());
        Assert.Equal(184, ProofOptions.MinimumTailRows(84));   // 2·84 + 10 = 178
        Assert.Equal(16, ProofOptions.MinimumTailRows(3));
        Assert.Null((Good with { TailRows = 8, ZeroKnowledge = false }).Validate());
    }

    [Theory]
    [InlineData("fewer than 4 times", 15, 9)]    // 512 rows, 184 tail rows
    [InlineData("outside 0..22", 10, 23)]
    [InlineData("outside 0..22", -1, 12)]
    [InlineData("table 0: 1 rows are fewer than 4 times the 184 tail rows", 0, 12)]
    [InlineData("table 1: 8 rows are fewer than 4 times the 184 tail rows", 12, 3)]
    public void Heights_are_checked_against_the_options(string words, int first, int second) =>
        Assert.Contains(words, Good.Validate([first, second]), StringComparison.Ordinal);

    [Fact]
    public void Heights_that_suit_are_accepted()
    {
        Assert.Null(Good.Validate([10, 22, 15, 15]));
        Assert.Contains("no tables", Good.Validate([]), StringComparison.Ordinal);
        Assert.Contains("below the final", (Good with { TailRows = 8, Queries = 1, FinalPolynomialLog2 = 10, ZeroKnowledge = false }).Validate([9]), StringComparison.Ordinal);
    }
}
