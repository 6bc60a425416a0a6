using static Fermat.Stark.Tests.Tampering;

namespace Fermat.Stark.Tests;

/// <summary>A memo shared by proofs saves the search and changes no verdict.</summary>
public class SoundnessMemoTests
{
    [Fact]
    public void What_is_remembered_is_for_the_same_circuit_options_and_heights_only()
    {
        var memo = new SoundnessMemo();
        var other = new SequenceToy(start: 1, degree: 1 << 20, weights: []);
        ProofShape[] shapes =
        [
            new(Toy.Circuit, SequenceToy.Options, [9, 7]),
            new(Toy.Circuit, SequenceToy.Options, [10, 7]),
            new(Toy.Circuit, SequenceToy.Options with { Queries = 7 }, [9, 7]),
            new(Toy.Circuit, SequenceToy.Options with { ZeroKnowledge = false }, [9, 7]),
            new(other.Circuit, SequenceToy.Options, [9, 7]),
            new(Toy.Circuit, SequenceToy.Options, [9, 7]),
        ];
        foreach (ProofShape shape in shapes)
        {
            SoundnessReport expected = Soundness.Compute(shape.ToSoundnessInput()), got = memo.Of(shape);
            Assert.Equal(expected.ToString(), got.ToString());
            Assert.Equal(expected.Johnson.Terms.Select(term => term.Bits), got.Johnson.Terms.Select(term => term.Bits));
            Assert.Same(got, memo.Of(new ProofShape(shape.Circuit, shape.Options, [.. shape.LogHeights])));
        }
    }

    [Fact]
    public void A_strong_proof_does_not_vouch_for_a_weaker_one()
    {
        var memo = new SoundnessMemo();
        var policy = new VerifierPolicy(MinimumProvenBits: 6);
        byte[] weaker = Opened.With(Opened.Header with { Options = SequenceToy.Options with { Queries = 3 } });
        Assert.Null(Verifier.Judge(Toy.Circuit, Honest, policy, memo));
        Assert.True(Verifier.Verify(Toy.Circuit, Toy.Key(), Toy, Honest, policy, memo).Accepted);
        AssertRejected(RejectionCode.TooFewProvenBits, Verifier.Verify(Toy.Circuit, Toy.Key(), Toy, weaker, policy, memo));
        Assert.Equal(RejectionCode.TooFewProvenBits, Verifier.Judge(Toy.Circuit, weaker, policy, memo)?.Rejection!.Code);
        Assert.True(Verifier.Verify(Toy.Circuit, Toy.Key(), Toy, Honest, policy, memo).Accepted);
    }

    [Fact]
    public void What_is_remembered_is_what_a_result_says()
    {
        var memo = new SoundnessMemo();
        SoundnessReport known = memo.Of(new ProofShape(Toy.Circuit, SequenceToy.Options, [9, 7]));
        Assert.Same(known, Verifier.Verify(Toy.Circuit, Toy.Key(), Toy, Honest, SequenceToy.Policy, memo).Soundness);
        Assert.Same(known, Verifier.Judge(Toy.Circuit, Honest, VerifierPolicy.Default, memo)!.Soundness);
    }
}
