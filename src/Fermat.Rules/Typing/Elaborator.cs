using System.Collections.Immutable;
using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Typing;

/// <summary>
/// Definitions to the core: functions are put in the place of their calls, once for each list of arguments; names become fields, parameters and variables; every check of
/// <see cref="CoreBuilder"/> becomes a diagnostic at the expression that it is about, with the calls that lead there.
/// </summary>
internal sealed partial class Elaborator
{
    private const int MaxSteps = 4 * RuleLimits.MaxNodes;

    /// <summary>A limit is exceeded: whatever follows would exceed it again.</summary>
    private sealed class Stop : Exception;

    private readonly SymbolTable _symbols;
    private readonly RulebookSchema _schema;
    private readonly DiagnosticBag _bag;
    private readonly CoreBuilder _builder;
    private readonly Dictionary<SourceSpan, Value>? _values;
    private readonly HashSet<DefinitionSymbol> _broken;
    private readonly Dictionary<DefinitionSymbol, Value?> _definitions = [];
    private readonly Dictionary<(DefinitionSymbol, string), Value?> _calls = [];
    private readonly Dictionary<(string, int, int), CoreNode?> _leaves = [];
    private Frame _frame = null!;
    private int _depth;
    private int _steps;

    private Elaborator(SymbolTable symbols, RulebookSchema schema, HashSet<DefinitionSymbol> broken, DiagnosticBag bag, Dictionary<SourceSpan, Value>? values, RulebookSchema? both = null)
        => (_symbols, _schema, _broken, _bag, _values, _builder) = (symbols, schema, broken, bag, values, new CoreBuilder(both ?? schema));

    /// <summary>The core of all definitions without arguments; those with errors are missing.</summary>
    /// <param name="symbols">The names.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="order">All definitions, each after those it needs.</param>
    /// <param name="uncalled">Functions that nothing calls: those whose arguments are known by their types are checked, and are no part of the result.</param>
    /// <param name="broken">What to leave out without another error.</param>
    /// <param name="bag">Takes the errors.</param>
    /// <param name="values">Takes the first value of each expression, by its place; or null.</param>
    public static CoreRulebook Run(
        SymbolTable symbols, RulebookSchema schema, ImmutableArray<DefinitionSymbol> order, IReadOnlyList<DefinitionSymbol> uncalled, HashSet<DefinitionSymbol> broken, DiagnosticBag bag, Dictionary<SourceSpan, Value>? values = null)
    {
        var elaborator = new Elaborator(symbols, schema, broken, bag, values);
        try
        {
            foreach (DefinitionSymbol definition in order.Where(definition => !definition.IsFunction && !definition.IsMeta && !bag.Full))
                elaborator.Define(definition);
        }
        catch (Stop)
        {
            return new CoreRulebook(schema, []);
        }
        ImmutableArray<CoreDefinition> definitions = [.. symbols.Definitions
            .Where(definition => !definition.IsFunction && !definition.IsMeta)
            .Select(definition => (definition.FullName, Node: (elaborator._definitions.GetValueOrDefault(definition) as NodeValue)?.Node))
            .Where(pair => pair.Node is not null)
            .Select(pair => new CoreDefinition(pair.FullName, pair.Node!))];
        elaborator.CheckDepth(definitions);
        var rulebook = new CoreRulebook(schema, definitions);
        try
        {
            rulebook = rulebook with { Solvency = elaborator.Solvency(rulebook) };
            foreach (DefinitionSymbol definition in uncalled.Where(definition => !broken.Contains(definition) && !bag.Full && CanCheckAlone(definition, symbols))) elaborator.CheckAlone(definition);
            return rulebook;
        }
        catch (Stop)
        {
            return rulebook;
        }
    }

    /// <summary>Whoever walks the core by recursion must not run out of stack, however long a chain of definitions is.</summary>
    private void CheckDepth(ImmutableArray<CoreDefinition> definitions)
    {
        var depths = new Dictionary<CoreNode, int>();
        foreach (CoreNode node in CoreListing.Reachable(definitions.Select(definition => definition.Value)))
            depths[node] = 1 + node.Children.Select(child => depths[child]).DefaultIfEmpty().Max();
        foreach (CoreDefinition definition in definitions.Where(definition => depths[definition.Value] > RuleLimits.MaxCoreDepth))
        {
            DefinitionSymbol symbol = _symbols.Definitions.First(symbol => symbol.FullName == definition.Name);
            _bag.Error(DiagnosticCodes.Limit, symbol.Declared.Span, $"`{definition.Name}` is made of {depths[definition.Value]} expressions one inside the other", $"at most {RuleLimits.MaxCoreDepth}");
            return;
        }
    }

    /// <summary>Whether a function can be checked without a call: each of its parameters is a record or an item by its annotation.</summary>
    public static bool CanCheckAlone(DefinitionSymbol definition, SymbolTable symbols) =>
        !definition.IsMeta && definition.Parameters.All(parameter => parameter.Annotation is { } type && symbols.Globals.GetValueOrDefault(type.Text) is TableSymbol or CollectionSymbol);

