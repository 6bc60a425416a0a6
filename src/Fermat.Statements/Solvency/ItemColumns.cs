using Fermat.Air;
using Fermat.Margin;

namespace Fermat.Statements.Solvency;

/// <summary>The columns of the table <c>items</c>: one active row per (account, asset) item, the items of an account on adjacent rows.</summary>
internal sealed class ItemColumns
{
    public ItemColumns(TableBuilder table)
    {
        Table = table.Index;
        Active = table.Column("active");
        Start = table.Column("start");
        Leaf = table.Column("leaf");
        Position = table.Column("position");
        Asset = table.Column("asset");
        Gap = table.Column("gap");
        Equity = table.Columns("equity", SolvencyLimits.AmountBytes);
        Debt = table.Columns("debt", SolvencyLimits.AmountBytes);
        Collateral = [.. KindNames.Select(kind => new CollateralColumns(table, kind))];
        Unpledged = table.Columns("unpledged", SolvencyLimits.AmountLimbs);
        UnpledgedCarry = table.Columns("unpledged.carry", 2 * (SolvencyLimits.AmountLimbs - 1));
        Weight = table.ExtensionColumn("weight(r)", phase: 1);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Names of the three kinds, in the order of <see cref="CollateralKind"/>.</summary>
    public static string[] KindNames { get; } = [.. Enum.GetValues<CollateralKind>().Select(kind => kind.ToString().ToLowerInvariant())];

    /// <summary>1 on rows that hold an item, 0 on padding; active rows come first.</summary>
    public Expr Active { get; }

    /// <summary>1 on the first item of an account.</summary>
    public Expr Start { get; }

    /// <summary>Leaf index of the account.</summary>
    public Expr Leaf { get; }

    /// <summary>Position of the item in the account, from 0.</summary>
    public Expr Position { get; }

    /// <summary>Asset index.</summary>
    public Expr Asset { get; }

    /// <summary>Asset − previous item's asset − 1; 0 on the first item.</summary>
    public Expr Gap { get; }

    /// <summary>Bytes, lowest first.</summary>
    public Expr[] Equity { get; }

    /// <summary>Bytes, lowest first.</summary>
    public Expr[] Debt { get; }

    /// <summary>Per kind: amount, place in its interval, slope and offset.</summary>
    public CollateralColumns[] Collateral { get; }

    /// <summary>16-bit limbs of equity − Σ kinds.</summary>
    public Expr[] Unpledged { get; }

    /// <summary>Carries out of limbs 0 to 2 of Σ kinds + unpledged, two bits each (1, 2).</summary>
    public Expr[] UnpledgedCarry { get; }

    /// <summary>Σ_l r^l · byte l of 100 · weight.</summary>
    public Expr Weight { get; }

    /// <summary>Every column but <see cref="Active"/>: all of them are zero on padding.</summary>
    public IEnumerable<Expr> Contents =>
        [Start, Leaf, Position, Asset, Gap, .. Equity, .. Debt, .. Collateral.SelectMany(k => k.All), .. Unpledged, .. UnpledgedCarry, Weight];
}

/// <summary>The columns of one kind of collateral of an item.</summary>
internal sealed class CollateralColumns
{
    public CollateralColumns(TableBuilder table, string kind)
    {
        Amount = table.Columns(kind, SolvencyLimits.AmountBytes);
        Above = table.Columns($"{kind}.above", SolvencyLimits.AmountLimbs);
        AboveCarry = table.Columns($"{kind}.above.carry", SolvencyLimits.AmountLimbs - 1);
        Below = table.Columns($"{kind}.below", SolvencyLimits.AmountLimbs);
        BelowCarry = table.Columns($"{kind}.below.carry", SolvencyLimits.AmountLimbs - 1);
        Slope = table.ExtensionColumn($"{kind}.slope(r)", phase: 1);
        Offset = table.ExtensionColumn($"{kind}.offset(r)", phase: 1);
    }

    /// <summary>Bytes, lowest first.</summary>
    public Expr[] Amount { get; }

    /// <summary>16-bit limbs of amount − interval's low end.</summary>
    public Expr[] Above { get; }

    /// <summary>Carries out of limbs 0 to 2 of low + above.</summary>
    public Expr[] AboveCarry { get; }

    /// <summary>16-bit limbs of interval's high end − amount.</summary>
    public Expr[] Below { get; }

    /// <summary>Carries out of limbs 0 to 2 of amount + below.</summary>
    public Expr[] BelowCarry { get; }

    /// <summary>Σ_l r^l · byte l of the interval's slope.</summary>
    public Expr Slope { get; }

    /// <summary>Σ_l r^l · byte l of the interval's offset.</summary>
    public Expr Offset { get; }

    public IEnumerable<Expr> All => [.. Amount, .. Above, .. AboveCarry, .. Below, .. BelowCarry, Slope, Offset];
}
