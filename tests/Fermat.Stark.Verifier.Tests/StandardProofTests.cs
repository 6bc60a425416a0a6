namespace Fermat.Stark.Tests;

/// <summary>Proofs with the options that users get, under the policy that users have.</summary>
public class StandardProofTests
{
    [Theory]
    [InlineData(ProofProfile.Fast)]
    [InlineData(ProofProfile.Compact)]
    public void The_default_policy_accepts_the_standard_profiles(ProofProfile profile)
    {
        var toy = new SequenceToy();
        (ProofOptions options, CircuitShape shape) = Profiles.Fit(
            profile, Profiles.StandardBits, CircuitShape.Of(toy.Circuit, [4, 4]), [1000, SequenceToy.RangeValues]);
        toy = new SequenceToy { LogHeights = [.. shape.LogHeights] };
        byte[] proof = toy.Prove(options);

        VerificationResult result = toy.Verify(proof, VerifierPolicy.Default, toy.Key(options));
        Assert.Null(result.Rejection);
        Assert.InRange(result.Soundness!.OracleBits, VerifierPolicy.Default.MinimumProvenBits, 128);
        Assert.Equal(options, result.Info!.Options);
    }
}
