using Fermat.Algebra;
using Fermat.Air;
using Fermat.Hashing;

namespace Fermat.Stark.Tests;

public class ProveVerifyTests
{
    public static TheoryData<string, int, CommitmentHash> Cases()
    {
        var cases = new TheoryData<string, int, CommitmentHash>();
        foreach (string toy in Toys.Keys)
        {
            foreach (int blowup in new[] { 1, 2, 3 })
            {
                foreach (CommitmentHash hash in new[] { CommitmentHash.Blake3, CommitmentHash.Keccak256 }) cases.Add(toy, blowup, hash);
            }

            cases.Add(toy, 1, CommitmentHash.Poseidon);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void HonestProofIsAccepted(string name, int blowupLog2, CommitmentHash hash)
    {
        Toy toy = Toys[name]();
        ProofOptions options = TestOptions.Of(hash, blowupLog2);
        byte[] proof = toy.Prove(options);
        Assert.Null(toy.Verify(options, proof).Rejection);
    }

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(2, 2, 5)]
    [InlineData(3, 1, 1)]
    [InlineData(1, 3, 7)]
    public void OtherFoldsAndFinalPolynomialsAreAccepted(int foldingLog2, int blowupLog2, int finalLog2)
    {
        var toy = new RangeToy(9, 7);
        ProofOptions options = TestOptions.Of(blowupLog2: blowupLog2, foldingLog2: foldingLog2, finalLog2: finalLog2);
        Assert.Null(toy.Verify(options, toy.Prove(options)).Rejection);
    }

    [Fact]
    public void TableNoTallerThanTheFinalPolynomialNeedsNoLayer()
    {
        var toy = new FibonacciToy(7);
        ProofOptions options = TestOptions.Of(finalLog2: 7);
        Assert.Null(toy.Verify(options, toy.Prove(options)).Rejection);
    }

    [Theory]
    [InlineData("fibonacci", 1)]
    [InlineData("range", 1)]
    [InlineData("range", 2)]
    [InlineData("random point", 1)]
    public void ProofWithoutZeroKnowledgeIsAccepted(string name, int blowupLog2)
    {
        Toy toy = Toys[name]();
        ProofOptions options = TestOptions.Of(blowupLog2: blowupLog2, zeroKnowledge: false);
        Assert.Null(toy.Verify(options, toy.Prove(options)).Rejection);
    }

    [Fact]
    public void ProofFromKeptPreprocessingIsTheSame()
    {
        Toy toy = Toys["range"]();
        ProofOptions options = TestOptions.Of();
        using Preprocessing kept = Preprocessing.Commit(toy.Circuit, options, toy.LogHeights);
        byte[] seed = TestOptions.Seed(5);
        byte[] first = toy.Prove(options, new ProverContext { Preprocessing = kept, Seed = seed });
        Assert.Equal(first, toy.Prove(options, new ProverContext { Preprocessing = kept, Seed = seed }));
        Assert.Equal(first, toy.Prove(options, new ProverContext { Seed = seed }));
    }

    /// <summary>Every tampered byte must be noticed: one in each stretch of the proof.</summary>
    [Theory]
    [InlineData("fibonacci")]
    [InlineData("random point")]
    public void FlippedBitIsRejected(string name)
    {
        Toy toy = Toys[name]();
        ProofOptions options = TestOptions.Of();
        VerifyingKey key = toy.Key(options);
        byte[] proof = toy.Prove(options);
        var random = new Random(3);
        for (int i = 0; i < 200; i++)
        {
            byte[] tampered = [.. proof];
            tampered[random.Next(proof.Length * i / 200, proof.Length * (i + 1) / 200)] ^= (byte)(1 << random.Next(8));
            Assert.False(Verifier.Verify(toy.Circuit, key, toy, tampered, new VerifierPolicy(MinimumProvenBits: 0)).Accepted);
        }
    }

    [Fact]
    public void ProofOfAnotherStatementIsRejected()
    {
        var small = new FibonacciToy(7);
        ProofOptions options = TestOptions.Of();
        byte[] proof = small.Prove(options);
        var other = new FibonacciToy(7);
        Assert.Equal(RejectionCode.WrongPublicInputs, other.Verify(options, proof).Rejection?.Code);
    }

    private static readonly Dictionary<string, Func<Toy>> Toys = new()
    {
        ["fibonacci"] = () => new FibonacciToy(7),
        ["range"] = () => new RangeToy(9, 7),
        ["range, taller table"] = () => new RangeToy(7, 8),
        ["range, same height"] = () => new RangeToy(7, 7),
        ["random point"] = () => new RandomPointToy(8, 7, 9),
    };
}
