using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Statements.Inclusion;

namespace Fermat.Statements.Proving;

/// <summary>Makes account holders' inclusion openings from a book and its state tree.</summary>
public static class InclusionMaker
{
    /// <summary>The opening of one account.</summary>
    /// <param name="header">The book's header.</param>
    /// <param name="account">The account, as it is in the tree.</param>
    /// <param name="position">Its position in the book.</param>
    /// <param name="tree">The book's state tree.</param>
    /// <param name="salts">The salts the tree was built with.</param>
    /// <exception cref="ArgumentException">The account is not the one at that leaf of the tree.</exception>
    public static InclusionOpening Make(BookHeader header, Account account, int position, SegmentedTree tree, SaltDeriver salts)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(salts);
        StateOpening path = tree.Open(tree.Slot(position));
        var opening = new InclusionOpening
        {
            Venue = header.Venue,
            Height = header.Height,
            StateRoot = tree.Root,
            Account = account,
            Assets = [.. account.Balances.Select(balance => new InclusionAsset(header.Assets[balance.Asset].Symbol, header.Assets[balance.Asset].AmountScale))],
            Salt = Digest.FromFields(salts.Derive(account.Id, header.Height)),
            LeafIndex = (int)path.Index,
            Path = [.. path.Siblings],
        };
        return opening.ComputeRoot() == tree.Root
            ? opening
            : throw new ArgumentException($"account {account.Id} is not number {position} of the tree, or the salts are of another secret or height", nameof(account));
    }
}
