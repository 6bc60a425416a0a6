namespace Fermat.Statements.Files;

/// <summary>Ends the reading of a file; caught where the file is parsed and turned into a result.</summary>
internal sealed class FileFormatException(StatementRejection rejection) : Exception(rejection.ToString())
{
    public StatementRejection Rejection { get; } = rejection;

    public static FileFormatException Malformed(string place, string message, string? hint = null) =>
        new(new StatementRejection(StatementRejectionCode.MalformedFile, message, place, Hint: hint));
}
