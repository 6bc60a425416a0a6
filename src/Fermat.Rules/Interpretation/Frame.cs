using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Interpretation;

/// <summary>A group of an account: its keys and the positions of its items in their collection.</summary>
/// <param name="Ordinal">Unique in the account.</param>
/// <param name="Keys">By the grouping's keys.</param>
/// <param name="Items">Positions, rising.</param>
internal sealed record Group(int Ordinal, BigInteger[] Keys, int[] Items);

/// <summary>One account under evaluation: what each variable stands for, and what has been computed.</summary>
internal sealed class Frame(AccountData? account, int variables)
{
    private readonly List<Group> _groups = [];

    /// <summary>By variable: a record's index, an item's position, a group's ordinal.</summary>
    public int[] Bound { get; } = new int[variables];

    /// <summary>The account; null when only public values are asked for.</summary>
    public AccountData? Account => account;

    /// <summary>Private values that are known.</summary>
    public Dictionary<MemoKey, BigInteger> Known { get; } = [];

    /// <summary>Groups that are known: of a grouping, under the group that is split (or −1).</summary>
    public Dictionary<(CoreSource.Groups Source, int Under), Group[]> Groupings { get; } = new(GroupingComparer.Instance);

    public Group GroupOf(CoreVariable variable) => _groups[Bound[variable.Id]];

    public Group Add(BigInteger[] keys, int[] items)
    {
        var group = new Group(_groups.Count, keys, items);
        _groups.Add(group);
        return group;
    }

    public ImmutableArray<BigInteger> Item(CoreVariable variable) => account!.Items[variable.Source.Collection][Bound[variable.Id]];

    private sealed class GroupingComparer : IEqualityComparer<(CoreSource.Groups Source, int Under)>
    {
        public static readonly GroupingComparer Instance = new();

        public bool Equals((CoreSource.Groups Source, int Under) a, (CoreSource.Groups Source, int Under) b) => ReferenceEquals(a.Source, b.Source) && a.Under == b.Under;

        public int GetHashCode((CoreSource.Groups Source, int Under) key) => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Source), key.Under);
    }
}

/// <summary>A node and what its free variables stand for.</summary>
internal readonly record struct MemoKey(int Node, int A, int B, int C);
