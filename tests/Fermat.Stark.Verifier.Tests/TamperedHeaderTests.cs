using Fermat.Algebra;
using Fermat.Hashing;
using static Fermat.Stark.Tests.Tampering;

namespace Fermat.Stark.Tests;

/// <summary>One test a rejection: a real proof, changed in its header, is turned down by that name.</summary>
public class TamperedHeaderTests
{
    [Fact]
    [Rejects(RejectionCode.ProofTooLong)]
    public void Longer_than_the_policy_allows()
    {
        VerifierPolicy policy = SequenceToy.Policy with { MaximumProofBytes = Honest.Length };
        Assert.True(Toy.Verify(Honest, policy).Accepted);
        AssertRejected(RejectionCode.ProofTooLong, Toy.Verify([.. Honest, 0], policy));
    }

    [Fact]
    [Rejects(RejectionCode.Truncated)]
    public void Cut_off_anywhere()
    {
        foreach (ProofPart part in Opened.Parts)
        {
            int end = Opened.Offset(part.Name) + part.Bytes - 1;
            Rejection rejection = AssertRejected(RejectionCode.Truncated, Toy.Verify(Honest.AsSpan(0, end)));
            Assert.Equal(part.Name, rejection.Part);
        }

        AssertRejected(RejectionCode.Truncated, Toy.Verify([]));
    }

    [Fact]
    [Rejects(RejectionCode.WrongMagic)]
    public void Other_magic() => AssertRejected(RejectionCode.WrongMagic, Toy.Verify(Flip(Honest, 0)));

    [Fact]
    [Rejects(RejectionCode.UnknownVersion)]
    public void Other_version() => AssertRejected(RejectionCode.UnknownVersion, Toy.Verify(Flip(Honest, ProofFormat.Magic.Length)));

    [Fact]
    [Rejects(RejectionCode.InvalidOptions)]
    public void Options_out_of_range()
    {
        byte[] proof = Honest.ToArray();
        proof[ProofFormat.Magic.Length + 2 + 2] = 9; // blowup
        AssertRejected(RejectionCode.InvalidOptions, Toy.Verify(proof));
    }

    [Fact]
    [Rejects(RejectionCode.WrongVerifyingKey)]
    public void Other_key() => AssertRejected(
        RejectionCode.WrongVerifyingKey, Toy.Verify(Opened.With(Opened.Header with { KeyDigest = new SequenceToy(start: 2).Key().Digest })));

    [Fact]
    [Rejects(RejectionCode.OptionsUnlikeKey)]
    public void Options_that_the_key_fixes() => Assert.All(
        [
            SequenceToy.Options with { Hash = CommitmentHash.Keccak256 },
            SequenceToy.Options with { BlowupLog2 = 3 },
            SequenceToy.Options with { TailRows = 32 },
        ],
        options => AssertRejected(RejectionCode.OptionsUnlikeKey, Toy.Verify(Opened.With(Opened.Header with { Options = options }))));

    [Fact]
    [Rejects(RejectionCode.WrongPublicInputs)]
    public void Other_public_inputs() => AssertRejected(
        RejectionCode.WrongPublicInputs, Toy.Verify(Opened.With(Opened.Header with { PublicInputsDigest = PublicInputs.Digest([1, 2, 3]) })));

    [Fact]
    [Rejects(RejectionCode.HeightOutOfRange)]
    public void Heights_outside_the_circuits_limits()
    {
        foreach (int height in new[] { 0, 3, 23, 24, 31, 32, 64, 255 })
        {
            Rejection rejection = AssertRejected(RejectionCode.HeightOutOfRange, Toy.Verify(WithHeights(height, 7)));
            Assert.Equal("table \"sequence\"", rejection.Part);
        }
    }

    [Fact]
    [Rejects(RejectionCode.HeightUnlikeKey)]
    public void Heights_that_the_key_fixes() => AssertRejected(RejectionCode.HeightUnlikeKey, Toy.Verify(WithHeights(9, 8)));

