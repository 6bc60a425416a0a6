using Fermat.Air.Gadgets;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>
/// What filling a part of the tables of items and accounts adds up: lookups by value, uses of intervals and assets, digit sums of the totals. Each thread
/// has its own; sums do not depend on the order in which they are merged.
/// </summary>
internal sealed class Tally(int assets, int intervals)
{
    /// <summary>Range checks.</summary>
    public RangeCounts Range { get; } = new();

    /// <summary>Uses of each interval.</summary>
    public int[] Intervals { get; } = new int[intervals];

    /// <summary>Items in each asset.</summary>
    public int[] Assets { get; } = new int[assets];

    /// <summary>Σ (equity − debt) by digit: asset · 8 + digit.</summary>
    public long[] Net { get; } = new long[assets * SolvencyLimits.AmountBytes];

    /// <summary>Σ of positive net equities by digit.</summary>
    public long[] Claims { get; } = new long[SolvencyLimits.AccountBytes];

    /// <summary>Σ of (magnitude + 1) of negative net equities by digit.</summary>
    public long[] Shortfall { get; } = new long[SolvencyLimits.AccountBytes];

    /// <summary>Accounts.</summary>
    public long Accounts { get; set; }

    /// <summary>Accounts with a negative surplus.</summary>
    public long Liquidatable { get; set; }

    /// <summary>Accounts with negative net equity.</summary>
    public long Bankrupt { get; set; }

    /// <summary>Adds another tally to this one.</summary>
    public void Add(Tally other)
    {
        Range.Merge(other.Range);
        Add(Intervals, other.Intervals);
        Add(Assets, other.Assets);
        Add(Net, other.Net);
        Add(Claims, other.Claims);
        Add(Shortfall, other.Shortfall);
        Accounts += other.Accounts;
        Liquidatable += other.Liquidatable;
        Bankrupt += other.Bankrupt;
    }

    private static void Add(int[] into, int[] other)
    {
        for (int i = 0; i < into.Length; i++) into[i] += other[i];
    }

    private static void Add(long[] into, long[] other)
    {
        for (int i = 0; i < into.Length; i++) into[i] += other[i];
    }
}
