using Fermat.Rules.Core;

namespace Fermat.Rules.Lowering;

/// <summary>Where a private expression lives: the rows that its free variables choose.</summary>
/// <param name="Item">A variable over items or members, or null.</param>
/// <param name="Group">The variable of the innermost group, or null.</param>
/// <param name="Record">A variable over a market table, or null.</param>
internal readonly record struct Home(CoreVariable? Item, CoreVariable? Group, CoreVariable? Record);

/// <summary>Finds the home of an expression, or says why it has none.</summary>
internal static class Homes
{
    public static Home Of(CoreNode node)
    {
        CoreVariable[] items = [.. node.Free.Where(v => v.Source is CoreSource.Items or CoreSource.Members)];
        CoreVariable[] groups = [.. node.Free.Where(v => v.Source is CoreSource.Groups)];
        CoreVariable[] records = [.. node.Free.Where(v => v.Source is CoreSource.Table)];
        if (items.Length > 1) throw NotYet($"a value of two items at once ({items[0].Name} and {items[1].Name})", "sum over one of them first");
        if (records.Length > 1) throw NotYet($"an account's value for each pair of records ({records[0].Name} and {records[1].Name})");
        CoreVariable? innermost = null;
        foreach (CoreVariable group in groups)
        {
            if (innermost is null || IsWithin(group, innermost)) innermost = group;
            else if (!IsWithin(innermost, group)) throw NotYet($"a value of two groupings at once ({innermost.Name} and {group.Name})");
        }
        if (items.Length == 1 && innermost is not null && !(items[0].Source is CoreSource.Members members && IsWithin(members.Group, innermost)))
            throw NotYet($"a value of an item ({items[0].Name}) and of a group that it need not be in ({innermost.Name})", $"run over the items of {innermost.Name}");
        return new Home(items.Length == 1 ? items[0] : null, innermost, records.Length == 1 ? records[0] : null);
    }

    /// <summary>Whether a group is part of another, or the same.</summary>
    private static bool IsWithin(CoreVariable group, CoreVariable outer) =>
        group == outer || (group.Source is CoreSource.Groups { Of: CoreSource.Members members } && IsWithin(members.Group, outer));

    public static CoreException NotYet(string what, string? hint = null) => new("limit", $"not provable yet: {what}", hint);
}
