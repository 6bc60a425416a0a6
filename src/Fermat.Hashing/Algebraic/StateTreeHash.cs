using System.Collections.Immutable;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The nodes of the state tree. A node of level ℓ ≥ 1 (its children are of level ℓ − 1, leaves of level 0) has s = (left ‖ right) with
/// <c>NodeTag + ℓ</c> added to element 15, and the digest P(s) + s, elements 0 … 7: Poseidon compression with feed-forward, every
/// level in a domain of its own.
/// </summary>
public static class StateTreeHash
{
    /// <summary>The greatest level that <see cref="Empty"/> and <see cref="Node(int, Digest, Digest)"/> accept.</summary>
    public const int MaxLevel = 64;

    /// <summary>The constant of the node domain: the first element of <see cref="FieldConstants.Derive"/>("fermat state tree node v1").</summary>
    public static KoalaBear NodeTag { get; } = FieldConstants.Derive("fermat state tree node v1", 1)[0];

    // After NodeTag, which it needs: static members are initialised in order.
    private static readonly Digest[] EmptyDigests = BuildEmpty();

    /// <summary>The digest of a node.</summary>
    /// <param name="level">1 to <see cref="MaxLevel"/>.</param>
    /// <param name="left">Eight elements.</param>
    /// <param name="right">Eight elements.</param>
    /// <param name="digest">Room for eight elements; may overlap the input.</param>
    public static void Node(int level, ReadOnlySpan<KoalaBear> left, ReadOnlySpan<KoalaBear> right, Span<KoalaBear> digest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        Span<KoalaBear> state = stackalloc KoalaBear[Poseidon16.Width];
        left[..8].CopyTo(state);
        right[..8].CopyTo(state[8..]);
        state[15] += NodeTag + KoalaBear.From(level);
        Poseidon16.CompressState(state, digest);
    }

    /// <summary>The digest of a node from its children's digests.</summary>
    /// <exception cref="ArgumentException">A child is no algebraic digest (a word is p or more).</exception>
    public static Digest Node(int level, Digest left, Digest right)
    {
        Span<KoalaBear> children = stackalloc KoalaBear[Poseidon16.Width];
        if (!left.TryToFields(children) || !right.TryToFields(children[8..]))
            throw new ArgumentException("A child digest is not made of canonical field elements.");
        Node(level, children[..8], children[8..], children);
        return Digest.FromFields(children[..8]);
    }

    /// <summary>The nodes of a level that have a digest under them, from those of the level below; where a child is missing, after the last, its subtree is empty.</summary>
    /// <param name="level">The level of the parents, 1 to <see cref="MaxLevel"/>.</param>
    /// <param name="children">The first digests of the level below.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Half as many digests, rounded up.</returns>
    /// <exception cref="ArgumentException">A child is no algebraic digest.</exception>
    public static Digest[] Parents(int level, ReadOnlySpan<Digest> children, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        var parents = new Digest[(children.Length + 1) / 2];
        int whole = children.Length / 2;
        Level(level, children[..(2 * whole)], parents.AsSpan(0, whole), cancellationToken);
        if (whole < parents.Length) parents[whole] = Node(level, children[^1], Empty(level - 1));
        return parents;
    }

    /// <summary>All nodes of a level from the digests of the level below, on all cores, eight nodes at a time where the machine can.</summary>
    /// <param name="level">The level of the parents, 1 to <see cref="MaxLevel"/>.</param>
    /// <param name="children">Two digests for each parent.</param>
    /// <param name="parents">Receives <c>Node(level, children[2i], children[2i + 1])</c>; must not overlap the children.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a child is no algebraic digest.</exception>
    public static unsafe void Level(int level, ReadOnlySpan<Digest> children, Span<Digest> parents, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        if (children.Length != 2L * parents.Length) throw new ArgumentException($"{parents.Length} parents have twice as many children, not {children.Length}.", nameof(children));
        KoalaBear[] tag = new KoalaBear[8];
        tag[7] = NodeTag + KoalaBear.From(level);
        fixed (Digest* input = children, output = parents)
        {
            Digest* from = input, to = output;
            Parallelism.ForRanges(parents.Length, 2048, (start, end) => LevelRange(level, tag, from, to, start, end), cancellationToken);
        }
    }

    private static unsafe void LevelRange(int level, KoalaBear[] tag, Digest* children, Digest* parents, int start, int end)
    {
        const int lanes = Poseidon16Lanes.Lanes;
        int i = start;
        for (; Poseidon16Lanes.IsActive && i + lanes <= end; i += lanes)
        {
            for (int c = 2 * i; c < 2 * (i + lanes); c++)
            {
                if (!children[c].IsCanonicalFields) throw new ArgumentException($"Child digest {c} is not made of canonical field elements.");
            }

            PoseidonBatch.CompressEight(children + (2 * i), children + (2 * i) + 1, 2, tag, parents + i);
        }

        for (; i < end; i++) parents[i] = Node(level, children[2 * i], children[(2 * i) + 1]);
    }

    /// <summary>
    /// The digest of a tree of the given level whose leaves are all empty: Empty(0) is <see cref="FieldConstants.Derive"/>("fermat empty leaf v1"),
    /// Empty(ℓ + 1) = Node(ℓ + 1, Empty(ℓ), Empty(ℓ)).
    /// </summary>
    public static Digest Empty(int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        return EmptyDigests[level];
    }

    private static Digest[] BuildEmpty()
    {
        var digests = new Digest[MaxLevel + 1];
        digests[0] = Digest.FromFields(FieldConstants.Derive("fermat empty leaf v1", 8));
        for (int level = 1; level <= MaxLevel; level++) digests[level] = Node(level, digests[level - 1], digests[level - 1]);
        return digests;
    }
}
