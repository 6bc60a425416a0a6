using Fermat.Air;

namespace Fermat.Statements.Transitions;

/// <summary>The table <c>siblings</c>: the digests of subtrees in which no event touches an account. Each is offered once to the tree before the batch and once to the tree after it, at one place: so both trees agree everywhere else than in opened leaves.</summary>
internal sealed class SiblingTable
{
    public SiblingTable(CircuitBuilder circuit, Bus before, Bus after)
    {
        TableBuilder table = circuit.Table("siblings");
        Table = table.Index;
        Used = table.Column("used");
        Level = table.Column("level");
        Index = table.Column("index");
        Digest = table.Columns("digest", Hashing.Digest.Words);
        table.ConstrainBoolean("used is a bit", Used);
        foreach (Expr cell in (Expr[])[Level, Index, .. Digest]) table.Constrain($"what is not used: {cell.ColumnInfo.Name} is zero", (1 - Used) * cell);
        table.Send(before, "to the tree before", Used, [Level, Index, .. Digest]);
        table.Send(after, "to the tree after", Used, [Level, Index, .. Digest]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>1 on rows in use.</summary>
    public Expr Used { get; }

    /// <summary>The subtree's level.</summary>
    public Expr Level { get; }

    /// <summary>Its index in the level.</summary>
    public Expr Index { get; }

    /// <summary>Its digest.</summary>
    public Expr[] Digest { get; }
}

/// <summary>The table <c>roots</c>: takes the root of the tree before the batch, and of the tree after it.</summary>
internal sealed class RootTable
{
    public RootTable(CircuitBuilder circuit, Bus before, Bus after)
    {
        TableBuilder table = circuit.Table("roots");
        Table = table.Index;
        IsBefore = table.PublicColumn("is before");
        IsAfter = table.PublicColumn("is after");
        Level = table.PublicColumn("level");
        Digest = [.. Enumerable.Range(0, Hashing.Digest.Words).Select(i => table.PublicColumn($"digest[{i}]"))];
        table.Receive(before, "the root before", IsBefore, [Level, 0, .. Digest]);
        table.Receive(after, "the root after", IsAfter, [Level, 0, .. Digest]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on row 0.</summary>
    public Expr IsBefore { get; }

    /// <summary>Public: 1 on row 1.</summary>
    public Expr IsAfter { get; }

    /// <summary>Public: the depth of the trees.</summary>
    public Expr Level { get; }

    /// <summary>Public: the root.</summary>
    public Expr[] Digest { get; }
}
