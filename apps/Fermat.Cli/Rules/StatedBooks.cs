using Fermat.Cli.Output;
using Fermat.Cli.Venue;
using Fermat.Hashing;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Cli.Rules;

/// <summary>The books that a statement file speaks of: one of solvency of one, one of a batch of the one that it begins with and of the one that it leads to.</summary>
internal static class StatedBooks
{
    /// <summary>Reads a statement of solvency or of a batch.</summary>
    /// <param name="rulebook">The reader's rulebook.</param>
    /// <param name="path">The file.</param>
    /// <param name="brought">Whether the rulebook was brought along, or is the one that is built in.</param>
    public static IReadOnlyList<StatedBook> Read(VenueRulebook rulebook, string path, bool brought)
    {
        if (!brought || !TransitionStatementFile.IsOne(Files.Begins(path, 256))) return [StatedBook.Of(RulebookVerifying.ReadStatement(rulebook, path, brought))];
        TransitionInputs batch = VerifyBatchCommand.Read(rulebook, path);
        return [StatedBook.After(batch), StatedBook.Before(batch)];
    }

    /// <summary>The book with a root; of two that have it, in a batch that changed nothing, the one of a height. The first where none has it: what is wrong is then said of that one.</summary>
    public static StatedBook Choose(IReadOnlyList<StatedBook> books, Digest root, ulong height) =>
        books.FirstOrDefault(book => book.StateRoot == root && book.Height == height) ?? books.FirstOrDefault(book => book.StateRoot == root) ?? books[0];
}
