using System.Collections.Immutable;

namespace Fermat.Rules.Text;

/// <summary>A part of a text.</summary>
/// <param name="Start">The first character, from 0.</param>
/// <param name="Length">How many characters; 0 for a place between two.</param>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>The character after the last.</summary>
    public int End => Start + Length;

    /// <summary>From the first character of one span to the last of another.</summary>
    public static SourceSpan Between(SourceSpan first, SourceSpan last) => new(first.Start, Math.Max(last.End, first.End) - first.Start);
}

/// <summary>A place as editors count it.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 code units; a tab is one.</param>
public readonly record struct SourcePosition(int Line, int Column);

/// <summary>The text of a file with its lines.</summary>
public sealed class SourceText
{
    private readonly ImmutableArray<int> _starts;

    /// <summary>A text.</summary>
    /// <param name="text">What the file says; lines end with \n, \r\n or \r.</param>
    /// <param name="file">What to call it in messages.</param>
    public SourceText(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        (Text, File) = (text, file);
        var starts = ImmutableArray.CreateBuilder<int>();
        starts.Add(0);
        for (int i = 0; i < text.Length; i++)
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
                starts.Add(i + 1);
        _starts = starts.DrainToImmutable();
    }

    /// <summary>The whole text.</summary>
    public string Text { get; }

    /// <summary>What it is called.</summary>
    public string File { get; }

    /// <summary>How many lines; at least 1.</summary>
    public int Lines => _starts.Length;

    /// <summary>The place of a character; one past the end is the end.</summary>
    public SourcePosition Position(int index)
    {
        int found = _starts.BinarySearch(index), line = found >= 0 ? found : ~found - 1;
        return new SourcePosition(line + 1, index - _starts[line] + 1);
    }

    /// <summary>A line without its end.</summary>
    /// <param name="number">From 1.</param>
    public string Line(int number)
    {
        int start = _starts[number - 1], end = number < _starts.Length ? _starts[number] : Text.Length;
        return Text[start..end].TrimEnd('\r', '\n');
    }

    /// <summary>The characters of a span.</summary>
    public string Slice(SourceSpan span) => Text.Substring(span.Start, span.Length);
}
