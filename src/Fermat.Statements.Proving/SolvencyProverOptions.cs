using Fermat.Hashing;
using Fermat.Stark;

namespace Fermat.Statements.Proving;

/// <summary>What a solvency proof tells beyond "solvent".</summary>
public enum RevealMode
{
    /// <summary>The predicates only. Table heights, hash slots and the depth of the tree still tell the size of the book: within a factor of two, or closer.</summary>
    None,

    /// <summary>Totals per asset, claims, shortfall and counts per class, exactly.</summary>
    Totals,
}

/// <summary>How a solvency proof is made.</summary>
public sealed record SolvencyProverOptions
{
    /// <summary>What is revealed.</summary>
    public RevealMode Reveal { get; init; } = RevealMode.None;

    /// <summary>Proving time against proof size.</summary>
    public ProofProfile Profile { get; init; } = ProofProfile.Fast;

    /// <summary>Proven bits of soundness to reach.</summary>
    public int ProvenBits { get; init; } = Profiles.StandardBits;

    /// <summary>The commitment hash.</summary>
    public CommitmentHash Hash { get; init; } = CommitmentHash.Blake3;

    /// <summary>
    /// The depth of segments: a book is cut into subtrees of 2^SegmentDepth leaf slots, each proven by itself, unless it fits one. Null for 17, or less where <see cref="MemoryLimit"/> demands it. The
    /// state root depends on it, and the statement names it.
    /// </summary>
    public int? SegmentDepth { get; init; }

    /// <summary>
    /// The depth of the state tree; null for the smallest that fits. The depth, the hash slots and the heights of the tables are public and tell the size of the book, closely when
    /// accounts just fit the tree; a venue that fixes all of them, whatever its book, tells nothing.
    /// </summary>
    public int? Depth { get; init; }

    /// <summary>
    /// Pads everything public (depth, heights, hash slots) to what a book of this size has, so that two proofs padded alike tell nothing of their books' sizes, but for the number of segments; null
    /// for the smallest that fits.
    /// </summary>
    public BookSize? PadTo { get; init; }

    /// <summary>Permutations in a row of the hash table; null for the number that wastes the fewest cells.</summary>
    public int? HashSlots { get; init; }

    /// <summary>Bytes that the prover's matrices may take: segments are chosen so small that a full one fits. Null for no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Keeps finished segments of a book that has several, so that a stopped run can go on; null to keep none.</summary>
    public ISegmentStore? Store { get; init; }
}

/// <summary>A size that a book is padded to.</summary>
/// <param name="Accounts">Accounts, at least as many as the book has.</param>
/// <param name="Items">Items of all accounts together, at least as many as the book has.</param>
public readonly record struct BookSize(int Accounts, int Items);