    /// <summary>Checks a function that nothing calls, with variables in the place of its arguments.</summary>
    private void CheckAlone(DefinitionSymbol definition)
    {
        var frame = new Frame(definition, null, default);
        foreach (ParameterSyntax parameter in definition.Parameters)
        {
            CoreSource source = _symbols.Globals[parameter.Annotation!.Text] is TableSymbol table ? new CoreSource.Table(table.Index) : new CoreSource.Items(((CollectionSymbol)_symbols.Globals[parameter.Annotation.Text]).Index);
            _frame = frame;
            if (Guard(parameter.Name.Span, () => _builder.Bind(parameter.Name.Text, source)) is not { } variable) return;
            frame.Locals[parameter.Name.Text] = new VariableValue(variable);
        }
        _frame = frame;
        Body(definition);
    }

    private void Define(DefinitionSymbol definition)
    {
        if (_broken.Contains(definition))
        {
            _definitions[definition] = null;
            return;
        }
        _frame = new Frame(definition, null, default);
        Value? value = Body(definition);
        if (value is NodeValue { Node.Type: not (CoreType.Number or CoreType.Flag or CoreType.Choice) } or VariableValue or OldRecordValue)
        {
            Report(DiagnosticCodes.Result, definition.Syntax.Value.Span, $"`{definition.FullName}` is not a value that can be shown", "a number, a flag or a choice");
            value = null;
        }
        _definitions[definition] = Wrap(definition.FullName, value, definition.Syntax.Span);
    }

    /// <summary>The lets and the value of a definition in the current frame.</summary>
    private Value? Body(DefinitionSymbol definition)
    {
        Context outer = ContextOf(definition.Syntax.Annotation, default);
        foreach (LetSyntax let in definition.Syntax.Lets)
        {
            Value? value = Annotated(let.Annotation, Evaluate(let.Value, ContextOf(let.Annotation, outer with { Expected = null })), let.Value.Span);
            _frame.Locals[let.Name.Text] = Wrap(let.Name.Text, value, let.Span);
        }
        return Annotated(definition.Syntax.Annotation, Evaluate(definition.Syntax.Value, outer), definition.Syntax.Value.Span);
    }

    private Context ContextOf(Identifier? annotation, Context outer) => annotation is null ? outer : _symbols.Globals.GetValueOrDefault(annotation.Text) switch
    {
        QuantitySymbol quantity => new Context(quantity.Quantity, null),
        EnumSymbol enumeration => new Context(null, enumeration.Type),
        _ => default,
    };

    /// <summary>A value checked against <c>: Q</c>.</summary>
    private Value? Annotated(Identifier? annotation, Value? value, SourceSpan span)
    {
        if (annotation is null)
            return value is ChoiceValue ? Settled(value, null, span) : value;
        if (annotation.Text == Predefined.Flag)
            return Settled(value, null, span) is { } node ? RequireType<CoreType.Flag>(node, "`true` or `false`", span) : null;
        switch (_symbols.Globals.GetValueOrDefault(annotation.Text))
        {
            case QuantitySymbol quantity:
                return Settled(value, null, span) is { } number ? Make(span, () => _builder.Convert(number.Node, quantity.Quantity)) : null;
            case EnumSymbol enumeration:
                if (Settled(value, enumeration.Type, span) is not { } choice) return null;
                if (choice.Node.Type is CoreType.Choice { Type: var type } && type.Name == enumeration.Type.Name) return choice;
                Report(DiagnosticCodes.Type, span, $"this is not a `{enumeration.Type.Name}`", $"one of {string.Join(", ", enumeration.Type.Values.Take(8).Select(name => $"`{name}`"))}");
                return null;
            case CollectionSymbol collection:
                if (value is VariableValue { Variable.Source: CoreSource.Items or CoreSource.Members } item && item.Variable.Source.Collection == collection.Index) return item;
                if (value is not null) Report(DiagnosticCodes.Type, span, $"this is not an item of `{annotation.Text}`", $"a name that runs over `{annotation.Text}`");
                return null;
            case TableSymbol table:
                if (Settled(value, null, span) is not { } record) return null;
                if (record.Node.Type is CoreType.Record { Table: var index } && index == table.Index) return value is OldRecordValue ? value : record;
                Report(DiagnosticCodes.Type, span, $"this is not a `{annotation.Text}`", $"a record of the market table `{annotation.Text}`");
                return null;
            default:
                return null;
        }
    }

    private NodeValue? RequireType<T>(NodeValue value, string expected, SourceSpan span) where T : CoreType
    {
        if (value.Node.Type is T) return value;
        Report(DiagnosticCodes.Type, span, "this is the wrong kind of value", expected);
        return null;
    }

    /// <summary>A value under its name, for explanations.</summary>
    private Value? Wrap(string name, Value? value, SourceSpan span)
        => value is NodeValue { Node.Type: CoreType.Number or CoreType.Flag or CoreType.Choice } node ? Make(span, () => _builder.Named(name, node.Node)) : value;

