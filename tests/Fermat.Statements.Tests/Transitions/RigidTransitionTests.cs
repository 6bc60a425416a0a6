using Fermat.Air;
using Fermat.Algebra;
using Fermat.Statements.Tests.Accounts;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Rulebooks;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Of a proven batch nothing can move, however many cells move together.</summary>
public sealed class RigidTransitionTests
{
    /// <summary>Of a version before the batch no rule asks what its equity was before that: nothing reads the sign of the improvement there.</summary>
    private static readonly string[] Unjudged = ["maintenance less equity before", "improvement["];

    /// <summary>Where nothing closes the sum of these cells is zero; none of them is negative, so each is.</summary>
    private const string NotNegative = "closed cost[";

    [Fact]
    public void No_cells_of_a_few_events_can_move_together()
    {
        TransitionScene scene = Of(Trade(Carol, Alice, EthPerp, 20, 3100, fee: 2.5m), Liquidate(Erin, Alice, BtcPerp, 5, 64000, penalty: 50), Open(Frank, "frank"), Transfer(Alice, Frank, 12.5m));
        var circuit = TransitionScene.Circuit;
        List<(Quintic[], IReadOnlyList<TableTrace>)> points = [.. RulebookScene.Points.Select(at => (at, scene.Traces(challenges: at)))];
        string[] dontCare =
        [
            .. Rows(scene, version => version.IsFirst).SelectMany(row => Unjudged.Select(column => $"accounts[{row}].{column}")),
            .. Rows(scene, version => !version.Leg.Closes).Concat([scene.Plan.Versions.Count, scene.Plan.Versions.Count + 1]).Select(row => $"accounts[{row}].{NotNegative}"),
        ];
        for (int digit = 0; digit < Rigid.Apart; digit++)
        {
            var rigid = new Rigidity(circuit.Circuit, points, Rigid.RangeBuses, column => column.Table == circuit.Range.Table || Rigid.IsHashed(column), Rigid.MayMove(digit));
            Assert.True(rigid.Free.SelectMany(rigid.With).All(cell => dontCare.Any(start => cell.StartsWith(start, StringComparison.Ordinal))), $"digits {digit}: {rigid}");
            Assert.True(rigid.Unknowns > 1000);
        }
        foreach (TableTrace trace in points.SelectMany(point => point.Item2)) trace.Dispose();
    }

    private static IEnumerable<int> Rows(TransitionScene scene, Func<Rules.Lowering.AccountVersion, bool> where) => Enumerable.Range(0, scene.Plan.Versions.Count).Where(row => where(scene.Plan.Versions[row]));
}
