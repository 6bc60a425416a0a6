namespace Fermat.Rules.Syntax;

/// <summary>Definitions and expressions.</summary>
internal sealed partial class Printer
{
    private Doc Definition(DefinitionSyntax definition)
    {
        var head = new List<Doc> { definition.IsRequired ? Spaced(2) : T() };
        if (definition.Parameters is { } parameters)
        {
            head.Add(T());
            for (int i = 0; i < parameters.Length; i++)
            {
                if (i > 0) head.AddRange([T(), " "]);
                head.Add(Annotated(parameters[i].Annotation));
            }
            head.Add(T());
        }
        head.Add(Annotation(definition.Annotation));
        head.AddRange([" ", Doc.At(definition.IsRequired ? Stop.Requirement : Stop.Definition), T()]);
        if (definition.Lets.IsEmpty) return Doc.Of(Doc.Of(head), Doc.Nest(Doc.Line, Print(definition.Value)));
        var body = new List<Doc>();
        foreach (LetSyntax let in definition.Lets)
        {
            body.Add(Doc.HardLine);
            body.Add(Item(let.Span, () => Doc.Of(T(), " ", Annotated(let.Annotation), " ", T(), Doc.Nest(Doc.Line, Print(let.Value)))));
        }
        body.Add(Doc.HardLine);
        body.Add(Hoisted(() => Print(definition.Value)));
        return Doc.Of(Doc.Of(head), Doc.Nest(body));
    }

    private Doc Annotated(Identifier? annotation) => Doc.Of(T(), Annotation(annotation));

    private Doc Annotation(Identifier? annotation) => annotation is null ? Doc.Empty : Doc.Of(T(), " ", T());

    private Doc Print(Expression expression) => expression switch
    {
        NumberLiteral number => Number(new NumberSyntax(number.Span, 0, 0)),
        FlagLiteral or NameExpression => T(),
        MemberExpression member => Doc.Of(Print(member.Target), T(), T()),
        CallExpression call => Call(call),
        IndexExpression index => Doc.Of(T(), T(), Print(index.Row), T(), " ", Print(index.Column), T()),
        Parenthesized inner => Doc.Of(T(), Doc.Group(Doc.Nest(Print(inner.Inner))), T()),
        UnaryExpression { Kind: UnaryKind.Negate } unary => Doc.Of(T(), Print(unary.Operand)),
        UnaryExpression unary => Doc.Of(T(), " ", Print(unary.Operand)),
        BinaryExpression binary => Chain(binary),
        IfExpression choice => Doc.Group(If(choice)),
        ReductionExpression reduction => Reduction(reduction),
        ProRataExpression prorata => ProRata(prorata),
        _ => throw new InvalidOperationException(),
    };

    private Doc Call(CallExpression call)
    {
        Doc name = call.Block is null ? T() : Doc.Of(T(), T(), T());
        Doc open = T();
        if (call.Arguments.IsEmpty) return Doc.Of(name, open, T());
        var inner = new List<Doc> { Doc.SoftLine, Print(call.Arguments[0]) };
        foreach (Expression argument in call.Arguments.Skip(1)) inner.AddRange([T(), Doc.Line, Print(argument)]);
        return Doc.Of(name, Doc.Group(open, Doc.Nest(inner), Doc.SoftLine, T()));
    }

    /// <summary>a + b − c: all on one line, or a line for each.</summary>
    private Doc Chain(BinaryExpression binary)
    {
        var operands = new Stack<Expression>();
        Expression first = binary;
        for (; first is BinaryExpression inner && Level(inner.Kind) == Level(binary.Kind) && (ReferenceEquals(first, binary) || Level(binary.Kind) != 3); first = inner.Left) operands.Push(inner.Right);
        var rest = new List<Doc>();
        Doc head = Print(first);
        while (operands.TryPop(out Expression? operand)) rest.AddRange([Doc.Line, T(), " ", Print(operand)]);
        return Doc.Group(head, Doc.Of(rest));
    }

    private static int Level(BinaryKind kind) => kind switch
    {
        BinaryKind.Or => 1,
        BinaryKind.And => 2,
        BinaryKind.Add or BinaryKind.Subtract => 4,
        BinaryKind.Multiply or BinaryKind.Divide => 5,
        _ => 3,
    };

    private Doc If(IfExpression choice)
    {
        Doc head = Doc.Of(T(), " ", Print(choice.Condition)), then = Doc.Of(T(), " ", Doc.Nest(Print(choice.Then)));
        Doc word = T();
        return Doc.Of(Doc.Group(head, Doc.Line, then), Doc.Line, word, " ", choice.Else is IfExpression next ? If(next) : Doc.Nest(Print(choice.Else)));
    }

    private Doc Source(SourceSyntax source)
    {
        if (source.Keys.IsEmpty) return T();
        var parts = new List<Doc> { T(), " ", T(), " " };
        bool parenthesized = Peek.Is("(");
        if (parenthesized) parts.Add(T());
        for (int i = 0; i < source.Keys.Length; i++)
        {
            if (i > 0) parts.AddRange([T(), " "]);
            parts.Add(T());
            for (int step = 1; step < source.Keys[i].Length; step++) parts.AddRange([T(), T()]);
        }
        if (parenthesized) parts.Add(T());
        return Doc.Of(parts);
    }

    private Doc Reduction(ReductionExpression reduction)
    {
        var head = new List<Doc> { Spaced(3), " ", Source(reduction.Source) };
        if (reduction.Where is not null) head.AddRange([Doc.Line, T(), " ", Print(reduction.Where)]);
        head.Add(T());
        var rest = new List<Doc> { Doc.Line, Print(reduction.Body) };
        if (reduction.Else is not null) rest.AddRange([Doc.Line, T(), " ", Print(reduction.Else)]);
        return Doc.Group(Doc.Group(Doc.Nest(head)), Doc.Nest(rest));
    }

    private Doc ProRata(ProRataExpression prorata)
    {
        Doc head = Doc.Of(Spaced(5), " ", Source(prorata.Source), T());
        Doc weight = Print(prorata.Weight);
        Doc total = Doc.Of(T(), " ", Print(prorata.Total));
        return Doc.Group(head, Doc.Nest(Doc.Line, weight, Doc.Line, total, Doc.Line, Spaced(2)));
    }
}
