namespace Fermat.Statements.Solvency;

/// <summary>
/// The keys of the bus <c>total</c>. Assets use their index (below 512) for Σ (equity − debt); the book-wide sums use keys above any asset.
/// </summary>
internal static class Aggregates
{
    /// <summary>Σ max(net equity, 0), in hundredths of a unit of value.</summary>
    public const int Claims = 1 << 16;

    /// <summary>Σ max(−net equity, 0), in hundredths of a unit of value.</summary>
    public const int Shortfall = Claims + 1;

    /// <summary>How many accounts there are.</summary>
    public const int Accounts = Claims + 2;

    /// <summary>How many accounts have a negative surplus.</summary>
    public const int Liquidatable = Claims + 3;

    /// <summary>How many accounts have negative net equity.</summary>
    public const int Bankrupt = Claims + 4;

    /// <summary>Book-wide sums.</summary>
    public const int Count = 5;
}
