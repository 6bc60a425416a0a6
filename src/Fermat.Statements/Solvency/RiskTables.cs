using Fermat.Air;

namespace Fermat.Statements.Solvency;

/// <summary>The public table <c>intervals</c>: the linear pieces of every haircut ladder, with how often the book uses each.</summary>
internal sealed class IntervalTable
{
    public IntervalTable(CircuitBuilder circuit, SolvencyBuses buses)
    {
        TableBuilder table = circuit.Table("intervals");
        Table = table.Index;
        Used = table.PublicColumn("used");
        Asset = table.PublicColumn("asset");
        Kind = table.PublicColumn("kind");
        Low = [.. Enumerable.Range(0, SolvencyLimits.AmountLimbs).Select(i => table.PublicColumn($"low[{i}]"))];
        High = [.. Enumerable.Range(0, SolvencyLimits.AmountLimbs).Select(i => table.PublicColumn($"high[{i}]"))];
        Slope = table.PublicExtensionColumn("slope(r)", phase: 1);
        Offset = table.PublicExtensionColumn("offset(r)", phase: 1);
        Uses = table.Column("uses");
        table.Constrain("padding offers no interval", (1 - Used) * Uses);
        table.Send(buses.Tier, "interval", Uses, [Asset, Kind, .. Low, .. High, Slope, Offset]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on the rows of intervals.</summary>
    public Expr Used { get; }

    /// <summary>Public: asset index.</summary>
    public Expr Asset { get; }

    /// <summary>Public: 0 to 2.</summary>
    public Expr Kind { get; }

    /// <summary>Public: 16-bit limbs of the first amount.</summary>
    public Expr[] Low { get; }

    /// <summary>Public: 16-bit limbs of the last amount.</summary>
    public Expr[] High { get; }

    /// <summary>Public: the slope's bytes at r.</summary>
    public Expr Slope { get; }

    /// <summary>Public: the offset's bytes at r.</summary>
    public Expr Offset { get; }

    /// <summary>How many items use the interval.</summary>
    public Expr Uses { get; }
}

/// <summary>The public table <c>assets</c>: every asset's weight in hundredths, with how many items are in it.</summary>
internal sealed class AssetTable
{
    public AssetTable(CircuitBuilder circuit, SolvencyBuses buses)
    {
        TableBuilder table = circuit.Table("assets");
        Table = table.Index;
        Used = table.PublicColumn("used");
        Asset = table.PublicColumn("asset");
        Weight = table.PublicExtensionColumn("weight(r)", phase: 1);
        Uses = table.Column("uses");
        table.Constrain("padding offers no asset", (1 - Used) * Uses);
        table.Send(buses.Asset, "asset", Uses, Asset, Weight);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on the rows of assets.</summary>
    public Expr Used { get; }

    /// <summary>Public: asset index.</summary>
    public Expr Asset { get; }

    /// <summary>Public: the bytes of 100 · weight at r.</summary>
    public Expr Weight { get; }

    /// <summary>How many items are in the asset.</summary>
    public Expr Uses { get; }
}
