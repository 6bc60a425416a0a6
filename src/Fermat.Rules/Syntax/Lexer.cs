using System.Collections.Immutable;
using Fermat.Rules.Text;

namespace Fermat.Rules.Syntax;

/// <summary>The tokens of a text, the last of them <see cref="TokenKind.End"/>, and its comments.</summary>
/// <param name="Tokens">Words, numbers and signs.</param>
/// <param name="Comments">In the order of the text.</param>
/// <param name="IsWhole">Whether nothing was left out that could have been an operator or operand.</param>
internal sealed record TokenStream(ImmutableArray<Token> Tokens, ImmutableArray<Comment> Comments, bool IsWhole);

/// <summary>Text to tokens. What cannot be read is reported and left out or replaced by what was meant, so that one slip gives one error.</summary>
internal sealed class Lexer
{
    private readonly string _text;
    private readonly DiagnosticBag _bag;
    private readonly ImmutableArray<Token>.Builder _tokens = ImmutableArray.CreateBuilder<Token>();
    private readonly ImmutableArray<Comment>.Builder _comments = ImmutableArray.CreateBuilder<Comment>();
    private int _at;
    private int _lines;
    private int _lineStart;
    private bool _first = true, _whole = true;

    private Lexer(string text, DiagnosticBag bag) => (_text, _bag) = (text, bag);

