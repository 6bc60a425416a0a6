namespace Fermat.Stark.Tests;

/// <summary>The shape of the toy's proofs, written out: a change here is a change of the protocol.</summary>
public class ProofShapeTests
{
    private static readonly SequenceToy Toy = new();
    private static readonly ProofShape Shape = new(Toy.Circuit, SequenceToy.Options, Toy.LogHeights);

    [Fact]
    public void Commitments_are_in_protocol_order()
    {
        // sequence: a, b, small, weighted, blind.out; range: count, blind.in. Phase 2: one lookup helper for both messages, and the running sum.
        Assert.Equal(
            [
                "preprocessed columns: 1×2@9",
                "phase 0: 0×5@11 1×2@9",
                "phase 1: 0×5@11",
                "phase 2: 0×10@11 1×10@9",
                "quotient: 0×20@11 1×20@9",
            ],
            Shape.Commitments.Select(c => $"{c.Name}: {string.Join(' ', c.Matrices.Select(m => $"{m.Table}×{m.Width}@{m.CodewordLog2}"))}"));
        Assert.Equal([false, true, true, true, true], Shape.Commitments.Select(c => c.Salted));
    }

    [Fact]
    public void Openings_are_by_table_then_commitment_then_point()
    {
        Assert.Equal(
            [
                "table 0, commitment 1.0: 0+5, next 0 1 2",
                "table 0, commitment 2.0: 8+5, next 0 1 2 3 4",
                "table 0, commitment 3.0: 18+10, next 5 6 7 8 9",
                "table 0, commitment 4.0: 33+15, next ",
                "table 1, commitment 0.0: 48+2, next 0",
                "table 1, commitment 1.1: 51+2, next ",
                "table 1, commitment 3.1: 53+10, next 5 6 7 8 9",
                "table 1, commitment 4.1: 68+15, next ",
            ],
            Shape.Openings.Groups.Select(g =>
                $"table {g.Table}, commitment {g.Commitment}.{g.Matrix}: {g.First}+{g.Columns}, next {string.Join(' ', g.NextColumns)}"));
        Assert.Equal(83, Shape.Openings.Count);
    }

    [Fact]
    public void Rounds_stop_at_each_height()
    {
        Assert.Equal([(11, 2, 7), (9, 3, null), (6, 2, (int?)null)], Shape.Rounds.Select(r => (r.LogLength, r.ArityLog2, r.RollInLogHeight)));
        Assert.Equal(4, Shape.FinalCodewordLog2);
        Assert.Equal(4, Shape.FinalPolynomialLength);
    }

    [Fact]
    public void Without_zero_knowledge_nothing_is_salted_or_masked()
    {
        var plain = new ProofShape(Toy.Circuit, SequenceToy.Options with { ZeroKnowledge = false }, Toy.LogHeights);
        Assert.All(plain.Commitments, commitment => Assert.False(commitment.Salted));
        Assert.Equal(15, plain.Commitments[^1].Matrices[0].Width);
        Assert.False(plain.LayerTree(0).Salted);
    }

    [Fact]
    public void A_query_points_to_the_same_row_at_every_height()
    {
        var plan = new QueryPlan(Shape, [0b101_0110_1101, 3, 0b101_0110_1110, 3]);
        Assert.Equal([3, 0b101_0110_1101, 0b101_0110_1110], plan.Distinct);
        Assert.Equal([0, 0b1_0101_1011], plan.InCommitment(0));
        Assert.Equal([0, 0b1_0101_1011], plan.InLayer(0));
        Assert.Equal([0, 0b10_1011], plan.InLayer(1));
    }

    [Fact]
    public void Soundness_counts_what_is_opened()
    {
        SoundnessInput input = Shape.ToSoundnessInput();
        Assert.Equal(
            Shape.Openings.Groups.GroupBy(g => g.Table).Select(g => (g.Sum(x => x.Columns), g.Sum(x => x.NextColumns.Length))),
            input.Shape.Tables.Select(table => (table.OpenedAtPoint, table.OpenedAtNext)));
        Assert.Equal(Toy.Circuit.MessageBound(Toy.LogHeights), input.Shape.Messages);
    }

    [Fact]
    public void Tables_and_heights_have_to_match()
    {
        Assert.Throws<ArgumentException>(() => new ProofShape(Toy.Circuit, SequenceToy.Options, [9]));
        Assert.Throws<ArgumentException>(() => new ProofShape(Toy.Circuit, SequenceToy.Options, [9, 6]));
    }
}
