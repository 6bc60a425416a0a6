using System.Collections.Immutable;
using System.Numerics;
using Fermat.Margin;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Inputs;

/// <summary>
/// Accounts of a book of <c>docs/BOOKS.md</c> as accounts of a rulebook, one by one: what <see cref="BookInputs"/> says in JSON, without the text. The rulebook's accounts have one collection <c>balances</c>, whose items
/// have <c>asset</c> and the amounts <c>unpledged</c>, <c>debt</c>, <c>loan</c>, <c>margin</c>, <c>portfolio</c>.
/// </summary>
public sealed class BookAccounts
{
    private static readonly ImmutableDictionary<string, Func<Balance, Int128>> Amounts = ImmutableDictionary.CreateRange<string, Func<Balance, Int128>>(StringComparer.Ordinal,
    [
        new(BookInputs.Unpledged, balance => balance.Unpledged), new("debt", balance => balance.Debt),
        .. Enum.GetValues<CollateralKind>().Select(kind => new KeyValuePair<string, Func<Balance, Int128>>(BookInputs.Name(kind), balance => balance.Collateral(kind))),
    ]);

    private readonly ImmutableArray<(int Scale, Func<Balance, Int128>? Amount)> _fields;
    private readonly ImmutableArray<int> _scales;

    private BookAccounts(ImmutableArray<(int, Func<Balance, Int128>?)> fields, ImmutableArray<int> scales) => (_fields, _scales) = (fields, scales);

    /// <summary>A reader for the accounts of a book, or null where the rulebook is about other accounts.</summary>
    /// <param name="schema">The rulebook's schema.</param>
    /// <param name="header">The book's assets, which are the records of the one table that balances refer to, in this order.</param>
    /// <exception cref="ArgumentException">The assets are not in strictly rising order of their symbols, which is the order of records.</exception>
    public static BookAccounts? Of(RulebookSchema schema, BookHeader header)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(header);
        for (int i = 1; i < header.Assets.Count; i++)
            if (string.CompareOrdinal(header.Assets[i - 1].Symbol, header.Assets[i].Symbol) >= 0) throw new ArgumentException($"the asset {header.Assets[i].Symbol} is not in order", nameof(header));
        if (schema.Scalars.Length != 0 || schema.Collections is not [{ Name: BookInputs.Balances } balances] || balances.Fields.Length != Amounts.Count + 1) return null;
        var fields = ImmutableArray.CreateBuilder<(int, Func<Balance, Int128>?)>();
        foreach (SchemaField field in balances.Fields)
        {
            if (field.Type is FieldType.Reference && field.Name == BookInputs.Reference) fields.Add((0, null));
            else if (field.Type is FieldType.Number { Quantity.Scale: var scale } && Amounts.TryGetValue(field.Name, out Func<Balance, Int128>? amount)) fields.Add((scale, amount));
            else return null;
        }
        return new BookAccounts(fields.ToImmutable(), [.. header.Assets.Select(asset => asset.AmountScale)]);
    }

    /// <summary>The account in the units of the rulebook; whether these are in their ranges is for <see cref="AccountChecks"/>.</summary>
    /// <param name="account">A valid account of the book.</param>
    /// <param name="read">The account.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? TryRead(Account account, out AccountData? read)
    {
        ArgumentNullException.ThrowIfNull(account);
        read = null;
        var items = ImmutableArray.CreateBuilder<ImmutableArray<BigInteger>>(account.Balances.Count);
        foreach (Balance balance in account.Balances)
        {
            var values = ImmutableArray.CreateBuilder<BigInteger>(_fields.Length);
            foreach ((int scale, Func<Balance, Int128>? amount) in _fields)
            {
                if (amount is null)
                {
                    values.Add(balance.Asset);
                    continue;
                }
                int finer = _scales[balance.Asset] - scale;
                BigInteger value = amount(balance);
                if (finer <= 0)
                {
                    values.Add(value * BigInteger.Pow(10, -finer));
                    continue;
                }
                BigInteger whole = BigInteger.DivRem(value, BigInteger.Pow(10, finer), out BigInteger rest);
                if (!rest.IsZero) return $"an amount of asset {balance.Asset} has more than the rulebook's {scale} decimals";
                values.Add(whole);
            }
            items.Add(values.MoveToImmutable());
        }
        read = new AccountData(account.Id.Value, [], [items.MoveToImmutable()]) { OwnerKey = account.OwnerKey, Nonce = account.Nonce };
        return null;
    }
}
