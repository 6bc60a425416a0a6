using System.Collections.Immutable;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Inclusion;

/// <summary>What openings of all kinds of books have in common: the way from a leaf to the root, and what it is held to.</summary>
internal static class InclusionPath
{
    /// <summary>The root that leaf and path lead to.</summary>
    public static Digest Root(Digest leaf, int leafIndex, ImmutableArray<Digest> path)
    {
        Digest digest = leaf;
        for (int level = 1; level <= path.Length; level++)
        {
            bool right = (leafIndex >> (level - 1) & 1) == 1;
            Digest sibling = path[level - 1];
            digest = StateTreeHash.Node(level, right ? sibling : digest, right ? digest : sibling);
        }
        return digest;
    }

    /// <summary>What is wrong with slot, path and salt by themselves.</summary>
    public static StatementRejection? Problem(int leafIndex, ImmutableArray<Digest> path, Digest salt)
    {
        if (path.Length > SolvencyLimits.MaxDepth) return StatementParts.Out("the path is too long", $"at most {SolvencyLimits.MaxDepth} digests", $"{path.Length}");
        if (leafIndex < 0 || leafIndex >= 1L << path.Length) return StatementParts.Out("the leaf index", $"0 to {(1L << path.Length) - 1}", $"{leafIndex}");
        if (!salt.IsCanonicalFields) return StatementParts.Out("the salt is not made of canonical field elements", "eight words below 2^31 - 2^24 + 1");
        return path.Any(digest => !digest.IsCanonicalFields) ? StatementParts.Out("a digest of the path is not made of canonical field elements", "eight words below 2^31 - 2^24 + 1") : null;
    }

    /// <summary>Whether the opening's owner and snapshot are those that the holder knows.</summary>
    public static StatementRejection? Mismatch(
        OwnerKey owner, string venue, ulong height, Digest stateRoot, OwnerKey expectedOwner, string? expectedVenue, ulong? expectedHeight, Digest expectedRoot)
    {
        if (owner != expectedOwner)
            return new(StatementRejectionCode.WrongOwnerKey, "the leaf names another owner key", Expected: expectedOwner.ToString(), Got: owner.ToString(),
                Hint: "one leaf must not serve two users: the key in the leaf must be yours");
        if (expectedVenue is not null && expectedVenue != venue)
            return new(StatementRejectionCode.WrongSnapshot, "the opening names another venue", Expected: expectedVenue, Got: venue);
        if (expectedHeight is { } known && known != height)
            return new(StatementRejectionCode.WrongSnapshot, "the opening names another height", Expected: $"{known}", Got: $"{height}");
        return stateRoot == expectedRoot
            ? null
            : new(StatementRejectionCode.WrongSnapshot, "the opening names another state root", Expected: expectedRoot.ToString(), Got: stateRoot.ToString(),
                Hint: "the opening is of another height than the statement");
    }

    /// <summary>Whether the path leads to the holder's root.</summary>
    public static StatementRejection? NotUnder(Digest expected, Digest root) => root == expected
        ? null
        : new(StatementRejectionCode.NotUnderRoot, "the leaf does not lead to the root", Expected: expected.ToString(), Got: root.ToString(),
            Hint: "the account in the book is not the one shown, or salt or path are damaged");
}
