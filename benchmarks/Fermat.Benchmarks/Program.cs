using Fermat.Benchmarks;

// ./bench [NAME…] [--json] [--list]: macro benchmarks.   ./bench kernels [BenchmarkDotNet arguments]: kernels.
if (args is ["kernels", ..])
{
    string[] job = args.Contains("--job") ? [] : ["--job", "short"];
    BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Figure).Assembly).Run([.. args[1..], .. job]);
    return 0;
}

if (args is [HealthBenchmark.OnceCommand])
    return HealthBenchmark.Once();

bool json = args.Contains("--json");
string[] names = [.. args.Where(a => !a.StartsWith("--", StringComparison.Ordinal))];
var chosen = MacroBenchmarks.All.Where(b => names.Length == 0 || names.Any(n => b.Name.StartsWith(n, StringComparison.Ordinal))).ToList();
if (args.Contains("--list") || chosen.Count == 0)
{
    foreach (MacroBenchmark benchmark in MacroBenchmarks.All)
        Console.WriteLine($"{benchmark.Name,-24} {benchmark.Description}");
    return chosen.Count == 0 ? 2 : 0;
}

if (!json)
    Console.WriteLine($"{"name",-32} {"value",12} {"unit",-12} {"target",-10} {"runs",4} {"share",6} {"peak MiB",9} {"bits",6} commit   parameters");
foreach (MacroBenchmark benchmark in chosen)
{
    foreach (Figure figure in benchmark.Run())
    {
        Console.WriteLine(json
            ? figure.ToJson().ToJsonString()
            : $"{figure.Name,-32} {figure.Value,12:N2} {figure.Unit,-12} {figure.Target ?? "-",-10} {figure.Runs,4} {(figure.MachineShare is { } s ? s.ToString("P0") : "-"),6} {figure.PeakMemoryMiB,9} {(figure.ProvenBits is { } b ? b.ToString("N1") : "-"),6} {Figure.Commit,-8} {figure.Parameters}");
        Console.Out.Flush();
    }
}

return 0;
