using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Benchmarks;

/// <summary>Fills the yardstick's table with permutations of pseudo-random states, the eight of a row in the eight lanes.</summary>
public static class Poseidon2Trace
{
    /// <summary>Multiplications of filling a row: a cube for each S-box, and the internal matrix's diagonal.</summary>
    public const int Products = Lanes * ((2 * Poseidon2_16.Cubes) + (Poseidon2_16.PartialRounds * Width));

    private const int Lanes = Poseidon2Circuit.Permutations, Width = Poseidon2_16.Width, ColumnsEach = Poseidon2Circuit.ColumnsEach;

    /// <summary>A trace of 2^logHeight rows; the same seed gives the same trace, whatever the number of cores.</summary>
    public static TableTrace Fill(Circuit circuit, int logHeight, int tailRows, uint seed)
    {
        var trace = new TableTrace(circuit, 0, logHeight, tailRows);
        Matrix columns = trace.Phase(0);
        Parallelism.ForRanges(trace.ActiveRows, 256, (from, to) =>
        {
            var recorded = new uint[ColumnsEach * Lanes];
            for (int row = from; row < to; row++) FillRow(columns.Row(row), recorded, seed + (ulong)row);
        });
        return trace;
    }

    private static void FillRow(Span<KoalaBear> row, uint[] recorded, ulong seed)
    {
        Span<uint> state = stackalloc uint[Width * Lanes];
        ulong random = seed * 0x9E3779B97F4A7C15; // SplitMix64 (Steele, Lea, Flood 2014)
        for (int i = 0; i < state.Length; i++) state[i] = KoalaBear.From(Next(ref random) >> 33).Raw;
        state.CopyTo(recorded);
        Poseidon2_16.PermuteRecording8(state, recorded.AsSpan(state.Length));
        for (int lane = 0; lane < Lanes; lane++)
        {
            Span<KoalaBear> cells = row.Slice(lane * ColumnsEach, ColumnsEach);
            for (int c = 0; c < cells.Length; c++) cells[c] = KoalaBear.FromRaw(recorded[(c * Lanes) + lane]);
        }
    }

    private static ulong Next(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
