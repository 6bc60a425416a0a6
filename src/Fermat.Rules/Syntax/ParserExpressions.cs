using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Text;

namespace Fermat.Rules.Syntax;

/// <summary>Expressions, one method a level of binding.</summary>
internal sealed partial class Parser
{
    private Expression ReadExpression()
    {
        Enter();
        Expression result = Current.Is("if") ? ReadIf() : ReadChain(ReadAnd, static token => token.Is("or") ? BinaryKind.Or : null);
        _depth--;
        return result;
    }

    private void Enter()
    {
        if (++_depth > RuleLimits.MaxDepth) throw TooDeep(Current.Span);
    }

    /// <summary>Reading stops: what follows belongs to the same expression and would only repeat the error.</summary>
    private Abandon TooDeep(SourceSpan span)
    {
        _bag.Error(DiagnosticCodes.Depth, span, $"expressions are nested deeper than {RuleLimits.MaxDepth}", hint: "name a part of it with `let` or a definition of its own");
        return new Abandon();
    }

    private Expression Shallow(Expression expression) => expression.Depth > RuleLimits.MaxDepth ? throw TooDeep(expression.Span) : expression;

    private IfExpression ReadIf()
    {
        int start = Take().Span.Start;
        Expression condition = ReadExpression();
        if (!Current.Is("then")) throw Fail("`then` after the condition", "an `if` is `if condition then value else value`", DiagnosticCodes.IfWithoutElse);
        Take();
        Expression then = ReadExpression();
        if (!Current.Is("else"))
        {
            ReductionExpression? owner = Trailing(then);
            _bag.Error(DiagnosticCodes.IfWithoutElse, new SourceSpan(start, 2), "this `if` has no `else`", $"`else` before {Current.Shown}", "every `if` gives a value in both cases: `if condition then value else value`",
                owner is null ? [] : [new DiagnosticNote($"the `else` belongs to this `{Word(owner.Kind)}`; put the reduction in parentheses", owner.Span)]);
            throw new Abandon();
        }
        Take();
        Expression @else = ReadExpression();
        return (IfExpression)Shallow(new IfExpression(From(start), condition, then, @else));
    }

    /// <summary>The reduction at the right edge of an expression that took an <c>else</c> for itself.</summary>
    private static ReductionExpression? Trailing(Expression expression) => expression switch
    {
        ReductionExpression { Else: not null } reduction => reduction,
        ReductionExpression reduction => Trailing(reduction.Body),
        BinaryExpression binary => Trailing(binary.Right),
        UnaryExpression unary => Trailing(unary.Operand),
        _ => null,
    };

    private Expression ReadChain(Func<Expression> operand, Func<Token, BinaryKind?> @operator)
    {
        Expression left = operand();
        while (@operator(Current) is { } kind)
        {
            SourceSpan sign = Take().Span;
            Expression right = operand();
            left = Shallow(new BinaryExpression(SourceSpan.Between(left.Span, right.Span), kind, sign, left, right));
        }
        return left;
    }

    private Expression ReadAnd() => ReadChain(ReadNot, static token => token.Is("and") ? BinaryKind.And : null);

    private Expression ReadNot()
    {
        if (!Current.Is("not")) return ReadComparison();
        Enter();
        int start = Take().Span.Start;
        Expression operand = ReadNot();
        _depth--;
        return Shallow(new UnaryExpression(From(start), UnaryKind.Not, operand));
    }

    private Expression ReadComparison()
    {
        Expression left = ReadSum();
        if (ComparisonOf(Current) is not { } kind) return left;
        SourceSpan sign = Take().Span;
        Expression right = ReadSum();
        if (ComparisonOf(Current) is not null)
        {
            _bag.Error(DiagnosticCodes.Chain, Current.Span, "comparisons do not chain", hint: "write `a < b and b < c`, or put one comparison in parentheses");
            throw new Abandon();
        }
        return Shallow(new BinaryExpression(SourceSpan.Between(left.Span, right.Span), kind, sign, left, right));
    }

    private static BinaryKind? ComparisonOf(Token token) => token.Kind != TokenKind.Symbol ? null : token.Text switch
    {
        "<" => BinaryKind.Less,
        "<=" => BinaryKind.LessOrEqual,
        ">" => BinaryKind.Greater,
        ">=" => BinaryKind.GreaterOrEqual,
        "=" => BinaryKind.Equal,
        "!=" => BinaryKind.NotEqual,
        _ => null,
    };

    private Expression ReadSum() => ReadChain(ReadProduct, static token => token.Is("+") ? BinaryKind.Add : token.Is("-") ? BinaryKind.Subtract : null);

    private Expression ReadProduct() => ReadChain(ReadUnary, static token => token.Is("*") ? BinaryKind.Multiply : token.Is("/") ? BinaryKind.Divide : null);

    private Expression ReadUnary()
    {
        if (Current.Is("if"))
        {
            _bag.Error(DiagnosticCodes.BareIf, Current.Span, "an `if` inside an expression needs parentheses", hint: "write `(if … then … else …)`");
            return ReadExpression();
        }
        if (Current.Is("-"))
        {
            Enter();
            int start = Take().Span.Start;
            Expression operand = ReadUnary();
            _depth--;
            return Shallow(new UnaryExpression(From(start), UnaryKind.Negate, operand));
        }
        if (Current.Is("prorata")) return ReadProRata();
        return Current.Kind == TokenKind.Keyword && Keywords.Reductions.Contains(Current.Text) && !Ahead(1).Is("(") ? ReadReduction() : ReadPostfix();
    }

