namespace Fermat.Statements.Proving;

/// <summary>
/// A book is read twice, and the second pass found other accounts than the first: its file was written to meanwhile, or its source does not give the same each time. Nothing is wrong with
/// what was proven before, and nothing is proven of the rest.
/// </summary>
public sealed class BookChangedException : Exception
{
    /// <summary>Says what was found.</summary>
    /// <param name="message">The sentence.</param>
    public BookChangedException(string message)
        : base(message)
    {
    }

    /// <summary>Without a sentence.</summary>
    public BookChangedException()
        : this("the book changed while it was read")
    {
    }

    /// <summary>With what led to it.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="innerException">The cause.</param>
    public BookChangedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
