using System.Collections.Immutable;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>What a Merkle tree of a proof commits to.</summary>
public enum CommitmentKind
{
    /// <summary>The preprocessed columns of all tables that have some; its root is in the verifying key.</summary>
    Preprocessed,

    /// <summary>The columns of one phase, of all tables that have some in it.</summary>
    Phase,

    /// <summary>The quotient pieces, and with zero knowledge the mask, of every table.</summary>
    Quotient,
}

/// <summary>One table's columns in a commitment.</summary>
/// <param name="Table">Index of the table in the circuit.</param>
/// <param name="Width">Base-field columns.</param>
/// <param name="CodewordLog2">Logarithm of the rows of the low-degree extension.</param>
public sealed record CommittedMatrix(int Table, int Width, int CodewordLog2);

/// <summary>One commitment over the columns of several tables: what is in the tree, in which order.</summary>
/// <param name="Kind">Which columns.</param>
/// <param name="Phase">The phase, for <see cref="CommitmentKind.Phase"/>; zero otherwise.</param>
/// <param name="Matrices">The tables' extended columns, in circuit order. Never empty.</param>
/// <param name="Salted">Whether each leaf carries a salt.</param>
public sealed record CommitmentShape(CommitmentKind Kind, int Phase, ImmutableArray<CommittedMatrix> Matrices, bool Salted)
{
    /// <summary>Logarithm of the rows of the tallest matrix, into which the tree's indices point.</summary>
    public int CodewordLog2 { get; } = Matrices.Max(matrix => matrix.CodewordLog2);

    /// <summary>The same for the Merkle tree.</summary>
    public TreeShape Tree { get; } = new([.. Matrices.Select(matrix => (matrix.CodewordLog2, matrix.Width))], Salted);

    /// <summary>The commitment's name in messages.</summary>
    public string Name => Kind == CommitmentKind.Phase ? $"phase {Phase}" : Kind == CommitmentKind.Preprocessed ? "preprocessed columns" : "quotient";
}
