using System.Collections.Immutable;
using Fermat.Rules.Text;

namespace Fermat.Rules.Syntax;

/// <summary>
/// A tree in canonical layout. The tree says where lines may end; the words are taken from the tokens one by one, so that none is lost, and each brings its comments along.
/// </summary>
internal sealed partial class Printer
{
    private readonly TokenStream _stream;
    private readonly HashSet<int> _commas;
    private readonly ILookup<int, Comment> _leading;
    private readonly Dictionary<int, Comment> _trailing = [];
    private readonly HashSet<int> _itemEnds = [];
    private readonly HashSet<int> _led = [];
    private int _at, _last = -1;

    private Printer(TokenStream stream, RulebookSyntax syntax)
    {
        (_stream, _commas) = (stream, ListCommas.Find(stream, syntax));
        var leading = new List<(int Token, Comment Comment)>();
        foreach (Comment comment in stream.Comments)
        {
            int before = comment.Before - 1, after = comment.Before;
            while (before >= 0 && _commas.Contains(before)) before--;
            while (_commas.Contains(after)) after++;
            if (!comment.Trailing || before < 0 || (leading.Count > 0 && leading[^1].Token == after) || !_trailing.TryAdd(before, comment))
                leading.Add((after, comment));
        }
        _leading = leading.ToLookup(pair => pair.Token, pair => pair.Comment);
    }

    public static string Print(TokenStream stream, RulebookSyntax syntax) => DocWriter.Write(new Printer(stream, syntax).Rulebook(syntax));

    private Token Peek
    {
        get
        {
            while (_commas.Contains(_at)) _at++;
            return _stream.Tokens[_at];
        }
    }

    /// <summary>The next token with the comments before it and behind it.</summary>
    private Doc T()
    {
        Token token = Peek;
        string text = token.Kind == TokenKind.Number && Numeral.TryRead(token.Text, out _, out _) ? token.Text.ToLowerInvariant() : token.Text;
        Doc doc = Doc.Of([.. Leading(), text]);
        return Trailed(token, doc);
    }

    /// <summary>A token with the comment behind it, unless that belongs behind the whole item.</summary>
    private Doc Trailed(Token token, Doc doc)
    {
        if (_trailing.TryGetValue(_at, out Comment comment) && !_itemEnds.Contains(token.Span.End))
            doc = Doc.Of(doc, new Doc.Remark(comment.Text, Trailing: true, BlankBefore: false));
        _last = _at++;
        return doc;
    }

    /// <summary>The comments before the next token, once.</summary>
    private IEnumerable<Doc> Leading()
    {
        Token token = Peek;
        if (!_led.Add(_at) || !_leading[_at].Any()) return [];
        IEnumerable<Doc> comments = _leading[_at].Select((comment, index) => new Doc.Remark(comment.Text, Trailing: false, index > 0 && comment.BlankBefore));
        return token.Lines > 1 && token.Kind != TokenKind.End ? comments.Append(Doc.BlankLine) : comments;
    }

    /// <summary>Tokens with a space between each two.</summary>
    private Doc Spaced(int count) => Doc.Of(Enumerable.Range(0, count).SelectMany(i => i == 0 ? (Doc[])[T()] : [" ", T()]));

    /// <summary>Something that begins and ends a line: the comment behind it does not count into its width.</summary>
    private Doc Item(SourceSpan span, Func<Doc> print)
    {
        bool first = _itemEnds.Add(span.End);
        Doc doc = Hoisted(print);
        return first && _trailing.TryGetValue(_last, out Comment comment) ? Doc.Of(doc, new Doc.Remark(comment.Text, Trailing: true, BlankBefore: false)) : doc;
    }

    /// <summary>A group with the comments before its first token before it.</summary>
    private Doc Hoisted(Func<Doc> print) => Doc.Of([.. Leading(), Doc.Group(print())]);

    /// <summary>Whether the text has an empty line before the next token or the comments before it.</summary>
    private bool BlankBefore()
    {
        Token token = Peek;
        return _leading[_at].Any() ? _leading[_at].First().BlankBefore : token.Lines > 1;
    }

    private Doc Rulebook(RulebookSyntax syntax)
    {
        var parts = new List<Doc> { Item(syntax.Name!.Span, () => Spaced(2)) };
        string before = "";
        foreach (Declaration declaration in syntax.Declarations)
        {
            string kind = KindOf(declaration);
            bool apart = kind != before || declaration is ParametersDeclaration or AccountDeclaration or BlockSyntax || before == "block";
            parts.Add(apart || BlankBefore() ? Doc.BlankLine : Doc.HardLine);
            parts.Add(Item(declaration.Span, () => Print(declaration)));
            before = declaration is BlockSyntax ? "block" : kind;
        }
        if (HasLeading())
        {
            parts.Add(BlankBefore() ? Doc.BlankLine : Doc.HardLine);
            parts.AddRange(Leading());
        }
        return Doc.Of(parts);
    }

    private bool HasLeading() => Peek.Kind >= 0 && !_led.Contains(_at) && _leading[_at].Any();

    private static string KindOf(Declaration declaration) => declaration switch
    {
        QuantityDeclaration or EnumDeclaration => "types",
        DefinitionSyntax or BlockSyntax => "definitions",
        _ => declaration.GetType().Name,
    };

