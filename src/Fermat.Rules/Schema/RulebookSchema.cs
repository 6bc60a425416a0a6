using System.Collections.Immutable;
using System.Numerics;

namespace Fermat.Rules.Schema;

/// <summary>A declared kind of number: an integer that counts 10^-<paramref name="Scale"/> of a unit.</summary>
/// <param name="Name">As the rulebook calls it.</param>
/// <param name="Scale">Decimals, 0 to <see cref="RuleLimits.MaxScale"/>.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Bounds">What the integer can be.</param>
public sealed record Quantity(string Name, int Scale, Unit Unit, Bounds Bounds);

/// <summary>A closed list of names; a value is the position of one.</summary>
/// <param name="Name">As the rulebook calls it.</param>
/// <param name="Values">At least one name.</param>
public sealed record EnumType(string Name, ImmutableArray<string> Values);

/// <summary>What a field or a parameter holds.</summary>
public abstract record FieldType
{
    /// <summary>An integer of a quantity.</summary>
    /// <param name="Quantity">Its kind.</param>
    public sealed record Number(Quantity Quantity) : FieldType;

    /// <summary>True or false.</summary>
    public sealed record Flag : FieldType;

    /// <summary>One of the names of an enumeration.</summary>
    /// <param name="Type">The enumeration.</param>
    public sealed record Choice(EnumType Type) : FieldType;

    /// <summary>A record of a market table, named by its symbol in files.</summary>
    /// <param name="Table">Index into <see cref="RulebookSchema.Tables"/>.</param>
    public sealed record Reference(int Table) : FieldType;

    /// <summary>A piecewise linear function of a number.</summary>
    /// <param name="Kind">How it is given and evaluated.</param>
    /// <param name="X">What it takes.</param>
    /// <param name="Y">A rate (tiers, brackets) or the value (curve).</param>
    public sealed record Ladder(LadderKind Kind, Quantity X, Quantity Y) : FieldType;

    /// <summary>A symmetric matrix over a market table with ones on its diagonal, positive semi-definite (checked exactly when it is read). Parameters only.</summary>
    /// <param name="Table">Rows and columns are its records.</param>
    /// <param name="Entry">What an entry is.</param>
    public sealed record Correlation(int Table, Quantity Entry) : FieldType;
}

/// <summary>The three piecewise linear functions.</summary>
public enum LadderKind
{
    /// <summary>(from, rate)…, from 0 on: each rate applies to the part of x within its tier. x is not negative.</summary>
    Tiers,

    /// <summary>(from, rate, offset)…, from 0 on: rate · x − offset with the bracket that x falls into, as venues publish leverage brackets. x is not negative.</summary>
    Brackets,

    /// <summary>(x, y)…: straight lines between knots, constant outside; not exact, so it is evaluated under a named rounding.</summary>
    Curve,
}

/// <summary>A field of a market record, of an item, of an account, or a parameter.</summary>
/// <param name="Name">As the rulebook calls it.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Default">The integer when a file leaves a number, flag or choice out; null when it must be there.</param>
public sealed record SchemaField(string Name, FieldType Type, BigInteger? Default = null)
{
    /// <summary>Where a field of a name stands among others; −1 where there is none.</summary>
    /// <param name="fields">The fields of a record, of an item or of an account, or parameters.</param>
    /// <param name="name">As the rulebook calls it.</param>
    public static int IndexOf(ImmutableArray<SchemaField> fields, string name)
    {
        for (int f = 0; f < fields.Length; f++)
            if (fields[f].Name == name) return f;
        return -1;
    }
}

/// <summary>A table of public records: assets, instruments, expiries, scenarios.</summary>
/// <param name="Name">As the rulebook calls it.</param>
/// <param name="Fields">Its fields.</param>
/// <param name="MaxRecords">How many records it may have.</param>
public sealed record MarketTable(string Name, ImmutableArray<SchemaField> Fields, int MaxRecords)
{
    /// <summary>The field of a name; −1 where there is none.</summary>
    /// <param name="name">As the rulebook calls it.</param>
    public int FieldOf(string name) => SchemaField.IndexOf(Fields, name);
}

/// <summary>A private collection of an account, like its balances: any number of items, by strictly rising references (compared field by field).</summary>
/// <param name="Name">As the rulebook calls it.</param>
/// <param name="Fields">References, numbers, flags and choices; at least one reference. Two items never agree in all references.</param>
/// <param name="MaxItems">How many items an account may have.</param>
public sealed record Collection(string Name, ImmutableArray<SchemaField> Fields, int MaxItems)
{
    /// <summary>The field of a name; −1 where there is none.</summary>
    /// <param name="name">As the rulebook calls it.</param>
    public int FieldOf(string name) => SchemaField.IndexOf(Fields, name);
}

/// <summary>What a rulebook speaks about: public tables and parameters, and the private account.</summary>
/// <param name="Name">The rulebook's name.</param>
/// <param name="Quantities">Its kinds of numbers.</param>
/// <param name="Enums">Its enumerations.</param>
/// <param name="Tables">Public tables.</param>
/// <param name="Parameters">Public numbers, flags, choices, ladders and matrices.</param>
/// <param name="Scalars">Private fields of the account itself.</param>
/// <param name="Collections">Private collections.</param>
public sealed record RulebookSchema(
    string Name,
    ImmutableArray<Quantity> Quantities,
    ImmutableArray<EnumType> Enums,
    ImmutableArray<MarketTable> Tables,
    ImmutableArray<SchemaField> Parameters,
    ImmutableArray<SchemaField> Scalars,
    ImmutableArray<Collection> Collections)
{
    /// <summary>The public table of a name; −1 where there is none.</summary>
    /// <param name="name">As the rulebook calls it.</param>
    public int TableOf(string name)
    {
        for (int t = 0; t < Tables.Length; t++)
            if (Tables[t].Name == name) return t;
        return -1;
    }

    /// <summary>The account's own field of a name; −1 where there is none.</summary>
    /// <param name="name">As the rulebook calls it.</param>
    public int ScalarOf(string name) => SchemaField.IndexOf(Scalars, name);

    /// <summary>The account's collection of a name; −1 where there is none.</summary>
    /// <param name="name">As the rulebook calls it.</param>
    public int CollectionOf(string name)
    {
        for (int c = 0; c < Collections.Length; c++)
            if (Collections[c].Name == name) return c;
        return -1;
    }
}
