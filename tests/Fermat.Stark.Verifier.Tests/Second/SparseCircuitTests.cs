using System.Buffers;
using Fermat.Hashing;

namespace Fermat.Stark.Tests.Second;

/// <summary>What a circuit does not have is not in its proofs: a phase without columns has no root, a circuit without buses no sums, one without preprocessed columns no tree of them. Both verifiers say so.</summary>
public class SparseCircuitTests
{
    [Fact]
    public void Both_verifiers_accept_it()
    {
        var toy = new SparseToy();
        Assert.Equal(3, toy.Circuit.Phases);
        byte[] proof = toy.Prove();
        VerificationResult result = toy.Verify(proof);
        Assert.Null(result.Rejection);
        Assert.Equal(2 * Digest.Length, Assert.Single(result.Info!.Parts, part => part.Name == "phase roots").Bytes);
        Assert.DoesNotContain(result.Info.Parts, part => part.Name == "bus sums");
        Assert.Null(Second(toy).Reject(proof));
    }

    [Fact]
    public void Both_verifiers_reject_what_its_constraints_do_not_allow()
    {
        var liar = new SparseToy { Offset = 1 };
        byte[] proof = liar.Prove();
        Assert.Equal(RejectionCode.ConstraintsNotSatisfied, liar.Verify(proof).Rejection?.Code);
        Assert.NotNull(Second(liar).Reject(proof));
    }

    [Fact]
    public void Both_verifiers_reject_it_with_something_inserted()
    {
        var toy = new SparseToy();
        byte[] proof = toy.Prove();
        for (int at = ProofFormat.FixedHeaderLength + 1; at <= ProofFormat.FixedHeaderLength + 1 + 96; at += 32)
        {
            byte[] longer = [.. proof[..at], .. new byte[32], .. proof[at..]];
            Assert.False(toy.Verify(longer).Accepted);
            Assert.NotNull(Second(toy).Reject(longer));
        }
    }

    private static SecondVerifier Second(SparseToy toy)
    {
        var canonical = new ArrayBufferWriter<byte>();
        toy.Circuit.WriteCanonical(canonical);
        return new SecondVerifier(canonical.WrittenSpan.ToArray(), [null], null, toy);
    }
}
