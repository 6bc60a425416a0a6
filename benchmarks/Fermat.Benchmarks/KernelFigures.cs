using System.Diagnostics;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Benchmarks;

/// <summary>The machine's own limits and the two kernels that dominate a proof.</summary>
internal static class KernelFigures
{
    /// <summary>Coset low-degree extension of 2^20 × 64 at rate 1/2, in input elements per second.</summary>
    public static IEnumerable<Figure> Lde()
    {
        const int rows = 1 << 20, columns = 64;
        using var trace = new Matrix(rows, columns);
        for (int r = 0; r < rows; r++)
        {
            Span<KoalaBear> row = trace.Row(r);
            for (int c = 0; c < columns; c++)
                row[c] = KoalaBear.From((uint)(r * 31 + c * 17 + 1));
        }

        var rates = new List<double>();
        for (int run = 0; run < 6; run++)
        {
            long started = Stopwatch.GetTimestamp();
            using Matrix extended = Fermat.Algebra.Lde.Extend(trace, 1, KoalaBear.Generator);
            if (run > 0)
                rates.Add(rows * (double)columns / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e6);
        }

        const double multiplies = (1.5 * 20) + 2; // an element: one inverse and two forward transforms of log2(n)/2 each, two shifts
        yield return new Figure("lde", MacroBenchmarks.Median(rates), "M elements/s", "≥ 110", rates.Count, MacroBenchmarks.Median(rates) * 1e6 * multiplies / MachineLimits.MultipliesPerSecond, MacroBenchmarks.PeakMemoryMiB(), "2^20 × 64, rate 1/2, both cores");
    }

    /// <summary>BLAKE3 commitment of a 2^18 × 256 matrix.</summary>
    public static IEnumerable<Figure> Commitment()
    {
        const int rows = 1 << 18, columns = 256;
        using var matrix = new Matrix(rows, columns);
        for (int r = 0; r < rows; r++)
            matrix.Row(r).Fill(KoalaBear.From((uint)r));
        var rates = new List<double>();
        for (int run = 0; run < 6; run++)
        {
            long started = Stopwatch.GetTimestamp();
            using MerkleTree tree = MerkleTree.Commit(CommitmentHash.Blake3, [matrix], null);
            if (run > 0)
                rates.Add(rows * (double)columns * 4 / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e9);
        }

        yield return new Figure("commit", MacroBenchmarks.Median(rates), "GB/s", null, rates.Count, MacroBenchmarks.Median(rates) * 1e9 / MachineLimits.ReadBytesPerSecond, MacroBenchmarks.PeakMemoryMiB(), "BLAKE3 leaves and nodes, 2^18 × 256, both cores");
    }
}
