using Fermat.Air;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>How many permutations a row of the hash table has.</summary>
internal static class HashSlots
{
    /// <summary>By slots − 1: cells in a row, all phases.</summary>
    private static readonly int[] Widths = [.. Enumerable.Range(1, SolvencyLimits.MaxHashSlots).Select(WidthWith)];

    /// <summary>The number of slots that leaves the fewest cells in the table.</summary>
    /// <param name="permutations">Permutations in all.</param>
    /// <param name="tailRows">Rows after the last active one.</param>
    public static int Best(long permutations, int tailRows) => Enumerable.Range(1, Widths.Length).MinBy(slots => Rows(permutations, slots, tailRows) * Widths[slots - 1]);

    private static long Rows(long permutations, int slots, int tailRows)
    {
        long rows = 1;
        while (rows < Math.Max((permutations + slots - 1) / slots + tailRows, 4L * tailRows)) rows *= 2;
        return rows;
    }

    private static int WidthWith(int slots)
    {
        var circuit = new CircuitBuilder("widths");
        int table = new HashTable(circuit, circuit.Bus("block"), circuit.Bus("digest"), slots).Table;
        Circuit alone = circuit.Build();
        return Enumerable.Range(0, alone.Phases).Sum(alone.Tables[table].PhaseWidth);
    }
}
