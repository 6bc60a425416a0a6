using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>What a verifying key depends on.</summary>
public class VerifyingKeyTests
{
    private static readonly SequenceToy Toy = new();

    [Fact]
    public void It_depends_on_the_circuit_and_on_what_is_committed()
    {
        ProofOptions options = SequenceToy.Options;
        Digest[] digests =
        [
            Toy.Key().Digest,
            new SequenceToy(start: 2).Key().Digest,
            new SequenceToy { LogHeights = [9, 8] }.Key().Digest,
            Toy.Key(options with { Hash = CommitmentHash.Keccak256 }).Digest,
            Toy.Key(options with { BlowupLog2 = 3 }).Digest,
            Toy.Key(options with { TailRows = 32 }).Digest,
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void It_does_not_depend_on_what_is_not_committed()
    {
        VerifyingKey key = Toy.Key();
        Assert.Equal(key.Digest, new SequenceToy { LogHeights = [10, 7] }.Key().Digest);
        Assert.Equal(key.Digest, Toy.Key(SequenceToy.Options with { Queries = 5, FoldingLog2 = 1 }).Digest);
        Assert.Equal([null, 7], key.PreprocessedLogHeights);
        Assert.NotNull(key.PreprocessedRoot);
    }
}
