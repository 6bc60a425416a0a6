using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Solvency;

/// <summary>
/// Statement S: the book under the state root, each leaf counted once, is solvent. Every account is classed and valued as the rulebook says; what is owed of each asset is at most its reserve; reserves at these prices cover
/// Σ max(net equity, 0) and the buffer; the insurance fund covers Σ max(−net equity, 0); and the venue has no position in any instrument, where the rulebook says net_size.
/// </summary>
public static class SolvencyStatement
{
    /// <summary>What no solvency proof says; shown with every acceptance.</summary>
    public const string Caveat =
        "Reserves, insurance fund and buffer are inputs of the statement: the proof does not show that the venue holds them. "
        + "That your account is in the book is shown by your own inclusion opening alone.";

    /// <summary>
    /// Checks a statement and its proofs, one for each segment. The rulebook is the verifier's own, and so are the circuit and its key; of the proofs' parameters only those are used that choose the key, and the policy judges them all.
    /// </summary>
    /// <param name="inputs">The public inputs; their rulebook is the verifier's.</param>
    /// <param name="proof">Bytes of a proof file (<see cref="SolvencyProofFile"/>), of any origin.</param>
    /// <param name="anchors">What the verifier knows by itself.</param>
    /// <param name="policy">What it insists on; null for <see cref="VerifierPolicy.Default"/>. The proven bits are those of all segments together, the other limits are each segment's.</param>
    /// <returns>Never throws on account of inputs or proof.</returns>
    public static SolvencyVerification Verify(SolvencyPublicInputs inputs, ReadOnlyMemory<byte> proof, SolvencyAnchors anchors, VerifierPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(anchors);
        policy ??= VerifierPolicy.Default;
        SolvencyVerification Rejected(StatementRejection rejection, params VerificationResult[] results) => new(rejection, results, inputs, anchors);
        if ((inputs.Problem() ?? anchors.Check(inputs)) is { } rejection) return Rejected(rejection);
        if (SolvencyProofFile.TryRead(proof, inputs.Segments.Count, out IReadOnlyList<ReadOnlyMemory<byte>> proofs) is { } malformed) return Rejected(malformed);
        SolvencyCircuit circuit;
        try
        {
            circuit = SolvencyCircuit.Of(inputs.Rulebook, inputs.HashSlots);
        }
        catch (CoreException fault)
        {
            return Rejected(new StatementRejection(StatementRejectionCode.WrongRulebook, $"the rulebook cannot be proven: {fault.Message}"));
        }
        VerifierPolicy each = EachOf(policy, proofs.Count);
        var memo = new SoundnessMemo();
        if (Verifier.Judge(circuit.Circuit, proofs[0].Span, each, memo) is { } weak) return Rejected(ProofRejected(weak.Rejection!, 0, proofs.Count), weak);

        VerifyingKey key = circuit.CompileKey(OptionsOf(proofs[0].Span));
        var results = new VerificationResult[proofs.Count];
        int rejected = proofs.Count;
        RuleEvaluationException? missing = null;
        Parallelism.For(0, proofs.Count, i =>
        {
            if (i > Volatile.Read(ref rejected)) return; // one false segment is enough, and public tables of many cost time
            try
            {
                results[i] = Verifier.Verify(circuit.Circuit, key, new SolvencyPublicTables(inputs, i), proofs[i].Span, each, memo);
                if (results[i].Accepted) return;
            }
            catch (RuleEvaluationException fault)
            {
                missing = fault;
            }
            for (int known = rejected; i < known;) known = Interlocked.CompareExchange(ref rejected, i, known) is var seen && seen == known ? i : seen;
        });
        if (missing is not null) return Rejected(new StatementRejection(StatementRejectionCode.InvalidParameters, $"a public value does not exist: {missing.Message}"));
        if (rejected < proofs.Count) return Rejected(ProofRejected(results[rejected].Rejection!, rejected, proofs.Count), results[..(rejected + 1)]);
        return new SolvencyVerification(null, results, inputs, anchors);
    }

    /// <summary>Checks the proof of one segment of inputs that have no <see cref="SolvencyPublicInputs.Problem"/>.</summary>
    internal static VerificationResult VerifySegment(SolvencyPublicInputs inputs, int segment, ReadOnlySpan<byte> proof, VerifierPolicy policy)
    {
        SolvencyCircuit circuit = SolvencyCircuit.Of(inputs.Rulebook, inputs.HashSlots);
        return Verifier.Verify(circuit.Circuit, circuit.CompileKey(OptionsOf(proof)), new SolvencyPublicTables(inputs, segment), proof, policy);
    }

