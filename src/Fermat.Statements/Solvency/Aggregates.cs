namespace Fermat.Statements.Solvency;

/// <summary>
/// The keys of the bus <c>total</c> that every book has; the rulebook's totals have keys from <see cref="SolvencyBounds.FirstKey"/> on.
/// </summary>
internal static class Aggregates
{
    /// <summary>Σ max(net equity, 0), in units of net equity.</summary>
    public const int Claims = 1 << 16;

    /// <summary>Σ max(−net equity, 0), in units of net equity.</summary>
    public const int Shortfall = Claims + 1;

    /// <summary>How many accounts there are.</summary>
    public const int Accounts = Claims + 2;

    /// <summary>How many accounts the rulebook calls liquidatable.</summary>
    public const int Liquidatable = Claims + 3;

    /// <summary>How many accounts have negative net equity.</summary>
    public const int Bankrupt = Claims + 4;

    /// <summary>Book-wide sums.</summary>
    public const int Count = 5;
}
