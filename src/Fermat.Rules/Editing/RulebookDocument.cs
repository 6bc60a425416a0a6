using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;
using Fermat.Rules.Typing;

namespace Fermat.Rules.Editing;

/// <summary>Something that could be written at a place.</summary>
/// <param name="Text">The name.</param>
/// <param name="Detail">What it is.</param>
/// <param name="Kind">keyword, function, field, value, type or variable.</param>
public sealed record Completion(string Text, string Detail, string Kind);

/// <summary>What is known of the name or expression at a place.</summary>
/// <param name="Span">The name.</param>
/// <param name="Text">Lines of Markdown: what it is, its type, scale and bounds, who can compute it.</param>
public sealed record Hover(SourceSpan Span, string Text);

/// <summary>A declaration, for outlines.</summary>
/// <param name="Name">Its name.</param>
/// <param name="What">What it is.</param>
/// <param name="Span">The whole declaration.</param>
/// <param name="NameSpan">The name.</param>
public sealed record OutlineEntry(string Name, string What, SourceSpan Span, SourceSpan NameSpan);

/// <summary>A rulebook open in an editor: all that a language server is asked about one version of its text. Places are characters from 0. Nothing here throws on a text, whatever it holds.</summary>
public sealed partial class RulebookDocument
{
    private readonly Dictionary<SourceSpan, Value> _values = [];
    private readonly RulebookSyntax? _syntax;
    private readonly SymbolTable? _symbols;
    private readonly RulebookSchema? _schema;
    private readonly IReadOnlyList<Occurrence> _occurrences = [];

    private RulebookDocument(string text, string file)
    {
        (Compilation, _syntax, _symbols, _schema) = RulebookCompiler.Analyse(text, file, _values);
        if (_syntax is not null && _symbols is not null) _occurrences = Occurrences.Of(_syntax, _symbols, _values);
    }

    /// <summary>The rulebook, or why it is none.</summary>
    public CompilationResult Compilation { get; }

    /// <summary>The text.</summary>
    public SourceText Source => Compilation.Source;

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">What messages call it.</param>
    public static RulebookDocument Open(string text, string file) => new(text, file);

    /// <summary>What is known at a place, or null.</summary>
    public Hover? HoverAt(int position)
    {
        if (At(position) is not { } occurrence) return null;
        string name = Source.Slice(occurrence.Span);
        string head = $"**{name}**: {occurrence.What}";
        string? type = TypeAt(occurrence);
        return new Hover(occurrence.Span, type is null ? head : $"{head}\n\n{type}");
    }

    /// <summary>Where the name at a place is declared, or null.</summary>
    public SourceSpan? DefinitionAt(int position) => At(position)?.Declaration;

    /// <summary>All places of the name at a place, its declaration among them; empty when it has none.</summary>
    public IReadOnlyList<SourceSpan> ReferencesAt(int position) => At(position)?.Declaration is { } declaration
        ? [.. _occurrences.Where(occurrence => occurrence.Declaration == declaration).Select(occurrence => occurrence.Span).Distinct()]
        : [];

    /// <summary>The places to change for another name, or why that cannot be.</summary>
    /// <param name="position">A place in the name.</param>
    /// <param name="name">The new name.</param>
    public (IReadOnlyList<SourceSpan> Places, string? Problem) RenameAt(int position, string name)
    {
        IReadOnlyList<SourceSpan> places = ReferencesAt(position);
        if (places.Count == 0) return ([], "there is no name of this rulebook here");
        var bag = new DiagnosticBag();
        TokenStream tokens = Lexer.Read(new SourceText(name, ""), bag);
        if (bag.Any || tokens.Tokens is not [{ Kind: TokenKind.Name } only, { Kind: TokenKind.End }] || only.Text != name) return ([], $"`{name}` is not a name");
        // the rulebook with the new name means the same exactly if it still compiles to the same core; a clash of names does not compile
        string renamed = Source.Text;
        foreach (SourceSpan place in places.OrderByDescending(place => place.Start)) renamed = renamed[..place.Start] + name + renamed[place.End..];
        if (Compilation.Rulebook is not null && RulebookCompiler.Compile(renamed, Source.File).Diagnostics.FirstOrDefault(diagnostic => diagnostic.IsError) is { } error) return ([], error.Message);
        return (places, null);
    }

    /// <summary>The text in canonical layout, or null when it cannot be read.</summary>
    public string? Formatted() => RulebookFormatter.Format(Source.Text, Source.File).Text;

    /// <summary>The declarations in the order of the text.</summary>
    public IReadOnlyList<OutlineEntry> Outline => [.. (_syntax?.Declarations ?? []).SelectMany(Entries)];

