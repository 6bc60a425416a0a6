using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark.Tests.Fuzz;

/// <summary>
/// A prover that lies where it is told to and goes on as an honest one would from there: roots and paths are those of what it committed, every later challenge is derived from
/// what it said, the nonce is ground for. So a lie gets as far as the check that is there to stop it.
/// </summary>
internal sealed class Forger(SequenceToy toy, ProofOptions options, Lies lies, byte seed)
{
    private readonly ProofShape _shape = new(toy.Circuit, options, toy.LogHeights);
    private readonly ProverRandomness _randomness = options.ZeroKnowledge ? ProverRandomness.FromSeed([.. Enumerable.Repeat(seed, 32)]) : ProverRandomness.None;
    private readonly Quintic[] _challenges = new Quintic[toy.Circuit.Challenges.Count];
    private readonly List<Commitment> _commitments = [];
    private readonly List<Matrix> _layers = [];
    private readonly List<MerkleTree> _layerTrees = [];

    /// <summary>The proof.</summary>
    public byte[] Forge()
    {
        using Preprocessing preprocessing = Preprocessing.Commit(toy.Circuit, options, toy.LogHeights);
        TableTrace[] traces = toy.Traces(options);
        TableTails[] tails = [.. traces.Select(_ => new TableTails(toy.Circuit.Phases))];
        try
        {
            return Forge(preprocessing, traces, tails);
        }
        finally
        {
            foreach (TableTrace trace in traces) trace.Dispose();
            foreach (TableTails tail in tails) tail.Dispose();
            foreach (Commitment commitment in _commitments) commitment.Dispose();
            foreach (MerkleTree tree in _layerTrees) tree.Dispose();
            foreach (Matrix layer in _layers) layer.Dispose();
        }
    }

    private byte[] Forge(Preprocessing preprocessing, TableTrace[] traces, TableTails[] tails)
    {
        foreach (Table table in toy.Circuit.Tables)
            if (preprocessing.Columns(table.Index) is { } columns) tails[table.Index].KeepPreprocessed(columns, _shape.Domain(table.Index).ActiveRows);
        VerifyingKey key = VerifyingKey.Of(toy.Circuit, options, toy.LogHeights, preprocessing);
        var transcript = new ProtocolTranscript(key, _shape, toy.PublicInputs);
        Commit(_shape.Commitments[0], [.. toy.Circuit.Tables.Select(table => preprocessing.Extended(table.Index)?.Clone())]);

        // Phases.
        var phases = new PhaseProver(_shape, traces, tails, toy, toy, _randomness, new ProverStages(new ProverContext(), 0, 0), default);
        int drawn = 0;
        Quintic[] busSums = [];
        for (int phase = 0; phase < toy.Circuit.Phases; phase++)
        {
            if (_shape.HasPublicColumns(phase)) transcript.AbsorbPublicColumns(phase, phases.FillPublic(phase, _challenges.AsSpan(0, drawn)));
            Commitment honest = phases.Commit(phase, _challenges.AsSpan(0, drawn))!;
            honest.Tree.Dispose();
            Commit(honest.Shape, [.. toy.Circuit.Tables.Select(table => honest.OfTable(table.Index))]);
            transcript.AbsorbPhaseRoot(phase, _commitments[^1].Tree.Root);
            if (phase == toy.Circuit.Phases - 1)
            {
                busSums = [.. phases.BusSums];
                lies.BusSums?.Invoke(busSums);
                transcript.AbsorbBusSums(busSums);
            }

            foreach (Quintic challenge in transcript.DrawPhaseChallenges(phase)) _challenges[drawn++] = challenge;
        }

        // Quotient.
        Quintic constraintChallenge = transcript.DrawConstraintChallenge();
        var quotient = new QuotientProver(_shape, constraintChallenge, _challenges, busSums, _randomness, default);
        Commit(_shape.Commitments[^1], [.. toy.Circuit.Tables.Select(table => (Matrix?)quotient.Extend(
            table, preprocessing.Extended(table.Index), [.. Enumerable.Range(0, toy.Circuit.Phases).Select(phase => OfPhase(phase, table.Index))], tails[table.Index], traces[table.Index].Public))]);
        transcript.AbsorbQuotientRoot(_commitments[^1].Tree.Root);

        // Out of the domain.
        Quintic point = transcript.DrawOutOfDomainPoint();
        var openings = new Quintic[_shape.Openings.Count];
        OutOfDomainOpener.Open(_shape, point, MatrixOf, openings, default);
        using (var publics = new PublicColumns(_shape, toy))
        {
            publics.FillAll(_challenges);
            lies.Openings?.Invoke(new OpenedColumns(_shape, openings, point, publics, _challenges, constraintChallenge, busSums));
        }

        transcript.AbsorbOpenings(openings);
        Quintic[] coefficients = transcript.DrawBatchingCoefficients();
        var deep = new DeepCombination(_shape, point, openings, coefficients);
        ImmutableArray<Quintic> final = Fold(transcript, logHeight => Extend(DeepCodeword.Combine(_shape, logHeight, deep, coefficients, point, MatrixOf, default)));

        // Queries.
        ulong nonce = transcript.Grind();
        int[] queries = transcript.DrawQueries();
        var plan = new QueryPlan(_shape, lies.Queries?.Invoke(queries) ?? queries);
        var header = new ProofHeader(options, key.Digest, PublicInputs.Digest(toy.PublicInputs), _shape.LogHeights);
        var messages = new ProofMessages
        {
            PhaseRoots = [.. _commitments.Where(commitment => commitment.Shape.Kind == CommitmentKind.Phase).Select(commitment => commitment.Tree.Root)],
            BusSums = [.. busSums],
            QuotientRoot = _commitments[^1].Tree.Root,
            Openings = [.. openings],
            LayerRoots = [.. _layerTrees.Select(tree => tree.Root)],
            FinalPolynomial = final,
            Nonce = lies.Nonce?.Invoke(nonce) ?? nonce,
        };
        var opened = new ProofQueries(
            [.. _commitments.Select((commitment, i) => commitment.Tree.Open(plan.InCommitment(i)))], [.. _layerTrees.Select((tree, i) => tree.Open(plan.InLayer(i)))]);
        return ProofWriter.Write(new Proof(lies.Header?.Invoke(header) ?? header, messages, opened));
    }

