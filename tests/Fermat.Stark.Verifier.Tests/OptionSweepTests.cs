using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>Options at the edges of their ranges: honest proofs are accepted, and whatever follows a valid header is rejected, never an exception.</summary>
public class OptionSweepTests
{
    private static readonly VerifierPolicy AnyBits = new(MinimumProvenBits: 0);

    private static readonly CommitmentHash[] Hashes = [CommitmentHash.Blake3, CommitmentHash.Keccak256, CommitmentHash.Poseidon, CommitmentHash.Poseidon2];

    [Fact]
    public void HonestProofsOfAllShapesAreAccepted()
    {
        var random = new Random(5);
        for (int i = 0; i < 48; i++)
        {
            (SequenceToy toy, ProofOptions options) = Draw(random, Hashes[i % Hashes.Length]);
            VerificationResult result = toy.Verify(toy.Prove(options), AnyBits, toy.Key(options));
            Assert.True(result.Accepted, $"{options}, heights {string.Join(' ', toy.LogHeights)}: {result.Rejection}");
        }
    }

    [Fact]
    public void ZerosAfterAValidHeaderAreRejected()
    {
        var random = new Random(6);
        for (int i = 0; i < 200; i++)
        {
            (SequenceToy toy, ProofOptions options) = Draw(random, CommitmentHash.Blake3);
            VerifyingKey key = toy.Key(options);
            int[] heights = [.. toy.LogHeights];
            heights[SequenceToy.Sequence] = random.Next(heights[SequenceToy.Sequence], 14);
            var header = new ProofHeader(options, key.Digest, PublicInputs.Digest(toy.PublicInputs), [.. heights]);
            var writer = new ByteWriter();
            writer.Bytes(ProofFormat.Magic);
            writer.UInt16(ProofFormat.Version);
            writer.Bytes(options.ToBytes());
            writer.Digest(header.KeyDigest);
            writer.Digest(header.PublicInputsDigest);
            foreach (int height in heights) writer.Byte((byte)height);
            writer.Bytes(new byte[random.Next(2) == 0 ? 1 << 16 : random.Next(4000)]);
            VerificationResult result = toy.Verify(writer.ToArray(), AnyBits, key);
            Assert.False(result.Accepted);
            Assert.True(result.Rejection!.Code is RejectionCode.Truncated or RejectionCode.ConstraintsNotSatisfied, result.Rejection.ToString());
        }
    }

    private static (SequenceToy Toy, ProofOptions Options) Draw(Random random, CommitmentHash hash)
    {
        int[] heights = [random.Next(6, 10), random.Next(6, 9)];
        var options = new ProofOptions(
            hash,
            BlowupLog2: random.Next(1, 6),
            Queries: random.Next(1, 4),
            QueryGrindingBits: random.Next(0, 3),
            FoldingLog2: random.Next(1, 4),
            FinalPolynomialLog2: random.Next(1, heights.Min() + 1),
            TailRows: 16,
            ZeroKnowledge: random.Next(3) > 0);
        return (new SequenceToy { LogHeights = heights }, options);
    }
}
