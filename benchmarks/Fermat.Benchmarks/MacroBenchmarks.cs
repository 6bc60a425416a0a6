namespace Fermat.Benchmarks;

/// <summary>One macro benchmark: a name (prefix of its figures), what it does, and the run that yields its figures as they are measured.</summary>
internal sealed record MacroBenchmark(string Name, string Description, Func<IEnumerable<Figure>> Run);

/// <summary>The list <c>./bench</c> knows.</summary>
internal static class MacroBenchmarks
{
    public static IReadOnlyList<MacroBenchmark> All { get; } = [];

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Peak resident memory of this process in MiB (VmHWM on Linux).</summary>
    public static long PeakMemoryMiB()
    {
        if (File.Exists("/proc/self/status"))
            foreach (string line in File.ReadLines("/proc/self/status"))
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0]) / 1024;
        return Environment.WorkingSet >> 20;
    }
}
