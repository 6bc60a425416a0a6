using System.Collections.Immutable;
using Fermat.Rules.Text;

namespace Fermat.Rules.Syntax;

/// <summary>
/// Tokens to a tree, by recursive descent over the grammar of docs/RULES.md. An error abandons the smallest declaration, definition or field it is in; reading goes on at the next one.
/// </summary>
internal sealed partial class Parser
{
    /// <summary>Ends the reading of the part that an error has been reported for.</summary>
    private sealed class Abandon : Exception;

    private readonly ImmutableArray<Token> _tokens;
    private readonly DiagnosticBag _bag;
    private int _at;
    private int _depth;

    /// <summary>Where the definition or declaration being read begins, and its column.</summary>
    private int _begin = -1, _column;

    private Parser(ImmutableArray<Token> tokens, DiagnosticBag bag) => (_tokens, _bag) = (tokens, bag);

    public static RulebookSyntax Read(TokenStream stream, DiagnosticBag bag) => new Parser(stream.Tokens, bag).ReadRulebook();

    private Token Current => _tokens[_at];

    private Token Ahead(int count) => _tokens[Math.Min(_at + count, _tokens.Length - 1)];

    private SourceSpan Previous => _at > 0 ? _tokens[_at - 1].Span : Current.Span;

    private bool AtEnd => Current.Kind == TokenKind.End;

    private Token Take()
    {
        Token token = Current;
        if (!AtEnd) _at++;
        return token;
    }

    private bool Accept(string text)
    {
        if (!Current.Is(text)) return false;
        Take();
        return true;
    }

    private bool AcceptWord(string text)
    {
        if (!Current.IsWord(text)) return false;
        Take();
        return true;
    }

    /// <summary>A sign or keyword that must stand here.</summary>
    /// <param name="text">What.</param>
    /// <param name="where">Completes "expected … ": <c>after the field's name</c>.</param>
    private Token Expect(string text, string where) => Current.Is(text) ? Take() : throw Fail($"`{text}` {where}");

    private void ExpectWord(string text, string where)
    {
        if (!AcceptWord(text)) throw Fail($"`{text}` {where}");
    }

    private Identifier ExpectName(string what)
    {
        if (Current.Kind == TokenKind.Name)
        {
            Token token = Take();
            return new Identifier(token.Text, token.Span);
        }
        if (Current.Kind == TokenKind.Keyword && !BeginsDeclaration())
        {
            _bag.Error(DiagnosticCodes.Keyword, Current.Span, $"{Current.Shown} is a word of the language and cannot be a name", what, $"call it something else, such as `{Current.Text}_`");
            Token token = Take();
            return new Identifier(token.Text, token.Span);
        }
        throw Fail(what);
    }

    private Abandon Fail(string expected, string? hint = null, string code = DiagnosticCodes.Expected)
    {
        if (_at > 0 && (AtEnd || (Current.FirstOnLine && (BeginsDeclaration() || StartsDefinition()))))
            _bag.Error(code, new SourceSpan(Previous.End, 0), $"something is missing after {_tokens[_at - 1].Shown}", expected, hint);
        else
            _bag.Error(code, Current.Span, $"{Current.Shown} cannot stand here", expected, hint);
        return new Abandon();
    }

    /// <summary>The bracket that closes another; when something else stands here the message shows the one that is open.</summary>
    private void Close(string text, SourceSpan open, string orElse)
    {
        if (Accept(text)) return;
        if (AtEnd || BeginsDeclaration() || StartsDefinition())
            _bag.Error(DiagnosticCodes.Unclosed, open, $"this bracket is not closed", $"`{text}` before {Current.Shown}");
        else
            _bag.Error(DiagnosticCodes.Expected, Current.Span, $"{Current.Shown} cannot stand here", $"`{text}`{orElse}", null, new DiagnosticNote("the bracket was opened here", open));
        throw new Abandon();
    }

    private bool BeginsDeclaration() => Current.Kind == TokenKind.Keyword && Keywords.Declarations.Contains(Current.Text);

    /// <summary>
    /// Whether a definition or block begins at the current token: the first of its line, not indented deeper than the definition that is being read; a name, then its arguments and
    /// annotation, then <c>=</c>; or <c>{</c>.
    /// </summary>
    /// <param name="annotated">Whether it may have an annotation; between braces that is a field with a default.</param>
    private bool StartsDefinition(bool annotated = true)
    {
        if (!Current.FirstOnLine || Current.Kind != TokenKind.Name || Current.Column > _column || _at == _begin) return false;
        int at = _at + 1;
        if (Current.IsWord(Keywords.Require) && _tokens[at].Kind == TokenKind.Name) at++;
        if (_tokens[at].Is("{")) return true;
        if (_tokens[at].Is("("))
        {
            int open = 0, limit = Math.Min(_tokens.Length - 1, at + 200);
            for (; at < limit; at++)
            {
                open += _tokens[at].Is("(") ? 1 : _tokens[at].Is(")") ? -1 : 0;
                if (open == 0) break;
            }
            if (open != 0) return false;
            at++;
        }
        if (annotated && at + 2 < _tokens.Length && _tokens[at].Is(":") && _tokens[at + 1].Kind == TokenKind.Name) at += 2;
        return at < _tokens.Length && _tokens[at].Is("=");
    }

    private void Begin() => (_begin, _column, _depth) = (_at, Math.Max(Current.Column, 0), 0);

    /// <summary>Skips to the next declaration that is not indented deeper than the one given up; inside a block its closing brace ends the search too.</summary>
    private void Recover(bool inBlock)
    {
        if (_at == _begin) Take();
        while (!AtEnd)
        {
            if (Current.FirstOnLine && Current.Column <= _column && (BeginsDeclaration() || StartsDefinition())) return;
            if (inBlock && Current.Is("}") && (!Current.FirstOnLine || Current.Column <= _column)) return;
            Take();
        }
    }

    /// <summary>Fields and the like between braces, separated by commas or spaces. An error skips to the next one.</summary>
    private ImmutableArray<T> Braced<T>(string of, Func<T> read)
        where T : class
    {
        SourceSpan open = Expect("{", of).Span;
        var items = ImmutableArray.CreateBuilder<T>();
        while (!Current.Is("}") && !AtEnd && !BeginsDeclaration() && !StartsDefinition(annotated: false) && !_bag.Full)
        {
            int before = _at;
            try
            {
                items.Add(read());
                Accept(",");
            }
            catch (Abandon)
            {
                SkipField(before);
            }
        }
        Close("}", open, "");
        return items.DrainToImmutable();
    }

    private void SkipField(int before)
    {
        if (_at == before) Take();
        int nested = 0;
        while (!AtEnd && !BeginsDeclaration())
        {
            if (nested == 0 && (Current.Is("}") || (Current.FirstOnLine && Current.Kind == TokenKind.Name && Ahead(1).Is(":")))) return;
            nested += Current.Is("{") || Current.Is("[") ? 1 : Current.Is("}") || Current.Is("]") ? -1 : 0;
            if (Take().Is(",") && nested == 0) return;
        }
    }
}
