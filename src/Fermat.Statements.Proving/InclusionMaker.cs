using System.Collections.Immutable;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Proving;

/// <summary>Makes account holders' openings from a book under a rulebook and its state tree.</summary>
public static class InclusionMaker
{
    /// <summary>The state tree of a book as it is proven with these depths; its accounts are read once and not kept.</summary>
    /// <param name="book">The book; its accounts' ids are account ids.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="segmentDepth">Depth of the segments.</param>
    /// <param name="depth">Depth of the tree.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="ArgumentException">The book does not fit these depths.</exception>
    public static SegmentedTree BuildTree(SolvencyBook book, SaltDeriver salts, int segmentDepth, int depth, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(salts);
        return BookTree.Build(book, salts, segmentDepth, depth, cancel);
    }

    /// <summary>The opening of one account.</summary>
    /// <param name="book">The book.</param>
    /// <param name="account">The account.</param>
    /// <param name="position">Its position in the book.</param>
    /// <param name="tree">The book's state tree.</param>
    /// <param name="salts">The salts the tree was built with.</param>
    /// <exception cref="ArgumentException">The account is not the one at that leaf of the tree.</exception>
    public static InclusionOpening Make(SolvencyBook book, AccountData account, int position, SegmentedTree tree, SaltDeriver salts)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(salts);
        StateOpening path = tree.Open(tree.Slot(position));
        var opening = new InclusionOpening
        {
            RulebookName = book.Rulebook.Name,
            SchemaDigest = book.Rulebook.SchemaDigest,
            Venue = book.Venue,
            Height = book.Height,
            StateRoot = tree.Root,
            Account = account,
            Symbols = InclusionOpening.References(book.Rulebook.Schema, account).ToImmutableSortedDictionary(of => of, of => book.Market.Tables[of.Table][of.Record].Symbol),
            Salt = Digest.FromFields(salts.Derive(BookTree.IdOf(account), book.Height)),
            LeafIndex = (int)path.Index,
            Path = [.. path.Siblings],
        };
        return opening.ComputeRoot(book.Rulebook) == tree.Root
            ? opening
            : throw new ArgumentException($"account {account.Id} is not number {position} of the tree, or the salts are of another secret or height", nameof(position));
    }
}
