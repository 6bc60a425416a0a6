using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// One run of the verifier, step by step as in docs/PROTOCOL.md and under the same headings as in the prover. A step absorbs what the prover
/// says in it, draws its challenges and checks what can be checked by then; it gives the rejection, or null to go on.
/// </summary>
internal sealed class Verification(Circuit circuit, VerifyingKey key, IPublicTables publics, VerifierPolicy policy, SoundnessMemo memo)
{
    private readonly Quintic[] _challenges = new Quintic[circuit.Challenges.Count];
    private ProofShape _shape = null!;
    private ProofMessages _messages = null!;
    private ProtocolTranscript _transcript = null!;
    private PublicColumns? _publicColumns;
    private SoundnessReport? _soundness;
    private Quintic _constraintChallenge;
    private Quintic _point;
    private DeepCombination _deep = null!;
    private FriVerifier _fri = null!;
    private QueryPlan _plan = null!;

    /// <summary>All steps.</summary>
    public VerificationResult Run(ReadOnlySpan<byte> proof)
    {
        try
        {
            var reader = new ByteReader(proof);
            Rejection? rejection =
                Statement(ref reader)
                ?? Phases(ref reader)
                ?? Quotient()
                ?? OutOfDomain()
                ?? Batching()
                ?? FriLayers()
                ?? Queries(ref reader);
            return new VerificationResult(rejection is null, rejection, _soundness, rejection is null ? Info(ref reader) : null);
        }
        finally
        {
            _publicColumns?.Dispose();
        }
    }

    /// <summary>
    /// 1. The statement: options, verifying key, heights and public inputs are the verifier's own or within its limits; their soundness
    /// suffices; all are absorbed. Nothing here costs more than the header's length.
    /// </summary>
    private Rejection? Statement(ref ByteReader reader)
    {
        var check = new StatementCheck(circuit, key, publics, policy);
        var parameters = new ParameterCheck(circuit, policy, memo);
        if (parameters.Length(reader.Remaining) is { } tooLong) return tooLong;
        ProofHeader? header = ProofReader.Header(ref reader, circuit.Tables.Count);
        if (header is null) return reader.Failure;

        Rejection? rejection = check.Key(header) ?? check.PublicInputs(header) ?? parameters.Heights(header)
            ?? check.HeightsOfKey(header) ?? parameters.OptionsSuitHeights(header) ?? check.PublicTables(header);
        if (rejection is not null) return rejection;
        _shape = new ProofShape(circuit, header.Options, header.LogHeights);
        if (parameters.Messages(_shape) is { } tooMany) return tooMany;
        if (parameters.Soundness(_shape, out _soundness) is { } tooWeak) return tooWeak;

        _transcript = new ProtocolTranscript(key, _shape, publics.PublicInputs);
        return null;
    }

    /// <summary>2. The phases: the public columns are filled in; their digests and each root are absorbed, its challenges drawn. The bus sums, absorbed with the last root, add up to zero.</summary>
    private Rejection? Phases(ref ByteReader reader)
    {
        ProofMessages? messages = ProofReader.Messages(ref reader, _shape);
        if (messages is null) return reader.Failure;
        _messages = messages;

        _publicColumns = new PublicColumns(_shape, publics);
        int root = 0;
        int drawn = 0;
        for (int phase = 0; phase < circuit.Phases; phase++)
        {
            if (_shape.HasPublicColumns(phase)) _transcript.AbsorbPublicColumns(phase, _publicColumns.Fill(phase, _challenges));
            _transcript.AbsorbPhaseRoot(phase, _shape.HasPhase(phase) ? _messages.PhaseRoots[root++] : null);
            if (phase == circuit.Phases - 1 && _shape.HasBusSums) _transcript.AbsorbBusSums(_messages.BusSums.AsSpan());
            foreach (Quintic challenge in _transcript.DrawPhaseChallenges(phase)) _challenges[drawn++] = challenge;
        }

        Quintic total = Quintic.Zero;
        foreach (Quintic sum in _messages.BusSums) total += sum;
        return total.IsZero
            ? null
            : new Rejection(RejectionCode.BusSumsNotZero, "the messages of the tables do not balance", "0", $"{total}", "bus sums");
    }