    private Expression ReadReduction()
    {
        Enter();
        Token word = Take();
        ReduceKind kind = Enum.Parse<ReduceKind>(word.Text, ignoreCase: true);
        Identifier variable = ExpectName($"a name for the element, such as `{word.Text} p in positions: …`");
        Expect("in", "and what to run over");
        SourceSyntax source = ReadSource();
        Expression? where = Accept("where") ? ReadExpression() : null;
        Expect(":", $"and what to take the `{word.Text}` of");
        Expression body = kind is ReduceKind.All or ReduceKind.Any ? ReadNot() : ReadProduct();
        Expression? @else = kind is ReduceKind.Min or ReduceKind.Max && Accept("else") ? ReadProduct() : null;
        _depth--;
        return Shallow(new ReductionExpression(From(word.Span.Start), kind, variable, source, where, body, @else));
    }

    private Expression ReadProRata()
    {
        Enter();
        int start = Take().Span.Start;
        Identifier of = ExpectName("the item whose share it is, such as `prorata q of p in positions: …`");
        ExpectWord("of", "and a name for the items that share");
        Identifier variable = ExpectName("a name for the items that share");
        Expect("in", "and what to run over");
        SourceSyntax source = ReadSource();
        Expect(":", "and the weight of an item");
        Expression weight = ReadProduct();
        ExpectWord("total", "and what is split");
        Expression total = ReadProduct();
        ExpectWord("rest", "and who gets what is left: `first` or `last`");
        if (!(Current.IsWord("first") || Current.IsWord("last"))) throw Fail("`first` or `last`");
        RemainderOrder rest = Take().Text == "first" ? RemainderOrder.First : RemainderOrder.Last;
        _depth--;
        return Shallow(new ProRataExpression(From(start), of, variable, source, weight, total, rest));
    }

    private SourceSyntax ReadSource()
    {
        Identifier name = ExpectName("a collection, a market record or a group");
        var keys = ImmutableArray.CreateBuilder<ImmutableArray<Identifier>>();
        if (Accept("by"))
        {
            if (Current.Is("("))
            {
                SourceSpan open = Take().Span;
                do keys.Add(ReadPath());
                while (Accept(","));
                Close(")", open, " after the keys of a group");
            }
            else
            {
                keys.Add(ReadPath());
            }
        }
        return new SourceSyntax(From(name.Span.Start), name, keys.DrainToImmutable());
    }

    private ImmutableArray<Identifier> ReadPath()
    {
        var path = ImmutableArray.CreateBuilder<Identifier>();
        do path.Add(ExpectName("a field of an item, such as `instrument.underlying`"));
        while (Accept("."));
        return path.DrainToImmutable();
    }

    private Expression ReadPostfix()
    {
        Expression result = ReadPrimary();
        while (Current.Is("."))
        {
            Take();
            Identifier member = ExpectName("the name of a field");
            SourceSpan span = SourceSpan.Between(result.Span, member.Span);
            result = Current.Is("(") && result is NameExpression block
                ? ReadCall(block.Name, member)
                : Shallow(new MemberExpression(span, result, member));
        }
        return result;
    }

    private Expression ReadPrimary()
    {
        Token token = Current;
        if (token.Kind == TokenKind.Number)
        {
            Take();
            Numeral.TryRead(token.Text, out BigInteger mantissa, out int scale);
            if (Accept("%")) (mantissa, scale) = Numeral.Shortest(mantissa, scale + 2);
            return new NumberLiteral(From(token.Span.Start), mantissa, scale);
        }
        if (token.Is("true") || token.Is("false"))
        {
            Take();
            return new FlagLiteral(token.Span, token.Text == "true");
        }
        if (token.Is("("))
        {
            Take();
            Expression inner = ReadExpression();
            Close(")", token.Span, "");
            return Shallow(new Parenthesized(From(token.Span.Start), inner));
        }
        if ((token.Is("min") || token.Is("max")) && Ahead(1).Is("("))
        {
            Take();
            return ReadCall(null, new Identifier(token.Text, token.Span));
        }
        if (token.Kind == TokenKind.Keyword && Keywords.Reductions.Contains(token.Text))
            throw Fail($"a reduction, such as `{token.Text} p in positions: …`", null, DiagnosticCodes.Expression);
        if (token.Kind == TokenKind.Name && !StartsDefinition())
        {
            Identifier name = ExpectName("a name");
            if (Current.Is("(")) return ReadCall(null, name);
            return Current.Is("[") ? ReadIndex(name) : new NameExpression(name.Span, name);
        }
        throw Fail("a number, a name, a reduction or an expression in parentheses", token.Is("let") ? "`let` stands between the `=` of a definition and its value" : null, DiagnosticCodes.Expression);
    }

    private CallExpression ReadCall(Identifier? block, Identifier name)
    {
        SourceSpan open = Take().Span;
        var arguments = ImmutableArray.CreateBuilder<Expression>();
        if (!Current.Is(")"))
            do arguments.Add(ReadExpression());
            while (Accept(","));
        Close(")", open, $" or `,` after an argument of `{name.Text}`");
        return (CallExpression)Shallow(new CallExpression(From((block ?? name).Span.Start), block, name, arguments.DrainToImmutable()));
    }

    private IndexExpression ReadIndex(Identifier name)
    {
        SourceSpan open = Take().Span;
        Expression row = ReadExpression();
        Expect(",", "and the column");
        Expression column = ReadExpression();
        Close("]", open, " after the column");
        return (IndexExpression)Shallow(new IndexExpression(From(name.Span.Start), name, row, column));
    }

    internal static string Word(ReduceKind kind) => kind.ToString().ToLowerInvariant();
}
