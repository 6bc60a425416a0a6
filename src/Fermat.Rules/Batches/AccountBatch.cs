using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Batches;

/// <summary>The items of a collection for many accounts, by field.</summary>
/// <param name="Ends">By account: one past its last item; it begins where the account before ends.</param>
/// <param name="Fields">By field: one number an item (references are record indices).</param>
public sealed record ItemColumns(int[] Ends, Int128[][] Fields)
{
    /// <summary>Items of all accounts.</summary>
    public int Count => Ends.Length == 0 ? 0 : Ends[^1];
}

/// <summary>Many accounts by columns: what native evaluation of whole books works on. Private quantities are at most 127 bits, so they fit.</summary>
/// <param name="Count">How many accounts.</param>
/// <param name="Scalars">By the schema's scalars: one number an account.</param>
/// <param name="Collections">By the schema's collections.</param>
public sealed record AccountBatch(int Count, ImmutableArray<Int128[]> Scalars, ImmutableArray<ItemColumns> Collections)
{
    /// <summary>Accounts as columns.</summary>
    /// <param name="schema">Their schema.</param>
    /// <param name="accounts">The accounts.</param>
    public static AccountBatch Of(RulebookSchema schema, IReadOnlyList<AccountData> accounts)
    {
        var scalars = ImmutableArray.CreateBuilder<Int128[]>();
        for (int s = 0; s < schema.Scalars.Length; s++)
            scalars.Add([.. accounts.Select(account => (Int128)account.Scalars[s])]);
        var collections = ImmutableArray.CreateBuilder<ItemColumns>();
        for (int c = 0; c < schema.Collections.Length; c++)
        {
            var ends = new int[accounts.Count];
            for (int a = 0, end = 0; a < accounts.Count; a++) ends[a] = end += accounts[a].Items[c].Length;
            var fields = new Int128[schema.Collections[c].Fields.Length][];
            for (int f = 0; f < fields.Length; f++)
                fields[f] = [.. accounts.SelectMany(account => account.Items[c]).Select(item => (Int128)item[f])];
            collections.Add(new ItemColumns(ends, fields));
        }
        return new AccountBatch(accounts.Count, scalars.ToImmutable(), collections.ToImmutable());
    }
}
