using System.Collections.Frozen;
using Fermat.Rules.Text;

namespace Fermat.Rules.Syntax;

internal enum TokenKind
{
    End,
    Name,
    Keyword,
    Number,
    Symbol,
}

/// <summary>A word, number or sign of the text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written.</param>
/// <param name="Span">Where.</param>
/// <param name="Column">Its column, from 0, when it is the first of its line; −1 otherwise.</param>
/// <param name="Lines">Line ends between the token before (or a comment between them) and this one.</param>
internal readonly record struct Token(TokenKind Kind, string Text, SourceSpan Span, int Column, int Lines)
{
    public bool FirstOnLine => Column >= 0;

    public bool Is(string text) => Kind is TokenKind.Symbol or TokenKind.Keyword && Text == text;

    /// <summary>A word that means something here alone: <c>scale</c>, <c>total</c>.</summary>
    public bool IsWord(string text) => Kind == TokenKind.Name && Text == text;

    /// <summary>How messages call it.</summary>
    public string Shown => Kind == TokenKind.End ? "the end of the text" : Text.Length <= 40 ? $"`{Text}`" : $"`{Text[..37]}…`";
}

/// <summary>A comment.</summary>
/// <param name="Text">From <c>#</c> on, without spaces at its end.</param>
/// <param name="Before">Index of the first token after it.</param>
/// <param name="Trailing">On the line of the token before it.</param>
/// <param name="BlankBefore">An empty line stands before it.</param>
internal readonly record struct Comment(string Text, int Before, bool Trailing, bool BlankBefore);

internal static class Keywords
{
    /// <summary>What cannot be a name. Other words of the grammar (scale, bits, unit, up, to, of, total, rest …) mean something only where the grammar has them.</summary>
    public static FrozenSet<string> Reserved { get; } = new[]
    {
        "rulebook", "quantity", "enum", "market", "parameters", "account", "let", "if", "then", "else", "or", "and", "not", "in", "where", "by", "true", "false",
        "sum", "min", "max", "count", "all", "any", "prorata",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What begins a declaration.</summary>
    public static FrozenSet<string> Declarations { get; } = new[] { "rulebook", "quantity", "enum", "market", "parameters", "account" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Words of the block <c>meta</c>; names everywhere else.</summary>
    public const string Meta = "meta", Require = "require", New = "new", Old = "old", System = "system";

    /// <summary>The sets that stand before a point in the block <c>meta</c>.</summary>
    public static bool IsSet(string word) => word is New or Old or System;

    public static FrozenSet<string> Reductions { get; } = new[] { "sum", "min", "max", "count", "all", "any" }.ToFrozenSet(StringComparer.Ordinal);
}
