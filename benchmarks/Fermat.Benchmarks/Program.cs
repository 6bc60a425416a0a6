using Fermat.Benchmarks;

// Started by ./bench, which has checked the names: NAME… [--json] runs macro benchmarks, kernels [ARGUMENT…] BenchmarkDotNet's.
if (args is ["kernels", ..])
{
    string[] job = args.Contains("--job") ? [] : ["--job", "short"];
    BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Figure).Assembly).Run([.. args[1..], .. job]);
    return 0;
}

if (args is [HealthBenchmark.OnceCommand])
    return HealthBenchmark.Once();

bool json = args.Contains("--json");
string[] unknown = [.. args.Where(a => a != "--json" && MacroBenchmarks.All.All(b => b.Name != a))];
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"no benchmark is called '{unknown[0]}'; ./bench --list has the names");
    return 2;
}

if (!json)
    Console.WriteLine($"{"name",-32} {"value",12} {"unit",-12} {"target",-10} {"runs",4} {"share",6} {"peak MiB",9} {"bits",6} commit   parameters");
foreach (MacroBenchmark benchmark in MacroBenchmarks.All.Where(b => args.Contains(b.Name)))
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
