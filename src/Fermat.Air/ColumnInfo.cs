using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Where a column's values come from.</summary>
public enum ColumnSource : byte
{
    /// <summary>Fixed with the circuit; its commitment is part of the verifying key.</summary>
    Preprocessed = 0,

    /// <summary>Committed by the prover in the column's phase.</summary>
    Committed = 1,

    /// <summary>Supplied by the statement to prover and verifier alike, never committed.</summary>
    Public = 2,
}

/// <summary>A column of a table: one base-field column, or five of them that make an extension column.</summary>
public sealed class ColumnInfo
{
    internal ColumnInfo(int index, int table, string name, ColumnSource source, int phase, bool isExtension, int offset)
    {
        Index = index;
        Table = table;
        Name = name;
        Source = source;
        Phase = phase;
        IsExtension = isExtension;
        Offset = offset;
    }

    /// <summary>Position among <see cref="Graph.Columns"/>: unique in the circuit.</summary>
    public int Index { get; }

    /// <summary>The index of the table.</summary>
    public int Table { get; }

    /// <summary>The name given by the circuit's author, unique in the table.</summary>
    public string Name { get; }

    /// <summary>Where its values come from.</summary>
    public ColumnSource Source { get; }

    /// <summary>Committed columns: the phase of their commitment. Public columns: they depend on challenges of earlier phases only. Preprocessed: 0.</summary>
    public int Phase { get; }

    /// <summary>Whether it is an extension column.</summary>
    public bool IsExtension { get; }

    /// <summary>The number of base-field columns: 1, or 5 for an extension column.</summary>
    public int BaseWidth => IsExtension ? Quintic.Degree : 1;

    /// <summary>Its first base-field column in the matrix of its source (of its phase, when committed).</summary>
    public int Offset { get; }

    /// <summary>Whether any constraint reads it on the next row, so that it is opened there too.</summary>
    public bool UsesNext { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
