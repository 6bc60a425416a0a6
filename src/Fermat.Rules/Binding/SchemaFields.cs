using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Binding;

/// <summary>Fields: their types, where those may stand, and their defaults.</summary>
internal sealed partial class SchemaBinder
{
    private RulebookSchema BindFields(RulebookSyntax syntax)
    {
        ImmutableArray<MarketTable> tables = [.. _markets.Select(market => new MarketTable(
            market.Name.Text,
            Fields(market.Fields, market.Name, "a market record holds quantities, flags, enumerations, references, tiers, brackets and curves", static type => type is not FieldType.Correlation),
            UpTo(market.UpTo, RuleLimits.MaxRecords)))];
        ImmutableArray<SchemaField> parameters = _parameters is null ? [] : Fields(_parameters.Fields, null,
            "a parameter is a quantity, a flag, an enumeration, tiers, brackets, a curve or a correlation matrix", static type => type is not FieldType.Reference);
        ImmutableArray<SchemaField> scalars = _account is null ? [] : Fields([.. _account.Members.OfType<FieldSyntax>()], null,
            "a field of the account is a quantity, a flag or an enumeration; references stand in collections", static type => type is FieldType.Number or FieldType.Flag or FieldType.Choice);
        ImmutableArray<Collection> collections = [.. (_account?.Members ?? []).OfType<CollectionSyntax>().Select(BindCollection)];
        TooMany(collections.Length, "collections", _account?.Members.OfType<CollectionSyntax>().LastOrDefault()?.Name);
        return new RulebookSchema(syntax.Name?.Text ?? "", [.. _quantities], [.. _enums], tables, parameters, scalars, collections);
    }

    private Collection BindCollection(CollectionSyntax syntax)
    {
        ImmutableArray<SchemaField> fields = Fields(syntax.Fields, syntax.Name, "an item holds references, quantities, flags and enumerations",
            static type => type is FieldType.Number or FieldType.Flag or FieldType.Choice or FieldType.Reference);
        if (!_bag.Any && !fields.Any(field => field.Type is FieldType.Reference))
        {
            _bag.Error(DiagnosticCodes.NoReference, syntax.Name.Span, $"the items of `{syntax.Name.Text}` refer to no market record", "a field whose type is a market record",
                "items are told apart by their references: `{ asset: Asset, amount: Amount }*`");
        }
        return new Collection(syntax.Name.Text, fields, UpTo(syntax.UpTo, RuleLimits.MaxItems));
    }

    private int UpTo(NumberSyntax? syntax, int most)
    {
        if (syntax is null) return most;
        if (syntax.Mantissa >= 1 && syntax.Mantissa <= most) return (int)syntax.Mantissa;
        _bag.Error(DiagnosticCodes.Count, syntax.Span, $"up to {syntax.Mantissa} cannot be", $"from 1 to {most}");
        return most;
    }

    private ImmutableArray<SchemaField> Fields(ImmutableArray<FieldSyntax> syntax, Identifier? owner, string allowed, Predicate<FieldType> fits)
    {
        TooMany(syntax.Length, "fields", owner ?? syntax.LastOrDefault()?.Name);
        var fields = ImmutableArray.CreateBuilder<SchemaField>();
        var seen = new Dictionary<string, Identifier>(StringComparer.Ordinal);
        foreach (FieldSyntax field in syntax)
        {
            if (owner is not null && !seen.TryAdd(field.Name.Text, field.Name))
                Duplicate(field.Name, seen[field.Name.Text].Span, $"a field of `{owner.Text}`");
            if (owner is not null && field.Name.Text == "symbol")
                _bag.Error(DiagnosticCodes.Predefined, field.Name.Span, "`symbol` names the record in every file", hint: "call the field something else");
            FieldType type = BindType(field.Type) ?? new FieldType.Flag();
            if (!fits(type))
                _bag.Error(DiagnosticCodes.FieldType, field.Type.Span, "this type cannot stand here", hint: allowed);
            fields.Add(new SchemaField(field.Name.Text, type, BindDefault(field, type)));
        }
        return fields.DrainToImmutable();
    }

