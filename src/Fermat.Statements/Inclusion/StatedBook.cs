using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Inclusion;

/// <summary>What a statement says of the book at a height, whether it proves that book solvent or a batch of events that ends or begins with it: an account's opening of that height is compared with it.</summary>
/// <param name="Rulebook">The rulebook of who reads the statement.</param>
/// <param name="Market">Parameters and market data at the height.</param>
/// <param name="Venue">Who keeps the book.</param>
/// <param name="Height">How many ledger events it reflects.</param>
/// <param name="StateRoot">The root over its accounts.</param>
public sealed record StatedBook(VenueRulebook Rulebook, MarketData Market, string Venue, ulong Height, Digest StateRoot)
{
    /// <summary>The book of a statement of solvency.</summary>
    /// <param name="statement">The statement.</param>
    public static StatedBook Of(SolvencyPublicInputs statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return new StatedBook(statement.Rulebook, statement.Market, statement.Venue, statement.Height, statement.StateRoot);
    }

    /// <summary>The book that a batch begins with, at the market data that are in force for all of the batch.</summary>
    /// <param name="batch">The batch's public inputs.</param>
    public static StatedBook Before(TransitionInputs batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new StatedBook(batch.Rulebook, batch.Market, batch.Venue, batch.Height, batch.RootBefore);
    }

    /// <summary>The book that a batch leads to, at the same market data.</summary>
    /// <param name="batch">The batch's public inputs.</param>
    public static StatedBook After(TransitionInputs batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new StatedBook(batch.Rulebook, batch.Market, batch.Venue, batch.EndHeight, batch.RootAfter);
    }
}
