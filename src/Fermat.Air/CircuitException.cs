namespace Fermat.Air;

/// <summary>A circuit is not well formed: the message says which table, column, constraint or message is at fault, and why.</summary>
public sealed class CircuitException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and where.</param>
    public CircuitException(string message)
        : base(message)
    {
    }
}
