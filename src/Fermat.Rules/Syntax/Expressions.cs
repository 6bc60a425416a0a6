using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Text;

namespace Fermat.Rules.Syntax;

/// <summary>A name where the text has it.</summary>
internal sealed record Identifier(string Text, SourceSpan Span);

/// <summary>An expression. Depth counts how many expressions are nested in it, so that whoever walks the tree by recursion knows how deep that goes.</summary>
internal abstract record Expression(SourceSpan Span, int Depth)
{
    /// <summary>The expression without the parentheses around it.</summary>
    public Expression Bare => this is Parenthesized { Inner: var inner } ? inner.Bare : this;
}

/// <summary>25, 0.25, 25%.</summary>
internal sealed record NumberLiteral(SourceSpan Span, BigInteger Mantissa, int Scale) : Expression(Span, 1);

/// <summary>true, false.</summary>
internal sealed record FlagLiteral(SourceSpan Span, bool Value) : Expression(Span, 1);

/// <summary>x.</summary>
internal sealed record NameExpression(SourceSpan Span, Identifier Name) : Expression(Span, 1);

/// <summary>x.y.</summary>
internal sealed record MemberExpression(SourceSpan Span, Expression Target, Identifier Member) : Expression(Span, Target.Depth + 1);

/// <summary>f(x, y), or block.f(x, y).</summary>
internal sealed record CallExpression(SourceSpan Span, Identifier? Block, Identifier Name, ImmutableArray<Expression> Arguments)
    : Expression(Span, 1 + Arguments.Select(argument => argument.Depth).DefaultIfEmpty().Max());

/// <summary>m[x, y].</summary>
internal sealed record IndexExpression(SourceSpan Span, Identifier Name, Expression Row, Expression Column) : Expression(Span, 1 + Math.Max(Row.Depth, Column.Depth));

/// <summary>(x).</summary>
internal sealed record Parenthesized(SourceSpan Span, Expression Inner) : Expression(Span, Inner.Depth + 1);

internal enum UnaryKind
{
    Negate,
    Not,
}

/// <summary>-x, not x.</summary>
internal sealed record UnaryExpression(SourceSpan Span, UnaryKind Kind, Expression Operand) : Expression(Span, Operand.Depth + 1);

internal enum BinaryKind
{
    Add,
    Subtract,
    Multiply,
    Divide,
    And,
    Or,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// <summary>x + y and the like.</summary>
internal sealed record BinaryExpression(SourceSpan Span, BinaryKind Kind, SourceSpan Operator, Expression Left, Expression Right) : Expression(Span, 1 + Math.Max(Left.Depth, Right.Depth));

/// <summary>if c then x else y.</summary>
internal sealed record IfExpression(SourceSpan Span, Expression Condition, Expression Then, Expression Else)
    : Expression(Span, 1 + Math.Max(Condition.Depth, Math.Max(Then.Depth, Else.Depth)));

/// <summary>What a variable runs over: name by path, path.</summary>
internal sealed record SourceSyntax(SourceSpan Span, Identifier Name, ImmutableArray<ImmutableArray<Identifier>> Keys);

/// <summary>sum x in source where w: body else e.</summary>
internal sealed record ReductionExpression(SourceSpan Span, ReduceKind Kind, Identifier Variable, SourceSyntax Source, Expression? Where, Expression Body, Expression? Else)
    : Expression(Span, 1 + Math.Max(Body.Depth, Math.Max(Where?.Depth ?? 0, Else?.Depth ?? 0)));

/// <summary>prorata q of p in source: weight total t rest first.</summary>
internal sealed record ProRataExpression(SourceSpan Span, Identifier Of, Identifier Variable, SourceSyntax Source, Expression Weight, Expression Total, RemainderOrder Rest)
    : Expression(Span, 1 + Math.Max(Weight.Depth, Total.Depth));
