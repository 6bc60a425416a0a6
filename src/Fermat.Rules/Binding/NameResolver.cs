using System.Collections.Immutable;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Binding;

/// <summary>Looks up every name of every definition once, whether the definition is used or not, and draws the graph of what needs what.</summary>
internal sealed partial class NameResolver
{
    private readonly SymbolTable _symbols;
    private readonly DiagnosticBag _bag;
    private readonly DefinitionGraph _graph = new();
    private readonly Dictionary<string, Local> _locals = new(StringComparer.Ordinal);
    private DefinitionSymbol _definition = null!;

    private sealed record Local(Identifier Declared, bool MustBeUsed)
    {
        public bool Used { get; set; }
    }

    private NameResolver(SymbolTable symbols, DiagnosticBag bag) => (_symbols, _bag) = (symbols, bag);

    public static DefinitionGraph Resolve(SymbolTable symbols, DiagnosticBag bag)
    {
        var resolver = new NameResolver(symbols, bag);
        foreach (DefinitionSymbol definition in symbols.Definitions)
            resolver.Resolve(definition);
        return resolver._graph;
    }

    private void Resolve(DefinitionSymbol definition)
    {
        (_definition, int errors) = (definition, _bag.Errors);
        _locals.Clear();
        foreach (ParameterSyntax parameter in definition.Parameters)
        {
            Bind(parameter.Name, mustBeUsed: true);
            Annotation(parameter.Annotation, isParameter: true);
        }
        Annotation(definition.Syntax.Annotation, isParameter: false);
        foreach (LetSyntax let in definition.Syntax.Lets)
        {
            Annotation(let.Annotation, isParameter: false);
            Visit(let.Value);
            Bind(let.Name, mustBeUsed: true);
        }
        Visit(definition.Syntax.Value);
        foreach (Local local in _locals.Values.Where(local => local is { Used: false, MustBeUsed: true }))
            _bag.Warning(DiagnosticCodes.UnusedName, local.Declared.Span, $"nothing in `{definition.FullName}` uses `{local.Declared.Text}`", "remove it");
        if (_bag.Errors != errors) _graph.Broken.Add(definition);
    }

    private void Bind(Identifier name, bool mustBeUsed)
    {
        if (InMeta && Keywords.IsSet(name.Text))
            _bag.Error(DiagnosticCodes.Predefined, name.Span, $"`{name.Text}` is a word of the block `meta`", hint: $"call it something else, such as `{name.Text}_`");
        (SourceSpan Span, string What)? other = _locals.TryGetValue(name.Text, out Local? local) ? (local.Declared.Span, "a name of this definition")
            : _symbols.Find(name.Text, _definition.Block) is { } symbol ? (symbol.Declared.Span, symbol.What)
            : _symbols.Choices.TryGetValue(name.Text, out var places) ? (places[0].Span, $"a name of `{places[0].Type.Name}`") : null;
        if (other is { } taken)
        {
            _bag.Error(DiagnosticCodes.Duplicate, name.Span, $"`{name.Text}` is already {taken.What}", hint: "one name has one meaning: choose another",
                notes: taken.Span.Length > 0 ? [new DiagnosticNote("the first one", taken.Span)] : []);
        }
        _locals[name.Text] = new Local(name, mustBeUsed);
    }

    private void Annotation(Identifier? name, bool isParameter)
    {
        if (name is null || name.Text == Predefined.Flag) return;
        Symbol? symbol = _symbols.Find(name.Text, null);
        if (InMeta && symbol is CollectionSymbol) NoAccounts(name);
        if (symbol is QuantitySymbol or EnumSymbol || (isParameter && symbol is TableSymbol or CollectionSymbol)) return;
        string expected = isParameter ? "a collection, a market record, a quantity, an enumeration or `Flag`" : "a quantity, an enumeration or `Flag`";
        if (symbol is not null)
        {
            _bag.Error(DiagnosticCodes.Annotation, name.Span, $"`{name.Text}` is {symbol.What}", expected);
            return;
        }
        IEnumerable<string> candidates = [.. _symbols.Names<QuantitySymbol>(), .. _symbols.Names<EnumSymbol>(), Predefined.Flag, .. isParameter ? _symbols.Names<TableSymbol>().Concat(_symbols.Names<CollectionSymbol>()) : []];
        _bag.Error(DiagnosticCodes.UnknownType, name.Span, $"there is no type `{name.Text}`", expected, Suggestions.DidYouMean(name.Text, candidates));
    }