    public static TokenStream Read(SourceText source, DiagnosticBag bag)
    {
        var lexer = new Lexer(source.Text, bag);
        lexer.ReadAll();
        return new TokenStream(lexer._tokens.DrainToImmutable(), lexer._comments.DrainToImmutable(), lexer._whole);
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private char Next => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private void ReadAll()
    {
        if (_text.StartsWith('\uFEFF')) _at = 1;
        while (_at < _text.Length && !_bag.Full)
        {
            char c = _text[_at];
            if (c is '\n' or '\r')
                EndLine();
            else if (c is ' ' or '\t')
                _at++;
            else if (c == '#')
                ReadComment();
            else if (IsLetter(c) || char.IsLetter(c))
                ReadWord();
            else if (IsDigit(c) || (c == '.' && IsDigit(Next) && !AfterOperand()))
                ReadNumber();
            else
                ReadSymbol();
        }
        Add(TokenKind.End, _text.Length, "");
    }

    private void EndLine()
    {
        _at += Current == '\r' && Next == '\n' ? 2 : 1;
        (_lines, _lineStart, _first) = (_lines + 1, _at, true);
    }

    private void ReadComment()
    {
        int start = _at;
        while (_at < _text.Length && _text[_at] is not ('\n' or '\r')) _at++;
        _comments.Add(new Comment(_text[start.._at].TrimEnd(), _tokens.Count, Trailing: !_first, BlankBefore: _lines > 1));
        _lines = 0;
    }

    private void ReadWord()
    {
        int start = _at;
        while (IsLetter(Current) || IsDigit(Current) || char.IsLetter(Current)) _at++;
        string word = _text[start.._at];
        if (!word.All(char.IsAscii))
        {
            _bag.Error(DiagnosticCodes.Character, new SourceSpan(start, word.Length), $"`{(word.Length <= 40 ? word : word[..37] + "…")}` has letters that names cannot have",
                "the letters a to z and A to Z, digits and `_`");
        }
        Add(Keywords.Reserved.Contains(word) ? TokenKind.Keyword : TokenKind.Name, start, word);
    }

    private void ReadNumber()
    {
        int start = _at;
        while (IsDigit(Current) || Current == '_') _at++;
        if (Current == '.' && (IsDigit(Next) || !IsLetter(Next)))
        {
            _at++;
            while (IsDigit(Current) || Current == '_') _at++;
        }
        if (Current is 'e' or 'E' && (IsDigit(Next) || Next is '+' or '-'))
        {
            _at += 2;
            while (IsDigit(Current)) _at++;
        }
        bool letters = IsLetter(Current);
        while (IsLetter(Current) || IsDigit(Current)) _at++;
        string text = _text[start.._at];
        if (letters || !Numeral.TryRead(text, out _, out _))
        {
            string shown = text.Length <= 40 ? text : text[..37] + "…";
            _bag.Error(DiagnosticCodes.Number, new SourceSpan(start, _at - start), $"`{shown}` is not a number that can be read", "digits, with at most one point between digits, such as 0.25 or 1_000_000 or 1e-8", Hint(text));
            text = "0";
        }
        Add(TokenKind.Number, start, text);
    }

    private static string? Hint(string text) => text.Length > 40 ? $"a number has at most {RuleLimits.MaxScale} decimals and {RuleLimits.MaxBits} bits"
        : text.StartsWith('.') ? $"write 0{text}"
        : text.EndsWith('.') ? $"write {text[..^1]}"
        : char.IsDigit(text[0]) && text.Any(char.IsLetter) && !text.Contains('e', StringComparison.OrdinalIgnoreCase) ? "a name does not begin with a digit; a product needs `*`" : null;

    private void ReadSymbol()
    {
        int start = _at;
        string two = _at + 1 < _text.Length ? _text.Substring(_at, 2) : "";
        if (two is "<=" or ">=" or "!=")
        {
            _at += 2;
            Add(TokenKind.Symbol, start, two);
            return;
        }
        (string? Meant, string? Hint, int Length) slip = two switch
        {
            "==" => ("=", "equality is `=`", 2),
            "&&" => ("and", "write `and`", 2),
            "||" => ("or", "write `or`", 2),
            "<>" => ("!=", "write `!=`", 2),
            "=<" => ("<=", "write `<=`", 2),
            "=>" => (">=", "write `>=`", 2),
            "**" => ("*", "there is no power sign; `pow(x, y)` is a function of public values", 2),
            "//" => (null, "a comment begins with `#`", 0),
            _ => _text[_at] switch
            {
                '≤' => ("<=", "write `<=`", 1),
                '≥' => (">=", "write `>=`", 1),
                '≠' => ("!=", "write `!=`", 1),
                '×' or '·' or '∙' => ("*", "write `*`", 1),
                '÷' => ("/", "write `/`", 1),
                '−' or '–' => ("-", "write `-`", 1),
                '^' => ("*", "there is no power sign; `pow(x, y)` is a function of public values", 1),
                '!' => ("not", "write `not`", 1),
                ';' => (null, "nothing stands at the end of a line", 1),
                '"' or '\'' or '“' or '”' => (null, "names and choices are written without quotation marks", 1),
                _ => (null, null, 0),
            },
        };
        char c = _text[_at];
        if (slip.Hint is null && "{}()[],:.=<>+-*/%".Contains(c, StringComparison.Ordinal))
        {
            _at++;
            Add(TokenKind.Symbol, start, c.ToString());
            return;
        }
        if (two == "//")
        {
            while (_at < _text.Length && _text[_at] is not ('\n' or '\r')) _at++;
            _bag.Error(DiagnosticCodes.Character, new SourceSpan(start, 2), "`//` means nothing here", hint: slip.Hint);
            return;
        }
        _at += slip.Length;
        if (slip.Length == 0)
            for (_at++; _at < _text.Length && IsStrange(_text[_at]);) _at++;
        string shown = _text[start..Math.Min(_at, start + 20)];
        _bag.Error(DiagnosticCodes.Character, new SourceSpan(start, _at - start), $"`{shown}` means nothing here",
            hint: slip.Hint);
        _whole &= slip.Hint is not null;
        if (slip.Meant is { } meant)
            Add(Keywords.Reserved.Contains(meant) ? TokenKind.Keyword : TokenKind.Symbol, start, meant);
    }

    private void Add(TokenKind kind, int start, string text)
    {
        _tokens.Add(new Token(kind, text, new SourceSpan(start, _at - start), _first ? start - _lineStart : -1, _lines));
        (_first, _lines) = (false, 0);
    }

    /// <summary>Whether a point here follows something that has fields, so that it is not the beginning of a number.</summary>
    private bool AfterOperand() => _tokens.Count > 0 && _tokens[^1].Span.End == _at && _tokens[^1] is { Kind: TokenKind.Name } or { Text: ")" or "]" };

    private static bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';

    private static bool IsDigit(char c) => c is >= '0' and <= '9';

    private static bool IsStrange(char c) => !IsLetter(c) && !char.IsLetter(c) && !IsDigit(c) && c is not (' ' or '\t' or '\n' or '\r' or '#') && !"{}()[],:.=<>+-*/%!;\"'^&|".Contains(c, StringComparison.Ordinal);
}
