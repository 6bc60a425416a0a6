using Fermat.Rules.Binding;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;
using Fermat.Rules.Typing;

namespace Fermat.Rules.Editing;

/// <summary>A name where the text has it, and where it is declared.</summary>
/// <param name="Span">The name.</param>
/// <param name="Declaration">Its declaration; the same as <paramref name="Span"/> there; null for what the language defines itself.</param>
/// <param name="What">What it is, for people: <c>a quantity</c>, <c>a field of Asset</c>.</param>
internal readonly record struct Occurrence(SourceSpan Span, SourceSpan? Declaration, string What);

/// <summary>Finds every name of a rulebook. It follows scopes as <see cref="NameResolver"/> does, and fields by what the compiler found their owners to be.</summary>
internal sealed class Occurrences
{
    private readonly SymbolTable _symbols;
    private readonly Dictionary<SourceSpan, Value> _values;
    private readonly List<MarketDeclaration> _tables;
    private readonly List<CollectionSyntax> _collections;
    private readonly Dictionary<string, SourceSpan> _locals = new(StringComparer.Ordinal);
    private readonly List<Occurrence> _found = [];
    private string? _block;

    private Occurrences(RulebookSyntax syntax, SymbolTable symbols, Dictionary<SourceSpan, Value> values)
    {
        (_symbols, _values) = (symbols, values);
        _tables = [.. syntax.Declarations.OfType<MarketDeclaration>().Where(table => symbols.Globals.GetValueOrDefault(table.Name.Text) is TableSymbol symbol && symbol.Declared == table.Name)];
        _collections = [.. (syntax.Declarations.OfType<AccountDeclaration>().FirstOrDefault()?.Members ?? []).OfType<CollectionSyntax>()];
    }

    /// <summary>All names in the order of the text.</summary>
    public static IReadOnlyList<Occurrence> Of(RulebookSyntax syntax, SymbolTable symbols, Dictionary<SourceSpan, Value> values)
    {
        var finder = new Occurrences(syntax, symbols, values);
        foreach (Declaration declaration in syntax.Declarations) finder.Visit(declaration);
        return [.. finder._found.Where(occurrence => occurrence.Span.Length > 0).OrderBy(occurrence => occurrence.Span.Start)];
    }

    private void Visit(Declaration declaration)
    {
        switch (declaration)
        {
            case QuantityDeclaration quantity:
                Declared(quantity.Name, "a quantity");
                break;
            case EnumDeclaration enumeration:
                Declared(enumeration.Name, "an enumeration");
                foreach (Identifier value in enumeration.Values) Declared(value, $"a name of {enumeration.Name.Text}");
                break;
            case MarketDeclaration market:
                Declared(market.Name, "a market record");
                Fields(market.Fields, $"a field of {market.Name.Text}");
                break;
            case ParametersDeclaration parameters:
                Fields(parameters.Fields, "a parameter");
                break;
            case AccountDeclaration account:
                foreach (MemberSyntax member in account.Members)
                {
                    if (member is CollectionSyntax collection)
                    {
                        Declared(collection.Name, "a collection");
                        Fields(collection.Fields, $"a field of {collection.Name.Text}");
                    }
                    else if (member is FieldSyntax field)
                    {
                        Fields([field], "a field of the account");
                    }
                }
                break;
            case DefinitionSyntax definition:
                Definition(definition, null);
                break;
            case BlockSyntax block:
                Declared(block.Name, "a block");
                if (block.System is { } system) Fields(system.Fields, "an aggregate");
                foreach (DefinitionSyntax inner in block.Definitions) Definition(inner, block.Name.Text);
                break;
        }
    }

    private void Fields(IEnumerable<FieldSyntax> fields, string what)
    {
        foreach (FieldSyntax field in fields)
        {
            Declared(field.Name, what);
            IEnumerable<Identifier> types = field.Type switch
            {
                NamedTypeSyntax named => [named.Name],
                LadderTypeSyntax ladder => [ladder.X, ladder.Y],
                CorrelationTypeSyntax correlation => [correlation.Table, correlation.Entry],
                _ => [],
            };
            foreach (Identifier type in types) Global(type);
            if (field.Default?.Name is { } choice) Choice(choice);
        }
    }

