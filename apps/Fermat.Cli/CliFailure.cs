namespace Fermat.Cli;

/// <summary>One problem in the shape every command reports it: a stable code, a sentence, a place, a hint.</summary>
/// <param name="Code">Stable, kebab-case.</param>
/// <param name="Message">What is wrong, with values of the caller's own input only.</param>
/// <param name="File">The file, if there is one.</param>
/// <param name="Line">1-based line, 0 if none.</param>
/// <param name="Column">1-based column, 0 if none.</param>
/// <param name="Part">The part of a proof or statement, if any.</param>
/// <param name="Hint">What to do.</param>
/// <param name="Expected">What a check expected, if it compared.</param>
/// <param name="Got">What it got.</param>
internal sealed record Problem(
    string Code, string Message, string? File = null, int Line = 0, int Column = 0, string? Part = null, string? Hint = null, string? Expected = null, string? Got = null);

/// <summary>Ends a command with an exit code and the problems that caused it. Bugs are other exceptions.</summary>
internal sealed class CliFailure(int exitCode, IReadOnlyList<Problem> problems) : Exception(problems[0].Message)
{
    public CliFailure(int exitCode, string code, string message, string? file = null, string? hint = null)
        : this(exitCode, [new Problem(code, message, file, Hint: hint)])
    {
    }

    public int ExitCode { get; } = exitCode;

    public IReadOnlyList<Problem> Problems { get; } = problems;

    /// <summary>An option whose value a library refused: its sentence, without the name of the C# parameter.</summary>
    public static CliFailure BadOption(ArgumentException refused, string hint)
    {
        string sentence = refused.Message.Split('\n')[0].TrimEnd('\r');
        int parameter = sentence.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return BadInput("bad-option", parameter < 0 ? sentence : sentence[..parameter], hint: hint);
    }

    public static CliFailure BadInput(string code, string message, string? file = null, string? hint = null)
        => new(ExitCodes.BadInput, code, message, file, hint);
}
