using Fermat.Algebra;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Proving;

/// <summary>Leaves and state trees of books under rulebooks.</summary>
internal static class BookTree
{
    /// <summary>The state tree of a book, whose accounts are read once and not kept.</summary>
    /// <param name="book">The book; its accounts are valid.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="segmentDepth">Depth of the segments.</param>
    /// <param name="depth">Depth of the tree; equal to the segments', the book is one segment.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="ArgumentException">The book does not fit these depths.</exception>
    public static SegmentedTree Build(SolvencyBook book, SaltDeriver salts, int segmentDepth, int depth, CancellationToken cancel)
    {
        var builder = new SegmentedTreeBuilder();
        SegmentLayout? layout = segmentDepth == depth ? null : new SegmentLayout(segmentDepth);
        var batch = new List<AccountData>();
        foreach (AccountData account in book.Accounts)
        {
            bool next = layout?.Place(BookSegment.ItemsOf(account)) ?? false;
            if (next || batch.Count == SegmentedTreeBuilder.Batch) Flush();
            if (next) builder.NextSegment();
            batch.Add(account);
        }
        Flush();
        return builder.Build(segmentDepth, depth, cancel);

        void Flush()
        {
            builder.Add(batch.Count, LeafBlocks(book, salts, batch), cancel);
            batch.Clear();
        }
    }

    /// <summary>The blocks of the leaves of some accounts.</summary>
    public static Func<int, KoalaBear[]> LeafBlocks(SolvencyBook book, SaltDeriver salts, IReadOnlyList<AccountData> accounts) => leaf =>
        RulebookLeaf.Blocks(book.Rulebook, accounts[leaf], salts.Derive(IdOf(accounts[leaf]), book.Height));

    /// <summary>An account's id, which was checked.</summary>
    public static AccountId IdOf(AccountData account) => AccountId.TryParse(account.Id, out AccountId id) ? id : throw new ArgumentException($"{account.Id} is not an account id");
}