    private void Definition(DefinitionSyntax definition, string? block)
    {
        (_block, string what) = (block, definition.Parameters is null ? "a definition" : "a function");
        _locals.Clear();
        Declared(definition.Name, what);
        foreach (ParameterSyntax parameter in definition.Parameters ?? [])
        {
            Local(parameter.Name, "an argument");
            Global(parameter.Annotation);
        }
        Global(definition.Annotation);
        foreach (LetSyntax let in definition.Lets)
        {
            Global(let.Annotation);
            Visit(let.Value);
            Local(let.Name, "a value of this definition");
        }
        Visit(definition.Value);
    }

    private void Visit(Expression expression)
    {
        switch (expression)
        {
            case NameExpression name:
                Name(name.Name);
                break;
            case MemberExpression { Target: NameExpression { Name: var set } } member when _block == Keywords.Meta && Keywords.IsSet(set.Text):
                OfSet(set, member.Member);
                break;
            case MemberExpression { Target: NameExpression { Name: var block } } member when !_locals.ContainsKey(block.Text) && _symbols.Globals.GetValueOrDefault(block.Text) is BlockSymbol symbol:
                _found.Add(new Occurrence(block.Span, symbol.Declared.Span, symbol.What));
                InBlock(block.Text, member.Member);
                break;
            case MemberExpression member:
                Visit(member.Target);
                if (_values.TryGetValue(member.Target.Span, out Value? owner)) Field(owner, member.Member);
                break;
            case CallExpression { Block: { } block } call:
                Global(block);
                InBlock(block.Text, call.Name);
                foreach (Expression argument in call.Arguments) Visit(argument);
                break;
            case CallExpression call:
                if (Predefined.Functions.ContainsKey(call.Name.Text)) _found.Add(new Occurrence(call.Name.Span, null, "a function of the language"));
                else Name(call.Name);
                foreach (Expression argument in call.Arguments) Visit(argument);
                break;
            case IndexExpression index:
                Global(index.Name);
                Visit(index.Row);
                Visit(index.Column);
                break;
            case Parenthesized inner:
                Visit(inner.Inner);
                break;
            case UnaryExpression unary:
                Visit(unary.Operand);
                break;
            case BinaryExpression binary:
                Visit(binary.Left);
                Visit(binary.Right);
                break;
            case IfExpression choice:
                Visit(choice.Condition);
                Visit(choice.Then);
                Visit(choice.Else);
                break;
            case ReductionExpression reduction:
                Source(reduction.Source);
                if (reduction.Else is not null) Visit(reduction.Else);
                using (Scope(reduction.Variable))
                {
                    if (reduction.Where is not null) Visit(reduction.Where);
                    Visit(reduction.Body);
                }
                break;
            case ProRataExpression prorata:
                Name(prorata.Of);
                Source(prorata.Source);
                Visit(prorata.Total);
                using (Scope(prorata.Variable)) Visit(prorata.Weight);
                break;
        }
    }

    private void Source(SourceSyntax source)
    {
        Name(source.Name);
        int collection = CollectionOf(source.Name);
        foreach (var path in source.Keys)
        {
            CollectionSyntax? items = collection >= 0 && collection < _collections.Count ? _collections[collection] : null;
            FieldSyntax? field = null;
            for (int step = 0; step < path.Length; step++)
            {
                (IEnumerable<FieldSyntax> fields, string owner) = step == 0
                    ? (items?.Fields ?? [], items?.Name.Text ?? "")
                    : (field?.Type as NamedTypeSyntax) is { } type && _tables.Find(table => table.Name.Text == type.Name.Text) is { } table ? (table.Fields, table.Name.Text) : ([], "");
                field = fields.FirstOrDefault(f => f.Name.Text == path[step].Text);
                if (field is not null) _found.Add(new Occurrence(path[step].Span, field.Name.Span, $"a field of {owner}"));
            }
        }
    }

    /// <summary>The collection that a name of a source leads to, directly or as a group.</summary>
    private int CollectionOf(Identifier name) => !_locals.ContainsKey(name.Text)
        ? _symbols.Globals.GetValueOrDefault(name.Text) is CollectionSymbol collection ? collection.Index : -1
        : _values.Values.OfType<VariableValue>().FirstOrDefault(value => value.Variable.Name == name.Text && value.Variable.Source is CoreSource.Groups)?.Variable.Source.Collection ?? -1;

