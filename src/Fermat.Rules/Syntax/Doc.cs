using System.Text;

namespace Fermat.Rules.Syntax;

/// <summary>
/// A text with places where lines may end. A group is on one line if it fits, with all its line ends as spaces; otherwise each of them ends the line
/// (Wadler, A prettier printer). Comments force the group that they stand in to break.
/// </summary>
internal abstract record Doc
{
    /// <summary>Whether it cannot be on one line.</summary>
    public virtual bool Breaks => false;

    public static Doc Empty { get; } = new Words("");

    /// <summary>A space, or the end of the line.</summary>
    public static Doc Line { get; } = new LineEnd(" ");

    /// <summary>Nothing, or the end of the line.</summary>
    public static Doc SoftLine { get; } = new LineEnd("");

    /// <summary>The end of the line.</summary>
    public static Doc HardLine { get; } = new HardEnd(false);

    /// <summary>The end of the line and an empty line.</summary>
    public static Doc BlankLine { get; } = new HardEnd(true);

    public static implicit operator Doc(string text) => new Words(text);

    /// <summary>Where the next word stands in one column with its like.</summary>
    public static Doc At(Stop stop) => new Aligned(stop);

    public static Doc Of(params IEnumerable<Doc> parts) => new Sequence([.. parts]);

    public static Doc Group(params IEnumerable<Doc> parts) => new Grouped(Of(parts));

    public static Doc Nest(params IEnumerable<Doc> parts) => new Nested(Of(parts));

    internal sealed record Words(string Text) : Doc;

    internal sealed record LineEnd(string Flat) : Doc;

    /// <summary>No words: says that the next one has a column.</summary>
    internal sealed record Aligned(Stop Stop) : Doc;

    /// <summary>Words that stand there only when the group is on one line.</summary>
    internal sealed record IfFlat(string Text) : Doc;

    internal sealed record HardEnd(bool Blank) : Doc
    {
        public override bool Breaks => true;
    }

    /// <summary>A comment: at the end of the line, or on its own.</summary>
    internal sealed record Remark(string Text, bool Trailing, bool BlankBefore) : Doc
    {
        public override bool Breaks => true;
    }

    internal sealed record Sequence(Doc[] Parts) : Doc
    {
        private readonly bool _breaks = Parts.Any(part => part.Breaks);

        public override bool Breaks => _breaks;
    }

    internal sealed record Grouped(Doc Inner) : Doc
    {
        public override bool Breaks => Inner.Breaks;
    }

    internal sealed record Nested(Doc Inner) : Doc
    {
        public override bool Breaks => Inner.Breaks;
    }
}

/// <summary>Lays a <see cref="Doc"/> out.</summary>
internal sealed class DocWriter
{
    private const int Width = 140, Indent = 2;

    private readonly StringBuilder _text = new();
    private readonly Stack<(Doc Doc, int Indent, bool Flat)> _work = new();
    private int _column, _lineIndent, _remarkIndent;
    private readonly List<(Stop Stop, int At)> _stops = [];
    private bool _atStart = true, _endLine;
    private Stop? _stop;

    public static string Write(Doc doc)
    {
        var writer = new DocWriter();
        writer._work.Push((doc, 0, false));
        writer.Run();
        return Columns.Align(writer._text.ToString().TrimEnd('\n', ' ') + "\n", writer._stops);
    }

    private void Run()
    {
        while (_work.TryPop(out (Doc Doc, int Indent, bool Flat) next))
        {
            (Doc doc, int indent, bool flat) = next;
            switch (doc)
            {
                case Doc.Words { Text.Length: > 0 } words:
                    if (_endLine) NewLine(_remarkIndent);
                    Put(words.Text);
                    break;
                case Doc.IfFlat words:
                    if (flat) Put(words.Text);
                    break;
                case Doc.Aligned aligned:
                    _stop = aligned.Stop;
                    break;
                case Doc.LineEnd line:
                    if (_endLine || !flat) NewLine(indent);
                    else if (!_atStart) Put(line.Flat);
                    break;
                case Doc.HardEnd hard:
                    NewLine(indent);
                    if (hard.Blank && _text.Length > 1 && _text[^2] != '\n') _text.Append('\n');
                    break;
                case Doc.Remark remark:
                    if (_endLine || (!remark.Trailing && !_atStart)) NewLine(indent);
                    if (remark.BlankBefore && _text.Length > 1 && _text[^2] != '\n') _text.Append('\n');
                    if (remark.Trailing && !_atStart)
                    {
                        Put("  ");
                        _stop = Stop.Comment;
                    }
                    Put(remark.Text);
                    (_endLine, _remarkIndent) = (true, remark.Trailing ? indent : _lineIndent);
                    break;
                case Doc.Sequence sequence:
                    for (int i = sequence.Parts.Length - 1; i >= 0; i--) _work.Push((sequence.Parts[i], indent, flat));
                    break;
                case Doc.Nested nested:
                    _work.Push((nested.Inner, indent + Indent, flat));
                    break;
                case Doc.Grouped group:
                    _work.Push((group.Inner, indent, flat || (!group.Breaks && Fits(group.Inner))));
                    break;
            }
        }
    }

    /// <summary>Whether a group fits on what is left of the line, with what follows up to the next place where the line may end.</summary>
    private bool Fits(Doc group)
    {
        int left = Width - (_endLine ? _remarkIndent : _atStart ? _lineIndent : _column);
        var work = new Stack<(Doc Doc, bool Flat)>();
        using Stack<(Doc Doc, int Indent, bool Flat)>.Enumerator rest = _work.GetEnumerator();
        work.Push((group, true));
        while (left >= 0)
        {
            if (!work.TryPop(out (Doc Doc, bool Flat) next))
            {
                if (!rest.MoveNext()) return true;
                next = (rest.Current.Doc, rest.Current.Flat);
            }
            switch (next.Doc)
            {
                case Doc.Words words:
                    left -= words.Text.Length;
                    break;
                case Doc.IfFlat words:
                    if (next.Flat) left -= words.Text.Length;
                    break;
                case Doc.LineEnd line:
                    if (!next.Flat) return true;
                    left -= line.Flat.Length;
                    break;
                case Doc.HardEnd or Doc.Remark:
                    return true;
                case Doc.Sequence sequence:
                    for (int i = sequence.Parts.Length - 1; i >= 0; i--) work.Push((sequence.Parts[i], next.Flat));
                    break;
                case Doc.Nested nested:
                    work.Push((nested.Inner, next.Flat));
                    break;
                case Doc.Grouped grouped:
                    work.Push((grouped.Inner, next.Flat));
                    break;
            }
        }
        return false;
    }

    private void Put(string text)
    {
        if (_atStart && text.Length > 0)
        {
            _text.Append(' ', _lineIndent);
            (_atStart, _column, _stop) = (false, _lineIndent, null);
        }
        if (_stop is { } stop) _stops.Add((stop, _text.Length));
        _stop = null;
        _text.Append(text);
        _column += text.Length;
    }

    /// <summary>Ends the line, unless it is empty, and says how far the next one is indented.</summary>
    private void NewLine(int indent)
    {
        (_endLine, _lineIndent, _stop) = (false, indent, null);
        if (_atStart) return;
        while (_text.Length > 0 && _text[^1] == ' ') _text.Length--;
        _text.Append('\n');
        (_atStart, _column) = (true, 0);
    }
}
