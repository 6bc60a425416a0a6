using System.Collections.Immutable;
using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Typing;

/// <summary>
/// The block <c>meta</c>: a program of its own over a schema that has every parameter and every field of a record twice, and the aggregates behind the parameters. Bare names and <c>new.</c>
/// are the first ones, <c>old.</c> the second ones; so parser, types, bounds and interpreter are those of every other definition.
/// </summary>
internal sealed partial class Elaborator
{
    private const string AsAggregate = "what all accounts come to is an aggregate: declare it in `system { … }`";

    /// <summary>The block's program; null where it has an error.</summary>
    /// <param name="symbols">The names; a block <c>meta</c> is among them.</param>
    /// <param name="schema">The rulebook's schema.</param>
    /// <param name="order">All definitions, each after those it needs.</param>
    /// <param name="graph">What needs what.</param>
    /// <param name="bag">Takes the errors.</param>
    /// <param name="values">Takes the first value of each expression, by its place; or null.</param>
    public static CoreMeta? RunMeta(SymbolTable symbols, RulebookSchema schema, ImmutableArray<DefinitionSymbol> order, DefinitionGraph graph, DiagnosticBag bag, Dictionary<SourceSpan, Value>? values)
    {
        RulebookSchema both = CoreMeta.Both(schema, [.. symbols.System.Select(aggregate => aggregate.Field)]);
        var elaborator = new Elaborator(symbols, schema, graph.Broken, bag, values, both);
        DefinitionSymbol[] own = [.. symbols.Definitions.Where(definition => definition.IsMeta && !definition.IsFunction)];
        HashSet<DefinitionSymbol> needed = graph.Reachable(own);
        try
        {
            foreach (DefinitionSymbol definition in order.Where(definition => !definition.IsFunction && needed.Contains(definition) && !bag.Full))
                elaborator.Define(definition);
        }
        catch (Stop)
        {
            return null;
        }
        var definitions = ImmutableArray.CreateBuilder<CoreDefinition>();
        foreach (DefinitionSymbol definition in own)
        {
            if (elaborator._definitions.GetValueOrDefault(definition) is not NodeValue { Node: var node }) continue; // its error has been reported
            if (CoreListing.Reachable([node]).Any(IsOfAccount))
                bag.Error(DiagnosticCodes.Meta, definition.Syntax.Value.Span, $"`{definition.FullName}` depends on an account, through a function that it calls, and the block `meta` judges parameters", "a value that everybody can compute", AsAggregate);
            else if (definition.Syntax.IsRequired && node.Type is not CoreType.Flag)
                bag.Error(DiagnosticCodes.Meta, definition.Syntax.Value.Span, $"the rule `{definition.Declared.Text}` must be true or false", "a comparison", "leave `require` out where this is only a step on the way");
            else
                definitions.Add(new CoreDefinition(definition.FullName, node));
        }
        if (definitions.Count < own.Length) return null;
        elaborator.CheckDepth(definitions.ToImmutable());
        return new CoreMeta(new CoreRulebook(both, definitions.DrainToImmutable()), schema, [.. symbols.System.Select(aggregate => aggregate.Field)],
            [.. own.Where(definition => definition.Syntax.IsRequired).Select(definition => definition.FullName)]);
    }

    /// <summary>A definition where it is named. In the block <c>meta</c> it must not depend on an account.</summary>
    private Value? Seen(DefinitionSymbol definition, SourceSpan span)
    {
        Value? value = _definitions.GetValueOrDefault(definition);
        if (!_frame.Definition.IsMeta || value is not NodeValue { Node.Stage: not Stage.Public }) return value;
        Report(DiagnosticCodes.Meta, span, $"`{definition.FullName}` depends on an account, and the block `meta` judges parameters", "a value that everybody can compute", AsAggregate);
        return null;
    }

    /// <summary>Whether only who has an account can compute it, whatever its stage.</summary>
    private static bool IsOfAccount(CoreNode node) => node.Stage != Stage.Public
        || node is AccountField or ItemField or GroupKey or Reduce { Variable.Source: not CoreSource.Table } or ProRata { Variable.Source: not CoreSource.Table };

    /// <summary>new.x, old.x, system.x.</summary>
    private Value? OfSet(Identifier set, Identifier name, SourceSpan span)
    {
        int parameters = _schema.Parameters.Length;
        if (set.Text == Keywords.System)
        {
            int at = IndexOfAggregate(name.Text);
            return at < 0 ? null : Leaf("parameter", 2 * parameters + at, 0, span, () => _builder.Parameter(2 * parameters + at));
        }
        bool old = set.Text == Keywords.Old;
        if (_frame.Locals.TryGetValue(name.Text, out Value? local))
        {
            if (!old) return local is OldRecordValue was ? new NodeValue(was.Record) : local;
            if (Settled(local, null, name.Span) is not { } record) return null;
            if (record.Node.Type is CoreType.Record) return new OldRecordValue(record.Node);
            Report(DiagnosticCodes.Meta, name.Span, $"`{name.Text}` is no record, so there is none before the update", "a parameter, or a name that runs over market records");
            return null;
        }
        if (_symbols.Globals.GetValueOrDefault(name.Text) is not ParameterSymbol parameter) return null;
        int index = parameter.Index + (old ? parameters : 0);
        return Leaf("parameter", index, 0, span, () => _builder.Parameter(index));

        int IndexOfAggregate(string aggregate)
        {
            for (int i = 0; i < _symbols.System.Length; i++)
                if (_symbols.System[i].Name.Text == aggregate) return i;
            return -1;
        }
    }

    /// <summary>A field of a record as it was: behind those of today.</summary>
    private Value? OldField(CoreNode record, MarketTable table, int field, SourceSpan span)
    {
        int index = table.Fields.Length + field;
        return Leaf("field", record.Id, index, span, () => _builder.Field(record, index)) is { } value
            ? value.Node.Type is CoreType.Record ? new OldRecordValue(value.Node) : value
            : null;
    }
}
