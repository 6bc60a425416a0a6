using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Margin;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>How many rows a segment of a book fills in each table of statement S.</summary>
/// <param name="Accounts">Accounts, and rows of the table of accounts.</param>
/// <param name="Items">Items, and rows of the table of items.</param>
/// <param name="Depth">Depth of the segment's subtree.</param>
/// <param name="Permutations">Poseidon permutations of leaves, nodes and boundaries.</param>
internal sealed record SolvencySizes(int Accounts, int Items, int Depth, long Permutations)
{
    /// <summary>Counts the rows of some accounts.</summary>
    public static SolvencySizes Of(IReadOnlyList<Account> accounts, int depth, int assets) =>
        Of(accounts.Count, accounts.Sum(account => (long)account.Balances.Count), depth, assets);

    /// <summary>The rows of any segment of so many accounts and items.</summary>
    public static SolvencySizes Of(long accounts, long items, int depth, int assets)
    {
        long permutations = (long)AccountLeaf.HeaderBlocks * accounts + AccountLeaf.BlocksPerItem * items;
        permutations += 2L * (SegmentBoundary.HeaderBlocks + assets + Aggregates.Count);
        long nodes = accounts;
        for (int level = 1; level <= depth; level++)
        {
            nodes = (nodes + 1) / 2;
            permutations += nodes;
        }
        return new SolvencySizes(checked((int)accounts), checked((int)items), depth, permutations);
    }

    /// <summary>Active rows each table must hold, in circuit order.</summary>
    public ImmutableArray<int> ActiveRows(SolvencyCircuit circuit, RiskParameters parameters)
    {
        var rows = new int[circuit.Circuit.Tables.Count];
        for (int table = 0; table < rows.Length; table++) rows[table] = SolvencyPublicTables.RowsOf(circuit, parameters, Depth, table);
        rows[circuit.Range.Table] = RangeTable.EntryRows;
        rows[circuit.Items.Table] = Items;
        rows[circuit.Accounts.Table] = Accounts;
        rows[circuit.Hash.Table] = checked((int)((Permutations + circuit.HashSlots - 1) / circuit.HashSlots));
        return [.. rows];
    }

    /// <summary>The sizes that hold both.</summary>
    public SolvencySizes Max(SolvencySizes other) =>
        new(Math.Max(Accounts, other.Accounts), Math.Max(Items, other.Items), Math.Max(Depth, other.Depth), Math.Max(Permutations, other.Permutations));

    /// <summary>The number of hash slots that leaves the fewest cells in the hash table, beside so many tail rows.</summary>
    public int BestHashSlots(int tailRows)
    {
        long CellsWith(int slots)
        {
            Table hash = SolvencyCircuit.WithHashSlots(slots).Circuit.Tables[SolvencyCircuit.WithHashSlots(slots).Hash.Table];
            return HashRows(slots, tailRows) * Enumerable.Range(0, 3).Sum(hash.PhaseWidth);
        }
        return Enumerable.Range(1, SolvencyLimits.MaxHashSlots).MinBy(CellsWith);
    }

    private long HashRows(int slots, int tailRows)
    {
        long rows = 1;
        while (rows < Math.Max((Permutations + slots - 1) / slots + tailRows, 4L * tailRows)) rows *= 2;
        return rows;
    }
}
