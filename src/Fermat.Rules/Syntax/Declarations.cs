using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Schema;
using Fermat.Rules.Text;

namespace Fermat.Rules.Syntax;

/// <summary>A whole text.</summary>
internal sealed record RulebookSyntax(Identifier? Name, ImmutableArray<Declaration> Declarations);

internal abstract record Declaration(SourceSpan Span);

/// <summary>An integer or decimal with its place.</summary>
internal sealed record NumberSyntax(SourceSpan Span, BigInteger Mantissa, int Scale);

internal enum SignKind
{
    Any,
    Positive,
    NonNegative,
}

/// <summary>quantity Q scale s bits b positive unit u; or in [min, max].</summary>
internal sealed record QuantityDeclaration(
    SourceSpan Span, Identifier Name, NumberSyntax Scale, NumberSyntax? Bits, SignKind Sign, (NumberSyntax Min, NumberSyntax Max)? Range, UnitSyntax? Unit) : Declaration(Span);

/// <summary>A unit; the first factor is a name or null for 1, each other one multiplies or divides.</summary>
internal sealed record UnitSyntax(SourceSpan Span, Identifier? First, ImmutableArray<(bool Divide, Identifier Name)> Rest);

/// <summary>enum E { a, b }.</summary>
internal sealed record EnumDeclaration(SourceSpan Span, Identifier Name, ImmutableArray<Identifier> Values) : Declaration(Span);

/// <summary>market M up to n { fields }.</summary>
internal sealed record MarketDeclaration(SourceSpan Span, Identifier Name, NumberSyntax? UpTo, ImmutableArray<FieldSyntax> Fields) : Declaration(Span);

/// <summary>parameters { fields }.</summary>
internal sealed record ParametersDeclaration(SourceSpan Span, ImmutableArray<FieldSyntax> Fields) : Declaration(Span);

/// <summary>account { fields and collections }.</summary>
internal sealed record AccountDeclaration(SourceSpan Span, ImmutableArray<MemberSyntax> Members) : Declaration(Span);

/// <summary>What an account is made of.</summary>
internal abstract record MemberSyntax(SourceSpan Span, Identifier Name);

/// <summary>name: type = default.</summary>
internal sealed record FieldSyntax(SourceSpan Span, Identifier Name, TypeSyntax Type, DefaultSyntax? Default) : MemberSyntax(Span, Name);

/// <summary>name: { fields }* up to n.</summary>
internal sealed record CollectionSyntax(SourceSpan Span, Identifier Name, ImmutableArray<FieldSyntax> Fields, NumberSyntax? UpTo) : MemberSyntax(Span, Name);

/// <summary>A default: a number, a flag or a name of an enumeration.</summary>
internal sealed record DefaultSyntax(SourceSpan Span, NumberSyntax? Number, bool? Flag, Identifier? Name);

internal abstract record TypeSyntax(SourceSpan Span);

/// <summary>Q.</summary>
internal sealed record NamedTypeSyntax(SourceSpan Span, Identifier Name) : TypeSyntax(Span);

/// <summary>tiers X to Y.</summary>
internal sealed record LadderTypeSyntax(SourceSpan Span, LadderKind Kind, Identifier X, Identifier Y) : TypeSyntax(Span);

/// <summary>correlation T of Q.</summary>
internal sealed record CorrelationTypeSyntax(SourceSpan Span, Identifier Table, Identifier Entry) : TypeSyntax(Span);

/// <summary>name(params): Q = lets value.</summary>
internal sealed record DefinitionSyntax(
    SourceSpan Span, Identifier Name, ImmutableArray<ParameterSyntax>? Parameters, Identifier? Annotation, ImmutableArray<LetSyntax> Lets, Expression Value) : Declaration(Span)
{
    /// <summary>Whether <c>require</c> stands before it: a rule of the block <c>meta</c>.</summary>
    public bool IsRequired { get; init; }
}

/// <summary>x: T in the head of a function.</summary>
internal sealed record ParameterSyntax(Identifier Name, Identifier? Annotation);

/// <summary>let x: Q = value.</summary>
internal sealed record LetSyntax(SourceSpan Span, Identifier Name, Identifier? Annotation, Expression Value);

/// <summary>b { definitions }.</summary>
internal sealed record BlockSyntax(SourceSpan Span, Identifier Name, ImmutableArray<DefinitionSyntax> Definitions) : Declaration(Span)
{
    /// <summary>The aggregates that the block <c>meta</c> declares, or null.</summary>
    public SystemSyntax? System { get; init; }
}

/// <summary>system { fields } in the block <c>meta</c>.</summary>
internal sealed record SystemSyntax(SourceSpan Span, Identifier Word, ImmutableArray<FieldSyntax> Fields);
