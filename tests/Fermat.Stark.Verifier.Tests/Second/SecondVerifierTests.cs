using System.Buffers;

namespace Fermat.Stark.Tests.Second;

/// <summary>The first and the second verifier agree: docs/PROTOCOL.md says what the code does.</summary>
public class SecondVerifierTests
{
    public static TheoryData<int, int, int, int, int> Settings => new()
    {
        { 9, 2, 3, 2, 3 },
        { 7, 1, 2, 1, 0 },
        { 10, 3, 1, 7, 1 },
        { 8, 2, 3, 5, 4 },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Both_accept_what_was_proven(int logHeight, int blowupLog2, int foldingLog2, int finalLog2, int grindingBits)
    {
        var toy = new SequenceToy { LogHeights = [logHeight, 7] };
        ProofOptions options = SequenceToy.Options with
        {
            BlowupLog2 = blowupLog2,
            FoldingLog2 = foldingLog2,
            FinalPolynomialLog2 = finalLog2,
            QueryGrindingBits = grindingBits,
        };
        byte[] proof = toy.Prove(options);
        Assert.Null(toy.Verify(proof, new VerifierPolicy(MinimumProvenBits: 0), toy.Key(options)).Rejection);
        Assert.Null(Second(toy, options).Reject(proof));
    }

    [Fact]
    public void Both_reject_what_was_changed()
    {
        var toy = new SequenceToy();
        VerifyingKey key = toy.Key();
        byte[] proof = toy.Prove();
        var random = new Random(5);
        for (int i = 0; i < 60; i++)
        {
            byte[] mutated = proof.ToArray();
            mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
            Assert.False(toy.Verify(mutated, key: key).Accepted);
            Assert.NotNull(Second(toy, SequenceToy.Options).Reject(mutated));
        }
    }

    private static SecondVerifier Second(SequenceToy toy, ProofOptions options)
    {
        var canonical = new ArrayBufferWriter<byte>();
        toy.Circuit.WriteCanonical(canonical);
        using var preprocessing = Preprocessing.Commit(toy.Circuit, options, toy.LogHeights);
        return new SecondVerifier(canonical.WrittenSpan.ToArray(), [null, 7], preprocessing.Tree!.Root.ToArray(), toy);
    }
}
