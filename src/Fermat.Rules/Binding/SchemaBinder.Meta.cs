using System.Collections.Immutable;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Binding;

/// <summary>The block <c>meta</c>: its aggregates, its rules, and the words that it takes for itself.</summary>
internal sealed partial class SchemaBinder
{
    private void BindMeta(RulebookSyntax syntax)
    {
        if (syntax.Declarations.OfType<BlockSyntax>().FirstOrDefault(block => block.Name.Text == Keywords.Meta) is not { } meta) return;
        _symbols.Meta = meta.Name;
        if (meta.System is { } system)
        {
            ImmutableArray<SchemaField> fields = Fields(system.Fields, system.Word, "an aggregate is a quantity, `Time`, a flag or an enumeration",
                static type => type is FieldType.Number or FieldType.Flag or FieldType.Choice);
            foreach (FieldSyntax field in system.Fields)
                if (field.Default is { } value) _bag.Error(DiagnosticCodes.Default, value.Span, $"`{field.Name.Text}` is measured, so it has no default", hint: "leave the default out");
            _symbols.System = [.. system.Fields.Zip(fields, (declared, field) => (declared.Name, field))];
        }
        foreach (Symbol symbol in _symbols.Globals.Values.Where(symbol => Keywords.IsSet(symbol.Declared.Text)))
            TakenByMeta(symbol.Declared);
        foreach ((string choice, List<(EnumType Type, SourceSpan Span)> places) in _symbols.Choices)
            if (Keywords.IsSet(choice)) TakenByMeta(new Identifier(choice, places[0].Span));
        foreach (DefinitionSyntax definition in meta.Definitions)
        {
            if (Keywords.IsSet(definition.Name.Text)) TakenByMeta(definition.Name);
            if (definition is { IsRequired: true, Parameters: not null })
                _bag.Error(DiagnosticCodes.Meta, definition.Name.Span, $"the rule `{definition.Name.Text}` takes arguments, so nothing says for what it must hold", "a definition without arguments",
                    "run over what it is about: `require all_hold = all x in …: …`");
        }
        if (!_bag.Any && !meta.Definitions.Any(definition => definition.IsRequired))
            _bag.Error(DiagnosticCodes.Meta, meta.Name.Span, "the block `meta` requires nothing, so every update would hold", "`require` before each rule", "write `require bounded = abs(new.x - old.x) <= …`");
    }

    private void TakenByMeta(Identifier name)
        => _bag.Error(DiagnosticCodes.Predefined, name.Span, $"`{name.Text}` is a word of the block `meta`", hint: $"call it something else, such as `{name.Text}_`");
}
