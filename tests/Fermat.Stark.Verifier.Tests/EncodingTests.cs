using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>One proof, one byte string.</summary>
public class EncodingTests
{
    private static readonly SequenceToy Toy = new();

    public static TheoryData<CommitmentHash, bool, int, int> Settings => new()
    {
        { CommitmentHash.Blake3, true, 1, 3 },
        { CommitmentHash.Blake3, false, 2, 2 },
        { CommitmentHash.Keccak256, true, 2, 3 },
        { CommitmentHash.Keccak256, false, 1, 1 },
        { CommitmentHash.Poseidon, true, 3, 1 },
        { CommitmentHash.Poseidon2, true, 2, 2 },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Reading_and_writing_gives_the_same_bytes(CommitmentHash hash, bool zeroKnowledge, int blowupLog2, int foldingLog2)
    {
        ProofOptions options = SequenceToy.Options with { Hash = hash, ZeroKnowledge = zeroKnowledge, BlowupLog2 = blowupLog2, FoldingLog2 = foldingLog2 };
        byte[] proof = Toy.Prove(options);
        Assert.Null(Toy.Verify(proof, new VerifierPolicy(MinimumProvenBits: 1), Toy.Key(options)).Rejection);
        Assert.Equal(proof, new OpenedProof(Toy, options, proof).With());
    }

    [Fact]
    public void Header_and_messages_are_where_the_specification_says()
    {
        byte[] proof = Toy.Prove();
        var opened = new OpenedProof(Toy, SequenceToy.Options, proof);
        Assert.Equal("FRMTPRF1"u8.ToArray(), proof[..8]);
        Assert.Equal([1, 0], proof[8..10]);
        Assert.Equal(SequenceToy.Options.ToBytes(), proof[10..22]);
        Assert.Equal(Toy.Key().Digest.ToArray(), proof[22..54]);
        Assert.Equal(PublicInputs.Digest(Toy.PublicInputs).ToArray(), proof[54..86]);
        Assert.Equal([9, 7], proof[86..88]);
        Assert.Equal(
            [
                "header 88", "phase roots 96", "bus sums 40", "quotient root 32", "openings 1660", "layer roots 96", "final polynomial 80", "nonce 8",
            ],
            opened.Parts.Take(8).Select(part => $"{part.Name} {part.Bytes}"));
        Assert.Equal(
            [
                "opening of preprocessed columns", "opening of phase 0", "opening of phase 1", "opening of phase 2", "opening of quotient",
                "opening of FRI layer 0", "opening of FRI layer 1", "opening of FRI layer 2",
            ],
            opened.Parts.Skip(8).Select(part => part.Name));
    }

    [Fact]
    public void Tables_no_taller_than_the_final_polynomial_need_no_layers()
    {
        var toy = new SequenceToy { LogHeights = [7, 7] };
        ProofOptions options = SequenceToy.Options with { FinalPolynomialLog2 = 7 };
        byte[] proof = toy.Prove(options);
        Assert.Null(toy.Verify(proof, new VerifierPolicy(MinimumProvenBits: 1), toy.Key(options)).Rejection);
        Assert.Empty(new OpenedProof(toy, options, proof).Messages.LayerRoots);
    }

    [Fact]
    public void The_shorter_table_may_come_first()
    {
        var toy = new SequenceToy { LogHeights = [7, 10] };
        Assert.Null(toy.Verify(toy.Prove()).Rejection);
    }

    /// <summary>265 is 9 in one byte: a height is written as it is or not at all.</summary>
    [Fact]
    public void A_height_that_does_not_fit_into_its_byte_is_not_written() =>
        Assert.Throws<OverflowException>(() => Tampering.Opened.With(Tampering.Opened.Header with { LogHeights = [265, 7] }));
}
