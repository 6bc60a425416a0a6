using System.Runtime.CompilerServices;
using Fermat.Hashing;

namespace Fermat.Stark.Tests.Frozen;

/// <summary>
/// Proofs of each version of the format, kept for ever: a verifier that reads a version accepts them, under a circuit that is as frozen as they are. With FERMAT_UPDATE_VECTORS=1 missing files are written;
/// none is ever overwritten (vectors/README.md).
/// </summary>
public class FrozenProofTests
{
    private static readonly FrozenSequence Statement = new();
    private static readonly VerifierPolicy AnyBits = new(MinimumProvenBits: 0);

    public static TheoryData<CommitmentHash, bool, int> Settings
    {
        get
        {
            var data = new TheoryData<CommitmentHash, bool, int>();
            foreach (CommitmentHash hash in Enum.GetValues<CommitmentHash>())
                foreach (bool zeroKnowledge in new[] { true, false })
                    foreach (int blowupLog2 in new[] { 1, 3 })
                        data.Add(hash, zeroKnowledge, blowupLog2);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Frozen_proofs_of_version_1_are_accepted(CommitmentHash hash, bool zeroKnowledge, int blowupLog2)
    {
        var options = new ProofOptions(
            hash, blowupLog2, Queries: 3, QueryGrindingBits: 2, FoldingLog2: blowupLog2 == 1 ? 3 : 1, FinalPolynomialLog2: 2, TailRows: 16, zeroKnowledge);
        string path = Path.Combine(Folder(), $"sequence-{hash.ToString().ToLowerInvariant()}-{(zeroKnowledge ? "zk" : "plain")}-rate{1 << blowupLog2}.proof");
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1" && !File.Exists(path))
        {
            Directory.CreateDirectory(Folder());
            File.WriteAllBytes(path, new SequenceToy { LogHeights = [7, 6] }.Prove(options));
        }

        byte[] proof = File.ReadAllBytes(path);
        VerifyingKey key = VerifyingKey.Compile(FrozenSequence.Circuit, options, [7, 6]);
        VerificationResult result = Verifier.Verify(FrozenSequence.Circuit, key, Statement, proof, AnyBits);
        Assert.Null(result.Rejection);
        Assert.Equal(options, result.Info!.Options);
        Assert.Equal(proof.Length, result.Info.Bytes);

        // It is the file that is accepted, not the settings.
        proof[^1] ^= 1;
        Assert.False(Verifier.Verify(FrozenSequence.Circuit, key, Statement, proof, AnyBits).Accepted);
    }

    /// <summary>Whoever changes a circuit here changes what the frozen proofs prove.</summary>
    [Fact]
    public void The_frozen_circuits_are_what_they_were()
    {
        Assert.Equal("f64c5958e2e6e29dd5b5b3b09312d858f295339ba7b32436a1bb844ad7f00f18", VerifyingKey.DigestOf(FrozenSequence.Circuit).ToString());
        Assert.Equal("ba24cae8f57a5ad048bd300b04f84fdcc130bee58c50e4353aa818b5505b2770", VerifyingKey.DigestOf(FrozenManyMessages.Circuit).ToString());
    }

    [Fact]
    public void Every_frozen_file_has_its_setting() => Assert.Equal(Settings.Count(), Directory.GetFiles(Folder(), "*.proof").Length);

    private static string Folder([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "vectors", "proofs", "v1");
}
