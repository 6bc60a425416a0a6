using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>The pitfalls of docs/PROTOCOL.md that are stopped in this layer, by name. Those of the transcript are in <see cref="ProtocolTranscriptTests"/>.</summary>
public class PitfallTests
{
    private static readonly SequenceToy Toy = new();
    private static readonly OpenedProof Opened = new(Toy, SequenceToy.Options, Toy.Prove());
    private static readonly int LastActive = (1 << Toy.LogHeights[SequenceToy.Sequence]) - SequenceToy.Options.TailRows - 1;

    [Fact]
    [Trait("Pitfall", "bus sums not checked for zero, or skipped for tables without messages")]
    public void Bus_sums_not_checked_for_zero()
    {
        // A value out of range is looked up, so nothing sends it.
        var toy = new SequenceToy { Tamper = (sequence, _) => sequence[5, 2] = KoalaBear.From(SequenceToy.RangeValues) };
        Tampering.AssertRejected(RejectionCode.BusSumsNotZero, toy.Verify(toy.Prove(dishonest: true)));
    }

    [Fact]
    public void Bus_sums_moved_between_tables()
    {
        Quintic moved = Quintic.X;
        var messages = Opened.Messages with { BusSums = [Opened.Messages.BusSums[0] + moved, Opened.Messages.BusSums[1] - moved] };
        Tampering.AssertRejected(RejectionCode.ConstraintsNotSatisfied, Toy.Verify(Opened.With(messages: messages)));
    }