    [Fact]
    [Rejects(RejectionCode.OptionsUnlikeHeights)]
    public void Heights_too_low_for_the_tail_rows() => AssertRejected(RejectionCode.OptionsUnlikeHeights, Toy.Verify(WithHeights(6, 7)));

    [Fact]
    [Rejects(RejectionCode.PublicTableTooShort)]
    public void Heights_too_low_for_a_public_table()
    {
        var longer = new SequenceToy(1, [.. Enumerable.Repeat(1u, 120)]);
        ProofOptions options = SequenceToy.Options;
        var opened = new OpenedProof(longer, options, longer.Prove());
        byte[] proof = opened.With(opened.Header with { LogHeights = [7, 7] });
        Assert.Equal("120 rows", AssertRejected(RejectionCode.PublicTableTooShort, longer.Verify(proof)).Expected);
    }

    [Fact]
    [Rejects(RejectionCode.PublicTablesTooLarge)]
    public void Heights_that_make_public_columns_large()
    {
        VerifierPolicy policy = SequenceToy.Policy with { MaximumPublicCells = Matrix.StrideMultiple << 9 };
        Assert.True(Toy.Verify(Honest, policy).Accepted);
        AssertRejected(RejectionCode.PublicTablesTooLarge, Toy.Verify(WithHeights(10, 7), policy));
    }

    /// <summary>The limit is on memory: six columns take rows of sixteen cells.</summary>
    [Fact]
    public void Public_columns_are_counted_as_they_are_allocated()
    {
        VerifierPolicy policy = SequenceToy.Policy with { MaximumPublicCells = (Matrix.StrideMultiple << 9) - 1 };
        AssertRejected(RejectionCode.PublicTablesTooLarge, Toy.Verify(Honest, policy));
    }

    [Fact]
    [Rejects(RejectionCode.TooManyMessages)]
    [Trait("Pitfall", "multiplicities that wrap p")]
    public void Multiplicities_that_wrap()
    {
        var toy = new ManyMessagesToy();
        byte[] proof = toy.Prove();
        Assert.Null(toy.Verify(proof).Rejection);
        byte[] taller = proof.ToArray();
        taller[ProofFormat.FixedHeaderLength] = 22;
        AssertRejected(RejectionCode.TooManyMessages, toy.Verify(taller));
        Assert.Equal(RejectionCode.TooManyMessages, Verifier.Judge(toy.Circuit, taller, new VerifierPolicy(MinimumProvenBits: 0))?.Rejection?.Code);
        Assert.Equal(RejectionCode.TooManyMessages, Verifier.Judge(toy.Circuit, taller, VerifierPolicy.Default)?.Rejection?.Code); // said before the bits, which do not do either
    }

    [Fact]
    [Rejects(RejectionCode.TooFewProvenBits)]
    public void Fewer_queries_than_the_policy_needs()
    {
        VerifierPolicy policy = new(MinimumProvenBits: 6);
        Assert.True(Toy.Verify(Honest, policy).Accepted);
        byte[] proof = Opened.With(Opened.Header with { Options = SequenceToy.Options with { Queries = 3 } });
        AssertRejected(RejectionCode.TooFewProvenBits, Toy.Verify(proof, policy));
        AssertRejected(RejectionCode.TooFewProvenBits, Toy.Verify(Honest, VerifierPolicy.Default));
    }

