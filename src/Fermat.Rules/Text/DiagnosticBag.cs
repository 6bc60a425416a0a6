using System.Collections.Immutable;

namespace Fermat.Rules.Text;

/// <summary>Collects diagnostics; the same code at the same place is reported once, and no more than <see cref="MaxErrors"/> errors and as many warnings.</summary>
internal sealed class DiagnosticBag
{
    /// <summary>After this many nobody reads on.</summary>
    public const int MaxErrors = 50;

    private readonly List<Diagnostic> _all = [];
    private readonly HashSet<(string, SourceSpan)> _seen = [];

    private int _warnings;

    public int Errors { get; private set; }

    public bool Full => Errors > MaxErrors;

    public bool Any => Errors > 0;

    public void Error(string code, SourceSpan span, string message, string? expected = null, string? hint = null, params IEnumerable<DiagnosticNote> notes)
    {
        if (Full || !_seen.Add((code, span))) return;
        if (++Errors > MaxErrors)
            _all.Add(new Diagnostic(DiagnosticCodes.TooMany, Severity.Error, $"more than {MaxErrors} errors; the rest is not shown", span, null, null, []));
        else
            _all.Add(new Diagnostic(code, Severity.Error, message, span, expected, hint, [.. notes]));
    }

    public void Warning(string code, SourceSpan span, string message, string? hint = null)
    {
        if (_seen.Add((code, span)) && ++_warnings <= MaxErrors)
            _all.Add(new Diagnostic(code, Severity.Warning, message, span, null, hint, []));
    }

    /// <summary>By place; the note that there are more comes last.</summary>
    public ImmutableArray<Diagnostic> ToArray()
        => [.. _all.OrderBy(d => d.Code == DiagnosticCodes.TooMany).ThenBy(d => d.Span.Start).ThenBy(d => d.Code, StringComparer.Ordinal)];
}
