using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Fermat.Rules.Text;

/// <summary>Diagnostics as text: place, code and message; the line; a caret under the span; what was expected, the hint and the notes.</summary>
public static class DiagnosticRenderer
{
    private const int MaxWidth = 140;

    /// <summary>All of them, one after the other, in the order given.</summary>
    public static string Render(IEnumerable<Diagnostic> diagnostics, SourceText source)
    {
        ArgumentNullException.ThrowIfNull(diagnostics);
        return string.Join('\n', diagnostics.Select(diagnostic => Render(diagnostic, source)));
    }

    /// <summary>One diagnostic; lines end with \n, the last too.</summary>
    public static string Render(Diagnostic diagnostic, SourceText source)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        ArgumentNullException.ThrowIfNull(source);
        SourcePosition place = source.Position(diagnostic.Span.Start);
        string margin = new(' ', place.Line.ToString(CultureInfo.InvariantCulture).Length);
        var text = new StringBuilder();
        text.Append(Place(source, place)).Append(diagnostic.IsError ? ": error " : ": warning ").Append(diagnostic.Code).Append(": ").Append(Printable(diagnostic.Message)).Append('\n');
        (string line, string caret) = Excerpt(source.Line(place.Line), place.Column - 1, diagnostic.Span.Length);
        text.Append(string.Create(CultureInfo.InvariantCulture, $" {place.Line} | {line}").TrimEnd()).Append('\n').Append($" {margin} | {caret}\n");
        if (diagnostic.Expected is not null)
            text.Append($" {margin} = expected {Printable(diagnostic.Expected)}\n");
        if (diagnostic.Hint is not null)
            text.Append($" {margin} = hint: {Printable(diagnostic.Hint)}\n");
        foreach (DiagnosticNote note in diagnostic.Notes)
            text.Append($" {margin} = note: {(note.Span is { } span ? Place(source, source.Position(span.Start)) + ": " : "")}{Printable(note.Message)}\n");
        return text.ToString();
    }

    private static string Place(SourceText source, SourcePosition place) => string.Create(CultureInfo.InvariantCulture, $"{source.File}:{place.Line}:{place.Column}");

    /// <summary>The line, cut around the span when it is long, and the caret line. Tabs stay tabs in both, so that they line up.</summary>
    private static (string Line, string Caret) Excerpt(string line, int column, int length)
    {
        column = Math.Min(column, line.Length);
        int from = line.Length <= MaxWidth ? 0 : Math.Max(0, Math.Min(column - MaxWidth / 2, line.Length - MaxWidth));
        int to = Math.Min(line.Length, from + MaxWidth);
        string head = from > 0 ? "…" : "", tail = to < line.Length ? "…" : "";
        string before = string.Concat(line[from..column].Select(c => c == '\t' ? '\t' : ' '));
        int carets = Math.Clamp(length, 1, Math.Max(1, to - column));
        return (head + Printable(line[from..to]) + tail, new string(' ', head.Length) + before + new string('^', carets));
    }

    /// <summary>Control characters and unpaired surrogates must not reach a terminal; each becomes one visible character.</summary>
    private static string Printable(string text)
    {
        if (!text.Any(c => (char.IsControl(c) && c != '\t') || char.IsSurrogate(c) || IsFormat(c))) return text;
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                result.Append(text[i]).Append(text[++i]);
            else
                result.Append((char.IsControl(text[i]) && text[i] != '\t') || char.IsSurrogate(text[i]) || IsFormat(text[i]) ? '\uFFFD' : text[i]);
        }
        return result.ToString();
    }

    /// <summary>Invisible characters, those that turn the direction of writing among them.</summary>
    private static bool IsFormat(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
