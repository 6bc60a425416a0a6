using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;
using Fermat.Rules.Typing;

namespace Fermat.Rules.Editing;

public sealed partial class RulebookDocument
{
    /// <summary>What could be written at a place: the fields after a point, else names, functions and words of the language. Editors filter by what has been typed.</summary>
    public IReadOnlyList<Completion> CompletionsAt(int position)
    {
        string text = Source.Text;
        position = Math.Clamp(position, 0, text.Length);
        int start = position;
        while (start > 0 && IsPart(text[start - 1])) start--;
        if (start > 0 && text[start - 1] == '.') return Fields(start - 1, position);
        return [.. Locals(position).Concat(Globals()).Concat(Language()).DistinctBy(completion => completion.Text)];
    }

    /// <summary>The fields of what stands before a point. The text is read as if the point were not written yet, since a name is missing after it.</summary>
    private IReadOnlyList<Completion> Fields(int point, int position)
    {
        int start = point;
        while (start > 0 && (IsPart(Source.Text[start - 1]) || Source.Text[start - 1] == '.')) start--;
        var target = new SourceSpan(start, point - start);
        if (target.Length == 0) return [];
        RulebookDocument before = Open(Source.Text[..point] + Source.Text[position..], Source.File);
        if (before._schema is not { } schema) return [];
        if (before._symbols?.Globals.GetValueOrDefault(Source.Slice(target)) is BlockSymbol block)
        {
            return [.. before._symbols.InBlocks.Values.Where(definition => definition.Block == block.Declared.Text)
                .Select(definition => new Completion(definition.Declared.Text, definition.What, "value"))];
        }
        if (before._symbols?.Meta is not null && Keywords.IsSet(Source.Slice(target))) return before.OfSet(Source.Slice(target), point);
        return before._values.GetValueOrDefault(target) switch
        {
            OldRecordValue { Record.Type: CoreType.Record record } => Of(schema.Tables[record.Table].Fields),
            VariableValue { Variable.Source: CoreSource.Groups groups } => [.. groups.Keys.Select(key => new Completion(key.Name, before.Describe(new NodeValue(key.Value)), "field"))],
            VariableValue { Variable.Source: CoreSource.Table table } => Of(schema.Tables[table.Index].Fields),
            VariableValue { Variable: var item } => Of(schema.Collections[item.Source.Collection].Fields),
            NodeValue { Node.Type: CoreType.Record record } => Of(schema.Tables[record.Table].Fields),
            _ => [],
        };

        static IReadOnlyList<Completion> Of(IEnumerable<Schema.SchemaField> fields) => [.. fields.Select(field => new Completion(field.Name, TypeName(field.Type), "field"))];
    }

    /// <summary>What stands after <c>new.</c>, <c>old.</c> and <c>system.</c> in the block <c>meta</c>.</summary>
    private IReadOnlyList<Completion> OfSet(string set, int position) => set == Keywords.System
        ? [.. _symbols!.System.Select(aggregate => new Completion(aggregate.Name.Text, $"an aggregate: {TypeName(aggregate.Field.Type)}", "field"))]
        : [.. _schema!.Parameters.Select(parameter => new Completion(parameter.Name, $"a parameter: {TypeName(parameter.Type)}", "field")), .. Locals(position)];

    private IEnumerable<Completion> Locals(int position)
    {
        DefinitionSyntax? definition = (_syntax?.Declarations ?? []).SelectMany(declaration => declaration is BlockSyntax block ? block.Definitions : declaration is DefinitionSyntax one ? [one] : [])
            .LastOrDefault(candidate => candidate.Span.Start <= position);
        if (definition is null) return [];
        // names declared in the definition: its arguments, lets, and what its reductions run over
        return _occurrences
            .Where(occurrence => occurrence.Declaration == occurrence.Span && occurrence.Span.Start > definition.Name.Span.Start && occurrence.Span.End <= Math.Max(definition.Span.End, position))
            .Select(occurrence => new Completion(Source.Slice(occurrence.Span), occurrence.What, "variable"))
            .DistinctBy(completion => completion.Text);
    }

    private IEnumerable<Completion> Globals() => (_symbols?.Globals.Values ?? Enumerable.Empty<Symbol>())
        .Select(symbol => new Completion(symbol.Declared.Text, symbol.What, symbol switch
        {
            QuantitySymbol or EnumSymbol or TableSymbol => "type",
            DefinitionSymbol { IsFunction: true } => "function",
            _ => "value",
        }))
        .Concat((_symbols?.Choices ?? []).Select(choice => new Completion(choice.Key, $"a name of {choice.Value[0].Type.Name}", "value")))
        .OrderBy(completion => completion.Text, StringComparer.Ordinal);

    private static IEnumerable<Completion> Language() =>
    [
        .. Predefined.Functions.Keys.Order(StringComparer.Ordinal).Select(name => new Completion(name, "a function of the language", "function")),
        .. ((string[])[Keywords.Meta, Keywords.New, Keywords.Old, Keywords.Require, Keywords.System]).Select(word => new Completion(word, "a word of the block `meta`", "keyword")),
        .. Keywords.Reserved.Order(StringComparer.Ordinal).Select(word => new Completion(word, "a word of the language", "keyword")),
    ];

    private static string TypeName(Schema.FieldType type) => type switch
    {
        Schema.FieldType.Number number => number.Quantity.Name,
        Schema.FieldType.Choice choice => choice.Type.Name,
        Schema.FieldType.Ladder ladder => $"{ladder.Kind.ToString().ToLowerInvariant()} {ladder.X.Name} to {ladder.Y.Name}",
        Schema.FieldType.Flag => Predefined.Flag,
        Schema.FieldType.Reference => "a reference",
        _ => "a correlation matrix",
    };

    private static bool IsPart(char character) => char.IsLetterOrDigit(character) || character == '_';
}
