using Fermat.Air;

namespace Fermat.Statements.Solvency;

/// <summary>The columns of the table <c>accounts</c>: one active row per account.</summary>
internal sealed class AccountColumns
{
    public AccountColumns(TableBuilder table)
    {
        Table = table.Index;
        Active = table.Column("active");
        Leaf = table.Column("leaf");
        Nonce = table.Columns("nonce", 8);
        Items = table.Column("items");
        Surplus = new SignedSumColumns(table, "surplus");
        Net = new SignedSumColumns(table, "net equity");
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>1 on rows that hold an account, 0 on padding.</summary>
    public Expr Active { get; }

    /// <summary>Leaf index.</summary>
    public Expr Leaf { get; }

    /// <summary>Bytes of the nonce, lowest first.</summary>
    public Expr[] Nonce { get; }

    /// <summary>How many items the account has.</summary>
    public Expr Items { get; }

    /// <summary>Counted collateral − debt, in hundredths.</summary>
    public SignedSumColumns Surplus { get; }

    /// <summary>Σ (equity − debt) · weight, in hundredths.</summary>
    public SignedSumColumns Net { get; }

    /// <summary>Every column but <see cref="Active"/>: all of them are zero on padding.</summary>
    public IEnumerable<Expr> Contents => [Leaf, .. Nonce, Items, .. Surplus.All, .. Net.All];
}

/// <summary>
/// A signed sum over an account's items, brought to digits: value = magnitude when the sign is 0, −(magnitude + 1) when it is 1, so that every
/// integer has one form and there is no negative zero. The carries take the items' sum to these digits.
/// </summary>
internal sealed class SignedSumColumns
{
    public SignedSumColumns(TableBuilder table, string name)
    {
        Sign = table.Column($"{name}.sign");
        Magnitude = table.Columns($"{name}.magnitude", SolvencyLimits.AccountBytes);
        CarryLow = table.Columns($"{name}.carry.low", SolvencyLimits.AccountBytes - 1);
        CarryHigh = table.Columns($"{name}.carry.high", SolvencyLimits.AccountBytes - 1);
    }

    /// <summary>1 when the value is negative.</summary>
    public Expr Sign { get; }

    /// <summary>Bytes, lowest first.</summary>
    public Expr[] Magnitude { get; }

    /// <summary>Bits 0 to 15 of carry + 2^22.</summary>
    public Expr[] CarryLow { get; }

    /// <summary>Bits 16 to 22 of carry + 2^22.</summary>
    public Expr[] CarryHigh { get; }

    public IEnumerable<Expr> All => [Sign, .. Magnitude, .. CarryLow, .. CarryHigh];
}
