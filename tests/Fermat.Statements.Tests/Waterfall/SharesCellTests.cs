using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Accounts;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Tests.Transitions;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.TransitionScene;
using static Fermat.Statements.Tests.Waterfall.SharesScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>How a loss is shared: each cell, each value with what follows from it, and that no cells can move together.</summary>
public sealed class SharesCellTests
{
    [Fact]
    public void Changing_any_cell_breaks_something_named() => TransitionCellTests.AllBreak(
        Sharing.Circuit, Traces(Book(Honest)),
        [.. Sharing.Book.Lowering.Domains.Select(domain => domain.Table.Index), Sharing.Book.Loss.Table, Sharing.Shares.Table, Sharing.Tree.Table], (_, _) => true);

    [Fact]
    public void A_value_that_is_replaced_with_everything_after_it_recomputed_is_noticed() => Replaced(1, Dave);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(255)]
    public void A_value_that_is_replaced_in_several_rows_is_noticed(int change) => Replaced(change, Fees, Alice, Bob, Dave, Erin, Grace);

    /// <summary>Values of the tables of balances, of the loss and of the shares, and what follows from each.</summary>
    private static void Replaced(int change, params int[] leaves)
    {
        var believed = new List<string>();
        int told = 0;
        TransitionBatch batch = Book(Honest);
        foreach (Domain domain in (Domain[])[Items, Sharing.Book.Loss.Domain, Sharing.Shares.Domain])
            for (int slot = 0; slot < domain.Slots; slot++)
                foreach (int row in domain == Items ? leaves.Select(Row) : [0])
                {
                    bool isLie = false;
                    object Instead(object value)
                    {
                        isLie = value is BigInteger or int;
                        return value is BigInteger number ? number + change : value is int small ? (small == 0 ? 1 : small + change) : value;
                    }
                    try
                    {
                        CheckReport report = Check(batch, lie: new Lie(domain, slot, row, Instead));
                        if (!isLie) continue;
                        told++;
                        if (report.IsSatisfied) believed.Add($"{domain.Name}, row {row}, value {slot}");
                    }
                    catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException or KeyNotFoundException or ArithmeticException)
                    {
                        // the filler cannot write it down
                    }
                }
        Assert.True(believed.Count == 0 && told > 30, $"{told} told, believed: {string.Join("; ", believed.Take(20))}");
    }

    /// <summary>Nothing can move, however many cells move together, but for what is hashed.</summary>
    [Fact]
    public void No_cells_can_move_together()
    {
        SharesCircuit circuit = Sharing;
        TransitionBatch batch = Book(Honest);
        List<(Quintic[], IReadOnlyList<TableTrace>)> points = [.. SolvencyScene.Points.Select(at => (at, Traces(batch, challenges: at)))];
        for (int digit = 0; digit < Rigid.Apart; digit++)
        {
            var rigid = new Rigidity(circuit.Circuit, points, Rigid.RangeBuses, column => column.Table == circuit.Range.Table || Rigid.IsHashed(column), Rigid.MayMove(digit));
            Assert.True(rigid.Free.Count == 0, $"digits {digit}: {rigid}");
            Assert.True(rigid.Unknowns > 1000);
        }
        foreach (TableTrace trace in points.SelectMany(point => point.Item2)) trace.Dispose();
    }
}
