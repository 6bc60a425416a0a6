using System.Collections.Immutable;
using Fermat.Rules.Syntax;
using Fermat.Rules.Text;

namespace Fermat.Rules;

/// <summary>A rulebook in canonical layout.</summary>
/// <param name="Source">What was read.</param>
/// <param name="Text">The same words and comments in canonical layout; null when the text cannot be read.</param>
/// <param name="Diagnostics">What keeps it from being read.</param>
public sealed record FormattingResult(SourceText Source, string? Text, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>Lays rulebooks out in one way: the meaning stays, comments stay, and what is laid out already stays as it is.</summary>
public static class RulebookFormatter
{
    /// <summary>Lays a rulebook out. Only its grammar must be sound.</summary>
    /// <param name="text">The text; at most <see cref="RuleLimits.MaxTextBytes"/> in UTF-8.</param>
    /// <param name="file">What messages call it.</param>
    public static FormattingResult Format(string text, string file)
    {
        var source = new SourceText(text, file);
        var bag = new DiagnosticBag();
        string? result = RulebookCompiler.Parse(source, bag) is var (stream, syntax) && !bag.Any ? Printer.Print(stream, syntax) : null;
        return new FormattingResult(source, result, bag.ToArray());
    }
}
