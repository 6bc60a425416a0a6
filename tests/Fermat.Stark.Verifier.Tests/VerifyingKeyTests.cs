using System.Buffers;
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

    [Fact]
    public void It_serves_every_object_of_the_same_circuit_and_of_no_other()
    {
        VerifyingKey key = Toy.Key();
        var again = new SequenceToy();
        Assert.NotSame(Toy.Circuit, again.Circuit);
        byte[] proof = Toy.Prove(seed: 3);
        Assert.True(again.Verify(proof, key: key).Accepted);
        ArgumentException refused = Assert.Throws<ArgumentException>("key", () => new SequenceToy(start: 2).Verify(proof, key: key));
        Assert.StartsWith("the key is for another circuit than sequence toy", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The formula of docs/PROTOCOL.md, where there is a root and where there is none: without one, nothing stands in its place.</summary>
    [Fact]
    public void Its_digest_is_that_of_the_document_with_a_root_and_without()
    {
        VerifyingKey with = Toy.Key(), without = VerifyingKey.Compile(new ManyMessagesToy().Circuit, SequenceToy.Options, [7]);
        Assert.NotNull(with.PreprocessedRoot);
        Assert.Null(without.PreprocessedRoot);
        Assert.Equal(DocumentedDigest(with, [255, 7]), with.Digest);
        Assert.Equal(DocumentedDigest(without, [255]), without.Digest);
    }

    private static Digest DocumentedDigest(VerifyingKey key, byte[] heights)
    {
        var circuit = new ArrayBufferWriter<byte>();
        key.Circuit.WriteCanonical(circuit);
        List<byte> bytes = [.. Bytes(Blake3.DeriveKey("fermat circuit v1", circuit.WrittenSpan)), 1, 2, 24, 0, 0, 0, (byte)heights.Length, 0, 0, 0, .. heights];
        if (key.PreprocessedRoot is { } root) bytes.AddRange(Bytes(root));
        return Blake3.DeriveKey("fermat verifying key v1", [.. bytes]);
    }

    private static byte[] Bytes(Digest digest)
    {
        byte[] bytes = new byte[Digest.Length];
        digest.CopyTo(bytes);
        return bytes;
    }
}
