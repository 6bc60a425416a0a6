namespace Fermat.Rules.Core;

/// <summary>A rulebook says something that has no meaning, or that could go beyond its bounds. The front end adds the place.</summary>
/// <param name="code"><c>units</c>, <c>scale</c>, <c>overflow</c>, <c>division</c>, <c>stage</c>, <c>type</c> or <c>limit</c>.</param>
/// <param name="message">What is wrong, as a sentence.</param>
/// <param name="hint">What to do, or null.</param>
public sealed class CoreException(string code, string message, string? hint = null) : Exception(message)
{
    /// <summary>Which kind of error.</summary>
    public string Code => code;

    /// <summary>What to do, or null.</summary>
    public string? Hint => hint;
}
