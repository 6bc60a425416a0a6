namespace Fermat.Rules.Interpretation;

/// <summary>A value does not exist for these market data: a public division by zero, a logarithm of zero, a result outside its quantity.</summary>
/// <param name="message">What is wrong, as a sentence.</param>
/// <param name="span">Where in the rulebook's text: first character and length.</param>
/// <param name="records">The market records it was computed for, like <c>Instrument BTC-1</c>.</param>
public sealed class RuleEvaluationException(string message, (int Start, int Length) span, IReadOnlyList<string> records)
    : Exception(records.Count == 0 ? message : $"{message} (for {string.Join(", ", records)})")
{
    /// <summary>Where in the rulebook's text: first character and length.</summary>
    public (int Start, int Length) Span => span;

    /// <summary>The market records it was computed for.</summary>
    public IReadOnlyList<string> Records => records;
}
