using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// Fills the columns that blind the tables' bus sums: what table t sends on the blinding bus in rows 0 to 4, table t + 1 receives. Five uniform
/// multiplicities make each table's own sum uniform, under the one relation that all add up to zero.
/// </summary>
internal static class BusBlinding
{
    private const int AmountsPerTable = 5;

    /// <summary>Fills them for all tables.</summary>
    public static void Fill(Circuit circuit, IReadOnlyList<TableTrace> traces, ProverRandomness randomness)
    {
        var amounts = new KoalaBear[AmountsPerTable * circuit.Tables.Count];
        randomness.Fill(RandomPurpose.BusBlinding, 0, 0, 0, amounts);
        int taken = 0;
        Blinding.Fill(circuit, traces, () => amounts[taken++]);
    }
}
