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
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Changing_any_cell_breaks_something_named(bool isFund) => TransitionCellTests.AllBreak(
        Sharing.Circuit, Traces(Loss(isFund)),
        [.. Sharing.Book.Lowering.Domains.Select(domain => domain.Table.Index), Sharing.Book.Loss.Table, Sharing.Shares.Table, Sharing.Tree.Table], (_, _) => true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_value_that_is_replaced_with_everything_after_it_recomputed_is_noticed(bool isFund) => Replaced(isFund, 1, isFund ? Insurance : Dave);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(false, 1)]
    [InlineData(false, -1)]
    [InlineData(false, 255)]
    [InlineData(true, 1)]
    [InlineData(true, -1)]
    [InlineData(true, 255)]
    public void A_value_that_is_replaced_in_several_rows_is_noticed(bool isFund, int change) => Replaced(isFund, change, Fees, Insurance, Alice, Bob, Dave, Erin, Grace);

    /// <summary>A loss of the insurance fund, or of Erin.</summary>
    private static TransitionBatch Loss(bool isFund) => isFund ? Book(FundFails, OfFund(Honest)) : Book(Honest);

    /// <summary>Values of the tables of balances, of the loss and of the shares, and what follows from each.</summary>
    private static void Replaced(bool isFund, int change, params int[] leaves)
    {
        var believed = new List<string>();
        int told = 0;
        TransitionBatch batch = Loss(isFund);
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
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_cells_can_move_together(bool isFund)
    {
        SharesCircuit circuit = Sharing;
        TransitionBatch batch = Loss(isFund);
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
