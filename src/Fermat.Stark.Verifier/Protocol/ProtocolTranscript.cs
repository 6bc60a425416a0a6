using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// The transcript of one proof, with one method for each thing that the protocol absorbs or draws. Prover and verifier both speak
/// through it, and it insists on the order of the steps, so that they cannot diverge and no challenge can be drawn too early.
/// </summary>
/// <remarks>A call out of order is a bug, not a rejection: it throws <see cref="InvalidOperationException"/>.</remarks>
public sealed class ProtocolTranscript
{
    private enum Step
    {
        PublicColumns,
        PhaseRoot,
        BusSums,
        PhaseChallenges,
        ConstraintChallenge,
        QuotientRoot,
        OutOfDomainPoint,
        Openings,
        Batching,
        LayerRoot,
        Fold,
        RollIn,
        FinalPolynomial,
        Grinding,
        Queries,
        Done,
    }

    private readonly ProofShape _shape;
    private readonly Transcript _transcript;
    private Step _next;
    private int _index; // of the phase or of the layer

    /// <summary>Step 1: starts a transcript and absorbs all that the proof is about.</summary>
    /// <param name="key">The verifying key, which brings the circuit and the preprocessed commitment.</param>
    /// <param name="shape">Options and heights.</param>
    /// <param name="publicInputs">The statement's public inputs, canonically encoded.</param>
    public ProtocolTranscript(VerifyingKey key, ProofShape shape, ReadOnlySpan<byte> publicInputs)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(shape);
        _shape = shape;
        _transcript = new Transcript(shape.Options.Hash, Labels.Protocol);
        _transcript.AbsorbBytes(Labels.Options, shape.Options.ToBytes());
        _transcript.AbsorbDigest(Labels.CircuitDigest, key.CircuitDigest);
        _transcript.AbsorbDigest(Labels.KeyDigest, key.Digest);
        _transcript.AbsorbUInt32(Labels.TableCount, (uint)shape.LogHeights.Length);
        foreach (int logHeight in shape.LogHeights) _transcript.AbsorbUInt32(Labels.LogHeight, (uint)logHeight);
        _transcript.AbsorbBytes(Labels.PublicInputs, publicInputs);
        _next = StartOf(0);
    }

    /// <summary>A digest of all that was absorbed and drawn so far; to compare implementations.</summary>
    internal Digest State => _transcript.State;

    /// <summary>Step 2: absorbs the digests of the public columns of the next phase, before its root. Only where a table has some.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="digests">What <see cref="PublicColumns.Fill"/> gives.</param>
    public void AbsorbPublicColumns(int phase, ReadOnlySpan<Digest> digests)
    {
        Take(Step.PublicColumns, Step.PhaseRoot, phase);
        Expect(digests.Length, _shape.TablesWithPublicColumns(phase).Count());
        foreach (Digest digest in digests) _transcript.AbsorbDigest(Labels.PublicColumns, digest);
    }

    /// <summary>Step 2: absorbs the root of the next phase's commitment; null for a phase in which no table has columns.</summary>
    public void AbsorbPhaseRoot(int phase, Digest? root)
    {
        Take(Step.PhaseRoot, IsLast(phase) && _shape.HasBusSums ? Step.BusSums : Step.PhaseChallenges, phase);
        if (root.HasValue != _shape.HasPhase(phase)) throw new InvalidOperationException($"Phase {phase} is absorbed with its root or not at all.");
        if (root is { } digest) _transcript.AbsorbDigest(Labels.PhaseRoot, digest);
    }

    /// <summary>
    /// Step 2: absorbs the bus sum of every table, in circuit order: right after the last phase's root, before anything else is drawn.
    /// Only in a circuit with messages.
    /// </summary>
    public void AbsorbBusSums(ReadOnlySpan<Quintic> sums)
    {
        Take(Step.BusSums, Step.PhaseChallenges);
        Expect(sums.Length, _shape.LogHeights.Length);
        _transcript.AbsorbQuintics(Labels.BusSums, sums);
    }

    /// <summary>Step 2: draws the challenges of a phase that has been absorbed, in the circuit's order.</summary>
    public Quintic[] DrawPhaseChallenges(int phase)
    {
        Take(Step.PhaseChallenges, IsLast(phase) ? Step.ConstraintChallenge : StartOf(phase + 1), phase);
        _index = phase + 1;
        var challenges = new Quintic[_shape.ChallengeCount(phase)];
        _transcript.ChallengeQuintics(Labels.PhaseChallenge, challenges);
        return challenges;
    }

    /// <summary>Step 3: draws α, by whose powers each table's constraints are folded.</summary>
    public Quintic DrawConstraintChallenge()
    {
        Take(Step.ConstraintChallenge, Step.QuotientRoot);
        return _transcript.ChallengeQuintic(Labels.ConstraintChallenge);
    }

    /// <summary>Step 3: absorbs the root of the quotient pieces and masks.</summary>
    public void AbsorbQuotientRoot(Digest root)
    {
        Take(Step.QuotientRoot, Step.OutOfDomainPoint);
        _transcript.AbsorbDigest(Labels.QuotientRoot, root);
    }

    /// <summary>Step 4: draws the out-of-domain point z.</summary>
    public Quintic DrawOutOfDomainPoint()
    {
        Take(Step.OutOfDomainPoint, Step.Openings);
        return _transcript.ChallengeQuintic(Labels.OutOfDomainPoint);
    }

    /// <summary>Step 4: absorbs all openings, in the order of <see cref="ProofShape.Openings"/>.</summary>
    public void AbsorbOpenings(ReadOnlySpan<Quintic> values)
    {
        Take(Step.Openings, Step.Batching);
        Expect(values.Length, _shape.Openings.Count);
        _transcript.AbsorbQuintics(Labels.Openings, values);
    }

    /// <summary>Step 5: draws one independent coefficient λ for each opening, in their order.</summary>
    public Quintic[] DrawBatchingCoefficients()
    {
        Take(Step.Batching, _shape.Rounds.Count > 0 ? Step.LayerRoot : Step.FinalPolynomial);
        _index = 0;
        var coefficients = new Quintic[_shape.Openings.Count];
        _transcript.ChallengeQuintics(Labels.Batching, coefficients);
        return coefficients;
    }

    /// <summary>Step 6: absorbs the root of a FRI layer.</summary>
    public void AbsorbLayerRoot(int layer, Digest root)
    {
        Take(Step.LayerRoot, Step.Fold, layer);
        _transcript.AbsorbDigest(Labels.LayerRoot, root);
    }

    /// <summary>Step 6: draws β, at which the layer is folded.</summary>
    public Quintic DrawFoldChallenge(int layer)
    {
        bool joined = _shape.Rounds[layer].RollInLogHeight is not null;
        Take(Step.Fold, joined ? Step.RollIn : AfterLayer(layer), layer);
        if (!joined) _index = layer + 1;
        return _transcript.ChallengeQuintic(Labels.Fold);
    }

    /// <summary>Step 6: draws γ, with which the codeword of the next shorter tables joins the folded layer. Only where one does.</summary>
    public Quintic DrawRollInChallenge(int layer)
    {
        Take(Step.RollIn, AfterLayer(layer), layer);
        _index = layer + 1;
        return _transcript.ChallengeQuintic(Labels.RollIn);
    }

    /// <summary>Step 6, end: absorbs the coefficients of the final polynomial.</summary>
    public void AbsorbFinalPolynomial(ReadOnlySpan<Quintic> coefficients)
    {
        Take(Step.FinalPolynomial, Step.Grinding);
        Expect(coefficients.Length, _shape.FinalPolynomialLength);
        _transcript.AbsorbQuintics(Labels.FinalPolynomial, coefficients);
    }

    /// <summary>Step 7, prover: finds and absorbs the smallest nonce with the leading zero bits that the options ask for.</summary>
    public ulong Grind(CancellationToken ct = default)
    {
        Take(Step.Grinding, Step.Queries);
        return _transcript.Grind(Labels.Grinding, _shape.Options.QueryGrindingBits, ct);
    }

    /// <summary>Step 7, verifier: absorbs the nonce and says whether it has the leading zero bits that the options ask for.</summary>
    public bool CheckGrinding(ulong nonce)
    {
        Take(Step.Grinding, Step.Queries);
        return _transcript.CheckGrinding(Labels.Grinding, _shape.Options.QueryGrindingBits, nonce);
    }

    /// <summary>Step 7: draws the query indices into the longest codeword, in bit-reversed order; they may repeat.</summary>
    public int[] DrawQueries()
    {
        Take(Step.Queries, Step.Done);
        var queries = new int[_shape.Options.Queries];
        for (int q = 0; q < queries.Length; q++) queries[q] = (int)_transcript.ChallengeBits(Labels.Query, _shape.CodewordLog2);
        return queries;
    }

    private bool IsLast(int phase) => phase == _shape.Circuit.Phases - 1;

    private Step StartOf(int phase) => _shape.HasPublicColumns(phase) ? Step.PublicColumns : Step.PhaseRoot;

    private Step AfterLayer(int layer) => layer + 1 < _shape.Rounds.Count ? Step.LayerRoot : Step.FinalPolynomial;

    private void Take(Step step, Step then, int? at = null)
    {
        if (_next != step || (at is { } i && i != _index))
            throw new InvalidOperationException($"The protocol expects {_next} {_index} here, not {step} {at}.");
        _next = then;
    }

    private static void Expect(int length, int expected)
    {
        if (length != expected) throw new InvalidOperationException($"The protocol expects {expected} values here, not {length}.");
    }
}