    /// <summary>A core expression made, or its error reported at a span.</summary>
    private NodeValue? Make(SourceSpan span, Func<CoreNode> make, SourceSpan? denominator = null) => Guard(span, make, denominator) is { } node ? new NodeValue(node) : null;

    /// <summary>What the builder makes, or null with its error reported at a span; errors of a division at its denominator.</summary>
    private T? Guard<T>(SourceSpan span, Func<T> make, SourceSpan? denominator = null)
        where T : class
    {
        _builder.Span = (span.Start, span.Length);
        try
        {
            return make();
        }
        catch (CoreException error)
        {
            string code = error.Code switch
            {
                "units" => DiagnosticCodes.Units,
                "scale" => DiagnosticCodes.Scale,
                "overflow" => DiagnosticCodes.Overflow,
                "division" => DiagnosticCodes.Division,
                "stage" => DiagnosticCodes.Stage,
                "limit" => DiagnosticCodes.Limit,
                _ => DiagnosticCodes.Type,
            };
            Report(code, code == DiagnosticCodes.Division ? denominator ?? span : span, error.Message, hint: error.Hint);
            if (_builder.IsFull || _bag.Full) throw new Stop();
            return null;
        }
    }

    private void Report(string code, SourceSpan span, string message, string? expected = null, string? hint = null, params IEnumerable<DiagnosticNote> notes)
        => _bag.Error(code, span, message, expected, hint, notes.Concat(Calls()));

    /// <summary>The calls that lead to the current frame, the last first.</summary>
    private IEnumerable<DiagnosticNote> Calls()
    {
        const int shown = 6;
        int count = 0;
        for (Frame? frame = _frame; frame?.Caller is not null; frame = frame.Caller)
        {
            if (++count > shown) continue;
            yield return new DiagnosticNote($"in `{frame.Definition.FullName}`, called here by `{frame.Caller.Definition.FullName}`", frame.Call);
        }
        if (count > shown) yield return new DiagnosticNote($"and {count - shown} more calls");
    }

    /// <summary>A value as a core expression; the name of an enumeration finds the one it belongs to.</summary>
    private NodeValue? Settled(Value? value, EnumType? expected, SourceSpan span)
    {
        switch (value)
        {
            case NodeValue node:
                return node;
            case OldRecordValue old:
                return new NodeValue(old.Record);
            case ChoiceValue { Name: var name }:
                return Choice(name, expected);
            case VariableValue { Variable: { Source: CoreSource.Table } variable }:
                return Leaf("record", variable.Id, 0, span, () => _builder.Record(variable));
            case VariableValue { Variable: var variable }:
                string what = variable.Source is CoreSource.Groups ? "a group" : "an item";
                Report(DiagnosticCodes.Type, span, $"`{variable.Name}` is {what}, not a number", hint: $"write one of its {(variable.Source is CoreSource.Groups ? "keys" : "fields")}: {FieldList(variable)}");
                return null;
            default:
                return null;
        }
    }

    private NodeValue? Choice(Identifier name, EnumType? expected)
    {
        EnumType[] types = expected is not null ? [expected] : [.. _symbols.Choices[name.Text].Select(place => place.Type)];
        if (types.Length > 1)
        {
            Report(DiagnosticCodes.Choice, name.Span, $"`{name.Text}` is a name of {string.Join(" and of ", types.Select(type => $"`{type.Name}`"))}", hint: "compare it with a field, or say which with an annotation");
            return null;
        }
        int index = types[0].Values.IndexOf(name.Text);
        if (index >= 0) return Leaf(types[0].Name, index, -1, name.Span, () => _builder.Choice(types[0], index));
        Report(DiagnosticCodes.Choice, name.Span, $"`{types[0].Name}` has no name `{name.Text}`", $"one of {string.Join(", ", types[0].Values.Take(8).Select(value => $"`{value}`"))}",
            Suggestions.DidYouMean(name.Text, types[0].Values));
        return null;
    }

    /// <summary>Fields and the like are made once, so that equal arguments are the same.</summary>
    private NodeValue? Leaf(string kind, int a, int b, SourceSpan span, Func<CoreNode> make)
    {
        if (!_leaves.TryGetValue((kind, a, b), out CoreNode? node))
            _leaves.Add((kind, a, b), node = Guard(span, make));
        return node is null ? null : new NodeValue(node);
    }

    private string FieldList(CoreVariable variable)
    {
        IEnumerable<string> names = variable.Source switch
        {
            CoreSource.Groups groups => groups.Keys.Select(key => key.Name),
            CoreSource.Table table => _schema.Tables[table.Index].Fields.Select(field => field.Name),
            { } source => _schema.Collections[source.Collection].Fields.Select(field => field.Name),
        };
        return string.Join(", ", names.Take(8).Select(name => $"`{variable.Name}.{name}`"));
    }
}
