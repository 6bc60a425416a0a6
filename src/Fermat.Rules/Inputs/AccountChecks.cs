using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Inputs;

/// <summary>Whether an account that did not come from <see cref="RuleInputs"/> is one of a schema.</summary>
public static class AccountChecks
{
    /// <summary>What is wrong with an account, or null: numbers outside of their quantities, references to records that are not there, items out of order or too many.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="market">How many records there are.</param>
    /// <param name="account">The account.</param>
    public static string? Problem(RulebookSchema schema, MarketData market, AccountData account)
    {
        ArgumentNullException.ThrowIfNull(market);
        return Problem(schema, table => market.Tables[table].Length, account);
    }

    /// <summary>The same for who has no market data: references are below the most records that a table has.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="account">The account.</param>
    public static string? Problem(RulebookSchema schema, AccountData account) => Problem(schema, table => schema.Tables[table].MaxRecords, account);

    private static string? Problem(RulebookSchema schema, Func<int, int> records, AccountData account)
    {
        if (account.Items.Length != schema.Collections.Length) return "the account has other collections than the rulebook";
        if (Fields(schema.Scalars, records, account.Scalars) is { } own) return own;
        for (int c = 0; c < schema.Collections.Length; c++)
        {
            Collection collection = schema.Collections[c];
            if (account.Items[c].Length > collection.MaxItems) return $"{account.Items[c].Length} items of {collection.Name}; at most {collection.MaxItems} are there";
            for (int i = 0; i < account.Items[c].Length; i++)
            {
                if (Fields(collection.Fields, records, account.Items[c][i]) is { } problem) return $"{collection.Name}[{i}]: {problem}";
                if (i > 0 && !Rises(collection, account.Items[c][i - 1], account.Items[c][i])) return $"{collection.Name}[{i}]: items are not in strictly rising order of their references";
            }
        }
        return null;
    }

    private static bool Rises(Collection collection, ImmutableArray<BigInteger> before, ImmutableArray<BigInteger> item)
    {
        for (int f = 0; f < collection.Fields.Length; f++)
            if (collection.Fields[f].Type is FieldType.Reference && before[f] != item[f]) return before[f] < item[f];
        return false;
    }

    private static string? Fields(ImmutableArray<SchemaField> fields, Func<int, int> records, ImmutableArray<BigInteger> values)
    {
        if (values.Length != fields.Length) return $"{values.Length} values for {fields.Length} fields";
        for (int f = 0; f < fields.Length; f++)
        {
            Bounds bounds = fields[f].Type switch
            {
                FieldType.Number number => number.Quantity.Bounds,
                FieldType.Choice choice => new Bounds(0, choice.Type.Values.Length - 1),
                FieldType.Reference reference => new Bounds(0, records(reference.Table) - 1),
                _ => Bounds.Flag,
            };
            if (!bounds.Contains(values[f])) return $"{fields[f].Name} is out of its range";
        }
        return null;
    }
}
