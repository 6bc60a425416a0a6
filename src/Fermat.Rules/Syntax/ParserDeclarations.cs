using System.Collections.Immutable;
using Fermat.Rules.Schema;
using Fermat.Rules.Text;

namespace Fermat.Rules.Syntax;

/// <summary>Declarations.</summary>
internal sealed partial class Parser
{
    private RulebookSyntax ReadRulebook()
    {
        Identifier? name = null;
        try
        {
            if (Accept("rulebook"))
                name = ExpectName("the rulebook's name");
            else if (!_bag.Any || AtEnd)
                _bag.Error(DiagnosticCodes.Declaration, AtEnd ? new SourceSpan(0, 0) : Current.Span, "a rulebook begins with its name", "`rulebook`", "write `rulebook my_rules` first");
        }
        catch (Abandon)
        {
            Recover(inBlock: false);
        }

        var declarations = ImmutableArray.CreateBuilder<Declaration>();
        while (!AtEnd && !_bag.Full)
        {
            Begin();
            try
            {
                declarations.Add(ReadDeclaration());
            }
            catch (Abandon)
            {
                Recover(inBlock: false);
            }
        }
        return new RulebookSyntax(name, declarations.DrainToImmutable());
    }

    private Declaration ReadDeclaration()
    {
        int start = Current.Span.Start;
        if (Accept("quantity")) return ReadQuantity(start);
        if (Accept("enum"))
        {
            Identifier name = ExpectName("the enumeration's name");
            ImmutableArray<Identifier> values = Braced("and the enumeration's names", () => ExpectName("a name of the enumeration"));
            return new EnumDeclaration(From(start), name, values);
        }
        if (Accept("market"))
        {
            Identifier name = ExpectName("the market record's name");
            NumberSyntax? upTo = ReadUpTo();
            ImmutableArray<FieldSyntax> fields = Braced("and the record's fields", ReadField);
            return new MarketDeclaration(From(start), name, upTo, fields);
        }
        if (Accept("parameters"))
        {
            ImmutableArray<FieldSyntax> fields = Braced("and the parameters", ReadField);
            return new ParametersDeclaration(From(start), fields);
        }
        if (Accept("account"))
        {
            ImmutableArray<MemberSyntax> members = Braced("and the account's fields and collections", ReadMember);
            return new AccountDeclaration(From(start), members);
        }
        if (Current.Is("rulebook"))
        {
            _bag.Error(DiagnosticCodes.Declaration, Current.Span, "a text holds one rulebook", hint: "put the other one into its own file");
            throw new Abandon();
        }
        if (Current.Kind == TokenKind.Name || (Current.Kind == TokenKind.Keyword && (Ahead(1).Is("=") || Ahead(1).Is(":") || Ahead(1).Is("{"))))
            return Ahead(1).Is("{") ? ReadBlock() : ReadDefinition();
        throw Fail("a definition, or `quantity`, `enum`, `market`, `parameters` or `account`", Current.Is("let") ? "`let` stands after the `=` of a definition, before its value" : null, DiagnosticCodes.Declaration);
    }

    private SourceSpan From(int start) => new(start, Math.Max(Previous.End - start, 0));

    private QuantityDeclaration ReadQuantity(int start)
    {
        Identifier name = ExpectName("the quantity's name");
        ExpectWord("scale", "and the number of decimals");
        NumberSyntax scale = ReadInteger("the number of decimals");
        NumberSyntax? bits = null;
        SignKind sign = SignKind.Any;
        (NumberSyntax, NumberSyntax)? range = null;
        if (AcceptWord("bits"))
        {
            bits = ReadInteger("the number of bits");
            if (!StartsDefinition())
                sign = AcceptWord("positive") ? SignKind.Positive : AcceptWord("nonnegative") ? SignKind.NonNegative : SignKind.Any;
        }
        else if (Accept("in"))
        {
            SourceSpan open = Expect("[", "and the smallest value").Span;
            NumberSyntax min = ReadNumber("the smallest value");
            Expect(",", "and the largest value");
            NumberSyntax max = ReadNumber("the largest value");
            Close("]", open, " after the largest value");
            range = (min, max);
        }
        else
        {
            throw Fail("`bits` or `in [smallest, largest]` after the scale", "a quantity has bounds: `bits 63`, or `in [0, 1]`");
        }
        UnitSyntax? unit = Current.IsWord("unit") && !StartsDefinition() ? ReadUnit() : null;
        return new QuantityDeclaration(From(start), name, scale, bits, sign, range, unit);
    }

