using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// One run of the prover, step by step as in docs/PROTOCOL.md and under the same headings as in the verifier. A step commits, absorbs what it
/// says, and draws its challenges.
/// </summary>
internal sealed class Proving : IDisposable
{
    private readonly Circuit _circuit;
    private readonly IReadOnlyList<TableTrace> _traces;
    private readonly IPublicTables _publics;
    private readonly ITraceExtender? _extender;
    private readonly ProofOptions _options;
    private readonly ProverContext _context;
    private readonly ProverRandomness _randomness;
    private readonly ProverStages _stages;
    private readonly ProofShape _shape;
    private readonly TableSteps _steps;
    private readonly Quintic[] _challenges;
    private readonly List<Commitment> _commitments = []; // in the order of the shape's
    private readonly TableTails[] _tails;
    private Preprocessing? _preprocessing;
    private ProtocolTranscript _transcript = null!;
    private ProofHeader _header = null!;
    private Quintic[] _busSums = [];
    private Quintic _constraintChallenge;
    private Quintic _point;
    private Quintic[] _openings = [];
    private readonly Dictionary<int, Matrix> _codewords = []; // by log height, on the first n points
    private FriProver? _fri;

    public Proving(
        Circuit circuit, IReadOnlyList<TableTrace> traces, IPublicTables publics, ITraceExtender? extender, ProofOptions options, ProverContext context)
    {
        TraceCheck.Shapes(circuit, traces, options, extender);
        _circuit = circuit;
        _traces = traces;
        _publics = publics;
        _extender = extender;
        _options = options;
        _context = context;
        _shape = new ProofShape(circuit, options, [.. traces.Select(trace => trace.LogHeight)]);
        _steps = TableSteps.Of(_shape);
        ProverMemory.Check(_shape, context.MemoryLimit);
        _randomness = !options.ZeroKnowledge ? ProverRandomness.None
            : context.Seed is { } seed ? ProverRandomness.FromSeed(seed)
            : ProverRandomness.Fresh();
        _challenges = new Quintic[circuit.Challenges.Count];
        _tails = [.. circuit.Tables.Select(_ => new TableTails(circuit.Phases))];
        _stages = new ProverStages(context, traces.Sum(trace => (long)trace.Height), StepCount());
    }

    private CancellationToken Cancellation => _context.CancellationToken;

    /// <summary>All steps.</summary>
    public Proof Run()
    {
        Statement();
        Phases();
        Quotient();
        OutOfDomain();
        Batching();
        FriLayers();
        Proof proof = Queries();
        _context.Completed?.Invoke(_stages.Finish(TraceCells(), ProofWork.Proving(_shape)));
        return proof;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _fri?.Dispose();
        foreach (TableTails tails in _tails) tails.Dispose();
        foreach (Matrix codeword in _codewords.Values) codeword.Dispose();
        foreach (Commitment commitment in _commitments) commitment.Dispose();
        if (_context.Preprocessing is null) _preprocessing?.Dispose();
    }

    /// <summary>1. The statement: preprocessed columns are committed; options, verifying key, heights and public inputs are absorbed.</summary>
    private void Statement()
    {
        _preprocessing = _context.Preprocessing
            ?? _stages.Run(ProverStage.Preprocessing, () => Preprocessing.Commit(_circuit, _options, _shape.LogHeights, Cancellation));
        if (_preprocessing.Tree is { } tree)
        {
            Matrix?[] extended = [.. _circuit.Tables.Select(table => _preprocessing.Extended(table.Index))];
            _commitments.Add(new Commitment(_shape.Commitments[0], extended, tree, owned: false));
            foreach (Table table in _circuit.Tables)
            {
                if (_preprocessing.Columns(table.Index) is { } columns)
                    _tails[table.Index].KeepPreprocessed(columns, _shape.Domain(table.Index).ActiveRows);
            }
        }

        var key = VerifyingKey.Of(_circuit, _options, _shape.LogHeights, _preprocessing);
        _header = new ProofHeader(_options, key.Digest, PublicInputs.Digest(_publics.PublicInputs), _shape.LogHeights);
        _transcript = new ProtocolTranscript(key, _shape, _publics.PublicInputs);
    }

    /// <summary>
    /// 2. The phases: columns are filled in, extended and committed; the digests of the public ones and each root is absorbed, its challenges drawn. The bus sums, absorbed
    /// with the last root, add up to zero.
    /// </summary>
    private void Phases()
    {
        var phases = new PhaseProver(_shape, _traces, _tails, _publics, _extender, _randomness, _stages, Cancellation);
        int drawn = 0;
        for (int phase = 0; phase < _circuit.Phases; phase++)
        {
            if (_shape.HasPublicColumns(phase)) _transcript.AbsorbPublicColumns(phase, phases.FillPublic(phase, _challenges.AsSpan(0, drawn)));
            Commitment? commitment = phases.Commit(phase, _challenges.AsSpan(0, drawn));
            if (commitment is not null) _commitments.Add(commitment);
            _transcript.AbsorbPhaseRoot(phase, commitment?.Tree.Root);
            if (phase == _circuit.Phases - 1 && _shape.HasBusSums)
            {
                _busSums = phases.BusSums;
                _transcript.AbsorbBusSums(_busSums);
            }

            foreach (Quintic challenge in _transcript.DrawPhaseChallenges(phase)) _challenges[drawn++] = challenge;
        }

        if (!_context.SkipSelfChecks) TraceCheck.BusSums(_busSums);
    }

