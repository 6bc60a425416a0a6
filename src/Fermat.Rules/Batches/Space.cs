using Fermat.Rules.Core;

namespace Fermat.Rules.Batches;

/// <summary>
/// The rows that a value has one of: accounts, their items, groups, scenarios of these… A space made by a variable has a row for each element that the variable takes in a row of
/// the parent; rows of one parent row are adjacent.
/// </summary>
internal sealed class Space
{
    /// <summary>The accounts.</summary>
    public Space(int accounts)
    {
        Count = accounts;
        Ends = [];
    }

    /// <summary>A row for each element of a variable.</summary>
    /// <param name="parent">Where the variable is bound.</param>
    /// <param name="variable">The variable.</param>
    /// <param name="ends">By the parent's rows: one past the last row.</param>
    /// <param name="elements">By rows: a record's index, an item's position among all accounts' items, a group's ordinal.</param>
    public Space(Space parent, CoreVariable variable, int[] ends, int[] elements)
    {
        (Parent, Variable, Ends, Elements, Count) = (parent, variable, ends, elements, elements.Length);
    }

    public Space? Parent { get; }

    public CoreVariable? Variable { get; }

    public int Count { get; }

    public int[] Ends { get; }

    public int[] Elements { get; } = [];

    public int Depth => Parent is null ? 0 : Parent.Depth + 1;

    /// <summary>By rows: the parent's row.</summary>
    public int[] ParentRows => field ??= Rows(Ends, Count);

    /// <summary>The space's row of every row of a space below it.</summary>
    public int[] RowsOf(Space below)
    {
        int[] rows = below.ParentRows;
        for (Space at = below.Parent!; at != this; at = at.Parent!)
        {
            int[] up = at.ParentRows;
            var next = new int[rows.Length];
            for (int i = 0; i < rows.Length; i++) next[i] = up[rows[i]];
            rows = next;
        }
        return rows;
    }

    /// <summary>The nearest space, upwards from here, where the variable is bound.</summary>
    public Space Binding(CoreVariable variable)
    {
        Space at = this;
        while (at.Variable != variable) at = at.Parent ?? throw new InvalidOperationException($"{variable} is not bound");
        return at;
    }

    /// <summary>The account of every row.</summary>
    public int[] Accounts(Space root) => this == root ? [.. Enumerable.Range(0, Count)] : root.RowsOf(this);

    private static int[] Rows(int[] ends, int count)
    {
        var rows = new int[count];
        for (int parent = 0, row = 0; parent < ends.Length; parent++)
            for (; row < ends[parent]; row++) rows[row] = parent;
        return rows;
    }
}