    private UnitSyntax ReadUnit()
    {
        Take();
        int start = Current.Span.Start;
        Identifier? first = null;
        if (Current is { Kind: TokenKind.Number, Text: "1" })
            Take();
        else
            first = ExpectName("a unit, such as `USD`, `USD/coin` or `1`");
        var rest = ImmutableArray.CreateBuilder<(bool, Identifier)>();
        while (Current.Is("*") || Current.Is("/"))
        {
            bool divide = Take().Text == "/";
            rest.Add((divide, ExpectName("the name of a unit")));
        }
        return new UnitSyntax(From(start), first, rest.DrainToImmutable());
    }

    private NumberSyntax? ReadUpTo()
    {
        if (!(Current.IsWord("up") && Ahead(1).IsWord("to"))) return null;
        Take();
        Take();
        return ReadInteger("how many there may be");
    }

    private MemberSyntax ReadMember()
    {
        if (!(Current.Kind == TokenKind.Name && Ahead(1).Is(":") && Ahead(2).Is("{"))) return ReadField();
        int start = Current.Span.Start;
        Identifier name = ExpectName("the collection's name");
        Take();
        ImmutableArray<FieldSyntax> fields = Braced("and the fields of an item", ReadField);
        if (!Accept("*")) throw Fail("`*` after the fields of a collection", "a collection holds any number of items: `{ … }*`");
        NumberSyntax? upTo = ReadUpTo();
        return new CollectionSyntax(From(start), name, fields, upTo);
    }

    private FieldSyntax ReadField()
    {
        int start = Current.Span.Start;
        Identifier name = ExpectName("the name of a field");
        Expect(":", "and the field's type");
        TypeSyntax type = ReadType();
        DefaultSyntax? value = Accept("=") ? ReadDefault() : null;
        return new FieldSyntax(From(start), name, type, value);
    }

    private TypeSyntax ReadType()
    {
        int start = Current.Span.Start;
        Identifier name = ExpectName("a type");
        LadderKind? ladder = name.Text switch { "tiers" => LadderKind.Tiers, "brackets" => LadderKind.Brackets, "curve" => LadderKind.Curve, _ => null };
        if (ladder is { } kind)
        {
            Identifier x = ExpectName($"what the {name.Text} take, such as `{name.Text} Money to Rate`");
            ExpectWord("to", "and what they give");
            Identifier y = ExpectName("a quantity");
            return new LadderTypeSyntax(From(start), kind, x, y);
        }
        if (name.Text == "correlation" && !Current.Is("="))
        {
            Identifier table = ExpectName("the table whose records the rows are, such as `correlation Asset of Rate`");
            ExpectWord("of", "and what an entry is");
            Identifier entry = ExpectName("a quantity");
            return new CorrelationTypeSyntax(From(start), table, entry);
        }
        return new NamedTypeSyntax(From(start), name);
    }

    private DefaultSyntax ReadDefault()
    {
        int start = Current.Span.Start;
        if (Accept("true")) return new DefaultSyntax(From(start), null, true, null);
        if (Accept("false")) return new DefaultSyntax(From(start), null, false, null);
        if (Current.Kind == TokenKind.Name)
        {
            Identifier name = ExpectName("a default");
            return new DefaultSyntax(name.Span, null, null, name);
        }
        NumberSyntax number = ReadNumber("a default: a number, `true`, `false` or a name of an enumeration");
        return new DefaultSyntax(From(start), number, null, null);
    }

    /// <summary>A number, perhaps negative, perhaps in percent.</summary>
    private NumberSyntax ReadNumber(string what)
    {
        int start = Current.Span.Start;
        bool negative = Accept("-");
        if (Current.Kind != TokenKind.Number) throw Fail(what);
        Numeral.TryRead(Take().Text, out System.Numerics.BigInteger mantissa, out int scale);
        if (Accept("%")) (mantissa, scale) = Numeral.Shortest(mantissa, scale + 2);
        return new NumberSyntax(From(start), negative ? -mantissa : mantissa, scale);
    }