    /// <summary>The order of docs/PROTOCOL.md. Everything about the header is wrong at first; then one thing after the other is put right, and the next is what is said.</summary>
    [Fact]
    public void Of_several_things_that_are_wrong_the_first_in_the_documents_order_is_said()
    {
        var toy = new SequenceToy(1, [.. Enumerable.Repeat(1u, 120)]);
        var opened = new OpenedProof(toy, SequenceToy.Options, toy.Prove());
        VerifierPolicy policy = new(MinimumProvenBits: 30, MaximumPublicCells: 1, MaximumProofBytes: 1);
        ProofHeader header = opened.Header with
        {
            KeyDigest = new SequenceToy(start: 2).Key().Digest,
            Options = SequenceToy.Options with { TailRows = 32 },
            PublicInputsDigest = PublicInputs.Digest([1, 2, 3]),
            LogHeights = [3, 8],
        };
        Says(RejectionCode.ProofTooLong);
        policy = policy with { MaximumProofBytes = 1 << 20 };
        Says(RejectionCode.WrongVerifyingKey);
        header = header with { KeyDigest = opened.Header.KeyDigest };
        Says(RejectionCode.OptionsUnlikeKey);
        header = header with { Options = opened.Header.Options };
        Says(RejectionCode.WrongPublicInputs);
        header = header with { PublicInputsDigest = opened.Header.PublicInputsDigest };
        Says(RejectionCode.HeightOutOfRange);
        header = header with { LogHeights = [6, 8] };
        Says(RejectionCode.HeightUnlikeKey);
        header = header with { LogHeights = [6, 7] };
        Says(RejectionCode.OptionsUnlikeHeights);
        header = header with { LogHeights = [7, 7] };
        Says(RejectionCode.PublicTableTooShort);
        header = header with { LogHeights = [9, 7] };
        Says(RejectionCode.PublicTablesTooLarge);
        policy = policy with { MaximumPublicCells = 1 << 20 };
        Says(RejectionCode.TooFewProvenBits);
        policy = policy with { MinimumProvenBits = 4 };
        Assert.Null(toy.Verify(opened.With(header), policy).Rejection);

        void Says(RejectionCode code) => AssertRejected(code, toy.Verify(opened.With(header), policy));
    }

    [Fact]
    [Rejects(RejectionCode.TooFewProvenBits)]
    public void Fewer_bits_of_the_hash_than_the_policy_needs()
    {
        Assert.True(Toy.Verify(Honest, SequenceToy.Policy with { MinimumHashBits = 128 }).Accepted);
        Rejection rejection = AssertRejected(RejectionCode.TooFewProvenBits, Toy.Verify(Honest, SequenceToy.Policy with { MinimumHashBits = 129 }));
        Assert.Equal("at least 4 bits, 129 of the hash", rejection.Expected);
    }

    [Fact]
    public void Parameters_are_judged_without_a_key_as_the_verifier_does()
    {
        Assert.Null(Verifier.Judge(Toy.Circuit, Honest, SequenceToy.Policy));
        Assert.Null(Verifier.Judge(Toy.Circuit, Flip(Honest, 30), SequenceToy.Policy)); // the key's digest is not its subject
        Assert.Null(Verifier.Judge(Toy.Circuit, Honest.AsSpan(0, ProofFormat.FixedHeaderLength + 2), SequenceToy.Policy));
        Judged(RejectionCode.ProofTooLong, Honest, SequenceToy.Policy with { MaximumProofBytes = Honest.Length - 1 });
        Judged(RejectionCode.Truncated, Honest[..(ProofFormat.FixedHeaderLength + 1)], SequenceToy.Policy);
        Judged(RejectionCode.WrongMagic, Flip(Honest, 0), SequenceToy.Policy);
        Judged(RejectionCode.HeightOutOfRange, WithHeights(23, 7), SequenceToy.Policy);
        Judged(RejectionCode.OptionsUnlikeHeights, WithHeights(6, 7), SequenceToy.Policy);
        Judged(RejectionCode.TooFewProvenBits, Honest, VerifierPolicy.Default);

        static void Judged(RejectionCode code, byte[] proof, VerifierPolicy policy)
        {
            VerificationResult? result = Verifier.Judge(Toy.Circuit, proof, policy);
            Assert.NotNull(result);
            AssertRejected(code, result);
            Assert.Equal(code, Toy.Verify(proof, policy).Rejection!.Code);
        }
    }

    private static byte[] WithHeights(params int[] logHeights) => Opened.With(Opened.Header with { LogHeights = [.. logHeights] });

    private static byte[] Flip(byte[] proof, int at)
    {
        byte[] flipped = proof.ToArray();
        flipped[at] ^= 1;
        return flipped;
    }
}