    private void Visit(Expression expression)
    {
        switch (expression)
        {
            case NameExpression name:
                VisitName(name.Name);
                break;
            case MemberExpression { Target: NameExpression { Name: var set } } member when InMeta && Keywords.IsSet(set.Text):
                VisitSet(set, member.Member);
                break;
            case MemberExpression { Target: NameExpression { Name: var block } } member when IsBlock(block):
                InBlock(block, member.Member, arguments: null);
                break;
            case MemberExpression member:
                Visit(member.Target);
                break;
            case CallExpression call:
                VisitCall(call);
                break;
            case IndexExpression index:
                VisitMatrix(index.Name);
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
                VisitSource(reduction.Source);
                if (reduction.Else is not null) Visit(reduction.Else);
                Bind(reduction.Variable, mustBeUsed: false);
                if (reduction.Where is not null) Visit(reduction.Where);
                Visit(reduction.Body);
                _locals.Remove(reduction.Variable.Text);
                break;
            case ProRataExpression prorata:
                VisitName(prorata.Of);
                VisitSource(prorata.Source);
                Visit(prorata.Total);
                Bind(prorata.Variable, mustBeUsed: false);
                Visit(prorata.Weight);
                _locals.Remove(prorata.Variable.Text);
                break;
        }
    }

    private bool IsBlock(Identifier name) => !_locals.ContainsKey(name.Text) && _symbols.Globals.GetValueOrDefault(name.Text) is BlockSymbol;

    private bool UseLocal(Identifier name)
    {
        if (!_locals.TryGetValue(name.Text, out Local? local)) return false;
        local.Used = true;
        return true;
    }

    private void VisitName(Identifier name)
    {
        if (UseLocal(name)) return;
        switch (_symbols.Find(name.Text, _definition.Block))
        {
            case DefinitionSymbol definition:
                Need(definition, name.Span, arguments: null);
                break;
            case ScalarSymbol or CollectionSymbol when InMeta:
                NoAccounts(name);
                break;
            case ParameterSymbol or ScalarSymbol:
                break;
            case CollectionSymbol or TableSymbol:
                _bag.Error(DiagnosticCodes.Type, name.Span, $"`{name.Text}` is many records, not one value", hint: $"run over it: `sum x in {name.Text}: …`");
                break;
            case { } other:
                _bag.Error(DiagnosticCodes.Type, name.Span, $"`{name.Text}` is {other.What}, not a value");
                break;
            case null when _symbols.Choices.ContainsKey(name.Text):
                break;
            case null when InMeta && Keywords.IsSet(name.Text):
                _bag.Error(DiagnosticCodes.Meta, name.Span, $"`{name.Text}` is no value", name.Text == Keywords.System ? "one of its aggregates: `system.x`" : $"a parameter or a record: `{name.Text}.x`");
                break;
            case null:
                Unknown(name, "there is no", _locals.Keys.Concat(_symbols.ValueNames(_definition.Block)),
                    Predefined.Functions.ContainsKey(name.Text) ? $"`{name.Text}` is a function: write `{name.Text}(…)`" : null);
                break;
        }
    }

    private void Unknown(Identifier name, string what, IEnumerable<string> candidates, string? hint = null)
        => _bag.Error(DiagnosticCodes.UnknownName, name.Span, $"{what} `{name.Text}`", hint: hint ?? Suggestions.DidYouMean(name.Text, candidates));

    private void InBlock(Identifier block, Identifier name, int? arguments)
    {
        string full = $"{block.Text}.{name.Text}", head = block.Text + ".";
        SourceSpan span = SourceSpan.Between(block.Span, name.Span);
        if (block.Text == Keywords.Meta && !InMeta)
            _bag.Error(DiagnosticCodes.Meta, span, "the block `meta` judges updates of parameters; nothing of an account can depend on it", hint: "define it outside of the block, and use it in both places");
        else if (_symbols.InBlocks.TryGetValue(full, out DefinitionSymbol? definition))
            Need(definition, span, arguments);
        else
            Unknown(name, $"in `{block.Text}` there is no", _symbols.InBlocks.Keys.Where(key => key.StartsWith(head, StringComparison.Ordinal)).Select(key => key[head.Length..]));
    }

    private void Need(DefinitionSymbol definition, SourceSpan place, int? arguments)
    {
        _graph.Add(_definition, definition, place);
        string signature = $"{definition.FullName}({string.Join(", ", definition.Parameters.Select(parameter => parameter.Name.Text))})";
        if (arguments is null && definition.IsFunction)
            _bag.Error(DiagnosticCodes.NotAFunction, place, $"`{definition.FullName}` is a function", $"its arguments: `{signature}`", null, new DiagnosticNote("it is defined here", definition.Declared.Span));
        else if (arguments is not null && !definition.IsFunction)
            _bag.Error(DiagnosticCodes.NotAFunction, place, $"`{definition.FullName}` takes no arguments", null, $"write `{definition.FullName}`", new DiagnosticNote("it is defined here", definition.Declared.Span));
        else if (arguments is { } count && count != definition.Parameters.Length)
        {
            _bag.Error(DiagnosticCodes.Arguments, place, $"`{definition.FullName}` takes {Counted(definition.Parameters.Length)}, and {count} {(count == 1 ? "is" : "are")} given", $"`{signature}`", null,
                new DiagnosticNote("it is defined here", definition.Declared.Span));
        }
    }

