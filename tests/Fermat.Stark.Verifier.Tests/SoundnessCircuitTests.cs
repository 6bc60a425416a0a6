using Fermat.Air;
using static Fermat.Stark.Tests.SoundnessFixtures;

namespace Fermat.Stark.Tests;

/// <summary>The shape read from a circuit counts what the circuit generates, too.</summary>
public sealed class SoundnessCircuitTests
{
    private static Circuit Lookup()
    {
        var builder = new CircuitBuilder("lookup");
        Bus bus = builder.Bus("squares");
        builder.Challenge("r", 0);
        builder.RandomPoint("r", 0, 9);
        TableBuilder values = builder.Table("values");
        Expr x = values.Column("x"), y = values.Column("y");
        values.ConstrainTransition("x counts", values.Next(x) - x - 1);
        values.Send(bus, "x and its square", 1, x, y);
        TableBuilder squares = builder.Table("squares");
        Expr v = squares.Column("v"), count = squares.Column("count");
        squares.Constrain("nothing", v * v * (v - v));
        squares.Receive(bus, "a square", count, v, v * v);
        return builder.Build();
    }

    [Fact]
    public void Columns_constraints_and_messages_are_counted()
    {
        Circuit circuit = Lookup();
        CircuitShape shape = CircuitShape.Of(circuit, [14, 12]);
        Assert.Equal([14, 12], shape.LogHeights);
        Assert.Equal(9, Assert.Single(shape.RandomPoints).Degree);
        foreach ((TableShape table, Table source) in shape.Tables.Zip(circuit.Tables))
        {
            // x, y (or v, count), one blinding column, the helpers and the running sum, 15 quotient columns
            Assert.Equal(2 + 1 + 5 * (source.Groups.Count + 1) + 15, table.OpenedAtPoint);
            Assert.Equal(source.Constraints.Count, table.Constraints);
            Assert.Equal([2, 2], table.MessageWidths);   // its own and the blinding one
            Assert.Equal(source.Name, table.Name);
            Assert.InRange(table.ConstraintDegree, 1, 3);
        }
        Assert.Equal(1 + 5, shape.Tables[0].OpenedAtNext);   // x and the running sum
        Assert.Equal(5, shape.Tables[1].OpenedAtNext);
        Assert.Equal(circuit.MessageBound([14, 12]), shape.Messages);
        Assert.True(Soundness.Compute(new SoundnessInput(shape, Profiles.Select(ProofProfile.Balanced, 100, shape))).Meets(100));
    }

    [Fact]
    public void There_is_one_height_for_each_table() => Assert.Throws<ArgumentException>(() => CircuitShape.Of(Lookup(), [14]));
}