    /// <summary>Commits to matrices, which it keeps, after lying about them.</summary>
    private void Commit(CommitmentShape shape, Matrix?[] byTable)
    {
        lies.Columns?.Invoke(_commitments.Count, [.. byTable.OfType<Matrix>()]);
        _commitments.Add(Commitment.Create(shape, byTable, options.Hash, _randomness, default));
    }

    private ImmutableArray<Quintic> Fold(ProtocolTranscript transcript, Func<int, Quintic[]> codewordOf)
    {
        Quintic[] codeword = codewordOf(_shape.LogHeights.Max());
        for (int layer = 0; layer < _shape.Rounds.Count; layer++)
        {
            FoldingRound round = _shape.Rounds[layer];
            lies.FoldedLayer?.Invoke(layer, codeword);
            Quintic[] committed = [.. codeword];
            lies.CommittedLayer?.Invoke(layer, committed);
            var rows = new Matrix(committed.Length >> round.ArityLog2, Quintic.Degree << round.ArityLog2);
            _layers.Add(rows);
            for (int i = 0; i < committed.Length; i++) committed[i].CopyTo(rows.Row(i >> round.ArityLog2).Slice((i & ((1 << round.ArityLog2) - 1)) * Quintic.Degree, Quintic.Degree));
            _layerTrees.Add(MerkleTree.Commit(options.Hash, [rows], _randomness.Salts($"layer {layer}")));
            transcript.AbsorbLayerRoot(layer, _layerTrees[^1].Root);
            Quintic beta = transcript.DrawFoldChallenge(layer);
            codeword = FriFolder.Fold(codeword, round.ArityLog2, lies.Fold?.Invoke(layer, beta) ?? beta, default);
            if (round.RollInLogHeight is not { } joining) continue;
            Quintic gamma = transcript.DrawRollInChallenge(layer);
            gamma = lies.RollIn?.Invoke(layer, gamma) ?? gamma;
            Quintic[] other = codewordOf(joining);
            for (int i = 0; i < codeword.Length; i++) codeword[i] += gamma * other[i];
        }

        Ntt.BitReverse(codeword.AsSpan());
        Ntt.Inverse(codeword.AsSpan());
        ImmutableArray<Quintic> final = [.. codeword.AsSpan(0, _shape.FinalPolynomialLength)]; // what does not fit is left out
        final = lies.FinalPolynomial?.Invoke(final) ?? final;
        transcript.AbsorbFinalPolynomial(final.AsSpan());
        return final;
    }

    /// <summary>The codeword of a polynomial given on the first n of its points.</summary>
    private Quintic[] Extend(Matrix values)
    {
        using Matrix given = values;
        Lde.InterpolateBitReversed(given, TraceDomain.CosetShift);
        using Matrix extended = Lde.EvaluateBitReversed(given, options.BlowupLog2, TraceDomain.CosetShift);
        return [.. Enumerable.Range(0, extended.Rows).Select(row => ExtensionCells.Of(extended.Row(row))[0])];
    }

    private Matrix? OfPhase(int phase, int table) => _shape.PhaseCommitment(phase) is var index and >= 0 ? _commitments[index].OfTable(table) : null;

    private Matrix MatrixOf(OpeningGroup group) => _commitments[group.Commitment].OfTable(group.Table)!;
}
