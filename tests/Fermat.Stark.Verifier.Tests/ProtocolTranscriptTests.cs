using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>The order of absorbing and drawing, and that all of it counts.</summary>
public class ProtocolTranscriptTests
{
    private static readonly SequenceToy Toy = new();
    private static readonly ProofShape Shape = new(Toy.Circuit, SequenceToy.Options, Toy.LogHeights);
    private static readonly VerifyingKey Key = Toy.Key();

    [Fact]
    [Trait("Pitfall", "challenge drawn before all of a phase's commitments")]
    public void Challenge_drawn_before_all_of_a_phases_commitments()
    {
        ProtocolTranscript transcript = Start();
        Assert.Throws<InvalidOperationException>(() => transcript.DrawPhaseChallenges(0));
        Assert.Throws<InvalidOperationException>(() => transcript.AbsorbPhaseRoot(0, Root(0)));
        transcript.AbsorbPublicColumns(0, [Root(9)]);
        transcript.AbsorbPhaseRoot(0, Root(0));
        Assert.Throws<InvalidOperationException>(() => transcript.AbsorbPhaseRoot(1, Root(1)));
        Assert.Single(transcript.DrawPhaseChallenges(0));
        Assert.Throws<InvalidOperationException>(() => transcript.DrawPhaseChallenges(1));
        Assert.Throws<InvalidOperationException>(() => transcript.AbsorbPhaseRoot(2, Root(2)));
        Assert.Throws<InvalidOperationException>(() => transcript.DrawConstraintChallenge());
        transcript.AbsorbPublicColumns(1, [Root(9)]);
        transcript.AbsorbPhaseRoot(1, Root(1));
        Assert.Equal(2, transcript.DrawPhaseChallenges(1).Length);
    }

    [Fact]
    [Trait("Pitfall", "bus sums not absorbed")]
    public void Bus_sums_not_absorbed()
    {
        ProtocolTranscript transcript = AfterLastRoot();
        Assert.Throws<InvalidOperationException>(() => transcript.DrawPhaseChallenges(2));
        Assert.Throws<InvalidOperationException>(() => transcript.DrawConstraintChallenge());
        Assert.Throws<InvalidOperationException>(() => transcript.AbsorbBusSums([Quintic.One]));

        Quintic[] sums = [Quintic.One, -Quintic.One];
        Assert.NotEqual(ChallengeAfter(sums), ChallengeAfter([Quintic.X, -Quintic.X]));
        Assert.Equal(ChallengeAfter(sums), ChallengeAfter(sums));

        static Quintic ChallengeAfter(Quintic[] sums)
        {
            ProtocolTranscript transcript = AfterLastRoot();
            transcript.AbsorbBusSums(sums);
            transcript.DrawPhaseChallenges(2);
            return transcript.DrawConstraintChallenge();
        }
    }

    [Fact]
    public void Missing_phase_root_is_refused()
    {
        ProtocolTranscript transcript = Start();
        transcript.AbsorbPublicColumns(0, [Root(9)]);
        Assert.Equal("Phase 0 is absorbed with its root or not at all.", Assert.Throws<InvalidOperationException>(() => transcript.AbsorbPhaseRoot(0, null)).Message);
    }

    [Fact]
    public void Public_tables_not_absorbed()
    {
        Assert.Throws<InvalidOperationException>(() => Start().AbsorbPublicColumns(0, []));
        Assert.Throws<InvalidOperationException>(() => Start().AbsorbPublicColumns(1, [Root(9)]));
        Assert.NotEqual(FirstChallenge(Root(9)), FirstChallenge(Root(8)));

        static Quintic FirstChallenge(Digest publicColumns)
        {
            ProtocolTranscript transcript = Start();
            transcript.AbsorbPublicColumns(0, [publicColumns]);
            transcript.AbsorbPhaseRoot(0, Root(0));
            return transcript.DrawPhaseChallenges(0)[0];
        }
    }