    private Doc Print(Declaration declaration) => declaration switch
    {
        QuantityDeclaration quantity => Quantity(quantity),
        EnumDeclaration enumeration => Doc.Of(Spaced(2), " ", Braces(enumeration.Span, block: false, enumeration.Values.Select(value => (value.Span, (Func<Doc>)T)))),
        MarketDeclaration market => Doc.Of(Spaced(2), market.UpTo is null ? Doc.Empty : Doc.Of(" ", Spaced(3)), " ", Braces(market.Span, block: false, Members(market.Fields))),
        ParametersDeclaration parameters => Doc.Of(T(), " ", Braces(parameters.Span, block: false, Members(parameters.Fields))),
        AccountDeclaration account => Doc.Of(T(), " ", Braces(account.Span, block: false, Members(account.Members))),
        BlockSyntax block => Doc.Of(T(), " ", Braces(block.Span, block: true, Parts(block))),
        DefinitionSyntax definition => Definition(definition),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Definitions and, in the block <c>meta</c>, the aggregates, in the order of the text.</summary>
    private IEnumerable<(SourceSpan Span, Func<Doc> Print)> Parts(BlockSyntax block)
    {
        IEnumerable<(SourceSpan Span, Func<Doc> Print)> parts = block.Definitions.Select(definition => (definition.Span, (Func<Doc>)(() => Definition(definition))));
        if (block.System is { } system) parts = parts.Append((system.Span, () => Doc.Of(T(), " ", Braces(system.Span, block: false, Members(system.Fields)))));
        return parts.OrderBy(part => part.Span.Start);
    }

    private Doc Quantity(QuantityDeclaration quantity)
    {
        var parts = new List<Doc> { Spaced(2), " ", Doc.At(Stop.Scale), Spaced(2), " ", Doc.At(Stop.Limits) };
        if (quantity.Range is { } range)
        {
            parts.AddRange([T(), " ", T(), Number(range.Min), T(), " ", Number(range.Max), T()]);
        }
        else
        {
            parts.Add(Spaced(2));
            if (quantity.Sign != SignKind.Any) parts.AddRange([" ", T()]);
        }
        if (quantity.Unit is { } unit)
        {
            parts.AddRange([" ", T(), " ", T()]);
            for (int i = 0; i < unit.Rest.Length; i++) parts.AddRange([T(), T()]);
        }
        return Doc.Of(parts);
    }

    /// <summary>-25%: no spaces.</summary>
    private Doc Number(NumberSyntax number)
    {
        var parts = new List<Doc>();
        while (Peek.Span.Start < number.Span.End && Peek.Kind != TokenKind.End) parts.Add(T());
        return Doc.Of(parts);
    }

    /// <summary>Items between braces: on one line with commas, or each on its own: where the text has it so behind the opening brace, where they do not fit, and in blocks.</summary>
    private Doc Braces(SourceSpan owner, bool block, IEnumerable<(SourceSpan Span, Func<Doc> Print)> items)
    {
        Doc brace = T();
        bool commented = Enumerable.Range(_at, _stream.Tokens.Length - _at).TakeWhile(i => _stream.Tokens[i].Span.Start < owner.End)
            .Any(i => _leading[i].Any() || (_trailing.ContainsKey(i) && _stream.Tokens[i].Span.End < owner.End)) || brace.Breaks;
        bool lines = block || commented || Peek is { Lines: > 0 } first && !first.Is("}");
        var inner = new List<Doc>();
        foreach ((SourceSpan span, Func<Doc> print) in items)
        {
            if (inner.Count > 0 && !lines) inner.Add(new Doc.IfFlat(","));
            inner.Add(!lines ? Doc.Line : inner.Count > 0 && BlankBefore() ? Doc.BlankLine : Doc.HardLine);
            inner.Add(lines ? Item(span, print) : print());
        }
        if (inner.Count == 0 && !lines) return Doc.Of(brace, T());
        if (HasLeading())
        {
            if (BlankBefore() && inner.Count > 0) inner.Add(Doc.BlankLine);
            inner.AddRange(_leading[_at].Select((comment, index) => new Doc.Remark(comment.Text, Trailing: false, index > 0 && comment.BlankBefore)));
            _led.Add(_at);
        }
        Doc close = Trailed(Peek, Doc.Of(lines ? Doc.HardLine : Doc.Line, Peek.Text));
        return Doc.Group(brace, Doc.Nest(inner), close);
    }

    private IEnumerable<(SourceSpan Span, Func<Doc> Print)> Members(IEnumerable<MemberSyntax> members)
        => members.Select(member => (member.Span, (Func<Doc>)(() => member is CollectionSyntax collection ? Collection(collection) : Field((FieldSyntax)member))));

    private Doc Collection(CollectionSyntax collection)
    {
        Doc head = Doc.Of(T(), T(), " ");
        Doc braces = Braces(collection.Span, block: false, Members(collection.Fields));
        return Doc.Of(head, braces, T(), collection.UpTo is null ? Doc.Empty : Doc.Of(" ", Spaced(3)));
    }

    private Doc Field(FieldSyntax field)
    {
        var parts = new List<Doc> { T(), T(), " ", Spaced(field.Type is NamedTypeSyntax ? 1 : 4) };
        if (field.Default is { } value)
        {
            parts.AddRange([" ", T(), " "]);
            while (Peek.Span.Start < value.Span.End && Peek.Kind != TokenKind.End) parts.Add(T());
        }
        return Doc.Of(parts);
    }
}
