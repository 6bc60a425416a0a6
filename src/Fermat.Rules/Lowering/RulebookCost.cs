using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Fermat.Rules.Lowering;

/// <summary>What a row of one of a rulebook's tables costs.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">What it has a row for.</param>
/// <param name="Cells">Committed cells before the random points.</param>
/// <param name="PointCells">Committed cells that depend on the random points, five for each element of the extension.</param>
/// <param name="LookupCells">Cells of the bus argument.</param>
/// <param name="Messages">Messages sent and received, range checks among them.</param>
/// <param name="Constraints">Constraints, those of the bus argument among them.</param>
/// <param name="Degree">The largest degree of a constraint.</param>
public sealed record TableCost(string Table, string Rows, int Cells, int PointCells, int LookupCells, int Messages, int Constraints, int Degree);

/// <summary>The cells of a table's row that a place of the rulebook is the reason for.</summary>
/// <param name="Table">The table.</param>
/// <param name="Place">The definition and the line.</param>
/// <param name="Cells">Committed cells, those of the bus argument left out.</param>
public sealed record LineCost(string Table, string Place, int Cells);

/// <summary>What a rulebook costs to prove: by table, and by line.</summary>
/// <param name="Tables">In the order of the circuit; public tables last.</param>
/// <param name="Lines">In the order of tables and of first use.</param>
public sealed record RulebookCost(ImmutableArray<TableCost> Tables, ImmutableArray<LineCost> Lines)
{
    /// <summary>One line a table and one a place, separated by commas, for a committed ledger.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder();
        foreach (TableCost table in Tables)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"table,\"{table.Table}\",{table.Rows},{table.Cells},{table.PointCells},{table.LookupCells},{table.Messages},{table.Constraints},{table.Degree}\n");
        }
        foreach (LineCost line in Lines) text.Append(CultureInfo.InvariantCulture, $"line,\"{line.Table}\",\"{line.Place}\",{line.Cells}\n");
        return text.ToString();
    }
}
