using Fermat.Air;
using Fermat.Algebra;
using Fermat.Statements.Accounts;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Rulebooks;
using static Fermat.Statements.Tests.Accounts.AccountScene;

namespace Fermat.Statements.Tests.Accounts;

/// <summary>Of a proven account nothing can move, however many cells move together; but for what is hashed, which would be a collision.</summary>
public sealed class RigidAccountTests
{
    [Theory]
    [InlineData("cross_tiered", AccountStatementKind.LiquidationDue, Erin)]
    [InlineData("cross_tiered", AccountStatementKind.LiquidationNotDue, Dave)]
    [InlineData("cross_tiered", AccountStatementKind.Health, Alice)]
    [InlineData("scenario_pm", AccountStatementKind.LiquidationNotDue, 0)]
    [InlineData("greeks_pm", AccountStatementKind.LiquidationNotDue, 0)]
    public void No_cells_can_move_together(string name, AccountStatementKind kind, int account)
    {
        AccountScene scene = name == "cross_tiered" ? CrossTiered : Of(RulebookScene.Rulebook(name), name);
        AccountCircuit circuit = scene.Circuit(kind);
        List<(Quintic[], IReadOnlyList<TableTrace>)> points = [.. RulebookScene.Points.Select(at => (at, scene.Fill(kind, account, challenges: at)))];
        for (int digit = 0; digit < Rigid.Apart; digit++)
        {
            var rigid = new Rigidity(circuit.Circuit, points, Rigid.RangeBuses, column => column.Table == circuit.Range.Table || Rigid.IsHashed(column), Rigid.MayMove(digit));
            Assert.True(rigid.Free.Count == 0, $"digits {digit}: {rigid}");
            Assert.True(rigid.Unknowns > 1000);
        }
        foreach (TableTrace trace in points.SelectMany(point => point.Item2)) trace.Dispose();
    }
}

/// <summary>Which range-checked cells move in a search for what is not pinned.</summary>
internal static class Rigid
{
    /// <summary>Digits of one number that move together are so far apart: carries, leaves and pairs of digits hold nearer ones in one sum, so that two of them say the same number otherwise.</summary>
    public const int Apart = 6;

    public static readonly string[] RangeBuses = ["range16", "bytes", "tops"];

    private static readonly string[] Held = ["rest[", "slack[", "above[", "below[", "carry", "gap", "distance["];

    /// <summary>What is hashed, and how: if it moved, that would be a collision.</summary>
    public static bool IsHashed(ColumnInfo column) => column.Name.Contains("input[", StringComparison.Ordinal) || column.Name.Contains("cube", StringComparison.Ordinal);

    /// <summary>Every sixth digit of each number, and whatever is no digit; but carries and rests, with which a number is written otherwise, as range checks exclude.</summary>
    public static Func<ColumnInfo, bool> MayMove(int from) => column =>
    {
        if (Held.Any(part => column.Name.Contains(part, StringComparison.Ordinal))) return false;
        int at = column.Name.LastIndexOf('[');
        return !column.Name.EndsWith(']') || !int.TryParse(column.Name.AsSpan(at + 1, column.Name.Length - at - 2), out int digit) || digit % Apart == from;
    };
}
