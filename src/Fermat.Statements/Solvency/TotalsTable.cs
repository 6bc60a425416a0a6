using Fermat.Air;
using Fermat.Air.Gadgets;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The table <c>totals</c>: one row per record of the rulebook's totals and per book-wide sum. A row takes what its bound left before this segment (<see cref="Before"/>) and what it leaves after it
/// (<see cref="After"/>), each from its boundary's commitment; the difference is what the segment's rows add up to.
/// </summary>
/// <remarks>
/// Remainders are bytes with 2^183 added, so that they may be negative in between. In the last segment the shift falls away: what is left is then not negative, so the total over all segments is
/// at most its bound; and it is zero where the total is revealed.
/// </remarks>
internal sealed class TotalsTable
{
    public TotalsTable(CircuitBuilder circuit, Bus block, Bus total, RangeTable range, Expr r)
    {
        TableBuilder table = circuit.Table("totals");
        Table = table.Index;
        Used = table.PublicColumn("used");
        Key = table.PublicColumn("key");
        Boundary = table.PublicColumn("boundary");
        Step = table.PublicColumn("step");
        Final = table.PublicColumn("final");
        Exact = table.PublicColumn("exact");
        Before = table.Columns("before", SolvencyLimits.TotalBytes);
        After = table.Columns("after", SolvencyLimits.TotalBytes);
        CarryLow = table.Columns("carry.low", SolvencyLimits.TotalBytes - 1);
        CarryHigh = table.Columns("carry.high", SolvencyLimits.TotalBytes - 1);

        foreach (Expr cell in (Expr[])[.. Before, .. After, .. CarryLow, .. CarryHigh])
            table.Constrain($"padding: {cell.ColumnInfo.Name} is zero", (1 - Used) * cell);
        foreach (Expr digit in After)
            table.Constrain($"a revealed total leaves no {digit.ColumnInfo.Name}", Exact * digit);
        Bytes(table, range, "before", Before);
        Bytes(table, range, "after", After);
        for (int i = 0; i < CarryLow.Length; i++)
        {
            table.Receive(range.Range16, $"total.carry.low[{i}] is 16 bits", 1, CarryLow[i]);
            table.Receive(range.Tops, $"total.carry.high[{i}] is 7 bits", 1, CarryHigh[i], CarryHigh[i]);
        }

        Expr[] difference = [.. Before.Zip(After, (before, after) => before - after)];
        difference[^1] -= SegmentBoundary.ShiftTopByte * Final;
        Expr sum = Expr.Polynomial(difference, r) + (256 - r) * Expr.Polynomial([.. CarryLow.Zip(CarryHigh, (low, high) => low + 65536 * high - LimbBounds.Carry * Used)], r);
        table.Receive(total, "total", sum, Key);
        table.Receive(block, "remainder before", Used, [Boundary, Step, .. Packed(Before)]);
        table.Receive(block, "remainder after", Used, [Boundary + 1, Step, .. Packed(After)]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on the rows of totals.</summary>
    public Expr Used { get; }

    /// <summary>Public: a record of one of the rulebook's totals, or one of <see cref="Aggregates"/>.</summary>
    public Expr Key { get; }

    /// <summary>Public: 2^d, the leaf index of the boundary before; the one after has the next.</summary>
    public Expr Boundary { get; }

    /// <summary>Public: the row's block in both boundaries.</summary>
    public Expr Step { get; }

    /// <summary>Public: 1 in the last segment.</summary>
    public Expr Final { get; }

    /// <summary>Public: 1 in the last segment when the total must equal its bound.</summary>
    public Expr Exact { get; }

    /// <summary>Bytes of bound − totals of the segments before + 2^183.</summary>
    public Expr[] Before { get; }

    /// <summary>Bytes of the same with this segment's total taken away; without 2^183 in the last segment.</summary>
    public Expr[] After { get; }

    /// <summary>Bits 0 to 15 of carry + 2^22.</summary>
    public Expr[] CarryLow { get; }

    /// <summary>Bits 16 to 22 of carry + 2^22.</summary>
    public Expr[] CarryHigh { get; }

    /// <summary>Bytes, checked two at a time; an odd last one with itself.</summary>
    private static void Bytes(TableBuilder table, RangeTable range, string name, Expr[] bytes)
    {
        for (int i = 0; i < bytes.Length; i += 2)
            table.Receive(range.Bytes, $"{name}[{i}..] are bytes", 1, bytes[i], bytes[Math.Min(i + 1, bytes.Length - 1)]);
    }

    /// <summary>23 bytes as a boundary holds them: seven times 24 bits, then 16.</summary>
    private static Expr[] Packed(Expr[] bytes) =>
        [.. bytes.Chunk(3).Select(part => part.Length == 3 ? part[0] + 256 * part[1] + 65536 * part[2] : part[0] + 256 * part[1])];
}
