using Fermat.Algebra;

namespace Fermat.Air.Tests;

/// <summary>The pitfalls of docs/PROTOCOL.md that are stopped in this layer.</summary>
public sealed class PitfallTests
{
    private const int LogHeight = 5, Tail = 8;

    private static readonly Quintic[] Challenges = new TestValues(5).Extensions(2);

    [Theory]
    [Trait("Pitfall", "non-boolean selectors")]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(1 << 30)]
    public void Non_boolean_selectors(int value)
    {
        // A flag of 2 would count its row's message twice.
        var builder = new CircuitBuilder("flags");
        TableBuilder table = builder.Table("rows");
        Expr flag = table.Column("flag");
        table.ConstrainBoolean("flag is a bit", flag);
        Circuit circuit = builder.Build();
        using var trace = new TableTrace(circuit, 0, LogHeight, Tail);
        trace.Phase(0)[3, 0] = KoalaBear.One;
        Assert.True(ConstraintChecker.Check(circuit, [trace], []).IsSatisfied);
        trace.Phase(0)[4, 0] = KoalaBear.From(value);
        ConstraintViolation violation = Assert.Single(ConstraintChecker.Check(circuit, [trace], []).Violations);
        Assert.Equal(("flag is a bit", 4), (violation.Constraint, violation.Row));
    }

    [Fact]
    [Trait("Pitfall", "two message kinds that collide")]
    public void Two_message_kinds_that_collide()
    {
        // The same element sent as one kind and received as another does not balance, neither message by message nor in the bus sum.
        var builder = new CircuitBuilder("kinds");
        Bus first = builder.Bus("first"), second = builder.Bus("second");
        TableBuilder table = builder.Table("rows");
        Expr value = table.Column("value"), used = table.Column("used"), taken = table.Column("taken");
        table.Send(first, "sent as first", used, value);
        table.Receive(first, "taken as first", used - taken, value);
        table.Receive(second, "taken as second", taken, value);
        Circuit circuit = builder.Build();
        using var trace = new TableTrace(circuit, 0, LogHeight, Tail);
        (trace.Phase(0)[2, 0], trace.Phase(0)[2, 1]) = (KoalaBear.From(7u), KoalaBear.One);
        Assert.True(ConstraintChecker.Check(circuit, [trace], Challenges).IsSatisfied);
        Assert.True(LogUpFiller.Fill(circuit, trace, Challenges).BusSum.IsZero);

        trace.Phase(0)[2, 2] = KoalaBear.One;
        CheckReport report = ConstraintChecker.Check(circuit, [trace], Challenges);
        Assert.Equal(["first", "second"], report.Imbalances.Select(imbalance => imbalance.Bus).Order());
        Assert.False(LogUpFiller.Fill(circuit, trace, Challenges).BusSum.IsZero);
    }
}
