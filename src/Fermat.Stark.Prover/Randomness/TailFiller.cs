using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Writes the random tail rows, on which no constraint holds and which hide all rows before them.</summary>
internal static class TailFiller
{
    /// <summary>Fills rows <paramref name="activeRows"/> and after of a table's columns of one phase.</summary>
    public static void Fill(ProverRandomness randomness, int table, int phase, Matrix columns, int activeRows) =>
        Parallelism.For(activeRows, columns.Rows, row => randomness.Fill(RandomPurpose.TailRow, table, phase, row, columns.Row(row)));
}