    [Fact]
    [Trait("Pitfall", "weak Fiat–Shamir: something public not absorbed")]
    public void Weak_fiat_shamir_something_public_not_absorbed()
    {
        ProofOptions options = SequenceToy.Options;
        var first = new Dictionary<string, Quintic>
        {
            ["as it is"] = FirstChallenge(Toy, options, Toy.LogHeights, Toy.PublicInputs),
            ["public inputs"] = FirstChallenge(Toy, options, Toy.LogHeights, [.. Toy.PublicInputs, 0]),
            ["first height"] = FirstChallenge(Toy, options, [10, 7], Toy.PublicInputs),
            ["heights swapped"] = FirstChallenge(Toy, options, [7, 9], Toy.PublicInputs),
            ["circuit"] = FirstChallenge(new SequenceToy(start: 2), options, Toy.LogHeights, Toy.PublicInputs),
            ["preprocessed height"] = FirstChallenge(new SequenceToy { LogHeights = [9, 8] }, options, Toy.LogHeights, Toy.PublicInputs),
            ["hash"] = FirstChallenge(Toy, options with { Hash = CommitmentHash.Keccak256 }, Toy.LogHeights, Toy.PublicInputs),
            ["blowup"] = FirstChallenge(Toy, options with { BlowupLog2 = 3 }, Toy.LogHeights, Toy.PublicInputs),
            ["queries"] = FirstChallenge(Toy, options with { Queries = 5 }, Toy.LogHeights, Toy.PublicInputs),
            ["grinding"] = FirstChallenge(Toy, options with { QueryGrindingBits = 4 }, Toy.LogHeights, Toy.PublicInputs),
            ["folding"] = FirstChallenge(Toy, options with { FoldingLog2 = 2 }, Toy.LogHeights, Toy.PublicInputs),
            ["final polynomial"] = FirstChallenge(Toy, options with { FinalPolynomialLog2 = 3 }, Toy.LogHeights, Toy.PublicInputs),
            ["tail rows"] = FirstChallenge(Toy, options with { TailRows = 32 }, Toy.LogHeights, Toy.PublicInputs),
            ["zero knowledge"] = FirstChallenge(Toy, options with { ZeroKnowledge = false }, Toy.LogHeights, Toy.PublicInputs),
        };
        Assert.Equal(first.Count, first.Values.Distinct().Count());
    }

    [Fact]
    public void Every_message_changes_the_queries()
    {
        int[] asItIs = Queries(-1);
        Assert.Equal(asItIs, Queries(-1));
        for (int changed = 0; changed < 9 + Shape.Rounds.Count; changed++) Assert.NotEqual(asItIs, Queries(changed));
    }

    /// <summary>Before each step, and after the last, every other one is refused and leaves the transcript as it is.</summary>
    [Fact]
    public void Every_step_is_refused_when_it_is_not_its_turn()
    {
        (string Name, Action<ProtocolTranscript> Take)[] steps = [.. Steps()];
        Assert.Contains(steps, step => step.Name.StartsWith("roll-in", StringComparison.Ordinal));
        ProtocolTranscript transcript = Start();
        for (int turn = 0; turn <= steps.Length; turn++)
        {
            string due = turn < steps.Length ? steps[turn].Name : "";
            Digest before = transcript.State;
            foreach ((string name, Action<ProtocolTranscript> take) in steps.Append(("grinding", transcript => transcript.Grind())))
            {
                if (name == due) continue;
                string message = Assert.Throws<InvalidOperationException>(() => take(transcript)).Message;
                Assert.Matches(@"^The protocol expects \w+ \d+ here, not \w+ \d*\.$", message);
            }

            Assert.Equal(before, transcript.State);
            if (turn < steps.Length) steps[turn].Take(transcript);
        }
    }

    [Fact]
    public void As_many_values_are_absorbed_as_the_shape_has()
    {
        (string Name, Action<ProtocolTranscript> Take)[] steps = [.. Steps()];
        Quintic[] one = [Quintic.One];
        foreach ((string step, int expected, int given, Action<ProtocolTranscript> wrong) in new (string, int, int, Action<ProtocolTranscript>)[]
        {
            ("public columns 0", 1, 2, transcript => transcript.AbsorbPublicColumns(0, [Root(1), Root(2)])),
            ("bus sums", 2, 1, transcript => transcript.AbsorbBusSums(one)),
            ("openings", Shape.Openings.Count, 1, transcript => transcript.AbsorbOpenings(one)),
            ("final polynomial", Shape.FinalPolynomialLength, 1, transcript => transcript.AbsorbFinalPolynomial(one)),
        })
        {
            ProtocolTranscript transcript = Start();
            foreach ((_, Action<ProtocolTranscript> take) in steps.TakeWhile(s => s.Name != step)) take(transcript);
            Assert.Equal($"The protocol expects {expected} values here, not {given}.", Assert.Throws<InvalidOperationException>(() => wrong(transcript)).Message);
        }
    }

