using Fermat.Air.Gadgets;

namespace Fermat.Rules.Lowering;

/// <summary>What one thread's rows look up: range checks and public records.</summary>
internal sealed class Tally
{
    private readonly Dictionary<object, int[]> _uses = [];
    private readonly Dictionary<int, long[]> _totals = [];

    /// <summary>Range checks.</summary>
    public RangeCounts Range { get; } = new();

    /// <summary>A row used a record.</summary>
    public void Use(PublicLookup lookup, int record, int records) => UsesOf(lookup, records)[record]++;

    /// <summary>How often each row of a public table is used.</summary>
    public int[] UsesOf(object lookup, int records)
    {
        if (!_uses.TryGetValue(lookup, out int[]? uses)) _uses.Add(lookup, uses = new int[records]);
        return uses;
    }

    /// <summary>What rows add to each key on the bus of totals, digit by digit.</summary>
    public IReadOnlyDictionary<int, long[]> Totals => _totals;

    /// <summary>The sum of a key's digits so far.</summary>
    public long[] TotalOf(int key, int digits)
    {
        if (!_totals.TryGetValue(key, out long[]? sum)) _totals.Add(key, sum = new long[digits]);
        return sum;
    }

    /// <summary>Adds what another thread's rows looked up.</summary>
    public void Merge(Tally other)
    {
        Range.Merge(other.Range);
        foreach ((object lookup, int[] some) in other._uses)
        {
            int[] uses = UsesOf(lookup, some.Length);
            for (int i = 0; i < uses.Length; i++) uses[i] += some[i];
        }
        foreach ((int key, long[] some) in other._totals)
        {
            long[] sum = TotalOf(key, some.Length);
            for (int i = 0; i < sum.Length; i++) sum[i] += some[i];
        }
    }
}
