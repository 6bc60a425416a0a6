using System.Collections.Immutable;

namespace Fermat.Stark;

/// <summary>The out-of-domain openings of one table's columns in one commitment.</summary>
/// <param name="Table">Index of the table in the circuit.</param>
/// <param name="Commitment">Index into <see cref="ProofShape.Commitments"/>.</param>
/// <param name="Matrix">Index of the table's matrix in that commitment.</param>
/// <param name="Columns">How many columns are opened at z: the first ones of the matrix (all but the quotient's mask).</param>
/// <param name="NextColumns">The columns that are opened at z·ω too, ascending.</param>
/// <param name="First">Position of the first opening of the group in the list of all; those at z come first, then those at z·ω.</param>
public sealed record OpeningGroup(int Table, int Commitment, int Matrix, int Columns, ImmutableArray<int> NextColumns, int First)
{
    /// <summary>Position of the first opening at z·ω.</summary>
    public int FirstNext => First + Columns;

    /// <summary>Openings in the group.</summary>
    public int Count => Columns + NextColumns.Length;
}

/// <summary>
/// The order of all out-of-domain openings, which is also the order of the batching coefficients: by table in circuit order; in it by
/// commitment (preprocessed, phases, quotient); in it the columns at z, then those read on the next row at z·ω.
/// </summary>
public sealed class OpeningLayout
{
    private readonly ImmutableArray<OpeningGroup>[] _byTable;

    internal OpeningLayout(int tables, ImmutableArray<CommitmentShape> commitments, Func<CommitmentShape, int, ImmutableArray<int>> nextColumns)
    {
        var groups = new List<OpeningGroup>();
        _byTable = new ImmutableArray<OpeningGroup>[tables];
        for (int table = 0; table < tables; table++)
        {
            int before = groups.Count;
            for (int c = 0; c < commitments.Length; c++)
            {
                int m = IndexOfTable(commitments[c], table);
                if (m < 0) continue;
                int columns = commitments[c].Kind == CommitmentKind.Quotient ? QuotientPieces.Width : commitments[c].Matrices[m].Width;
                var group = new OpeningGroup(table, c, m, columns, nextColumns(commitments[c], table), Count);
                groups.Add(group);
                Count += group.Count;
            }

            _byTable[table] = [.. groups.Skip(before)];
        }

        Groups = [.. groups];
    }

    /// <summary>All groups in order.</summary>
    public ImmutableArray<OpeningGroup> Groups { get; }

    /// <summary>Number of openings.</summary>
    public int Count { get; }

    /// <summary>The groups of one table, in order; the last is the quotient's.</summary>
    public ImmutableArray<OpeningGroup> OfTable(int table) => _byTable[table];

    private static int IndexOfTable(CommitmentShape commitment, int table)
    {
        for (int m = 0; m < commitment.Matrices.Length; m++)
        {
            if (commitment.Matrices[m].Table == table) return m;
        }

        return -1;
    }
}
