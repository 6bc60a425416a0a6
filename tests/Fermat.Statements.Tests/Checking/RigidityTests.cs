using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Statements.Tests.Checking;

/// <summary>The search for what can move finds what nothing pins, where two cells have to move together too.</summary>
public sealed class RigidityTests
{
    [Theory]
    [InlineData(false, "user[0].a, user[0].b")]
    [InlineData(true, "")]
    public void Cells_that_can_only_move_together_are_found(bool pinned, string found)
    {
        var builder = new CircuitBuilder("sum");
        TableBuilder user = builder.Table("user"), other = builder.Table("other");
        (Expr a, Expr b, Expr c) = (user.Column("a"), user.Column("b"), other.Column("c"));
        Bus bus = builder.Bus("sum");
        user.Send(bus, "sum", user.FirstRow, a + b);
        other.Receive(bus, "sum", other.FirstRow, c);
        other.Constrain("c is bounded", c * (c - 1) * (c - 7));
        user.ConstrainTransition("a stays", user.Next(a));
        user.ConstrainTransition("b stays", user.Next(b));
        if (pinned) user.ConstrainFirst("a is 3", a - 3);
        Circuit circuit = builder.Build();
        TableTrace[] traces = [new(circuit, 0, 4, 6), new(circuit, 1, 4, 6)];
        traces[0].Phase(0)[0, a.Offset] = KoalaBear.From(3);
        traces[0].Phase(0)[0, b.Offset] = KoalaBear.From(4);
        traces[1].Phase(0)[0, c.Offset] = KoalaBear.From(7);
        Assert.Equal("satisfied", ConstraintChecker.Check(circuit, traces, []).ToString());
        var rigid = new Rigidity(circuit, [([], traces)], [], _ => false, _ => true);
        foreach (TableTrace trace in traces) trace.Dispose();
        Assert.Equal(found, string.Join("; ", rigid.Free.Select(free => string.Join(", ", rigid.With(free)))));
    }
}