    private void Field(Value owner, Identifier member)
    {
        (IEnumerable<FieldSyntax> fields, string name) = owner switch
        {
            VariableValue { Variable.Source: CoreSource.Table table } => (_tables[table.Index].Fields, _tables[table.Index].Name.Text),
            VariableValue { Variable.Source: CoreSource.Items or CoreSource.Members } item =>
                (_collections[item.Variable.Source.Collection].Fields, _collections[item.Variable.Source.Collection].Name.Text),
            VariableValue { Variable.Source: CoreSource.Groups groups } => (KeyFields(groups, member.Text), "the group"),
            OldRecordValue { Record.Type: CoreType.Record record } => (_tables[record.Table].Fields, _tables[record.Table].Name.Text),
            NodeValue { Node.Type: CoreType.Record record } => (_tables[record.Table].Fields, _tables[record.Table].Name.Text),
            _ => (Enumerable.Empty<FieldSyntax>(), ""),
        };
        if (fields.FirstOrDefault(field => field.Name.Text == member.Text) is { } found)
            _found.Add(new Occurrence(member.Span, found.Name.Span, name == "the group" ? "a key of the group" : $"a field of {name}"));
    }

    /// <summary>The declaration behind a key: the last field of its path.</summary>
    private IEnumerable<FieldSyntax> KeyFields(CoreSource.Groups groups, string key)
    {
        switch (groups.Keys.FirstOrDefault(k => k.Name == key).Value)
        {
            case RecordField { Record.Type: CoreType.Record record } field:
                return [_tables[record.Table].Fields[field.Field]];
            case ItemField field:
                return [_collections[field.Variable.Source.Collection].Fields[field.Field]];
            default:
                return [];
        }
    }

    private void Name(Identifier name)
    {
        if (_locals.TryGetValue(name.Text, out SourceSpan local)) _found.Add(new Occurrence(name.Span, local, "a name of this definition"));
        else if (_symbols.Find(name.Text, _block) is { } symbol) _found.Add(new Occurrence(name.Span, Place(symbol), symbol.What));
        else Choice(name);
    }

    /// <summary>new.x, old.x, system.x in the block <c>meta</c>.</summary>
    private void OfSet(Identifier set, Identifier name)
    {
        _found.Add(new Occurrence(set.Span, null, set.Text == Keywords.System ? "the aggregates" : set.Text == Keywords.Old ? "what was before the update" : "what is after the update"));
        if (set.Text != Keywords.System)
        {
            Name(name);
            return;
        }
        foreach ((Identifier declared, _) in _symbols.System)
            if (declared.Text == name.Text) _found.Add(new Occurrence(name.Span, declared.Span, "an aggregate"));
    }

    private void Choice(Identifier name)
    {
        if (!_symbols.Choices.TryGetValue(name.Text, out List<(EnumType Type, SourceSpan Span)>? places)) return;
        EnumType? known = (_values.GetValueOrDefault(name.Span) as NodeValue)?.Node.Type is CoreType.Choice choice ? choice.Type : null;
        (EnumType type, SourceSpan span) = places.FirstOrDefault(place => place.Type.Name == known?.Name, places[0]);
        _found.Add(new Occurrence(name.Span, span, $"a name of {type.Name}"));
    }

    private void InBlock(string block, Identifier name)
    {
        if (_symbols.InBlocks.TryGetValue($"{block}.{name.Text}", out DefinitionSymbol? definition)) _found.Add(new Occurrence(name.Span, definition.Declared.Span, definition.What));
    }

    private void Global(Identifier? name)
    {
        if (name is null) return;
        if (name.Text == Predefined.Flag) _found.Add(new Occurrence(name.Span, null, "true or false"));
        else if (_symbols.Find(name.Text, null) is { } symbol) _found.Add(new Occurrence(name.Span, Place(symbol), symbol.What));
    }

    private static SourceSpan? Place(Symbol symbol) => symbol.Declared.Span.Length == 0 ? null : symbol.Declared.Span;

    private void Declared(Identifier name, string what) => _found.Add(new Occurrence(name.Span, name.Span, what));

    private void Local(Identifier name, string what)
    {
        _locals[name.Text] = name.Span;
        Declared(name, what);
    }

    private Undo Scope(Identifier variable)
    {
        Local(variable, "what this runs over");
        return new Undo(_locals, variable.Text);
    }

    private readonly struct Undo(Dictionary<string, SourceSpan> locals, string name) : IDisposable
    {
        public void Dispose() => locals.Remove(name);
    }
}