    private FieldType? BindType(TypeSyntax syntax)
    {
        switch (syntax)
        {
            case LadderTypeSyntax ladder:
                return (FindQuantity(ladder.X), FindQuantity(ladder.Y)) is ({ } x, { } y) ? new FieldType.Ladder(ladder.Kind, x, y) : null;
            case CorrelationTypeSyntax correlation:
                Quantity? entry = FindQuantity(correlation.Entry);
                if (_symbols.Globals.GetValueOrDefault(correlation.Table.Text) is TableSymbol table)
                    return entry is null ? null : new FieldType.Correlation(table.Index, entry);
                UnknownType(correlation.Table, "a market record", _symbols.Names<TableSymbol>());
                return null;
            case NamedTypeSyntax { Name.Text: Predefined.Flag }:
                return new FieldType.Flag();
            case NamedTypeSyntax named:
                switch (_symbols.Globals.GetValueOrDefault(named.Name.Text))
                {
                    case QuantitySymbol quantity: return new FieldType.Number(quantity.Quantity);
                    case EnumSymbol enumeration: return new FieldType.Choice(enumeration.Type);
                    case TableSymbol reference: return new FieldType.Reference(reference.Index);
                }
                UnknownType(named.Name, "a quantity, an enumeration, a market record, `Time` or `Flag`",
                    [.. _symbols.Names<QuantitySymbol>(), .. _symbols.Names<EnumSymbol>(), .. _symbols.Names<TableSymbol>(), Predefined.Flag]);
                return null;
            default:
                return null;
        }
    }

    private Quantity? FindQuantity(Identifier name)
    {
        if (_symbols.Globals.GetValueOrDefault(name.Text) is QuantitySymbol quantity) return quantity.Quantity;
        UnknownType(name, "a quantity", _symbols.Names<QuantitySymbol>());
        return null;
    }

    private void UnknownType(Identifier name, string expected, IEnumerable<string> candidates)
    {
        string message = _symbols.Globals.TryGetValue(name.Text, out Symbol? symbol) ? $"`{name.Text}` is {symbol.What}" : $"there is no type `{name.Text}`";
        _bag.Error(DiagnosticCodes.UnknownType, name.Span, message, expected, Suggestions.DidYouMean(name.Text, candidates));
    }

    private BigInteger? BindDefault(FieldSyntax field, FieldType type)
    {
        if (field.Default is not { } value) return null;
        switch (type)
        {
            case FieldType.Number number when value.Number is { } literal:
                if (literal.Scale > number.Quantity.Scale)
                    return Bad($"{Numeral.Write(literal.Mantissa, literal.Scale)} is finer than `{number.Quantity.Name}`, which has {number.Quantity.Scale} decimals");
                BigInteger scaled = literal.Mantissa * BigInteger.Pow(10, number.Quantity.Scale - literal.Scale);
                if (number.Quantity.Bounds.Contains(scaled)) return scaled;
                return Bad($"{Numeral.Write(literal.Mantissa, literal.Scale)} is no `{number.Quantity.Name}`, which is from " +
                    $"{Numeral.Write(number.Quantity.Bounds.Min, number.Quantity.Scale)} to {Numeral.Write(number.Quantity.Bounds.Max, number.Quantity.Scale)}");
            case FieldType.Flag when value.Flag is { } flag:
                return flag ? 1 : 0;
            case FieldType.Choice choice when value.Name is { } name:
                int index = choice.Type.Values.IndexOf(name.Text);
                return index >= 0 ? index : Bad($"`{choice.Type.Name}` has no name `{name.Text}`", Suggestions.DidYouMean(name.Text, choice.Type.Values));
            default:
                string expected = type switch
                {
                    FieldType.Number number => $"a number, because this is a `{number.Quantity.Name}`",
                    FieldType.Flag => "`true` or `false`",
                    FieldType.Choice choice => $"a name of `{choice.Type.Name}`",
                    _ => "no default: files must say this",
                };
                _bag.Error(DiagnosticCodes.Default, value.Span, "this default does not fit the type", expected);
                return null;
        }

        BigInteger? Bad(string message, string? hint = null)
        {
            _bag.Error(DiagnosticCodes.Default, value.Span, message, hint: hint);
            return null;
        }
    }
}
