using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fermat.Algebra;

namespace Fermat.Benchmarks;

/// <summary>What this machine can do at most, measured in the same process as the figures: Montgomery multiplications in registers, and memory traffic.</summary>
internal static unsafe class MachineLimits
{
    private const int Chains = 8;
    private const int Rounds = 1 << 20;
    private const uint ModulusInverse = 0x81000001; // p^−1 modulo 2^32

    private static readonly Lazy<double> Eight = new(() => Measure(KoalaBearVector.Lanes, EightLanes));
    private static readonly Lazy<double> Sixteen = new(() => Avx512F.IsSupported ? Measure(16, SixteenLanes) : 0);

    private static readonly Lazy<(double Read, double Copy)> Traffic = new(Memory);

    /// <summary>The better of eight and sixteen lanes, on all cores.</summary>
    public static double MultipliesPerSecond => Math.Max(Eight.Value, Sixteen.Value);

    /// <summary>What share of <see cref="MultipliesPerSecond"/> so many multiplications in so many seconds are.</summary>
    public static double Share(double multiplications, double seconds) => multiplications / seconds / MultipliesPerSecond;

    /// <summary>Bytes read from memory, on all cores.</summary>
    public static double ReadBytesPerSecond => Traffic.Value.Read;

    /// <summary>The limits as figures.</summary>
    public static IEnumerable<Figure> Figures()
    {
        yield return new Figure("machine.mul8", Eight.Value / 1e9, "G mul/s", Runs: 5, Parameters: "Montgomery multiplications, 8 lanes, in registers, all cores");
        if (Sixteen.Value > 0)
            yield return new Figure("machine.mul16", Sixteen.Value / 1e9, "G mul/s", Runs: 5, Parameters: "the same, 16 lanes (AVX-512)");
        (double read, double copy) = Traffic.Value;
        yield return new Figure("machine.read", read / 1e9, "GB/s", Runs: 5, Parameters: "1 GiB on huge pages, all cores");
        yield return new Figure("machine.copy", copy / 1e9, "GB/s", Runs: 5, Parameters: "read and written bytes, 512 MiB, all cores");
    }

    private static double Measure(int lanes, Action<uint> kernel)
    {
        int cores = Environment.ProcessorCount;
        var rates = new List<double>();
        for (int run = 0; run < 6; run++)
        {
            long started = Stopwatch.GetTimestamp();
            Parallelism.For(0, 4 * cores, i => kernel((uint)i));
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (run > 0)
                rates.Add(4.0 * cores * Rounds * Chains * lanes / seconds);
        }

        return MacroBenchmarks.Median(rates);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightLanes(uint seed)
    {
        Vector256<uint> a = Vector256.Create(seed + 3), b = a, c = a, d = a, e = a, f = a, g = a, h = a, k = Vector256.Create(KoalaBear.Generator.Raw);
        for (int i = 0; i < Rounds; i++)
        {
            a = KoalaBearVector.Mul(a, k);
            b = KoalaBearVector.Mul(b, k);
            c = KoalaBearVector.Mul(c, k);
            d = KoalaBearVector.Mul(d, k);
            e = KoalaBearVector.Mul(e, k);
            f = KoalaBearVector.Mul(f, k);
            g = KoalaBearVector.Mul(g, k);
            h = KoalaBearVector.Mul(h, k);
        }

        Keep((a ^ b ^ c ^ d ^ e ^ f ^ g ^ h)[0]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixteenLanes(uint seed)
    {
        Vector512<uint> a = Vector512.Create(seed + 3), b = a, c = a, d = a, e = a, f = a, g = a, h = a, k = Vector512.Create(KoalaBear.Generator.Raw);
        for (int i = 0; i < Rounds; i++)
        {
            a = Mul16(a, k);
            b = Mul16(b, k);
            c = Mul16(c, k);
            d = Mul16(d, k);
            e = Mul16(e, k);
            f = Mul16(f, k);
            g = Mul16(g, k);
            h = Mul16(h, k);
        }

        Keep((a ^ b ^ c ^ d ^ e ^ f ^ g ^ h)[0]);
    }

    /// <summary>As the eight-lane multiplication: products and quotients of even and odd lanes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Mul16(Vector512<uint> a, Vector512<uint> b)
    {
        Vector512<uint> mu = Vector512.Create(ModulusInverse), p = Vector512.Create(KoalaBear.Modulus);
        Vector512<ulong> even = Avx512F.Multiply(a, b);
        Vector512<ulong> odd = Avx512F.Multiply(Avx512F.ShiftRightLogical(a.AsUInt64(), 32).AsUInt32(), Avx512F.ShiftRightLogical(b.AsUInt64(), 32).AsUInt32());
        Vector512<ulong> evenQuotient = Avx512F.Multiply(Avx512F.Multiply(even.AsUInt32(), mu).AsUInt32(), p);
        Vector512<ulong> oddQuotient = Avx512F.Multiply(Avx512F.Multiply(odd.AsUInt32(), mu).AsUInt32(), p);
        Vector512<uint> difference = Avx512F.ShiftRightLogical(even - evenQuotient, 32).AsUInt32() | (odd - oddQuotient).AsUInt32(); // low halves are zero
        return Avx512F.Min(difference, difference + p);
    }

    private static (double Read, double Copy) Memory()
    {
        const int rows = 1 << 18, columns = 512;
        using var source = new Matrix(rows, columns);
        using var target = new Matrix(rows, columns);
        Parallelism.For(0, rows, row => source.Row(row).Fill(KoalaBear.One));
        Parallelism.For(0, rows, row => source.Row(row).CopyTo(target.Row(row)));
        var reads = new List<double>();
        var copies = new List<double>();
        for (int run = 0; run < 5; run++)
        {
            long started = Stopwatch.GetTimestamp();
            Parallelism.ForRanges(rows, 1 << 12, (from, to) => Keep(Sum(source, from, to)));
            Parallelism.ForRanges(rows, 1 << 12, (from, to) => Keep(Sum(target, from, to)));
            reads.Add((source.Bytes + target.Bytes) / Stopwatch.GetElapsedTime(started).TotalSeconds);
            started = Stopwatch.GetTimestamp();
            Parallelism.ForRanges(rows, 1 << 12, (from, to) =>
            {
                for (int row = from; row < to; row++)
                    source.Row(row).CopyTo(target.Row(row));
            });
            copies.Add((source.Bytes + target.Bytes) / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return (MacroBenchmarks.Median(reads), MacroBenchmarks.Median(copies));
    }

    private static uint Sum(Matrix matrix, int from, int to)
    {
        Vector256<uint> a = default, b = default, c = default, d = default;
        uint* end = (uint*)matrix.RowPointer(from) + ((long)(to - from) * matrix.Stride);
        for (uint* at = (uint*)matrix.RowPointer(from); at < end; at += 32)
        {
            a += Vector256.Load(at);
            b += Vector256.Load(at + 8);
            c += Vector256.Load(at + 16);
            d += Vector256.Load(at + 24);
        }

        return (a + b + c + d)[0];
    }

    private static uint _kept;

    /// <summary>Keeps the compiler from removing what is measured.</summary>
    private static void Keep(uint value) => Volatile.Write(ref _kept, value);
}
