using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    private readonly Dictionary<(Domain Domain, int Field), PublicLookup> _lookups = [];

    /// <summary>What everybody can compute: a constant, a value of the market as a whole, or one of the record that the row's reference names.</summary>
    private object LowerPublic(CoreNode node, Domain domain)
    {
        if (node is Literal literal) return node.Type is CoreType.Number ? Fixed(literal.Value) : SmallValue.Constant((int)literal.Value);
        if (domain.Pair is not null && node.Free.Length > 0) return LowerInPairs(node, domain);
        if (node.Stage == Stage.Keyed)
        {
            if (node.Free.Length > 1) throw Homes.NotYet("a value of an item's reference and a record at once, except in a sum that is linear in the item's numbers");
            CoreKey key = node.Reference!.Value;
            Domain own = DomainOf(Homes.Of(node));
            if (own != domain) return Pass(node, own, domain);
            var record = (SmallValue)domain.Fields[key.Index];
            if (node is ItemField or GroupKey) return record;
            return Look(Lookup(domain, key.Index, record, TableOf(key), key.Variable.Name), node, (interpreter, r) => interpreter.EvaluatePublic(node, (key.Variable, r)));
        }
        if (node.Free.Length == 0) return Look(MarketValues(domain), node, (interpreter, _) => interpreter.EvaluatePublic(node));
        if (node.Free.Length > 1) throw Homes.NotYet("a public value of two records at once");
        CoreVariable variable = node.Free[0];
        if (domain.Source is not CoreSource.Table table || variable.Source is not CoreSource.Table { Index: var index } || index != table.Index)
            throw Homes.NotYet($"a value of {variable.Name} used for {domain.Name}");
        return node is RecordVariable ? domain.Key : Look(_lookups[(domain, 0)], node, (interpreter, r) => interpreter.EvaluatePublic(node, (variable, r)));
    }

    private static object Look(PublicLookup lookup, CoreNode node, Func<Interpreter, int, BigInteger> value)
    {
        string name = $"expression {node.Id}";
        if (node.Type is not CoreType.Number) return lookup.Small(new PublicValue(name, null, value), (int)node.Bounds.Max);
        return new NumberValue(lookup.Number(new PublicValue(name, DigitFormat.Of(node.Bounds), value)), node.Bounds);
    }

    private PublicLookup Lookup(Domain domain, int field, SmallValue record, int table, string name)
    {
        if (_lookups.TryGetValue((domain, field), out PublicLookup? known)) return known;
        var lookup = new PublicLookup(domain, name, record, table);
        _lookups.Add((domain, field), lookup);
        domain.Lookups.Add(lookup);
        Lookups.Add(lookup);
        return lookup;
    }

    private PublicLookup MarketValues(Domain domain)
    {
        if (_lookups.TryGetValue((domain, -1), out PublicLookup? known)) return known;
        var lookup = new PublicLookup(domain, "market", null, -1);
        _lookups.Add((domain, -1), lookup);
        domain.Lookups.Add(lookup);
        Lookups.Add(lookup);
        return lookup;
    }

    private int TableOf(CoreKey key) => key.Variable.Source is CoreSource.Groups groups
        ? ((CoreType.Record)groups.Keys[key.Index].Value.Type).Table
        : ((FieldType.Reference)_schema.Collections[key.Variable.Source.Collection].Fields[key.Index].Type).Table;

    /// <summary>A private field in cells, checked to be what the schema says.</summary>
    private object Input(Domain domain, SchemaField field, int index)
    {
        int first = domain.Slots;
        object value = InputOf(domain, field, index);
        for (int slot = first; slot < domain.Slots; slot++) domain.Inputs.Add(slot);
        return value;
    }

    private object InputOf(Domain domain, SchemaField field, int index)
    {
        switch (field.Type)
        {
            case FieldType.Number number:
                return InputNumber(domain, field.Name, number.Quantity.Bounds, index);
            case FieldType.Flag:
                return domain.Bit(field.Name, row => row.Data[index].IsOne);
            case FieldType.Choice choice:
                int most = choice.Type.Values.Length - 1;
                SmallValue chosen = domain.Small(field.Name, most, row => (int)row.Data[index]);
                domain.Table.Receive(_range.Range16, $"{field.Name} is 16 bits", 1, chosen.At);
                domain.Table.Receive(_range.Range16, $"{field.Name} is a name", 1, most * domain.Active - chosen.At);
                domain.Fillers.Add((row, _, tally) =>
                {
                    tally.Range.Word(chosen.Of(row));
                    tally.Range.Word(most - chosen.Of(row));
                });
                return chosen;
            case FieldType.Reference:
                return domain.Small(field.Name, RuleLimits.MaxRecords - 1, row => (int)row.Data[index]);
            default:
                throw Homes.NotYet($"a private field like {field.Name}");
        }
    }

    /// <summary>
    /// Digits that hold the quantity's bounds exactly. What they could hold beside is excluded: the one lowest number of a signed quantity of whole bytes by an inverse, anything else by range
    /// checks of the distance to a bound.
    /// </summary>
    private NumberValue InputNumber(Domain domain, string name, Bounds bounds, int index)
    {
        var digits = new DigitColumns(domain, name, DigitFormat.Of(bounds), row => row.Data[index], isZeroOnPadding: true);
        var value = new NumberValue(digits.Form, bounds);
        value.Commit(digits);
        Bounds range = DigitFormat.Of(bounds).Range;
        if (bounds.Min - range.Min == 1)
        {
            // the lowest number is all zeros but the sign
            Expr high = digits.Sign is { } sign ? digits.CellSum + 256 * (domain.Active - 2 * sign.At) : digits.CellSum;
            NotZero(domain, $"{name} is not the lowest number of its digits", high,
                row => digits.SumOf(row) + (digits.Sign is { } s ? 256 * (1 - 2 * s.Of(row)) : 0));
        }
        else if (range.Min < bounds.Min)
        {
            AtMost(Fixed(bounds.Min).Form.On(domain.Active), value, range.Max - bounds.Min, $"{name} is at least {bounds.Min}", domain);
        }
        if (digits.Sign is null && bounds.Max == range.Max >> 1) digits.HalveTop(domain, $"{name}, top digit is below 128");
        else if (range.Max > bounds.Max) AtMost(digits.Form, Fixed(bounds.Max), bounds.Max - range.Min, $"{name} is at most {bounds.Max}", domain);
        return value;
    }
}
