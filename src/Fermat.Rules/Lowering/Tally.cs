using Fermat.Air.Gadgets;

namespace Fermat.Rules.Lowering;

/// <summary>What one thread's rows look up: range checks and public records.</summary>
internal sealed class Tally
{
    private readonly Dictionary<object, int[]> _uses = [];

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
}
