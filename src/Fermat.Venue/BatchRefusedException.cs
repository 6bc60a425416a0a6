using Fermat.Statements.Proving.Transitions;

namespace Fermat.Venue;

/// <summary>A statement that is made of a batch.</summary>
public enum BatchStatement
{
    /// <summary>T: its events are valid, and lead from one root to the other.</summary>
    Transition,

    /// <summary>W: it was the turn of the account that its first event deleverages.</summary>
    Order,

    /// <summary>D: it is a loss that is shared as it has to be.</summary>
    Shares,
}

/// <summary>A statement is not true of a batch, so that there is no proof of it.</summary>
/// <param name="statement">Which.</param>
/// <param name="refused">The first event that it is not true of, and why.</param>
public sealed class BatchRefusedException(BatchStatement statement, RefusedEvent refused) : Exception(refused?.Message)
{
    /// <summary>Which statement.</summary>
    public BatchStatement Statement { get; } = statement;

    /// <summary>The first event that it is not true of, and why.</summary>
    public RefusedEvent Refused { get; } = refused!;
}
