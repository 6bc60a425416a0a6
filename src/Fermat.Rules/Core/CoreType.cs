using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

/// <summary>The type of a core expression. Every value is an integer: a number's mantissa, 0 or 1, a position in an enumeration, the index of a record.</summary>
public abstract record CoreType
{
    /// <summary>A number: the integer counts 10^-<paramref name="Scale"/> of the unit and lies within the bounds.</summary>
    /// <param name="Scale">Decimals.</param>
    /// <param name="Unit">What is counted; null for a constant that takes the unit of what it is added to or compared with.</param>
    /// <param name="Bounds">What the integer can be.</param>
    public sealed record Number(int Scale, Unit? Unit, Bounds Bounds) : CoreType;

    /// <summary>True (1) or false (0).</summary>
    public sealed record Flag : CoreType;

    /// <summary>A name of an enumeration.</summary>
    /// <param name="Type">The enumeration.</param>
    public sealed record Choice(EnumType Type) : CoreType;

    /// <summary>A record of a market table.</summary>
    /// <param name="Table">Index of the table.</param>
    public sealed record Record(int Table) : CoreType;

    /// <summary>A ladder; only an argument of the piecewise nodes.</summary>
    /// <param name="Field">Its declaration.</param>
    public sealed record Ladder(FieldType.Ladder Field) : CoreType;
}

/// <summary>Who can compute a value.</summary>
public enum Stage
{
    /// <summary>Everybody, from market data and parameters.</summary>
    Public,

    /// <summary>Everybody for each record; which record it is, is private: the value depends on one private reference and on nothing else that is private.</summary>
    Keyed,

    /// <summary>Who has the account; a proof speaks for it.</summary>
    Private,
}

/// <summary>What a variable runs over.</summary>
public abstract record CoreSource
{
    /// <summary>The records of a market table, in order.</summary>
    /// <param name="Index">Index of the table.</param>
    public sealed record Table(int Index) : CoreSource;

    /// <summary>The items of a collection of the account.</summary>
    /// <param name="Index">Index of the collection.</param>
    public sealed record Items(int Index) : CoreSource;

    /// <summary>The items of a group.</summary>
    /// <param name="Group">A variable over <see cref="Groups"/>.</param>
    public sealed record Members(CoreVariable Group) : CoreSource;

    /// <summary>The groups of some items: one for each combination of keys that occurs, by rising keys.</summary>
    /// <param name="Of">The items: <see cref="Items"/> or <see cref="Members"/>.</param>
    /// <param name="Item">The variable the keys speak of.</param>
    /// <param name="Keys">Names and values of the keys: records, choices, flags or numbers that depend on the item's references alone.</param>
    public sealed record Groups(CoreSource Of, CoreVariable Item, IReadOnlyList<(string Name, CoreNode Value)> Keys) : CoreSource;

    /// <summary>The collection behind items, members and groups; −1 for a table.</summary>
    public int Collection => this switch
    {
        Items items => items.Index,
        Members members => members.Group.Source.Collection,
        Groups groups => groups.Of.Collection,
        _ => -1,
    };

    /// <summary>Whether the source is public.</summary>
    public bool IsPublic => this is Table;
}

/// <summary>A variable bound by a reduction, a grouping or a pro-rata split. Compared by identity.</summary>
public sealed class CoreVariable
{
    internal CoreVariable(int id, string name, CoreSource source) => (Id, Name, Source) = (id, name, source);

    /// <summary>Unique in the rulebook, rising in the order of binding.</summary>
    public int Id { get; }

    /// <summary>As the rulebook calls it.</summary>
    public string Name { get; }

    /// <summary>What it runs over.</summary>
    public CoreSource Source { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
