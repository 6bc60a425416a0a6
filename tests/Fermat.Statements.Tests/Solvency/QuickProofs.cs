using Fermat.Ledger;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Real proofs of few bits.</summary>
internal static class QuickProofs
{
    public const int Bits = 30;

    public static SaltDeriver Salts { get; } = new(new VenueSecret(new byte[VenueSecret.Length]));

    public static SolvencyProverOptions Options { get; } = new() { ProvenBits = Bits, HashSlots = 2 };

    /// <summary>The tiny book under rules/exchange_sample.risk.</summary>
    public static SolvencyBook Tiny { get; } = SolvencyScene.UnderExchangeSample(SampleBooks.Tiny());

    /// <summary>The proof of a book that is solvent.</summary>
    public static SolvencyOutcome Prove(SolvencyBook book, SolvencyProverOptions options, IProgress<SolvencyProgress>? progress = null)
    {
        SolvencyOutcome proof = SolvencyProver.Prove(book, Salts, options, progress);
        Assert.Empty(proof.Reasons);
        return proof;
    }

    public static SolvencyVerification Verify(SolvencyPublicInputs inputs, byte[] proof, SolvencyAnchors? anchors = null) =>
        SolvencyStatement.Verify(inputs, proof, anchors ?? SolvencyAnchors.None, new VerifierPolicy(MinimumProvenBits: Bits));

    /// <summary>The proofs of the segments.</summary>
    public static byte[][] Split(SolvencyOutcome proof)
    {
        Assert.Null(SolvencyProofFile.TryRead(proof.Proof, proof.Inputs!.Segments.Count, out IReadOnlyList<ReadOnlyMemory<byte>> proofs));
        return [.. proofs.Select(part => part.ToArray())];
    }
}
