namespace Fermat.Statements.Solvency;

/// <summary>
/// The widths that statements are built with, in one place. <see cref="LimbBounds"/> proves from them that no total wraps the field.
/// </summary>
public static class SolvencyLimits
{
    /// <summary>Bytes of what a bound leaves, with 2^183 added where it may be negative.</summary>
    public const int TotalBytes = 23;

    /// <summary>Carries are integers of [−2^22, 2^22).</summary>
    public const int CarryBits = 23;

    /// <summary>Most leaf slots of a segment, as a logarithm.</summary>
    public const int MaxAccountsLog = 21;

    /// <summary>The deepest state tree: 2^24 leaf slots.</summary>
    public const int MaxDepth = 24;

    /// <summary>Most segments of a book.</summary>
    public const int MaxSegments = 1 << 10;

    /// <summary>Most permutations in one row of the hash table.</summary>
    public const int MaxHashSlots = 4;
}