    private static IEnumerable<OutlineEntry> Entries(Declaration declaration) => declaration switch
    {
        QuantityDeclaration quantity => [new(quantity.Name.Text, "quantity", quantity.Span, quantity.Name.Span)],
        EnumDeclaration enumeration => [new(enumeration.Name.Text, "enum", enumeration.Span, enumeration.Name.Span)],
        MarketDeclaration market => [new(market.Name.Text, "market", market.Span, market.Name.Span)],
        DefinitionSyntax definition => [new(definition.Name.Text, definition.Parameters is null ? "definition" : "function", definition.Span, definition.Name.Span)],
        BlockSyntax block => [new(block.Name.Text, "block", block.Span, block.Name.Span), .. block.Definitions.SelectMany(Entries)],
        _ => [],
    };

    /// <summary>The character at a place as editors count it, both from 0, brought into the text.</summary>
    public int Index(int line, int character)
    {
        int start = 0;
        for (int number = 0; number < line; number++)
        {
            int end = Source.Text.IndexOf('\n', start);
            if (end < 0) return Source.Text.Length;
            start = end + 1;
        }
        int stop = Source.Text.IndexOf('\n', start);
        return Math.Clamp(start + Math.Max(character, 0), start, stop < 0 ? Source.Text.Length : stop);
    }

    private Occurrence? At(int position)
    {
        foreach (Occurrence occurrence in _occurrences)
            if (position >= occurrence.Span.Start && position <= occurrence.Span.End) return occurrence;
        return null;
    }

    private string? TypeAt(Occurrence occurrence)
    {
        foreach ((SourceSpan span, Value value) in _values)
            if (span == occurrence.Span || (span.End == occurrence.Span.End && span.Start < occurrence.Span.Start && value is OldRecordValue or NodeValue { Node: RecordField or ItemField or GroupKey })) return Describe(value);
        string name = Source.Slice(occurrence.Span);
        if (_symbols is null || _schema is null) return null;
        switch (_symbols.Globals.GetValueOrDefault(name))
        {
            case QuantitySymbol { Quantity: var quantity }:
                return Describe(quantity.Scale, quantity.Unit, quantity.Bounds);
            case EnumSymbol { Type: var type }:
                return string.Join(", ", type.Values);
            case DefinitionSymbol { IsFunction: false } definition:
                return Compilation.Rulebook?.Find(definition.FullName) is { } known ? Describe(new NodeValue(known.Value)) : null;
            case DefinitionSymbol definition:
                return $"`{definition.FullName}({string.Join(", ", definition.Parameters.Select(parameter => parameter.Name.Text))})`";
            default:
                return null;
        }
    }

    private string Describe(Value value)
    {
        if (value is VariableValue { Variable.Source: var source })
        {
            return source switch
            {
                CoreSource.Table table => $"a {_schema!.Tables[table.Index].Name} · public",
                CoreSource.Groups groups => $"a group of {_schema!.Collections[groups.Collection].Name} by {string.Join(", ", groups.Keys.Select(key => key.Name))} · private",
                _ => $"an item of {_schema!.Collections[source.Collection].Name} · private",
            };
        }
        if (value is OldRecordValue { Record.Type: CoreType.Record { Table: var was } }) return $"a {_schema!.Tables[was].Name} as it was · public";
        if (value is not NodeValue { Node: var node }) return "";
        string stage = node.Stage switch
        {
            Stage.Public => "public",
            Stage.Keyed => "public for each record; which one is private",
            _ => "private: constraints",
        };
        string type = node.Type switch
        {
            CoreType.Number number => Describe(number.Scale, number.Unit ?? Unit.None, number.Bounds),
            CoreType.Choice choice => $"a {choice.Type.Name}",
            CoreType.Record record => $"a {_schema!.Tables[record.Table].Name}",
            CoreType.Ladder ladder => $"{ladder.Field.Kind.ToString().ToLowerInvariant()} from {ladder.Field.X.Name} to {ladder.Field.Y.Name}",
            _ => "true or false",
        };
        return $"{type} · {stage}";
    }

    private static string Describe(int scale, Unit unit, Bounds bounds) =>
        $"{(unit.IsNone ? "a pure number" : $"in {unit.Text}")}, {scale} decimals, from {Short(bounds.Min, scale)} to {Short(bounds.Max, scale)}";

    private static string Short(System.Numerics.BigInteger value, int scale)
    {
        string text = ScaledNumber.Format(value, scale);
        int digits = text.TrimStart('-').Split('.')[0].Length;
        return digits <= 15 ? text : $"{(value.Sign < 0 ? "−" : "")}10^{digits - 1}";
    }
}
