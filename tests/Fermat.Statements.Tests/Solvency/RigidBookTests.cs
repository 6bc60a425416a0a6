using Fermat.Air;
using Fermat.Algebra;
using Fermat.Statements.Tests.Accounts;
using Fermat.Statements.Tests.Checking;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Of a proven book nothing can move, however many cells move together: no item, no sum, no total, no remainder of a bound; but for what is hashed, which would be a collision.</summary>
public sealed class RigidBookTests
{
    /// <summary>A rulebook with a field of every kind, three collections, groups, tiers, and totals of several sums.</summary>
    [Fact]
    public void No_cells_of_a_book_can_move_together()
    {
        SolvencyScene scene = SolvencyScene.Of(EveryField.Rulebook, EveryField.Book);
        List<(Quintic[], IReadOnlyList<TableTrace>)> points = [.. SolvencyScene.Points.Select(at => (at, scene.Fill(challenges: at)))];
        for (int digit = 0; digit < Rigid.Apart; digit++)
        {
            var rigid = new Rigidity(scene.Circuit.Circuit, points, Rigid.RangeBuses, column => column.Table == scene.Circuit.Range.Table || Rigid.IsHashed(column), Rigid.MayMove(digit));
            Assert.True(rigid.Free.Count == 0, $"digits {digit}: {rigid}");
            Assert.True(rigid.Unknowns > 1000);
        }
        foreach (TableTrace trace in points.SelectMany(point => point.Item2)) trace.Dispose();
    }
}
