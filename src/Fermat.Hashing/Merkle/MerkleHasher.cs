using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The three functions of a Merkle tree: leaf(salt ‖ row), node(left, right) and mix(entry, leaf), each in a domain of its own. One digest
/// at a time for the verifier, in bulk for the prover; a subclass a hash family.
/// </summary>
internal abstract unsafe class MerkleHasher
{
    internal static MerkleHasher For(CommitmentHash hash) => hash switch
    {
        CommitmentHash.Blake3 => Blake3MerkleHasher.Instance,
        CommitmentHash.Keccak256 => KeccakMerkleHasher.Instance,
        CommitmentHash.Poseidon => PoseidonMerkleHasher.Instance,
        CommitmentHash.Poseidon2 => Poseidon2MerkleHasher.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(hash), hash, "Unknown commitment hash."),
    };

    /// <summary>Whether 32 bytes can be a digest of this family.</summary>
    internal virtual bool IsDigest(Digest digest) => true;

    /// <summary>The digest of a leaf.</summary>
    /// <param name="salt">16 bytes, or none.</param>
    /// <param name="row">The rows of all matrices of the height, joined; at least one element.</param>
    internal abstract Digest Leaf(ReadOnlySpan<byte> salt, ReadOnlySpan<KoalaBear> row);

    /// <summary>The digest of a node with two children.</summary>
    internal abstract Digest Node(Digest left, Digest right);

    /// <summary>The digest of an entry into which the leaf of a shorter matrix is mixed.</summary>
    internal abstract Digest Mix(Digest entry, Digest leaf);

    /// <summary>Writes the digests of leaves <paramref name="start"/> to <paramref name="end"/> − 1, the first at <paramref name="digests"/>.</summary>
    internal virtual void Leaves(LeafRows rows, int start, int end, Digest* digests)
    {
        if (start == end) return;
        var row = new KoalaBear[rows.Width];
        Span<byte> salt = stackalloc byte[rows.SaltLength];
        for (int i = start; i < end; i++)
        {
            rows.CopyRow(i, row);
            rows.CopySalt(i, salt);
            digests[i - start] = Leaf(salt, row);
        }
    }

    /// <summary>Writes <c>parents[i] = node(children[2i], children[2i + 1])</c> for i &lt; count.</summary>
    internal virtual void Nodes(Digest* children, Digest* parents, int count)
    {
        for (int i = 0; i < count; i++) parents[i] = Node(children[2 * i], children[(2 * i) + 1]);
    }

    /// <summary>Replaces <c>entries[i]</c> by <c>mix(entries[i], leaves[i])</c> for i &lt; count.</summary>
    internal virtual void Mixes(Digest* entries, Digest* leaves, int count)
    {
        for (int i = 0; i < count; i++) entries[i] = Mix(entries[i], leaves[i]);
    }
}
