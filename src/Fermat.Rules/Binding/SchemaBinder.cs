using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Schema;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules.Binding;

/// <summary>Declarations to a schema and a table of names.</summary>
internal sealed partial class SchemaBinder
{
    private readonly DiagnosticBag _bag;
    private readonly SymbolTable _symbols = new();
    private readonly List<Quantity> _quantities = [Predefined.Time];
    private readonly List<EnumType> _enums = [];
    private readonly List<MarketDeclaration> _markets = [];
    private ParametersDeclaration? _parameters;
    private AccountDeclaration? _account;

    private SchemaBinder(DiagnosticBag bag) => _bag = bag;

    /// <summary>The schema and the names. When errors are reported the schema is not whole, but all names are there.</summary>
    public static (RulebookSchema Schema, SymbolTable Symbols) Bind(RulebookSyntax syntax, DiagnosticBag bag)
    {
        var binder = new SchemaBinder(bag);
        binder.DeclareNames(syntax);
        RulebookSchema schema = binder.BindFields(syntax);
        binder.BindMeta(syntax);
        return (schema, binder._symbols);
    }

    private void DeclareNames(RulebookSyntax syntax)
    {
        var time = new Identifier("Time", default);
        _symbols.Globals["Time"] = new QuantitySymbol(time, Predefined.Time);
        foreach (Declaration declaration in syntax.Declarations)
        {
            switch (declaration)
            {
                case QuantityDeclaration quantity:
                    DeclareQuantity(quantity);
                    break;
                case EnumDeclaration enumeration:
                    DeclareEnum(enumeration);
                    break;
                case MarketDeclaration market:
                    if (Declare(new TableSymbol(market.Name, _markets.Count))) _markets.Add(market);
                    break;
                case ParametersDeclaration parameters:
                    if (_parameters is null) _parameters = parameters;
                    else Twice("the parameters are declared", parameters.Span, _parameters.Span);
                    break;
                case AccountDeclaration account:
                    if (_account is null) _account = account;
                    else Twice("the account is declared", account.Span, _account.Span);
                    break;
                case DefinitionSyntax definition:
                    DeclareDefinition(new DefinitionSymbol(definition, null));
                    break;
                case BlockSyntax block:
                    Declare(new BlockSymbol(block.Name));
                    break;
            }
        }
        DeclareParameters();
        DeclareAccount();
        foreach (BlockSyntax block in syntax.Declarations.OfType<BlockSyntax>())
            foreach (DefinitionSyntax definition in block.Definitions)
                DeclareDefinition(new DefinitionSymbol(definition, block.Name.Text));
        SortDefinitions();
        foreach ((string name, List<(EnumType Type, SourceSpan Span)> places) in _symbols.Choices)
            if (_symbols.Globals.TryGetValue(name, out Symbol? other))
                Duplicate(new Identifier(name, places[0].Span), other.Declared.Span, other.What);
        TooMany(_quantities.Count, "quantities", syntax.Declarations.OfType<QuantityDeclaration>().LastOrDefault()?.Name);
        TooMany(_enums.Count, "enumerations", syntax.Declarations.OfType<EnumDeclaration>().LastOrDefault()?.Name);
        TooMany(_markets.Count, "market records", syntax.Declarations.OfType<MarketDeclaration>().LastOrDefault()?.Name);
    }

    private void SortDefinitions() => _symbols.Definitions.Sort((a, b) => a.Syntax.Span.Start.CompareTo(b.Syntax.Span.Start));

    private void DeclareParameters()
    {
        ImmutableArray<FieldSyntax> fields = _parameters?.Fields ?? [];
        for (int i = 0; i < fields.Length; i++)
            Declare(new ParameterSymbol(fields[i].Name, i));
    }

    private void DeclareAccount()
    {
        (int scalars, int collections) = (0, 0);
        foreach (MemberSyntax member in _account?.Members ?? [])
        {
            if (Inputs.RuleInputs.AccountMembers.Contains(member.Name.Text))
                _bag.Error(DiagnosticCodes.Predefined, member.Name.Span, $"every account has `{member.Name.Text}` in its file", hint: $"call it something else, such as `own_{member.Name.Text}`");
            Declare(member is CollectionSyntax ? new CollectionSymbol(member.Name, collections++) : new ScalarSymbol(member.Name, scalars++));
        }
    }

    private void DeclareQuantity(QuantityDeclaration syntax)
    {
        Quantity quantity = BuildQuantity(syntax);
        if (Declare(new QuantitySymbol(syntax.Name, quantity))) _quantities.Add(quantity);
    }

    private void DeclareEnum(EnumDeclaration syntax)
    {
        if (syntax.Values.IsEmpty)
            _bag.Error(DiagnosticCodes.Count, syntax.Name.Span, $"the enumeration `{syntax.Name.Text}` has no names", "at least one name");
        TooMany(syntax.Values.Length, "names", syntax.Name);
        var type = new EnumType(syntax.Name.Text, [.. syntax.Values.Select(value => value.Text)]);
        if (!Declare(new EnumSymbol(syntax.Name, type))) return;
        _enums.Add(type);
        var seen = new Dictionary<string, Identifier>(StringComparer.Ordinal);
        foreach (Identifier value in syntax.Values)
        {
            if (!seen.TryAdd(value.Text, value))
            {
                Duplicate(value, seen[value.Text].Span, $"a name of `{type.Name}`");
                continue;
            }
            if (!_symbols.Choices.TryGetValue(value.Text, out List<(EnumType, SourceSpan)>? places))
                _symbols.Choices.Add(value.Text, places = []);
            places.Add((type, value.Span));
        }
    }

