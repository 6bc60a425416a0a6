using Fermat.Air;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Batches that the rules allow have traces that satisfy the circuit, and proofs.</summary>
public sealed class HonestTransitionTests
{
    [Fact]
    public void A_day_with_every_kind_of_event_satisfies_the_circuit() => Satisfies(Day);

    [Fact]
    public void Each_event_alone_satisfies_the_circuit()
    {
        foreach (BatchEvent e in Day.Where(e => e.First != Frank || e.Kind == EventKind.Opening)) Satisfies(e);
    }

    private static void Satisfies(params BatchEvent[] events)
    {
        CheckReport report = TransitionScene.Of(events).Check();
        Assert.True(report.IsSatisfied, report.ToString());
    }
}
