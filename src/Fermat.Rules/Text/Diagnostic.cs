using System.Collections.Immutable;

namespace Fermat.Rules.Text;

/// <summary>How bad it is.</summary>
public enum Severity
{
    /// <summary>The rulebook means something all the same.</summary>
    Warning,

    /// <summary>The rulebook does not compile.</summary>
    Error,
}

/// <summary>More about a diagnostic, mostly another place that has to do with it.</summary>
/// <param name="Message">A phrase.</param>
/// <param name="Span">The place, or null.</param>
public sealed record DiagnosticNote(string Message, SourceSpan? Span = null);

/// <summary>Something wrong with a rulebook, in a risk manager's words.</summary>
/// <param name="Code">Stable: <c>R</c> and four digits; the list is in docs/RULES.md.</param>
/// <param name="Severity">Error or warning.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Span">Where.</param>
/// <param name="Expected">What could have stood there, or null.</param>
/// <param name="Hint">What to do: <c>did you mean `value`?</c>; or null.</param>
/// <param name="Notes">More places: the calls that lead here, the first of two declarations.</param>
public sealed record Diagnostic(string Code, Severity Severity, string Message, SourceSpan Span, string? Expected, string? Hint, ImmutableArray<DiagnosticNote> Notes)
{
    /// <summary>Whether it keeps the rulebook from compiling.</summary>
    public bool IsError => Severity == Severity.Error;
}