    private void DeclareDefinition(DefinitionSymbol definition)
    {
        Identifier name = definition.Declared;
        if (definition.IsFunction && Predefined.Functions.ContainsKey(name.Text))
        {
            _bag.Error(DiagnosticCodes.Predefined, name.Span, $"`{name.Text}` is a function of the language", hint: $"call it something else, such as `{name.Text}_of`");
            return;
        }
        if (definition.Block is null)
        {
            if (Declare(definition)) _symbols.Definitions.Add(definition);
        }
        else if (_symbols.Globals.TryGetValue(name.Text, out Symbol? other) && other is not BlockSymbol)
        {
            Duplicate(name, other.Declared.Span, other.What);
        }
        else if (_symbols.InBlocks.TryAdd(definition.FullName, definition))
        {
            _symbols.Definitions.Add(definition);
        }
        else
        {
            Duplicate(name, _symbols.InBlocks[definition.FullName].Declared.Span, "a definition");
        }
    }

    private bool Declare(Symbol symbol)
    {
        Identifier name = symbol.Declared;
        if (name.Text is Predefined.Flag or "Time")
        {
            _bag.Error(DiagnosticCodes.Predefined, name.Span, $"`{name.Text}` is a type of the language");
            return false;
        }
        if (_symbols.Globals.TryAdd(name.Text, symbol)) return true;
        Duplicate(name, _symbols.Globals[name.Text].Declared.Span, _symbols.Globals[name.Text].What);
        return false;
    }

    private void Duplicate(Identifier name, SourceSpan first, string what)
        => _bag.Error(DiagnosticCodes.Duplicate, name.Span, $"`{name.Text}` is already {what}", hint: "one name has one meaning: choose another", notes: new DiagnosticNote("the first one", first));

    private void Twice(string what, SourceSpan second, SourceSpan first)
        => _bag.Error(DiagnosticCodes.Duplicate, new SourceSpan(second.Start, Math.Min(second.Length, 10)), what + " twice", hint: "put everything into one", notes: new DiagnosticNote("the first one", first));

    private void TooMany(int count, string what, Identifier? at)
    {
        if (count > RuleLimits.MaxFields && at is not null)
            _bag.Error(DiagnosticCodes.Count, at.Span, $"{count} {what}", $"at most {RuleLimits.MaxFields}");
    }

    private Quantity BuildQuantity(QuantityDeclaration syntax)
    {
        int scale = 0;
        if (syntax.Scale.Mantissa > RuleLimits.MaxQuantityScale)
            _bag.Error(DiagnosticCodes.Quantity, syntax.Scale.Span, $"{syntax.Scale.Mantissa} decimals are too many", $"a scale from 0 to {RuleLimits.MaxQuantityScale}");
        else
            scale = (int)syntax.Scale.Mantissa;
        return new Quantity(syntax.Name.Text, scale, BuildUnit(syntax.Unit), syntax.Range is { } range ? BuildRange(range.Min, range.Max, scale) : BuildBits(syntax));
    }

    private Bounds BuildBits(QuantityDeclaration syntax)
    {
        NumberSyntax bits = syntax.Bits!;
        if (bits.Mantissa < 1 || bits.Mantissa > RuleLimits.MaxQuantityBits)
        {
            _bag.Error(DiagnosticCodes.Quantity, bits.Span, $"{bits.Mantissa} bits cannot be", $"from 1 to {RuleLimits.MaxQuantityBits} bits");
            return Bounds.Flag;
        }
        BigInteger most = (BigInteger.One << (int)bits.Mantissa) - 1;
        return new Bounds(syntax.Sign switch { SignKind.Positive => 1, SignKind.NonNegative => 0, _ => -most }, most);
    }

    private Bounds BuildRange(NumberSyntax min, NumberSyntax max, int scale)
    {
        foreach (NumberSyntax end in (NumberSyntax[])[min, max])
        {
            if (end.Scale > scale)
            {
                _bag.Error(DiagnosticCodes.Quantity, end.Span, $"{Numeral.Write(end.Mantissa, end.Scale)} is finer than the quantity, which has {scale} decimals");
                return Bounds.Flag;
            }
        }
        BigInteger low = min.Mantissa * BigInteger.Pow(10, scale - min.Scale), high = max.Mantissa * BigInteger.Pow(10, scale - max.Scale);
        SourceSpan span = SourceSpan.Between(min.Span, max.Span);
        if (low > high)
        {
            _bag.Error(DiagnosticCodes.Quantity, span, "the smallest value is larger than the largest", hint: "turn them around");
            return Bounds.Flag;
        }
        var bounds = new Bounds(low, high);
        if (bounds.Magnitude.GetBitLength() > RuleLimits.MaxQuantityBits)
            _bag.Error(DiagnosticCodes.Quantity, span, $"these values have more than {RuleLimits.MaxQuantityBits} bits at {scale} decimals", hint: "choose a smaller range or fewer decimals");
        return bounds;
    }

    private Unit BuildUnit(UnitSyntax? syntax)
    {
        Unit unit = syntax?.First is { } first ? Unit.Of(first.Text) : Unit.None;
        if (syntax?.Rest.Length > RuleLimits.MaxUnitFactors)
        {
            _bag.Error(DiagnosticCodes.Quantity, syntax.Span, "the unit is too long", $"at most {RuleLimits.MaxUnitFactors} factors");
            return unit;
        }
        foreach ((bool divide, Identifier name) in syntax?.Rest ?? [])
            unit = divide ? unit / Unit.Of(name.Text) : unit * Unit.Of(name.Text);
        return unit;
    }
}
