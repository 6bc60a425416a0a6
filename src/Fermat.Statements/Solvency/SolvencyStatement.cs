using Fermat.Air;
using Fermat.Hashing;
using Fermat.Stark;

namespace Fermat.Statements.Solvency;

/// <summary>
/// Statement S: the book under the state root, each leaf counted once, is solvent: per asset, Σ (equity − debt) ≤ reserves; reserves at these prices cover Σ max(net equity, 0) and the
/// buffer; the insurance fund covers Σ max(−net equity, 0); every account is classed by the rulebook.
/// </summary>
public static class SolvencyStatement
{
    /// <summary>What no solvency proof says; shown with every acceptance.</summary>
    public const string Caveat =
        "Reserves, insurance fund and buffer are inputs of the statement: the proof does not show that the venue holds them. "
        + "That your account is in the book is shown by your own inclusion opening alone.";

    /// <summary>
    /// Checks a statement and its proof. The circuit and its key are the verifier's own; of the proof's parameters only those are used that
    /// choose the key, and the policy judges them all.
    /// </summary>
    /// <param name="inputs">The public inputs, from a statement file or from the verifier itself.</param>
    /// <param name="proof">Bytes of any origin.</param>
    /// <param name="anchors">What the verifier knows by itself.</param>
    /// <param name="policy">What it insists on; null for <see cref="VerifierPolicy.Default"/>.</param>
    /// <returns>Never throws on account of inputs or proof.</returns>
    public static SolvencyVerification Verify(SolvencyPublicInputs inputs, ReadOnlySpan<byte> proof, SolvencyAnchors anchors, VerifierPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(anchors);
        if ((inputs.Problem() ?? anchors.Check(inputs)) is { } rejection) return new SolvencyVerification(rejection, null, inputs, anchors);
        SolvencyCircuit circuit = SolvencyCircuit.WithHashSlots(inputs.HashSlots);
        VerifyingKey key = circuit.CompileKey(OptionsOf(proof));
        VerificationResult result = Verifier.Verify(circuit.Circuit, key, new SolvencyPublicTables(inputs), proof, policy ?? VerifierPolicy.Default);
        StatementRejection? proofRejected = result.Accepted ? null : new(StatementRejectionCode.ProofRejected, Explain(result.Rejection!));
        return new SolvencyVerification(proofRejected, result, inputs, anchors);
    }

    /// <summary>The parameters a proof says it was made with, if they are usable at all; whatever is wrong with them, the verifier names.</summary>
    private static ProofOptions OptionsOf(ReadOnlySpan<byte> proof)
    {
        var fallback = new ProofOptions(CommitmentHash.Blake3, BlowupLog2: 1, Queries: 1, QueryGrindingBits: 0, FoldingLog2: 3, FinalPolynomialLog2: 1, TailRows: 16);
        int at = ProofFormat.Magic.Length + sizeof(ushort);
        if (proof.Length < at + ProofOptions.EncodedLength) return fallback;
        bool usable = ProofOptions.TryParse(proof.Slice(at, ProofOptions.EncodedLength), out ProofOptions? options, out _)
            && options.Validate([SolvencyCircuit.RangeLogHeight]) is null;
        return usable ? options! : fallback;
    }

    private static string Explain(Rejection rejection) => rejection.Code switch
    {
        RejectionCode.WrongPublicInputs => "the proof is about another statement: another book, other prices, parameters, reserves or totals",
        RejectionCode.WrongVerifyingKey => "the proof was made for another circuit or rulebook",
        RejectionCode.TooFewProvenBits => "the proof is weaker than the policy asks for",
        _ => $"the proof is not valid: {rejection.Message}",
    };
}

/// <summary>The outcome of checking a statement and its proof.</summary>
public sealed record SolvencyVerification
{
    internal SolvencyVerification(StatementRejection? rejection, VerificationResult? proof, SolvencyPublicInputs inputs, SolvencyAnchors anchors)
    {
        Rejection = rejection;
        Proof = proof;
        Inputs = inputs;
        (Pinned, TakenFromStatement) = Sort(anchors);
    }

    /// <summary>Whether the statement is proven. Everything else is for people.</summary>
    public bool Accepted => Rejection is null && Proof is { Accepted: true };

    /// <summary>Why not; null exactly when accepted.</summary>
    public StatementRejection? Rejection { get; }

    /// <summary>What the proof's verifier said; null when the statement fell before its proof was looked at.</summary>
    public VerificationResult? Proof { get; }

    /// <summary>What was checked.</summary>
    public SolvencyPublicInputs Inputs { get; }

    /// <summary>What the verifier held the statement to.</summary>
    public IReadOnlyList<string> Pinned { get; }

    /// <summary>What was taken from the statement as it is.</summary>
    public IReadOnlyList<string> TakenFromStatement { get; }

    private static (List<string> Pinned, List<string> Taken) Sort(SolvencyAnchors anchors)
    {
        var pinned = new List<string>();
        var taken = new List<string>();
        (anchors.StateRoot is null ? taken : pinned).Add("state root");
        (anchors.ParametersDigest is null ? taken : pinned).Add("risk parameters");
        (anchors.PriceSetDigest is null && anchors.ParametersDigest is null ? taken : pinned).Add("prices");
        (anchors.Reserves is null ? taken : pinned).Add("reserves");
        (anchors.MinimumHeight is null ? taken : pinned).Add("height");
        taken.Add("insurance fund");
        taken.Add("buffer");
        taken.Add("venue");
        taken.Add("quote asset");
        return (pinned, taken);
    }
}
