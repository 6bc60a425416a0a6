using System.Runtime.Intrinsics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Benchmarks;

/// <summary>Fills the yardstick's table with permutations of pseudo-random states, the eight of a row in the eight lanes.</summary>
public static class Poseidon2Trace
{
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
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[Width];
        ulong random = seed * 0x9E3779B97F4A7C15; // SplitMix64 (Steele, Lea, Flood 2014)
        for (int i = 0; i < Width; i++)
        {
            for (int lane = 0; lane < Lanes; lane++) recorded[(i * Lanes) + lane] = KoalaBear.From(Next(ref random) >> 33).Raw;
            state[i] = Vector256.Create(recorded, i * Lanes);
        }

        Permute(state, recorded);
        for (int lane = 0; lane < Lanes; lane++)
        {
            Span<KoalaBear> cells = row.Slice(lane * ColumnsEach, ColumnsEach);
            for (int c = 0; c < cells.Length; c++) cells[c] = KoalaBear.FromRaw(recorded[(c * Lanes) + lane]);
        }
    }

    private static void Permute(Span<Vector256<uint>> state, uint[] recorded)
    {
        const int half = Poseidon2_16.FullRounds / 2;
        ReadOnlySpan<KoalaBear> constants = Poseidon2_16.RoundConstants.AsSpan();
        int constant = 0, next = Width;
        External(state);
        for (int round = 0; round < Poseidon2_16.FullRounds + Poseidon2_16.PartialRounds; round++)
        {
            bool full = round < half || round >= half + Poseidon2_16.PartialRounds;
            for (int i = 0; i < (full ? Width : 1); i++)
            {
                state[i] = KoalaBearVector.Cube(KoalaBearVector.Add(state[i], KoalaBearVector.Broadcast(constants[constant++])));
                state[i].CopyTo(recorded, Lanes * next++);
            }
            if (full) External(state);
            else Internal(state);
        }
    }

    private static void External(Span<Vector256<uint>> state)
    {
        Span<Vector256<uint>> sums = stackalloc Vector256<uint>[4];
        sums.Clear();
        for (int i = 0; i < Width; i += 4)
        {
            Vector256<uint> a = state[i], b = state[i + 1], c = state[i + 2], d = state[i + 3];
            Vector256<uint> all = KoalaBearVector.Add(KoalaBearVector.Add(a, b), KoalaBearVector.Add(c, d));
            state[i] = KoalaBearVector.Add(KoalaBearVector.Add(all, a), KoalaBearVector.Double(b));
            state[i + 1] = KoalaBearVector.Add(KoalaBearVector.Add(all, b), KoalaBearVector.Double(c));
            state[i + 2] = KoalaBearVector.Add(KoalaBearVector.Add(all, c), KoalaBearVector.Double(d));
            state[i + 3] = KoalaBearVector.Add(KoalaBearVector.Add(all, d), KoalaBearVector.Double(a));
            for (int k = 0; k < 4; k++) sums[k] = KoalaBearVector.Add(sums[k], state[i + k]);
        }

        for (int i = 0; i < Width; i++) state[i] = KoalaBearVector.Add(state[i], sums[i & 3]);
    }

    private static void Internal(Span<Vector256<uint>> state)
    {
        Vector256<uint> sum = state[0];
        for (int i = 1; i < Width; i++) sum = KoalaBearVector.Add(sum, state[i]);
        for (int i = 0; i < Width; i++)
            state[i] = KoalaBearVector.Add(sum, KoalaBearVector.Mul(state[i], KoalaBearVector.Broadcast(Poseidon2_16.InternalDiagonal[i])));
    }

    private static ulong Next(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
