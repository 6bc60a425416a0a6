using System.Runtime.CompilerServices;
using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>
/// Proofs of each version of the format, kept for ever: a verifier that reads a version accepts them. With FERMAT_UPDATE_VECTORS=1 missing files are written;
/// none is ever overwritten (vectors/README.md).
/// </summary>
public class FrozenProofTests
{
    private static readonly SequenceToy Toy = new() { LogHeights = [7, 6] };

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
            File.WriteAllBytes(path, Toy.Prove(options));
        }

        byte[] proof = File.ReadAllBytes(path);
        VerificationResult result = Toy.Verify(proof, new VerifierPolicy(MinimumProvenBits: 0), Toy.Key(options));
        Assert.Null(result.Rejection);
        Assert.Equal(options, result.Info!.Options);
        Assert.Equal(proof.Length, result.Info.Bytes);

        // It is the file that is accepted, not the settings.
        proof[^1] ^= 1;
        Assert.False(Toy.Verify(proof, new VerifierPolicy(MinimumProvenBits: 0), Toy.Key(options)).Accepted);
    }

    [Fact]
    public void Every_frozen_file_has_its_setting() => Assert.Equal(Settings.Count(), Directory.GetFiles(Folder(), "*.proof").Length);

    private static string Folder([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "vectors", "proofs", "v1");
}
