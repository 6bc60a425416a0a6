using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>A proof taken apart, so that a test can change a part and put it together again.</summary>
internal sealed class OpenedProof
{
    private readonly SequenceToy _toy;
    private readonly VerifyingKey _key;

    public OpenedProof(SequenceToy toy, ProofOptions options, byte[] bytes)
    {
        _toy = toy;
        _key = toy.Key(options);
        var reader = new ByteReader(bytes);
        Header = ProofReader.Header(ref reader, toy.Circuit.Tables.Count)!;
        Shape = new ProofShape(toy.Circuit, Header.Options, Header.LogHeights);
        Messages = ProofReader.Messages(ref reader, Shape)!;
        Plan = PlanFor(Messages);
        Queries = ProofReader.Queries(ref reader, Shape, Plan)!;
        Assert.Null(reader.Failure);
        Parts = [.. reader.EndParts()];
    }

    public ProofHeader Header { get; }

    public ProofShape Shape { get; }

    public ProofMessages Messages { get; }

    public QueryPlan Plan { get; }

    public ProofQueries Queries { get; }

    public ProofPart[] Parts { get; }

    /// <summary>The bytes, with some things replaced.</summary>
    public byte[] With(ProofHeader? header = null, ProofMessages? messages = null, ProofQueries? queries = null) =>
        ProofWriter.Write(new Proof(header ?? Header, messages ?? Messages, queries ?? Queries));

    /// <summary>The queries that the transcript gives after these messages.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="publics">Who fills in the public columns, if not the proof's toy.</param>
    /// <param name="afterStep">Shown the transcript after each step.</param>
    public QueryPlan PlanFor(ProofMessages messages, IPublicTables? publics = null, Action<ProtocolTranscript>? afterStep = null)
    {
        var transcript = new ProtocolTranscript(_key, Shape, _toy.PublicInputs);
        Step();
        int root = 0;
        using var publicColumns = new PublicColumns(Shape, publics ?? _toy);
        var challenges = new Algebra.Quintic[Shape.Circuit.Challenges.Count];
        for (int phase = 0; phase < Shape.Circuit.Phases; phase++)
        {
            if (Shape.HasPublicColumns(phase)) transcript.AbsorbPublicColumns(phase, publicColumns.Fill(phase, challenges));
            transcript.AbsorbPhaseRoot(phase, messages.PhaseRoots[root++]);
            if (phase == Shape.Circuit.Phases - 1) transcript.AbsorbBusSums(messages.BusSums.AsSpan());
            Step();
            transcript.DrawPhaseChallenges(phase).CopyTo(challenges, Shape.Circuit.ChallengesBefore(phase));
            Step();
        }

        transcript.DrawConstraintChallenge();
        Step();
        transcript.AbsorbQuotientRoot(messages.QuotientRoot);
        Step();
        transcript.DrawOutOfDomainPoint();
        Step();
        transcript.AbsorbOpenings(messages.Openings.AsSpan());
        Step();
        transcript.DrawBatchingCoefficients();
        Step();
        for (int layer = 0; layer < Shape.Rounds.Count; layer++)
        {
            transcript.AbsorbLayerRoot(layer, messages.LayerRoots[layer]);
            Step();
            transcript.DrawFoldChallenge(layer);
            Step();
            if (Shape.Rounds[layer].RollInLogHeight is not null) transcript.DrawRollInChallenge(layer);
        }

        transcript.AbsorbFinalPolynomial(messages.FinalPolynomial.AsSpan());
        Step();
        transcript.CheckGrinding(messages.Nonce);
        Step();
        var plan = new QueryPlan(Shape, transcript.DrawQueries());
        Step();
        return plan;

        void Step() => afterStep?.Invoke(transcript);
    }

    /// <summary>
    /// Changes the final polynomial until the messages lead to the queries of the proof, whose openings then still fit: what a cheating prover
    /// could do about one query without grinding.
    /// </summary>
    public ProofMessages WithSameQueries(ProofMessages messages)
    {
        for (int attempt = 1; attempt < 1 << 16; attempt++)
        {
            var changed = messages with
            {
                FinalPolynomial = messages.FinalPolynomial.SetItem(0, messages.FinalPolynomial[0] + Algebra.Quintic.From(attempt)),
            };
            if (PlanFor(changed).Distinct.SequenceEqual(Plan.Distinct)) return changed;
        }

        throw new InvalidOperationException("no such final polynomial was found");
    }

    /// <summary>Where a part begins in the bytes.</summary>
    public int Offset(string part) => Parts.TakeWhile(p => p.Name != part).Sum(p => p.Bytes);

    /// <summary>An opening with one element of one matrix's opened rows changed.</summary>
    public static MultiOpening ChangeRow(MultiOpening opening)
    {
        Algebra.KoalaBear[][] rows = [.. opening.Rows.Select(row => row.ToArray())];
        rows[0][0] += Algebra.KoalaBear.One;
        return new MultiOpening(opening.Plan, rows, opening.Salts, opening.Siblings);
    }
}
