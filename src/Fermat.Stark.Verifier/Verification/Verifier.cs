using Fermat.Air;

namespace Fermat.Stark;

/// <summary>Checks proofs.</summary>
public static class Verifier
{
    /// <summary>
    /// Says whether <paramref name="proof"/> proves that there are traces of <paramref name="circuit"/>'s tables, with these public
    /// columns, that satisfy every constraint and balance every bus. Whatever the bytes are, the answer is a result, never an exception, and the work
    /// and memory are bounded by the circuit, the public tables and the policy.
    /// </summary>
    /// <param name="circuit">The verifier's own circuit.</param>
    /// <param name="key">The verifier's own key of it.</param>
    /// <param name="publics">The verifier's own public inputs and columns.</param>
    /// <param name="proof">Bytes of any origin.</param>
    /// <param name="policy">What the verifier insists on.</param>
    /// <param name="memo">Shared by proofs with the same parameters, so that their soundness is computed once; null for one proof.</param>
    /// <exception cref="ArgumentException">The verifier's own key is for another circuit.</exception>
    public static VerificationResult Verify(
        Circuit circuit, VerifyingKey key, IPublicTables publics, ReadOnlySpan<byte> proof, VerifierPolicy policy, SoundnessMemo? memo = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(publics);
        ArgumentNullException.ThrowIfNull(policy);
        if (!key.IsFor(circuit)) throw new ArgumentException($"the key is for another circuit than {circuit.Name}", nameof(key));
        var verification = new Verification(circuit, key, publics, policy, memo ?? new SoundnessMemo());
        return verification.Run(proof);
    }

    /// <summary>
    /// Judges a proof's length, options and heights alone: whether proofs of the circuit with these parameters could have the bits that the policy asks for. It costs
    /// next to nothing and needs no key, so it comes before a key is compiled for parameters that the proof chose. What it lets pass is not yet proven.
    /// </summary>
    /// <param name="circuit">The verifier's own circuit.</param>
    /// <param name="proof">Bytes of any origin.</param>
    /// <param name="policy">What the verifier insists on.</param>
    /// <param name="memo">Keeps the soundness for <see cref="Verify(Circuit, VerifyingKey, IPublicTables, ReadOnlySpan{byte}, VerifierPolicy, SoundnessMemo)"/>, which needs it again; may be null.</param>
    /// <returns>Null if the parameters would do; otherwise a result that is not accepted.</returns>
    public static VerificationResult? Judge(Circuit circuit, ReadOnlySpan<byte> proof, VerifierPolicy policy, SoundnessMemo? memo = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(policy);
        var check = new ParameterCheck(circuit, policy, memo ?? new SoundnessMemo());
        var reader = new ByteReader(proof);
        SoundnessReport? soundness = null;
        Rejection? rejection = check.Length(reader.Remaining);
        if (rejection is null)
        {
            ProofHeader? header = ProofReader.Header(ref reader, circuit.Tables.Count);
            rejection = header is null ? reader.Failure : check.Heights(header) ?? check.OptionsSuitHeights(header);
            if (rejection is null)
            {
                var shape = new ProofShape(circuit, header!.Options, header.LogHeights);
                rejection = check.Messages(shape) ?? check.Soundness(shape, out soundness);
            }
        }

        return rejection is null ? null : new VerificationResult(false, rejection, soundness, null);
    }

    /// <summary>The same with the circuit that the key was compiled for, and the default limits on size.</summary>
    /// <param name="key">The verifier's own key, from <see cref="ProofSetup.CompileKey"/> or <see cref="VerifyingKey.Compile"/>.</param>
    /// <param name="publics">The verifier's own public inputs and columns.</param>
    /// <param name="proof">Bytes of any origin.</param>
    /// <param name="minimumProvenBits">The fewest bits of proven soundness that are accepted.</param>
    public static VerificationResult Verify(
        VerifyingKey key, IPublicTables publics, ReadOnlySpan<byte> proof, int minimumProvenBits = Profiles.StandardBits)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Verify(key.Circuit, key, publics, proof, new VerifierPolicy(minimumProvenBits));
    }
}
