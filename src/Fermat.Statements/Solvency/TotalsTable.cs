using Fermat.Air;
using Fermat.Air.Gadgets;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The table <c>totals</c>: one row per asset and per book-wide sum, public but for the slack and the carries. A total equals its public bound
/// exactly when it is revealed, and lies at or below it by a slack that is not negative when it is not.
/// </summary>
internal sealed class TotalsTable
{
    public TotalsTable(CircuitBuilder circuit, SolvencyBuses buses, RangeTable range, Expr r)
    {
        TableBuilder table = circuit.Table("totals");
        Table = table.Index;
        Used = table.PublicColumn("used");
        Key = table.PublicColumn("key");
        Exact = table.PublicColumn("exact");
        Bound = table.PublicExtensionColumn("bound(r)", phase: 1);
        Slack = table.Columns("slack", SolvencyLimits.TotalBytes);
        CarryLow = table.Columns("carry.low", SolvencyLimits.TotalBytes - 1);
        CarryHigh = table.Columns("carry.high", SolvencyLimits.TotalBytes - 1);

        foreach (Expr cell in (Expr[])[.. Slack, .. CarryLow, .. CarryHigh])
            table.Constrain($"padding: {cell.ColumnInfo.Name} is zero", (1 - Used) * cell);
        foreach (Expr digit in Slack)
            table.Constrain($"an exact total has no {digit.ColumnInfo.Name}", Exact * digit);
        MarginTables.BytePairs(table, range, "slack", Slack);
        MarginTables.CarryChecks(table, range, "total", CarryLow, CarryHigh);
        Expr total = Bound - Expr.Polynomial(Slack, r) + (256 - r) * MarginTables.Carries(CarryLow, CarryHigh, Used, r);
        table.Receive(buses.Total, "total", total, Key);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on the rows of totals.</summary>
    public Expr Used { get; }

    /// <summary>Public: an asset's index or one of <see cref="Aggregates"/>.</summary>
    public Expr Key { get; }

    /// <summary>Public: 1 when the total must equal its bound.</summary>
    public Expr Exact { get; }

    /// <summary>Public: ± Σ_l r^l · byte l of the bound.</summary>
    public Expr Bound { get; }

    /// <summary>Bytes of bound − total.</summary>
    public Expr[] Slack { get; }

    /// <summary>Bits 0 to 15 of carry + 2^22.</summary>
    public Expr[] CarryLow { get; }

    /// <summary>Bits 16 to 22 of carry + 2^22.</summary>
    public Expr[] CarryHigh { get; }
}