    /// <summary>3. The quotient: the constraint challenge is drawn, then the root of the quotient pieces absorbed.</summary>
    private Rejection? Quotient()
    {
        _constraintChallenge = _transcript.DrawConstraintChallenge();
        _transcript.AbsorbQuotientRoot(_messages.QuotientRoot);
        return null;
    }

    /// <summary>4. The out-of-domain point: the openings are absorbed; with them every table's constraints equal its quotient times Z_act.</summary>
    private Rejection? OutOfDomain()
    {
        _point = _transcript.DrawOutOfDomainPoint();
        _transcript.AbsorbOpenings(_messages.Openings.AsSpan());
        var check = new OutOfDomainCheck(_shape, _publicColumns!, _challenges, _constraintChallenge, _messages.Openings, _messages.BusSums);
        return check.Point(_point) ?? check.Tables(_point);
    }

    /// <summary>5. Batching: one coefficient for each opening.</summary>
    private Rejection? Batching()
    {
        _deep = new DeepCombination(_shape, _point, _messages.Openings.AsSpan(), _transcript.DrawBatchingCoefficients());
        return null;
    }

    /// <summary>6. FRI: each layer's root is absorbed, its fold and roll-in challenges drawn; then the final polynomial is absorbed.</summary>
    private Rejection? FriLayers()
    {
        _fri = new FriVerifier(_shape, _messages.FinalPolynomial);
        for (int layer = 0; layer < _shape.Rounds.Count; layer++)
        {
            _transcript.AbsorbLayerRoot(layer, _messages.LayerRoots[layer]);
            Quintic fold = _transcript.DrawFoldChallenge(layer);
            Quintic rollIn = _shape.Rounds[layer].RollInLogHeight is null ? Quintic.Zero : _transcript.DrawRollInChallenge(layer);
            _fri.Add(fold, rollIn);
        }

        _transcript.AbsorbFinalPolynomial(_messages.FinalPolynomial.AsSpan());
        return null;
    }

    /// <summary>
    /// 7. The queries: the nonce has been ground; the indices are drawn; what is opened there is what was committed, and folds from the columns,
    /// layer by layer, to the final polynomial.
    /// </summary>
    private Rejection? Queries(ref ByteReader reader)
    {
        if (!_transcript.CheckGrinding(_messages.Nonce))
        {
            return new Rejection(
                RejectionCode.WrongGrinding,
                "the nonce does not show the work that the options ask for",
                $"{_shape.Options.QueryGrindingBits} zero bits",
                $"nonce {_messages.Nonce}",
                "nonce");
        }

        _plan = new QueryPlan(_shape, _transcript.DrawQueries());
        ProofQueries? opened = ProofReader.Queries(ref reader, _shape, _plan);
        if (opened is null) return reader.Failure;

        var check = new OpeningCheck(_shape, key, _messages, _plan, opened);
        if ((check.Commitments() ?? check.Layers()) is { } wrong) return wrong;
        return Folds(opened);
    }

    /// <summary>Every query on its own, on all cores; the first one that fails, in order, is the one reported.</summary>
    private Rejection? Folds(ProofQueries opened)
    {
        var rejections = new Rejection?[_plan.Distinct.Length];
        Parallelism.For(0, rejections.Length, i =>
        {
            int query = _plan.Distinct[i];
            rejections[i] = _fri.Check(query, new QueriedRows(_shape, _deep, opened, query));
        });
        return Array.Find(rejections, rejection => rejection is not null);
    }

    private ProofInfo Info(ref ByteReader reader) => new(
        reader.Position,
        _shape.Options,
        key.Digest.ToString(),
        [.. circuit.Tables.Select(table => new ProofTableInfo(
            table.Name, _shape.LogHeights[table.Index], Enumerable.Range(0, circuit.Phases).Sum(table.PhaseWidth)))],
        reader.EndParts(),
        _plan.Distinct.Length);
}