    private NumberSyntax ReadInteger(string what)
    {
        if (Current.Kind != TokenKind.Number) throw Fail(what);
        Token token = Take();
        Numeral.TryRead(token.Text, out System.Numerics.BigInteger mantissa, out int scale);
        if (scale != 0)
            _bag.Error(DiagnosticCodes.Number, token.Span, $"{token.Shown} is not a whole number", what);
        return new NumberSyntax(token.Span, mantissa, 0);
    }

    private BlockSyntax ReadBlock()
    {
        int start = Current.Span.Start;
        Identifier name = ExpectName("the block's name");
        bool isMeta = name.Text == Keywords.Meta;
        SourceSpan open = Expect("{", "and definitions").Span;
        var definitions = ImmutableArray.CreateBuilder<DefinitionSyntax>();
        SystemSyntax? system = null;
        while (!Current.Is("}") && !AtEnd && !BeginsDeclaration() && !_bag.Full)
        {
            Begin();
            try
            {
                if (isMeta && Current.IsWord(Keywords.System) && Ahead(1).Is("{")) system = ReadSystem(system);
                else definitions.Add(ReadDefinition(isMeta));
            }
            catch (Abandon)
            {
                Recover(inBlock: true);
            }
        }
        Close("}", open, " or a definition");
        return new BlockSyntax(From(start), name, definitions.DrainToImmutable()) { System = system };
    }

    /// <summary>The aggregates of the block <c>meta</c>.</summary>
    private SystemSyntax ReadSystem(SystemSyntax? first)
    {
        int start = Current.Span.Start;
        Identifier word = ExpectName("`system`");
        ImmutableArray<FieldSyntax> fields = Braced("and the aggregates", ReadField);
        if (first is not null)
            _bag.Error(DiagnosticCodes.Duplicate, word.Span, "the aggregates are declared twice", hint: "put everything into one", notes: new DiagnosticNote("the first one", first.Word.Span));
        return new SystemSyntax(From(start), word, fields);
    }

    private DefinitionSyntax ReadDefinition(bool inMeta = false)
    {
        int start = Current.Span.Start;
        bool required = Current.IsWord(Keywords.Require) && Ahead(1).Kind == TokenKind.Name && Ahead(2) is var after && (after.Is("=") || after.Is(":") || after.Is("("));
        if (required)
        {
            SourceSpan word = Take().Span;
            if (!inMeta) _bag.Error(DiagnosticCodes.Meta, word, "`require` stands in the block `meta`", hint: "leave it out, or write `meta { require … }`");
        }
        (Token before, bool sameLine) = (_at > 0 ? _tokens[_at - 1] : default, !required && !Current.FirstOnLine);
        Identifier name = ExpectName("the name of a definition");
        ImmutableArray<ParameterSyntax>? parameters = null;
        if (Current.Is("("))
        {
            SourceSpan open = Take().Span;
            var list = ImmutableArray.CreateBuilder<ParameterSyntax>();
            do
            {
                Identifier parameter = ExpectName("the name of an argument");
                list.Add(new ParameterSyntax(parameter, Accept(":") ? ExpectName("a collection, a market record, a quantity, an enumeration or `Flag`") : null));
            }
            while (Accept(","));
            Close(")", open, " after the arguments");
            parameters = list.DrainToImmutable();
        }
        Identifier? annotation = Accept(":") ? ExpectName("a quantity") : null;
        if (!Current.Is("="))
        {
            if (sameLine && (before.Kind is TokenKind.Name or TokenKind.Number || before.Is(")")))
                throw FailBetween(before, name);
            throw Fail("`=` and what the name means");
        }
        Take();
        var lets = ImmutableArray.CreateBuilder<LetSyntax>();
        while (Current.Is("let"))
        {
            int at = Take().Span.Start;
            Identifier local = ExpectName("the name of a value");
            Identifier? type = Accept(":") ? ExpectName("a quantity") : null;
            Expect("=", "and the value");
            lets.Add(new LetSyntax(From(at), local, type, ReadExpression()));
            lets[^1] = lets[^1] with { Span = From(at) };
        }
        Expression value = ReadExpression();
        return new DefinitionSyntax(From(start), name, parameters, annotation, lets.DrainToImmutable(), value) { IsRequired = required };
    }

    private Abandon FailBetween(Token before, Identifier name)
    {
        _bag.Error(DiagnosticCodes.Expected, name.Span, $"`{name.Text}` cannot stand here", $"a sign such as `*` or `+` after {before.Shown}, or a new line with `{name.Text} = …`");
        return new Abandon();
    }
}
