using System.Text;

namespace Fermat.Margin.Books;

/// <summary>Every way in which a book's file can be wrong. Names are stable; see <see cref="BookError.CodeText"/>.</summary>
public enum BookErrorCode
{
    /// <summary>The file cannot be opened or read.</summary>
    CannotRead,

    /// <summary>It is not JSON, or not CSV, at this place.</summary>
    Syntax,

    /// <summary>It is of another format or of a version this program does not know.</summary>
    WrongFormat,

    /// <summary>A field that a book does not have.</summary>
    UnknownField,

    /// <summary>A field given twice.</summary>
    DuplicateField,

    /// <summary>A field that must be there and is not.</summary>
    MissingField,

    /// <summary>A field after one that it must come before.</summary>
    FieldOrder,

    /// <summary>A value of the wrong kind: a number where a text belongs, or the like.</summary>
    WrongType,

    /// <summary>A text that is not a plain unsigned decimal.</summary>
    NotANumber,

    /// <summary>A number that is not in its one canonical spelling.</summary>
    NotCanonical,

    /// <summary>A number with more decimals than its scale.</summary>
    TooManyDecimals,

    /// <summary>A number beyond its limit.</summary>
    OutOfRange,

    /// <summary>Too many, too long, or worth too much.</summary>
    LimitExceeded,

    /// <summary>A text that is not an account id, a symbol, a key or a mode.</summary>
    BadName,

    /// <summary>A haircut ladder that is not one.</summary>
    BadLadder,

    /// <summary>Assets or items that are not in rising order, or repeated.</summary>
    NotSorted,

    /// <summary>An account that the book already has.</summary>
    DuplicateAccount,

    /// <summary>An asset that the book does not have.</summary>
    UnknownAsset,

    /// <summary>An item that is all zero.</summary>
    EmptyItem,

    /// <summary>More collateral pledged than the account holds.</summary>
    OverPledged,
}

/// <summary>One thing that is wrong with a book, and where.</summary>
/// <param name="Code">What kind of thing.</param>
/// <param name="Message">A sentence.</param>
/// <param name="File">Name of the file as the caller gave it.</param>
/// <param name="Line">Line, from 1; 0 when the error is about the file as a whole.</param>
/// <param name="Column">Column in characters, from 1; 0 when the error is about the file as a whole.</param>
/// <param name="Hint">What to do about it, if there is something to say.</param>
public sealed record BookError(BookErrorCode Code, string Message, string File, long Line, long Column, string? Hint = null)
{
    /// <summary>The code as it is printed and put into JSON: <c>book.not-canonical</c>.</summary>
    public string CodeText
    {
        get
        {
            var text = new StringBuilder("book.");
            foreach (char c in Code.ToString())
            {
                if (char.IsUpper(c) && text[^1] != '.') text.Append('-');
                text.Append(char.ToLowerInvariant(c));
            }
            return text.ToString();
        }
    }

    /// <summary><c>file:line:column: message (hint)</c>.</summary>
    public override string ToString() =>
        (Line == 0 ? File : $"{File}:{Line}:{Column}") + $": {Message}" + (Hint is null ? "" : $" ({Hint})");
}

/// <summary>A place in a file.</summary>
internal readonly record struct Place(string File, long Line, long Column);

/// <summary>Ends the reading of a file after an error that nothing can follow, or after the last error that is reported.</summary>
internal sealed class BookReadStopped : Exception;

/// <summary>Collects errors up to a limit.</summary>
internal sealed class ErrorList
{
    public const int Limit = 100;

    private readonly List<BookError> errors = [];

    public IReadOnlyList<BookError> Errors => errors;

    /// <summary>Notes an error and lets reading go on, unless it was the last one that is reported.</summary>
    public void Add(BookErrorCode code, Place place, string message, string? hint = null)
    {
        errors.Add(new BookError(code, message, place.File, place.Line, place.Column, hint));
        if (errors.Count == Limit) throw new BookReadStopped();
    }

    /// <summary>Notes an error after which nothing more can be read.</summary>
    public BookReadStopped Fatal(BookErrorCode code, Place place, string message, string? hint = null)
    {
        Add(code, place, message, hint);
        return new BookReadStopped();
    }
}
