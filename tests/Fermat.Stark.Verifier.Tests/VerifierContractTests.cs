using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using static Fermat.Stark.Tests.Tampering;

namespace Fermat.Stark.Tests;

/// <summary>What callers of the verifier rely on besides its answer: what a result contains, and that a missing argument is their error and named.</summary>
public class VerifierContractTests
{
    [Fact]
    public void An_accepted_proofs_result_describes_it()
    {
        VerificationResult result = Toy.Verify(Honest);
        ProofInfo info = result.Info!;
        Assert.Equal(Honest.Length, info.Bytes);
        Assert.Equal(SequenceToy.Options, info.Options);
        Assert.Equal(Toy.Key().Digest.ToString(), info.KeyDigest);
        Assert.Equal(Opened.Plan.Distinct.Length, info.DistinctQueries);
        Assert.Equal(Opened.Parts, info.Parts);
        Assert.Equal(Opened.Shape.ToSoundnessInput().Options, SequenceToy.Options);
        Assert.Equal(Soundness.Compute(Opened.Shape.ToSoundnessInput()).ToText(), result.Soundness!.ToText());
    }

    [Fact]
    public void Soundness_is_given_as_far_as_it_was_computed()
    {
        Assert.Null(Toy.Verify(Honest[..50]).Soundness);
        Assert.NotNull(Toy.Verify(Honest[..^1]).Soundness);
        Assert.NotNull(Toy.Verify(Honest, VerifierPolicy.Default).Soundness);
        Assert.NotNull(Verifier.Judge(Toy.Circuit, Honest, VerifierPolicy.Default)!.Soundness);
        Assert.Null(Verifier.Judge(Toy.Circuit, Honest[..50], VerifierPolicy.Default)!.Soundness);
    }

    [Fact]
    public void The_policy_is_met_with_exactly_its_bits_and_bytes()
    {
        int bits = Toy.Verify(Honest).Soundness!.OracleBits;
        Assert.True(Toy.Verify(Honest, new VerifierPolicy(bits, Honest.Length)).Accepted);
        Assert.False(Toy.Verify(Honest, new VerifierPolicy(bits + 1, Honest.Length)).Accepted);
        Assert.Equal((100, 64 << 20, 1L << 26), (VerifierPolicy.Default.MinimumProvenBits, VerifierPolicy.Default.MaximumProofBytes, VerifierPolicy.Default.MaximumPublicCells));
    }

    [Fact]
    public void The_heights_of_the_circuit_are_allowed_to_their_ends()
    {
        (int lowest, int highest) = (Toy.Circuit.Tables[0].MinLogHeight, Math.Min(Toy.Circuit.Tables[0].MaxLogHeight, KoalaBear.TwoAdicity - 2));
        Assert.Equal(RejectionCode.HeightOutOfRange, Judged(lowest - 1, SequenceToy.Policy));
        Assert.NotEqual(RejectionCode.HeightOutOfRange, Judged(lowest, SequenceToy.Policy));
        Assert.NotEqual(RejectionCode.HeightOutOfRange, Judged(highest, SequenceToy.Policy));
        Assert.Equal(RejectionCode.HeightOutOfRange, Judged(highest + 1, SequenceToy.Policy));

        static RejectionCode? Judged(int height, VerifierPolicy policy) =>
            Verifier.Judge(Toy.Circuit, Opened.With(Opened.Header with { LogHeights = [height, 7] }), policy)?.Rejection!.Code;
    }

    [Fact]
    public void A_table_with_just_enough_active_rows_holds_its_public_columns()
    {
        Assert.Null(new StatementCheck(Toy.Circuit, Toy.Key(), new SequenceToy(1, new uint[104]), SequenceToy.Policy).PublicTables(Opened.Header with { LogHeights = [7, 7] }));
        Assert.NotNull(new StatementCheck(Toy.Circuit, Toy.Key(), new SequenceToy(1, new uint[105]), SequenceToy.Policy).PublicTables(Opened.Header with { LogHeights = [7, 7] }));
    }

    [Fact]
    public void A_missing_argument_is_named()
    {
        VerifyingKey key = Toy.Key();
        VerifierPolicy policy = SequenceToy.Policy;
        Circuit circuit = Toy.Circuit;
        ProofOptions options = SequenceToy.Options;
        Missing("circuit", () => Verifier.Verify(null!, key, Toy, Honest, policy));
        Missing("key", () => Verifier.Verify(circuit, null!, Toy, Honest, policy));
        Missing("publics", () => Verifier.Verify(circuit, key, null!, Honest, policy));
        Missing("policy", () => Verifier.Verify(circuit, key, Toy, Honest, null!));
        Missing("key", () => Verifier.Verify(null!, Toy, Honest));
        Missing("circuit", () => Verifier.Judge(null!, Honest, policy));
        Missing("policy", () => Verifier.Judge(circuit, Honest, null!));
        Missing("circuit", () => new ProofShape(null!, options, [9, 7]));
        Missing("options", () => new ProofShape(circuit, null!, [9, 7]));
        Missing("logHeights", () => new ProofShape(circuit, options, null!));
        Missing("key", () => new ProtocolTranscript(null!, Opened.Shape, []));
        Missing("shape", () => new ProtocolTranscript(key, null!, []));
        Missing("shape", () => new QueryPlan(null!, [1]));
        Missing("shape", () => new DeepCombination(null!, Quintic.X, [], []));
        Missing("circuit", () => VerifyingKey.DigestOf(null!));
        Missing("proof", () => ProofWriter.Write(null!));
        Missing("options", () => FoldingSchedule.Of(null!, [9]));
        Missing("logHeights", () => options.Validate(null!));
        Missing("circuit", () => CircuitShape.Of(null!, [9]));
        Missing("logHeights", () => CircuitShape.Of(circuit, null!));
        Missing("circuit", () => ProofSetup.Create(null!, [9]));
        Missing("circuit", () => new PublicValues(null!));
        Missing("columns", () => new PublicValues(circuit, null!));
        Missing("shape", () => Profiles.Select(ProofProfile.Fast, 100, null!));
        Missing("shape", () => Profiles.Fit(ProofProfile.Fast, 100, null!, [1]));
        Missing("activeRows", () => Profiles.Fit(ProofProfile.Fast, 100, SoundnessFixtures.Plain(), null!));

        static void Missing(string name, Func<object?> call) => Assert.Equal(name, Assert.Throws<ArgumentNullException>(() => { call(); }).ParamName);
    }
}