    /// <summary>
    /// What proving a book in so many segments costs in proven bits. A false statement needs one false segment to be accepted, and whoever cheats may choose which; so the errors of all segments
    /// are added, at most log2(segments), rounded up, bits.
    /// </summary>
    public static int BitsLost(int segments) => segments <= 1 ? 0 : BitOperations.Log2((uint)segments - 1) + 1;

    /// <summary>What each of so many proofs must satisfy for all together to satisfy a policy: more proven bits, as their errors add up, and no more of the hash, which all of them share.</summary>
    internal static VerifierPolicy EachOf(VerifierPolicy policy, int segments) => policy.MinimumProvenBits == 0 ? policy : policy with
    {
        MinimumProvenBits = policy.MinimumProvenBits + BitsLost(segments),
        MinimumHashBits = policy.MinimumHashBits ?? policy.MinimumProvenBits,
    };

    /// <summary>The parameters a proof says it was made with, if they are usable at all; whatever is wrong with them, the verifier names.</summary>
    internal static ProofOptions OptionsOf(ReadOnlySpan<byte> proof)
    {
        var fallback = new ProofOptions(CommitmentHash.Blake3, BlowupLog2: 1, Queries: 1, QueryGrindingBits: 0, FoldingLog2: 3, FinalPolynomialLog2: 1, TailRows: 16);
        int at = ProofFormat.Magic.Length + sizeof(ushort);
        if (proof.Length < at + ProofOptions.EncodedLength) return fallback;
        bool usable = ProofOptions.TryParse(proof.Slice(at, ProofOptions.EncodedLength), out ProofOptions? options, out _)
            && options.Validate([SolvencyCircuit.RangeLogHeight]) is null;
        return usable ? options! : fallback;
    }

    /// <summary>What a statement says of a segment whose proof was rejected.</summary>
    internal static StatementRejection ProofRejected(Rejection rejection, int segment, int segments) => new(
        StatementRejectionCode.ProofRejected, (segments == 1 ? "" : $"segment {segment + 1} of {segments}: ") + Explain(rejection));

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
    internal SolvencyVerification(StatementRejection? rejection, IReadOnlyList<VerificationResult> segments, SolvencyPublicInputs inputs, SolvencyAnchors anchors)
    {
        (Rejection, Segments, Inputs) = (rejection, segments, inputs);
        (Pinned, TakenFromStatement) = Sort(anchors);
    }

    /// <summary>Whether the statement is proven. Everything else is for people.</summary>
    public bool Accepted => Rejection is null && Segments.Count > 0 && Segments.All(segment => segment.Accepted);

    /// <summary>Why not; null exactly when accepted.</summary>
    public StatementRejection? Rejection { get; }

    /// <summary>What the verifier of proofs said of each segment, in order, up to the first that it rejected; empty when the statement fell before its proofs were looked at.</summary>
    public IReadOnlyList<VerificationResult> Segments { get; }

    /// <summary>What was checked.</summary>
    public SolvencyPublicInputs Inputs { get; }

    /// <summary>The segment that was rejected, the first of them; null when none was.</summary>
    public int? RejectedSegment => Enumerable.Range(0, Segments.Count).Where(i => !Segments[i].Accepted).Select(i => (int?)i).FirstOrDefault();

    /// <summary>What the verifier of proofs said of the first segment that it rejected, or else of the weakest; null when the statement fell before its proofs were looked at.</summary>
    public VerificationResult? Proof => RejectedSegment is { } rejected ? Segments[rejected] : Segments.MinBy(segment => segment.Soundness?.OracleBits ?? 0);

    /// <summary>What the verifier held the statement to; the rulebook is always its own.</summary>
    public IReadOnlyList<string> Pinned { get; }

    /// <summary>What was taken from the statement as it is.</summary>
    public IReadOnlyList<string> TakenFromStatement { get; }

    /// <summary>Proven bits of the whole: those of the weakest segment less <see cref="SolvencyStatement.BitsLost"/>; 0 when not accepted.</summary>
    public int ProvenBits => Accepted ? Math.Max(0, Segments.Min(segment => segment.Soundness!.OracleBits) - SolvencyStatement.BitsLost(Segments.Count)) : 0;

    private static (List<string> Pinned, List<string> Taken) Sort(SolvencyAnchors anchors)
    {
        var pinned = new List<string> { "rulebook" };
        var taken = new List<string>();
        (anchors.StateRoot is null ? taken : pinned).Add("state root");
        (anchors.ParametersDigest is null ? taken : pinned).Add("parameters");
        (anchors.MarketDigest is null ? taken : pinned).Add("market data");
        (anchors.Reserves is null ? taken : pinned).Add("reserves");
        (anchors.MinimumHeight is null ? taken : pinned).Add("height");
        taken.AddRange(["insurance fund", "buffer", "venue"]);
        return (pinned, taken);
    }
}