    [Fact]
    [Trait("Pitfall", "trusting the prover's table order, heights or shapes")]
    public void Trusting_the_provers_table_order()
    {
        (ProofHeader header, ProofMessages messages) = (Opened.Header, Opened.Messages);
        Tampering.AssertRejected(RejectionCode.HeightUnlikeKey, Toy.Verify(Opened.With(header with { LogHeights = [7, 9] })));
        Assert.False(Toy.Verify(Opened.With(messages: messages with { PhaseRoots = [messages.PhaseRoots[1], messages.PhaseRoots[0], messages.PhaseRoots[2]] })).Accepted);
        Assert.False(Toy.Verify(Opened.With(messages: messages with { BusSums = [messages.BusSums[1], messages.BusSums[0]] })).Accepted);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    [Trait("Pitfall", "trusting the prover's table order, heights or shapes")]
    public void Trusting_the_provers_table_heights(int logHeight) =>
        Assert.False(Toy.Verify(Opened.With(Opened.Header with { LogHeights = [logHeight, 7] })).Accepted);

    [Fact]
    [Trait("Pitfall", "messages active on padding or tail rows")]
    public void Messages_active_on_tail_rows()
    {
        // The honest prover fills tail rows with noise in every column, out of range too, and the buses balance.
        Assert.True(Toy.Verify(Toy.Prove(seed: 77)).Accepted);

        // The last active row is not a tail row.
        var toy = new SequenceToy { Tamper = (sequence, _) => sequence[LastActive, 2] = KoalaBear.From(SequenceToy.RangeValues) };
        Tampering.AssertRejected(RejectionCode.BusSumsNotZero, toy.Verify(toy.Prove(dishonest: true)));
    }

    public static TheoryData<int, int> Edges => new()
    {
        { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 }, { LastActive - 1, 0 }, { LastActive - 1, 1 }, { LastActive, 0 }, { LastActive, 1 },
    };

    [Theory]
    [MemberData(nameof(Edges))]
    [Trait("Pitfall", "first and last row off by one")]
    public void First_and_last_row_off_by_one(int row, int column)
    {
        var toy = new SequenceToy { Tamper = (sequence, _) => sequence[row, column] += KoalaBear.One };
        Tampering.AssertRejected(RejectionCode.ConstraintsNotSatisfied, toy.Verify(toy.Prove(dishonest: true)));
    }

    [Fact]
    [Trait("Pitfall", "grinding checked at the wrong step")]
    public void Grinding_checked_at_the_wrong_step()
    {
        // The nonce was ground after the final polynomial; with any other final polynomial it shows no work.
        ProofOptions options = SequenceToy.Options with { QueryGrindingBits = 12 };
        var opened = new OpenedProof(Toy, options, Toy.Prove(options));
        VerifyingKey key = Toy.Key(options);
        Assert.True(Toy.Verify(opened.With(), key: key).Accepted);
        for (int i = 0; i < opened.Messages.FinalPolynomial.Length; i++)
        {
            var final = opened.Messages.FinalPolynomial.SetItem(i, opened.Messages.FinalPolynomial[i] + Quintic.One);
            Tampering.AssertRejected(
                RejectionCode.WrongGrinding, Toy.Verify(opened.With(messages: opened.Messages with { FinalPolynomial = final }), key: key));
        }
    }

    [Fact]
    [Trait("Pitfall", "proof of one rulebook accepted for another")]
    public void Proof_of_one_rulebook_accepted_for_another()
    {
        // The other rulebook starts the sequence elsewhere. The header is made to fit; the transcript and the constraints are not.
        var other = new SequenceToy(start: 2);
        Tampering.AssertRejected(RejectionCode.WrongVerifyingKey, other.Verify(Opened.With()));
        Assert.False(other.Verify(Opened.With(Opened.Header with { KeyDigest = other.Key().Digest })).Accepted);
    }

    [Fact]
    public void Proof_about_other_public_inputs()
    {
        var other = new SequenceToy(1, 3, 1, 4, 1, 5, 9, 2, 7);
        Tampering.AssertRejected(RejectionCode.WrongPublicInputs, other.Verify(Opened.With()));
        Assert.False(other.Verify(Opened.With(Opened.Header with { PublicInputsDigest = PublicInputs.Digest(other.PublicInputs) })).Accepted);
    }

    [Fact]
    [Trait("Pitfall", "public tables taken from the prover")]
    public void Public_tables_taken_from_the_prover()
    {
        // The prover uses other public columns than the public inputs mean.
        var prover = new SequenceToy
        {
            WeightOffset = 1,
            Tamper = (sequence, _) =>
            {
                for (int row = 0; row < Toy.Weights.Length; row++) sequence[row, 3] = sequence[row, 1] * KoalaBear.From(Toy.Weights[row] + 1);
            },
        };
        byte[] proof = prover.Prove();
        Assert.True(prover.Verify(proof).Accepted);
        Tampering.AssertRejected(RejectionCode.ConstraintsNotSatisfied, Toy.Verify(proof));
    }

    [Fact]
    [Trait("Pitfall", "public tables not absorbed: columns that are not a function of the public inputs, chosen after the challenges")]
    public void Public_columns_that_are_not_a_function_of_the_public_inputs()
    {
        // A careless statement: the same public inputs, other columns. Were the columns not absorbed, a prover could choose them
        // after the out-of-domain point is known, one equation for many unknowns, and prove what is false.
        var other = new SequenceToy { WeightOffset = 1 };
        Assert.Equal(Toy.PublicInputs, other.PublicInputs);
        Assert.NotEqual(Opened.PlanFor(Opened.Messages).Distinct, Opened.PlanFor(Opened.Messages, other).Distinct);
        Assert.Equal(Opened.Plan.Distinct, Opened.PlanFor(Opened.Messages, new SequenceToy()).Distinct);
        Tampering.AssertRejected(RejectionCode.ConstraintsNotSatisfied, other.Verify(Opened.With()));
    }

    [Fact]
    public void Random_point_identity_that_does_not_hold()
    {
        // The column of phase 1 sums other values than the committed ones.
        var toy = new SequenceToy { SumOffset = 1 };
        Tampering.AssertRejected(RejectionCode.ConstraintsNotSatisfied, toy.Verify(toy.Prove(dishonest: true)));
    }

    [Fact]
    public void Key_of_another_circuit_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => Toy.Verify(Opened.With(), key: new SequenceToy(start: 2).Key()));

    [Fact]
    [Trait("Pitfall", "a kinder soundness figure declared beside the circuit")]
    public void Identity_of_another_degree_is_another_circuit()
    {
        // A kinder degree would make a kinder soundness figure: it is bound to the proof.
        var other = new SequenceToy(start: 1, degree: 1, weights: []);
        Assert.NotEqual(Toy.Key().CircuitDigest, other.Key().CircuitDigest);
        Tampering.AssertRejected(RejectionCode.WrongVerifyingKey, other.Verify(Opened.With()));
        Assert.False(other.Verify(Opened.With(Opened.Header with { KeyDigest = other.Key().Digest })).Accepted);
    }
}
