using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// Fills the columns that blind the tables' bus sums: what table t sends on the blinding bus in rows 0 to 4, table t + 1 receives. Five uniform
/// multiplicities make each table's own sum uniform, under the one relation that all add up to zero.
/// </summary>
internal static class BusBlinding
{
    private const int Rows = 5;

    /// <summary>Fills the two columns of a table, as far as it has them.</summary>
    public static void Fill(Table table, TableTrace trace, ProverRandomness randomness)
    {
        if (table.BlindOut is { } sent) Fill(trace.MatrixOf(sent), sent.Offset, table.Index, randomness);
        if (table.BlindIn is { } received) Fill(trace.MatrixOf(received), received.Offset, table.Index - 1, randomness);
    }

    private static void Fill(Matrix columns, int column, int sender, ProverRandomness randomness)
    {
        Span<KoalaBear> amounts = stackalloc KoalaBear[Rows];
        randomness.Fill(RandomPurpose.BusBlinding, sender, 0, 0, amounts);
        for (int row = 0; row < Rows; row++) columns[row, column] = amounts[row];
    }
}