    /// <summary>
    /// 3. The quotient: the constraint challenge is drawn, then the quotients are computed and committed in pieces, with the masks, and the root absorbed.
    /// </summary>
    private void Quotient()
    {
        _constraintChallenge = _transcript.DrawConstraintChallenge();
        var prover = new QuotientProver(_shape, _constraintChallenge, _challenges, _busSums, _randomness, Cancellation);
        var extended = new Matrix?[_circuit.Tables.Count];
        try
        {
            foreach (int[] tables in _steps.Steps)
            {
                _stages.Run(ProverStage.Quotient, () =>
                {
                    using DomainSelectors? selectors = tables.Length > 1 ? new DomainSelectors(_shape, tables) : null;
                    TableSteps.Each(tables, table => extended[table] = QuotientOf(prover, table, selectors), Cancellation);
                });
                foreach (int table in tables)
                {
                    _traces[table].Dispose();
                    _tails[table].Dispose();
                }
            }

            _commitments.Add(_stages.Run(
                ProverStage.Commitment, () => Commitment.Create(_shape.Commitments[^1], extended, _options.Hash, _randomness, Cancellation)));
        }
        catch
        {
            foreach (Matrix? matrix in extended) matrix?.Dispose();
            throw;
        }

        _transcript.AbsorbQuotientRoot(_commitments[^1].Tree.Root);
    }

    /// <summary>
    /// 4. The out-of-domain point: it is drawn, every column opened there and where it is read on the next row; the openings are absorbed. With them
    /// every table's constraints equal its quotient times Z_act.
    /// </summary>
    private void OutOfDomain()
    {
        _point = _transcript.DrawOutOfDomainPoint();
        _openings = new Quintic[_shape.Openings.Count];
        _stages.Run(ProverStage.OutOfDomain, () => OutOfDomainOpener.Open(_shape, _point, MatrixOf, _openings, Cancellation));
        _transcript.AbsorbOpenings(_openings);
        if (_context.SkipSelfChecks) return;
        using var publicColumns = new PublicColumns(_shape, _publics);
        publicColumns.FillAll(_challenges);
        TraceCheck.Constraints(new OutOfDomainCheck(_shape, publicColumns, _challenges, _constraintChallenge, [.. _openings], [.. _busSums]), _point);
    }

    /// <summary>5. Batching: one coefficient for each opening; with them the columns of each height become one codeword.</summary>
    private void Batching()
    {
        Quintic[] coefficients = _transcript.DrawBatchingCoefficients();
        var combination = new DeepCombination(_shape, _point, _openings, coefficients);
        foreach (int logHeight in _shape.LogHeights.Distinct())
        {
            _codewords[logHeight] = _stages.Run(ProverStage.Batching, () => DeepCodeword.Combine(
                _shape, logHeight, combination, coefficients, _point, MatrixOf, Cancellation));
        }
    }

    /// <summary>6. FRI: each layer is committed, its root absorbed, its fold and roll-in challenges drawn; then the final polynomial is absorbed.</summary>
    private void FriLayers() => _fri = _stages.Run(ProverStage.Folding, () => FriProver.Commit(_transcript, _shape, TakeCodeword, _randomness, Cancellation));

    /// <summary>7. The queries: a nonce is ground; the indices are drawn; every tree is opened there.</summary>
    private Proof Queries()
    {
        ulong nonce = _stages.Run(ProverStage.Grinding, () => _transcript.Grind(Cancellation));
        var plan = new QueryPlan(_shape, _transcript.DrawQueries());
        var messages = new ProofMessages
        {
            PhaseRoots = [.. _commitments.Where(commitment => commitment.Shape.Kind == CommitmentKind.Phase).Select(commitment => commitment.Tree.Root)],
            BusSums = [.. _busSums],
            QuotientRoot = _commitments[^1].Tree.Root,
            Openings = [.. _openings],
            LayerRoots = _fri!.Roots,
            FinalPolynomial = _fri.FinalPolynomial,
            Nonce = nonce,
        };
        ProofQueries opened = _stages.Run(ProverStage.Queries, () => new ProofQueries(
            [.. _commitments.Select((commitment, i) => commitment.Tree.Open(plan.InCommitment(i)))], _fri.Open(plan)));
        return new Proof(_header, messages, opened);
    }

    private Matrix QuotientOf(QuotientProver prover, int table, DomainSelectors? selectors)
    {
        Matrix?[] phases = [.. Enumerable.Range(0, _circuit.Phases).Select(phase => Committed(phase)?.OfTable(table))];
        return prover.Extend(_circuit.Tables[table], _preprocessing!.Extended(table), phases, _tails[table], _traces[table].Public, selectors);
    }

    private Commitment? Committed(int phase) => _shape.PhaseCommitment(phase) is var index and >= 0 ? _commitments[index] : null;

    private Matrix MatrixOf(OpeningGroup group) => _commitments[group.Commitment].OfTable(group.Table)!;

    private Matrix TakeCodeword(int logHeight)
    {
        _codewords.Remove(logHeight, out Matrix? codeword);
        return codeword!;
    }

    private long TraceCells() => _circuit.Tables.Sum(
        table => (long)Enumerable.Range(0, _circuit.Phases).Sum(table.PhaseWidth) << _shape.LogHeights[table.Index]);

    /// <summary>How many times a stage runs: what progress counts.</summary>
    private int StepCount() =>
        (_context.Preprocessing is null ? 1 : 0) + PhaseProver.StepCount(_shape) + _steps.Steps.Length + 1 + 1
        + _shape.LogHeights.Distinct().Count() + 1 + 1 + 1;
}