    /// <summary>All steps in order, with made-up messages.</summary>
    private static IEnumerable<(string Name, Action<ProtocolTranscript> Take)> Steps()
    {
        for (int phase = 0; phase < 3; phase++)
        {
            int p = phase;
            if (Shape.HasPublicColumns(p)) yield return ($"public columns {p}", transcript => transcript.AbsorbPublicColumns(p, [Root(9)]));
            yield return ($"root {p}", transcript => transcript.AbsorbPhaseRoot(p, Root(p)));
            if (p == 2) yield return ("bus sums", transcript => transcript.AbsorbBusSums([Quintic.One, -Quintic.One]));
            yield return ($"challenges {p}", transcript => transcript.DrawPhaseChallenges(p));
        }

        yield return ("constraint challenge", transcript => transcript.DrawConstraintChallenge());
        yield return ("quotient root", transcript => transcript.AbsorbQuotientRoot(Root(3)));
        yield return ("point", transcript => transcript.DrawOutOfDomainPoint());
        yield return ("openings", transcript => transcript.AbsorbOpenings([.. Enumerable.Repeat(Quintic.One, Shape.Openings.Count)]));
        yield return ("batching", transcript => transcript.DrawBatchingCoefficients());
        for (int layer = 0; layer < Shape.Rounds.Count; layer++)
        {
            int l = layer;
            yield return ($"layer root {l}", transcript => transcript.AbsorbLayerRoot(l, Root(l)));
            yield return ($"fold {l}", transcript => transcript.DrawFoldChallenge(l));
            if (Shape.Rounds[l].RollInLogHeight is not null) yield return ($"roll-in {l}", transcript => transcript.DrawRollInChallenge(l));
        }

        yield return ("final polynomial", transcript => transcript.AbsorbFinalPolynomial([.. Enumerable.Repeat(Quintic.One, Shape.FinalPolynomialLength)]));
        yield return ("grinding", transcript => transcript.CheckGrinding(7));
        yield return ("queries", transcript => transcript.DrawQueries());
    }

    /// <summary>Runs the whole protocol with made-up messages, one of them changed.</summary>
    private static int[] Queries(int changed)
    {
        int message = 0;
        ProtocolTranscript transcript = Start();
        for (int phase = 0; phase < 3; phase++)
        {
            if (Shape.HasPublicColumns(phase)) transcript.AbsorbPublicColumns(phase, [Root(Changed())]);
            transcript.AbsorbPhaseRoot(phase, Root(Changed()));
            if (phase == 2) transcript.AbsorbBusSums([.. Enumerable.Repeat(Quintic.From(Changed()), 2)]);
            transcript.DrawPhaseChallenges(phase);
        }

        transcript.DrawConstraintChallenge();
        transcript.AbsorbQuotientRoot(Root(Changed()));
        transcript.DrawOutOfDomainPoint();
        transcript.AbsorbOpenings([.. Enumerable.Repeat(Quintic.One, Shape.Openings.Count - 1), Quintic.From(Changed())]);
        transcript.DrawBatchingCoefficients();
        for (int layer = 0; layer < Shape.Rounds.Count; layer++)
        {
            transcript.AbsorbLayerRoot(layer, Root(Changed()));
            transcript.DrawFoldChallenge(layer);
            if (Shape.Rounds[layer].RollInLogHeight is not null) transcript.DrawRollInChallenge(layer);
        }

        transcript.AbsorbFinalPolynomial([.. Enumerable.Repeat(Quintic.One, Shape.FinalPolynomialLength - 1), Quintic.From(Changed())]);
        transcript.CheckGrinding(7);
        return transcript.DrawQueries();

        int Changed() => message++ == changed ? 2 : 1;
    }

    private static Quintic FirstChallenge(SequenceToy toy, ProofOptions options, int[] logHeights, ReadOnlySpan<byte> publicInputs)
    {
        var transcript = new ProtocolTranscript(toy.Key(options), new ProofShape(toy.Circuit, options, logHeights), publicInputs);
        transcript.AbsorbPublicColumns(0, [Root(9)]);
        transcript.AbsorbPhaseRoot(0, Root(0));
        return transcript.DrawPhaseChallenges(0)[0];
    }

    private static ProtocolTranscript Start() => new(Key, Shape, Toy.PublicInputs);

    private static ProtocolTranscript AfterLastRoot()
    {
        ProtocolTranscript transcript = Start();
        for (int phase = 0; phase < 2; phase++)
        {
            transcript.AbsorbPublicColumns(phase, [Root(9)]);
            transcript.AbsorbPhaseRoot(phase, Root(phase));
            transcript.DrawPhaseChallenges(phase);
        }

        transcript.AbsorbPhaseRoot(2, Root(2));
        return transcript;
    }

    private static Digest Root(int i) => Blake3.Hash([(byte)i]);
}
