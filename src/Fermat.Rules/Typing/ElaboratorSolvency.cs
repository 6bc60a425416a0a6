using System.Collections.Immutable;
using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Rules.Text;

namespace Fermat.Rules.Typing;

/// <summary>What a rulebook says about a whole book.</summary>
internal sealed partial class Elaborator
{
    private const string FormOfTotals = "sums over collections, each with one reference of its items compared: `sum b in balances where b.asset = a: b.amount - sum p in …`";

    private CoreSolvency? Solvency(CoreRulebook rulebook)
    {
        if (rulebook.Find("equity")?.Value is not { Type: CoreType.Number } equity || rulebook.Find("maintenance")?.Value is not { Type: CoreType.Number } maintenance) return null;
        CoreNode net = rulebook.Find("net_equity")?.Value is { Type: CoreType.Number } own ? own : equity;
        CoreNode? liquidatable = FlagOf(rulebook, "liquidatable") ?? Unless(() => _builder.Compare(Comparison.Less, equity, maintenance));
        CoreNode? bankrupt = FlagOf(rulebook, "bankrupt") ?? Unless(() => _builder.Compare(Comparison.Less, net, _builder.Literal(0, 0)));
        CoreTotal? claims = Total(SolvencyDefinitions.Claim), sizes = Total(SolvencyDefinitions.NetSize);
        CoreRecordValue? price = Price(claims, net);
        return liquidatable is null || bankrupt is null ? null : new CoreSolvency(net, liquidatable, bankrupt, price is null ? null : claims, price, sizes);
    }

    /// <summary>An expression that the rulebook does not write; where it cannot be made, equity and maintenance have an error of their own.</summary>
    private static CoreNode? Unless(Func<CoreNode> make)
    {
        try
        {
            return make();
        }
        catch (CoreException)
        {
            return null;
        }
    }

    private static CoreNode? FlagOf(CoreRulebook rulebook, string name) => rulebook.Find(name)?.Value is { Type: CoreType.Flag } flag ? flag : null;

    /// <summary>The value of a function of one market record, with a variable in the place of the record.</summary>
    private (DefinitionSymbol Definition, CoreVariable Record, CoreNode Value)? OfRecord(string name)
    {
        if (SolvencyDefinitions.Find(name, _symbols) is not { } definition || _broken.Contains(definition)) return null;
        if (definition.Parameters is not [{ Annotation: { } annotation } parameter] || _symbols.Globals.GetValueOrDefault(annotation.Text) is not TableSymbol table)
        {
            _frame = new Frame(definition, null, default);
            Report(DiagnosticCodes.Total, definition.Declared.Span, $"`{name}` speaks about a whole book, so it takes one market record", $"`{name}(a: Asset) = …`, with a market record of yours");
            return null;
        }
        _frame = new Frame(definition, null, default);
        if (Guard(parameter.Name.Span, () => _builder.Bind(parameter.Name.Text, new CoreSource.Table(table.Index))) is not { } variable) return null;
        _frame.Locals[parameter.Name.Text] = new VariableValue(variable);
        if (Settled(Body(definition), null, definition.Syntax.Value.Span)?.Node is not { } node) return null;
        if (node.Type is CoreType.Number) return (definition, variable, node);
        Report(DiagnosticCodes.Total, definition.Syntax.Value.Span, $"`{name}` must be a number");
        return null;
    }

    private CoreTotal? Total(string name)
    {
        if (OfRecord(name) is not var (definition, record, value)) return null;
        var terms = ImmutableArray.CreateBuilder<CoreTotalTerm>();
        SourceSpan span = definition.Syntax.Value.Span;
        string? problem = null;
        bool sound = Guard(span, () => new Box(Split(value, record, node => node, terms, ref problem))) is { IsSound: true };
        if (problem is not null) Report(DiagnosticCodes.Total, span, $"`{name}` cannot be added up over a whole book: {problem}", FormOfTotals);
        return sound && problem is null ? new CoreTotal(name, record, terms.ToImmutable(), value.Number) : null;
    }

    private sealed record Box(bool IsSound);

