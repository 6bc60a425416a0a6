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
    public void Other_lengths_are_not_read(int length) => Assert.False(ProofOptions.TryParse(new byte[length], out _, out _));

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
