using System.Collections.Immutable;
using Fermat.Rules.Core;
using Fermat.Rules.Text;

namespace Fermat.Rules;

/// <summary>What the compiler makes of a text.</summary>
/// <param name="Source">The text; renders the diagnostics.</param>
/// <param name="Rulebook">The checked rulebook; null when there is an error.</param>
/// <param name="Diagnostics">Errors and warnings by place.</param>
/// <param name="CanonicalBytes">
/// The rulebook's words in UTF-8, separated by single spaces, without comments, without the commas of lists and with numbers in their shortest form, after a line that names this form.
/// Layout and comments do not change it; whatever changes the meaning does. Its hash is the rulebook's digest. Empty when there is an error.
/// </param>
public sealed record CompilationResult(SourceText Source, CoreRulebook? Rulebook, ImmutableArray<Diagnostic> Diagnostics, ImmutableArray<byte> CanonicalBytes)
{
    /// <summary>The diagnostics as text.</summary>
    public string Render() => DiagnosticRenderer.Render(Diagnostics, Source);
}
