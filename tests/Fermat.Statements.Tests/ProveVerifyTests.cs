using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests;

/// <summary>Real proofs: book → proof → statement file → verification.</summary>
public sealed class ProveVerifyTests
{
    private const int QuickBits = 30;

    [Fact]
    public void The_example_book_is_proven_with_the_default_strength_and_verified_from_its_files()
    {
        var stages = new List<SolvencyStage>();
        SolvencyProof proof = Prove(SampleBooks.Example, new SolvencyProverOptions { Reveal = RevealMode.Totals }, new Collect(stages));
        Assert.Null(SolvencyStatementFile.TryRead(SolvencyStatementFile.Write(proof.Inputs), out SolvencyPublicInputs? read));

        var anchors = new SolvencyAnchors { StateRoot = proof.Tree.Root, ParametersDigest = proof.Inputs.ParametersDigest, PriceSetDigest = proof.Inputs.PriceSetDigest };
        SolvencyVerification result = SolvencyStatement.Verify(read!, proof.Proof, anchors);
        Assert.True(result.Accepted, result.Rejection?.ToString() + result.Proof?.Rejection);
        Assert.True(result.Proof!.Soundness!.Meets(100));
        Assert.Equal(185, read!.Revealed!.Accounts);
        Assert.Equal(15, read.Revealed.Liquidatable);
        Assert.Equal(Enum.GetValues<SolvencyStage>(), stages.Distinct());
    }

    [Theory]
    [InlineData(RevealMode.None)]
    [InlineData(RevealMode.Totals)]
    public void A_book_with_all_classes_is_proven_and_verified(RevealMode reveal)
    {
        SolvencyProof proof = Prove(SampleBooks.Tiny(), Quick with { Reveal = reveal });
        SolvencyVerification result = Verify(proof.Inputs, proof.Proof);
        Assert.True(result.Accepted, result.Rejection?.ToString() + result.Proof?.Rejection);
        Assert.Equal(reveal == RevealMode.Totals, proof.Inputs.Revealed is not null);
    }

    internal static SolvencyProverOptions Quick { get; } = new() { ProvenBits = QuickBits };

    internal static SaltDeriver Salts { get; } = new(new VenueSecret(new byte[VenueSecret.Length]));

    internal static SolvencyProof Prove(Book book, SolvencyProverOptions options, IProgress<SolvencyProgress>? progress = null)
    {
        SolvencyOutcome outcome = SolvencyProver.Prove(book, Salts, options, progress);
        return Assert.IsType<SolvencyProof>(outcome);
    }

    internal static SolvencyVerification Verify(SolvencyPublicInputs inputs, byte[] proof, SolvencyAnchors? anchors = null) =>
        SolvencyStatement.Verify(inputs, proof, anchors ?? SolvencyAnchors.None, new VerifierPolicy(MinimumProvenBits: QuickBits));

    private sealed class Collect(List<SolvencyStage> stages) : IProgress<SolvencyProgress>
    {
        public void Report(SolvencyProgress value)
        {
            lock (stages) stages.Add(value.Stage);
        }
    }
}
