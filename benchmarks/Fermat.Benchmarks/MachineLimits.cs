using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Benchmarks;

/// <summary>What this machine can do at most, measured when first asked for: the denominators of every figure's share.</summary>
internal static class MachineLimits
{
    private const int Chains = 8, Rounds = 1 << 18;

    private static readonly Lazy<double> Multiplies = new(MeasureMultiplies);

    /// <summary>Montgomery multiplications of field elements a second, eight lanes at once, all cores, operands in registers.</summary>
    public static double MultipliesPerSecond => Multiplies.Value;

    private static double MeasureMultiplies()
    {
        var rates = new List<double>();
        for (int run = 0; run < 6; run++)
        {
            long started = Stopwatch.GetTimestamp();
            Parallelism.For(0, 64, _ => Chain(Vector256.Create(3u)));
            rates.Add(64.0 * Rounds * Chains * KoalaBearVector.Lanes / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return MacroBenchmarks.Median(rates.Skip(1));
    }

    /// <summary>Eight independent chains, enough to fill the multiplier's latency.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static Vector256<uint> Chain(Vector256<uint> x)
    {
        Vector256<uint> a = x, b = a + Vector256<uint>.One, c = b + Vector256<uint>.One, d = c + Vector256<uint>.One;
        Vector256<uint> e = d + Vector256<uint>.One, f = e + Vector256<uint>.One, g = f + Vector256<uint>.One, h = g + Vector256<uint>.One;
        for (int i = 0; i < Rounds; i++)
        {
            a = KoalaBearVector.Mul(a, x);
            b = KoalaBearVector.Mul(b, x);
            c = KoalaBearVector.Mul(c, x);
            d = KoalaBearVector.Mul(d, x);
            e = KoalaBearVector.Mul(e, x);
            f = KoalaBearVector.Mul(f, x);
            g = KoalaBearVector.Mul(g, x);
            h = KoalaBearVector.Mul(h, x);
        }

        return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
    }
}