    internal static string Counted(int count) => count == 1 ? "1 argument" : $"{count} arguments";

    private void VisitCall(CallExpression call)
    {
        if (call.Block is null && Predefined.Functions.TryGetValue(call.Name.Text, out (int Least, int Most) counts))
            VisitBuiltIn(call, counts);
        else if (call.Block is { } block)
        {
            if (IsBlock(block)) InBlock(block, call.Name, call.Arguments.Length);
            else _bag.Error(DiagnosticCodes.NotAFunction, call.Name.Span, $"`{block.Text}.{call.Name.Text}` is not a function", hint: $"write `{call.Name.Text}({block.Text})`");
        }
        else if (UseLocal(call.Name))
            _bag.Error(DiagnosticCodes.NotAFunction, call.Name.Span, $"`{call.Name.Text}` is a value, not a function", hint: "a product needs `*`");
        else if (_symbols.Find(call.Name.Text, _definition.Block) is { } symbol)
        {
            if (symbol is DefinitionSymbol definition) Need(definition, call.Name.Span, call.Arguments.Length);
            else _bag.Error(DiagnosticCodes.NotAFunction, call.Name.Span, $"`{call.Name.Text}` is {symbol.What}, not a function");
        }
        else
            Unknown(call.Name, "there is no function", _symbols.Definitions.Where(definition => definition.IsFunction).Select(definition => definition.Declared.Text).Concat(Predefined.Functions.Keys));
        foreach (Expression argument in call.Arguments.Where((argument, index) => !IsTarget(call, argument, index)))
            Visit(argument);
    }

    /// <summary>Whether an argument is the quantity of a rounding.</summary>
    private static bool IsTarget(CallExpression call, Expression argument, int index)
        => index == 1 && call.Block is null && Predefined.Roundings.ContainsKey(call.Name.Text) && argument is NameExpression;

    private void VisitBuiltIn(CallExpression call, (int Least, int Most) counts)
    {
        int count = call.Arguments.Length;
        if (count < counts.Least || count > counts.Most)
        {
            string takes = counts.Least == counts.Most ? Counted(counts.Least) : counts.Most == 2 ? "1 or 2 arguments" : $"{counts.Least} to {counts.Most} arguments";
            _bag.Error(DiagnosticCodes.Arguments, call.Name.Span, $"`{call.Name.Text}` takes {takes}, and {count} {(count == 1 ? "is" : "are")} given");
            return;
        }
        if (count != 2 || !Predefined.Roundings.ContainsKey(call.Name.Text)) return;
        if (call.Arguments[1] is not NameExpression { Name: var target })
            _bag.Error(DiagnosticCodes.Target, call.Arguments[1].Span, $"`{call.Name.Text}` rounds to a quantity", "the name of a quantity", "`up`, `down`, `nearest` and `truncate` take a value and a quantity");
        else if (_symbols.Find(target.Text, null) is not QuantitySymbol)
        {
            string message = _symbols.Find(target.Text, null) is { } other ? $"`{target.Text}` is {other.What}" : $"there is no quantity `{target.Text}`";
            _bag.Error(DiagnosticCodes.UnknownType, target.Span, message, "the quantity to round to", Suggestions.DidYouMean(target.Text, _symbols.Names<QuantitySymbol>()));
        }
    }

    private void VisitMatrix(Identifier name)
    {
        if (UseLocal(name) || (_symbols.Find(name.Text, null) is { } symbol and not ParameterSymbol))
            _bag.Error(DiagnosticCodes.Type, name.Span, $"`{name.Text}` is not a correlation matrix", "a parameter declared as `correlation Table of Quantity`");
        else if (!_symbols.Globals.ContainsKey(name.Text))
            Unknown(name, "there is no parameter", _symbols.Names<ParameterSymbol>());
    }

    private void VisitSource(SourceSyntax source)
    {
        if (UseLocal(source.Name)) return;
        Symbol? symbol = _symbols.Find(source.Name.Text, null);
        if (symbol is CollectionSymbol && InMeta)
        {
            NoAccounts(source.Name);
            return;
        }
        if (symbol is CollectionSymbol or TableSymbol) return;
        if (symbol is not null)
            _bag.Error(DiagnosticCodes.Source, source.Name.Span, $"`{source.Name.Text}` is {symbol.What} and cannot be run over", "a collection, a market record or a group");
        else
            Unknown(source.Name, "there is no collection, market record or group", [.. _symbols.Names<CollectionSymbol>(), .. _symbols.Names<TableSymbol>(), .. _locals.Keys]);
    }
}