    /// <summary>Takes a number apart into sums over items; <paramref name="outer"/> is what is done to the number around it, linear.</summary>
    private bool Split(CoreNode node, CoreVariable record, Func<CoreNode, CoreNode> outer, ImmutableArray<CoreTotalTerm>.Builder terms, ref string? problem)
    {
        switch (node)
        {
            case Named named:
                return Split(named.Value, record, outer, terms, ref problem);
            case Add add:
                return Split(add.Left, record, outer, terms, ref problem) && Split(add.Right, record, outer, terms, ref problem);
            case Negate negate:
                return Split(negate.Operand, record, inner => outer(_builder.Negate(inner)), terms, ref problem);
            case Rescale rescale:
                int scale = rescale.Number.Scale;
                return Split(rescale.Operand, record, inner => outer(_builder.AtScale(inner, scale)), terms, ref problem);
            case Multiply { Left: { Stage: Stage.Public, Free.IsEmpty: true } factor } multiply:
                return Split(multiply.Right, record, inner => outer(_builder.Multiply(factor, inner)), terms, ref problem);
            case Multiply { Right: { Stage: Stage.Public, Free.IsEmpty: true } factor } multiply:
                return Split(multiply.Left, record, inner => outer(_builder.Multiply(inner, factor)), terms, ref problem);
            case Reduce { Kind: ReduceKind.Sum, Variable: { Source: CoreSource.Items } item } sum:
                return Term(sum, item, record, outer, terms, ref problem);
            case Literal { Value.IsZero: true }:
                return true;
            default:
                problem = node is Reduce ? "a part is another kind of reduction than a sum over a collection" : "a part of it is not a sum over a collection";
                return false;
        }
    }

    private bool Term(Reduce sum, CoreVariable item, CoreVariable record, Func<CoreNode, CoreNode> outer, ImmutableArray<CoreTotalTerm>.Builder terms, ref string? problem)
    {
        (CoreNode? reference, CoreNode? rest) = (null, null);
        foreach (CoreNode condition in Conditions(sum.Filter))
        {
            if (reference is null && ReferenceOf(condition, record) is { } found) reference = found;
            else rest = rest is null ? condition : _builder.And(rest, condition);
        }
        problem = reference is null ? $"a sum does not say which items belong to `{record.Name}`"
            : reference.Stage != Stage.Keyed ? $"which items belong to `{record.Name}` must depend on one reference of an item"
            : sum.Body.Free.Contains(record) || (rest?.Free.Contains(record) ?? false) ? $"what an item adds depends on `{record.Name}`"
            : null;
        if (problem is not null) return false;
        CoreNode value = outer(rest is null ? sum.Body : _builder.If(rest, sum.Body, _builder.Literal(0, 0)));
        terms.Add(new CoreTotalTerm(item, reference!, value));
        return true;
    }

    private static IEnumerable<CoreNode> Conditions(CoreNode? filter) => filter switch
    {
        null => [],
        Named named => Conditions(named.Value),
        Connective { IsAnd: true } and => Conditions(and.Left).Concat(Conditions(and.Right)),
        _ => [filter],
    };

    /// <summary>The other side of a comparison with the record, or null.</summary>
    private static CoreNode? ReferenceOf(CoreNode condition, CoreVariable record)
    {
        if (condition is not Compare { Operator: Comparison.Equal } equal || equal.Left.Type is not CoreType.Record) return null;
        bool Is(CoreNode node) => node is RecordVariable variable && variable.Variable == record;
        CoreNode? other = Is(equal.Left) ? equal.Right : Is(equal.Right) ? equal.Left : null;
        return other is null || other.Free.Contains(record) ? null : other;
    }

    private CoreRecordValue? Price(CoreTotal? claims, CoreNode net)
    {
        DefinitionSymbol? claim = SolvencyDefinitions.Find(SolvencyDefinitions.Claim, _symbols);
        if (claim is null) return null;
        if (SolvencyDefinitions.Find(SolvencyDefinitions.Price, _symbols) is null)
        {
            _frame = new Frame(claim, null, default);
            Report(DiagnosticCodes.Total, claim.Declared.Span, "the rulebook says what is owed of an asset and not what an asset is worth", "`price(a: Asset) = …`");
            return null;
        }
        if (OfRecord(SolvencyDefinitions.Price) is not var (definition, record, value) || claims is null) return null;
        SourceSpan span = definition.Syntax.Value.Span;
        int table = ((CoreSource.Table)record.Source).Index;
        Unit? worth = value.Number.Unit is { } a && claims.Type.Unit is { } b ? a * b : null, unit = net.Number.Unit;
        (string, string?)? problem = table != claims.Table ? ($"`price` is about `{_schema.Tables[table].Name}` and `claim` about `{_schema.Tables[claims.Table].Name}`", "one market record for both")
            : value.Stage != Stage.Public ? ("a price must be public", "a field of the market record")
            : value.Bounds.Min.Sign < 0 ? ("a price can be negative", "a quantity that is nonnegative")
            : worth is not null && unit is not null && !worth.Equals(unit) ? ($"claims times prices are in {worth}, and net equity is in {unit}", "one unit")
            : null;
        if (problem is var (message, expected))
        {
            Report(DiagnosticCodes.Total, span, message, expected);
            return null;
        }
        return new CoreRecordValue(SolvencyDefinitions.Price, record, value);
    }
}
