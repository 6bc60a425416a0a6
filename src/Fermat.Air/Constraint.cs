namespace Fermat.Air;

/// <summary>The rows on which a constraint holds.</summary>
public enum ConstraintRows : byte
{
    /// <summary>Every active row.</summary>
    Every = 0,

    /// <summary>Row 0.</summary>
    First = 1,

    /// <summary>The last active row.</summary>
    Last = 2,

    /// <summary>Every active row but the last.</summary>
    Transition = 3,
}

/// <summary>A named polynomial that vanishes on the rows it is meant for.</summary>
/// <param name="Name">Unique in the table.</param>
/// <param name="Rows">Where it holds.</param>
/// <param name="Expression">What must be zero; without the selector.</param>
/// <param name="IsGenerated">Whether it was generated for the buses rather than written by the circuit's author.</param>
public sealed record Constraint(string Name, ConstraintRows Rows, Expr Expression, bool IsGenerated)
{
    /// <summary>Degree with the selector.</summary>
    public int Degree => Expression.Degree + (Rows is ConstraintRows.First or ConstraintRows.Last ? 1 : 0);
}
